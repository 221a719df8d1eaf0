/**
 * The challenge: ten digits are asked for in turn, each once, and it is noted what the network read in each.
 *
 * @typedef {object} Challenge
 * @property {readonly number[]} asked  in turn; none: there is no challenge
 * @property {readonly Turn[]} turns  those that were made
 * @property {boolean} over  whether it was left before its end, or is at it
 * @property {readonly Turn[]} misread  in this visit, the last first
 * @property {Tallies} tallies  of all challenges in this browser, by who read
 *
 * @typedef {object} Turn
 * @property {number} asked
 * @property {number} read
 * @property {number} prob  of what was read
 * @property {Uint8Array} pixels
 * @property {string} reader
 *
 * @typedef {import("./tally.js").Tally} Tally
 * @typedef {Record<string, Tally>} Tallies
 */
import { keepAll } from "../collection/gathering.js";
import { CLASSES, nextIsHeldOut } from "../collection/drawings.js";
import { sayLabel } from "../lesson/lesson.js";
import { invalidate } from "../paint.js";
import { COPY } from "../reading/copy.js";
import { sheet } from "../sketch/drawing.js";
import { store } from "../store.js";
import { counted, keepTallies, keptTallies, shuffled } from "./tally.js";

const MOST_MISREAD = 12;

/** @param {Partial<Challenge>} patch */
function change(patch) {
  store.set({ challenge: { ...store.state.challenge, ...patch } });
}

/** Brings back what was counted before. */
export function recall() {
  change({ tallies: keptTallies() });
  store.subscribe(["reading"], () => isSaid && answer());
}

/** Under which name the answers of whoever reads are counted: a copy is one, whatever it is called. @param {string} reader */
export function tallyName(reader) {
  return reader === COPY.name ? "copy" : reader;
}

/** What is asked for now; null: nothing. */
export function askedNow() {
  const { asked, turns, over } = store.state.challenge;
  return over ? null : (asked[turns.length] ?? null);
}

/** Begins, with an empty pad; what was on it can be had back by undo. */
export function beginChallenge() {
  change({ asked: shuffled(CLASSES), turns: [], over: false });
  emptyPad();
}

/** Whether what is on the pad has been read, as it is. */
export function isAnswered() {
  const { reading, drawn, reader, connection } = store.state;
  return Boolean(drawn?.pixels && reading?.pixels === drawn.pixels && reading.reader === reader && connection.phase === "live");
}

/** Whether it was said that that is it, before it was read. */
let isSaid = false;

/** Takes what is on the pad for the digit that was asked for, as soon as it is read, and asks for the next. */
export function answer() {
  const { challenge, reading, drawn, reader } = store.state;
  const asked = askedNow();
  isSaid = asked !== null && Boolean(drawn?.pixels) && !isAnswered();
  if (asked === null || !isAnswered() || !reading || !drawn?.pixels) return;
  const read = reading.answer.prediction;
  const turn = { asked, read, prob: reading.answer.probs[read] ?? 0, pixels: drawn.pixels, reader };
  const turns = [...challenge.turns, turn];
  const name = tallyName(reader);
  const tallies = { ...challenge.tallies, [name]: counted(challenge.tallies[name], asked, read) };
  const misread = read === asked ? challenge.misread : [turn, ...challenge.misread].slice(0, MOST_MISREAD);
  change({ turns, tallies, misread, over: turns.length === challenge.asked.length });
  keepTallies(tallies);
  emptyPad();
}

/** Leaves it; what was read so far counts. */
export function leaveChallenge() {
  change({ asked: [], turns: [], over: false });
}

/** Forgets what was counted of whoever reads. */
export function forgetTally() {
  const { challenge, reader } = store.state;
  const tallies = { ...challenge.tallies };
  delete tallies[tallyName(reader)];
  change({ tallies, misread: challenge.misread.filter((turn) => turn.reader !== reader) });
  keepTallies(tallies);
}

/** Puts drawings into the collection, as what was asked for. @param {readonly Turn[]} turns */
export async function keepTurns(turns) {
  /** @type {import("../collection/drawings.js").KeptDrawing[]} */
  const drawings = [];
  for (const { asked: label, pixels } of turns) {
    const there = [...(store.state.collection.drawings ?? []), ...drawings];
    drawings.push({ id: 0, label, heldOut: nextIsHeldOut(there, label), pixels: pixels.slice() });
  }
  await keepAll(drawings);
}

function emptyPad() {
  isSaid = false;
  sayLabel(null);
  sheet.ink.clear();
  invalidate();
}
