/**
 * Who was asked for what, and what was read: counted in ten rows of ten, kept over reloads.
 *
 * @typedef {readonly (readonly number[])[]} Tally  by what was asked for, then by what was read
 *
 * @typedef {object} Mistake
 * @property {number} asked
 * @property {number} read
 * @property {number} count
 * @property {number} of  how often it was asked for
 */
import { CLASSES } from "../collection/drawings.js";

const KEY = "challenge";
const NAMES = ["conv", "dense", "run", "copy"];

/** @param {Tally | undefined} tally @param {number} asked @param {number} read @returns {Tally} */
export function counted(tally, asked, read) {
  return Array.from({ length: CLASSES }, (_row, i) =>
    Array.from({ length: CLASSES }, (_count, j) => (tally?.[i]?.[j] ?? 0) + (i === asked && j === read ? 1 : 0)),
  );
}

/** @param {Tally | undefined} tally @returns {{ right: number, all: number }} */
export function scoreOf(tally) {
  let right = 0;
  let all = 0;
  tally?.forEach((row, i) => row.forEach((count, j) => {
    all += count;
    if (i === j) right += count;
  }));
  return { right, all };
}

/** What is misread most, the worst first. @param {Tally | undefined} tally @returns {Mistake[]} */
export function mistakesOf(tally) {
  const mistakes = (tally ?? []).flatMap((row, asked) => {
    const of = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, read) => ({ asked, read, count: asked === read ? 0 : count, of }));
  });
  return mistakes.filter(({ count }) => count > 0).sort((one, other) => other.count - one.count || other.count / other.of - one.count / one.of);
}

/** The numbers below some count, each once, in an order that nobody knows before. @param {number} count @returns {number[]} */
export function shuffled(count) {
  const numbers = Array.from({ length: count }, (_number, i) => i);
  const chance = crypto.getRandomValues(new Uint32Array(count));
  for (let i = count - 1; i > 0; i -= 1) {
    const j = (chance[i] ?? 0) % (i + 1);
    [numbers[i], numbers[j]] = [numbers[j] ?? 0, numbers[i] ?? 0];
  }
  return numbers;
}

/** @returns {Record<string, Tally>} what was kept; nothing where that can't be read */
export function keptTallies() {
  /** @type {Record<string, Tally>} */
  const tallies = {};
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    for (const name of NAMES) if (isTally(kept?.[name])) tallies[name] = kept[name];
  } catch {
    // a browser that keeps nothing
  }
  return tallies;
}

/** @param {Record<string, Tally>} tallies */
export function keepTallies(tallies) {
  try {
    localStorage.setItem(KEY, JSON.stringify(tallies));
  } catch {
    // it is on the screen still
  }
}

/** @param {unknown} kept */
function isTally(kept) {
  return Array.isArray(kept) && kept.length === CLASSES && kept.every((row) => Array.isArray(row) && row.length === CLASSES && row.every((count) => Number.isInteger(count) && count >= 0));
}
