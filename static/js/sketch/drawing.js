/**
 * From ink to what the network sees: drawn small, white on black, then cropped and centred as MNIST's digits were.
 *
 * @typedef {object} Drawn
 * @property {Uint8Array} grey  the whole pad, side by side, light on dark
 * @property {number} side
 * @property {Uint8Array | null} pixels  28 x 28; null: there is a problem
 * @property {{ left: number, top: number, width: number, height: number } | null} box  of the ink, in grey
 * @property {{ pixels: Uint8Array, width: number, height: number } | null} cropped
 * @property {string} problem  why it can't be seen as a digit; empty: it can
 */
import { store } from "../store.js";
import { Brush } from "./brush.js";
import { Ink } from "./ink.js";
import { keep, kept } from "./keeping.js";
import { see } from "./seen.js";

/** Ten times MNIST's, so that the way down to 28 is as smooth as it was for paper. */
const SIDE = 280;
const KEEP_AFTER = 300; // milliseconds; writing thousands of points at each move would be felt

/** What is on the pad; pads of this page share it. */
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
  const found = see(grey, SIDE, SIDE, "light");
  if ("problem" in found) return { grey, side: SIDE, pixels: null, box: null, cropped: null, problem: found.problem };
  return { grey, side: SIDE, pixels: found.pixels, box: found.box, cropped: found.cropped, problem: "" };
}

function write() {
  clearTimeout(timer);
  timer = 0;
  keep("ink", sheet.ink.write());
}
