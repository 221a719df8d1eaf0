/**
 * How far an answer is to be trusted: a network gives ten probabilities that add up to one for whatever it is shown, be it
 * a letter. So its own doubt is said, and how far the drawing is from the digits that it learned from.
 *
 * @typedef {import("./asking.js").Reading} Reading
 * @typedef {import("./asking.js").Explained} Explained
 * @typedef {"new" | "sure" | "unsure" | "odd" | "strange"} Certainty  new: not compared with the digits yet
 */

import { percent } from "../format.js";

/** Farther from every training digit than this share of held-out digits are: unlike what it learned from. */
export const FAR = 0.99;

/** From here on with a reserve: most letters are as far, and few digits that somebody draws. */
const RATHER_FAR = 0.75;

/** Bits; two digits that are equally likely are 1. */
const MUCH_DOUBT = 0.9;

const LITTLE = 0.6;

/** @param {Reading} reading @param {Explained | null} explained @returns {Certainty} */
export function certaintyOf({ answer }, explained) {
  if ((explained?.answer.farther_than ?? 0) >= FAR) return "strange";
  if (answer.entropy > MUCH_DOUBT || (answer.probs[answer.prediction] ?? 0) < LITTLE) return "unsure";
  if (!explained) return "new";
  return (explained.answer.farther_than ?? 0) >= RATHER_FAR ? "odd" : "sure";
}

/** The classes, likeliest first. @param {readonly number[]} probs @returns {number[]} */
export function ranked(probs) {
  return probs.map((_prob, i) => i).sort((one, other) => (probs[other] ?? 0) - (probs[one] ?? 0));
}

/** A probability in words; no network is ever wholly sure, and none rules anything out. @param {number | undefined} prob */
export function surely(prob = 0) {
  if (prob > 0.995) return `>\u00a0${percent(0.99, 0)}`;
  return prob < 0.005 ? `<\u00a0${percent(0.01, 0)}` : percent(prob, 0);
}
