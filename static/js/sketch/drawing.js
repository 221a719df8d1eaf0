/**
 * From ink to what the network sees: drawn small, white on black, then cropped and centred as MNIST's digits were.
 *
 * @typedef {object} Drawn
 * @property {Small} before  the whole pad, light on dark; or a picture, as it was brought
 * @property {boolean} isPicture  nothing was drawn on it
 * @property {Uint8Array | null} pixels  28 x 28; null: there is a problem
 * @property {Small | null} cropped
 * @property {string} problem  why it can't be seen as a digit; empty: it can
 *
 * @typedef {import("./picture.js").Small} Small
 */
import { store } from "../store.js";
import { Brush } from "./brush.js";
import { Ink } from "./ink.js";
import { keep, kept } from "./keeping.js";
import { see } from "./seen.js";

/** Ten times MNIST's, so that the way down to 28 is as smooth as it was for paper. */
const SIDE = 280;
const KEEP_AFTER = 300; // milliseconds; writing thousands of points at each move would be felt

/** What is on the pad; pads of this page, and those who want to have it, share it. */
export const sheet = { ink: Ink.read(kept("ink")) };

const canvas = document.createElement("canvas");
canvas.width = canvas.height = SIDE;
const brush = new Brush(canvas, { frequent: true });

let looked = -1;
let timer = 0;

/** Looks at the ink if it changed, and says in the store what is seen. */
export function look() {
  const { ink } = sheet;
  if (ink.changes === looked) return;
  const first = looked < 0;
  looked = ink.changes;
  store.set({ drawn: ink.isEmpty ? null : seen() });
  if (first) addEventListener("pagehide", write);
  else timer ||= setTimeout(write, KEEP_AFTER);
}

/** @returns {Drawn | null} null: all of the ink was erased */
function seen() {
  const { picture, strokes } = sheet.ink;
  if (picture && strokes.length === 0) {
    return { before: picture.before, isPicture: true, pixels: picture.pixels, cropped: picture.ink, problem: "" };
  }
  brush.paint(sheet.ink);
  const data = brush.context?.getImageData(0, 0, SIDE, SIDE).data ?? new Uint8ClampedArray();
  const grey = new Uint8Array(SIDE * SIDE);
  let most = 0;
  for (let i = 0; i < grey.length; i += 1) {
    const value = data[4 * i + 3] ?? 0;
    grey[i] = value;
    if (value > most) most = value;
  }
  if (most === 0) return null;
  const before = { values: grey, width: SIDE, height: SIDE };
  if (sheet.ink.isDot) return { before, isPicture: false, pixels: null, cropped: null, problem: "dot" };
  const found = see(grey, SIDE, SIDE, "light");
  if ("problem" in found) return { before, isPicture: false, pixels: null, cropped: null, problem: found.problem };
  const { pixels: values, width, height } = found.cropped;
  return { before, isPicture: false, pixels: found.pixels, cropped: { values, width, height }, problem: "" };
}

function write() {
  clearTimeout(timer);
  timer = 0;
  keep("ink", sheet.ink.write());
}
