/**
 * Whom the host should look at, and why: from what the server found wrong with the members' runs, and from how far behind
 * the class somebody is. What explains the rest comes first, and each member is named for one thing only.
 *
 * @typedef {import("../protocol").MemberCard} MemberCard
 *
 * @typedef {object} Trouble
 * @property {string} kind
 * @property {MemberCard[]} cards
 */
import { displayName } from "../configuration/names.js";
import { number } from "../format.js";
import { _ } from "../i18n.js";
import { behindTheClass } from "./standings.js";

const KINDS = ["failed", "diverged", "exploding_gradient", "identical_units", "vanishing_gradient", "large_update", "behind", "dead_units", "saturated_units"];

/** What is wrong with each member's run, by id; those with whom nothing is are not there. @param {readonly MemberCard[]} cards */
export function troublesOf(cards) {
  const behind = behindTheClass(cards);
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const card of cards) {
    if (card.asleep) continue; // nothing happens there now
    const trouble = KINDS.find((kind) => card.run === kind || card.findings.includes(kind) || (kind === "behind" && behind(card)));
    if (trouble) found.set(card.person.id, trouble);
  }
  return found;
}

/** How much somebody needs the host: the larger, the more. @param {string | undefined} trouble */
export function need(trouble) {
  return trouble ? KINDS.length - KINDS.indexOf(trouble) : 0;
}

/** The same by kind, what needs the host most first. @param {readonly MemberCard[]} cards @returns {Trouble[]} */
export function troubles(cards) {
  const found = troublesOf(cards);
  return KINDS.map((kind) => ({ kind, cards: cards.filter(({ person }) => found.get(person.id) === kind) })).filter((trouble) => trouble.cards.length > 0);
}

/** In a few words, for a card. @param {string} kind */
export function troubleWords(kind) {
  switch (kind) {
    case "failed":
      return _("failed on the server");
    case "diverged":
      return _("diverged");
    case "exploding_gradient":
      return _("gradient explodes");
    case "identical_units":
      return _("units are copies");
    case "vanishing_gradient":
      return _("gradient vanishes");
    case "large_update":
      return _("steps too large");
    case "behind":
      return _("far behind");
    case "dead_units":
      return _("dead units");
    case "saturated_units":
      return _("saturated units");
    default:
      return "";
  }
}

/** As a sentence about those it happened to, who stand in {names}. @param {string} kind @param {boolean} several */
export function troubleSentence(kind, several) {
  switch (kind) {
    case "failed":
      return _("{names}: the run failed; the server’s log says why.");
    case "diverged":
      return _("{names}: training diverged ({setting}).");
    case "exploding_gradient":
      return several ? _("{names}: the gradient explodes on its way back.") : _("{names}: the gradient explodes on its way back ({setting}).");
    case "identical_units":
      return _("{names}: units are copies of each other and stay so.");
    case "vanishing_gradient":
      return several ? _("{names} learn slowly: the gradient vanishes on its way back.") : _("{names} learns slowly: the gradient vanishes on its way back ({setting}).");
    case "large_update":
      return several ? _("{names}: each step changes the weights too much.") : _("{names}: each step changes the weights too much ({setting}).");
    case "behind":
      return several ? _("{names} are far behind the class.") : _("{names} is far behind the class ({setting}).");
    case "dead_units":
      return _("{names}: many units let nothing through any more.");
    default:
      return _("{names}: many units are saturated, so almost no gradient passes.");
  }
}

/** "32-16 ReLU": a network's hidden layers, as short as it goes. @param {readonly string[]} layers */
export function layersWords(layers) {
  const parts = layers.map((layer) => layer.split(" "));
  const shared = parts[0]?.[1];
  if (shared && parts.every(([, activation]) => activation === shared)) return `${parts.map(([size]) => size).join("-")} ${displayName(shared)}`;
  return parts.map((words) => words.map(displayName).join(" ")).join(" · ") || _("no hidden layer");
}

/** @param {MemberCard} card */
export function settingWords(card) {
  return _("{layers}, rate {rate}", { layers: layersWords(card.layers), rate: shortNumber(card.learning_rate) });
}

/** A number that was chosen, without zeros that say nothing: 0.1. @param {number | null} value */
export function shortNumber(value) {
  const text = number(value);
  return /^\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text;
}
