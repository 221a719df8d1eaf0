/**
 * A picture as it lies on the pad: what a network reads of it, and its ink, so that one can draw on it and erase in it.
 *
 * @typedef {object} Picture
 * @property {Uint8Array} pixels  784: of the picture as it was brought, not of what the pad makes of it
 * @property {Small} ink  what was found in it, light on dark, cropped
 * @property {Small} before  the picture itself, smaller
 *
 * @typedef {object} Small
 * @property {Uint8Array} values  row by row
 * @property {number} width
 * @property {number} height
 */
import { resampled } from "./resampling.js";
import { see, SIDE } from "./seen.js";

const MOST_INK = 200; // pixels of the longer side; the pad that is looked at has 280
const MOST_BEFORE = 120;

/** The longer side of a picture's ink, as a part of the pad's. */
export const SHARE = 0.66;

/**
 * @param {import("../picture/decoding.js").Grey} grey
 * @returns {Picture | "no_ink" | "all_ink" | "image_side_out_of_range"}
 */
export function pictureOf({ values, width, height }) {
  const seen = see(values, width, height, null);
  if ("problem" in seen) return seen.problem;
  const { pixels, width: wide, height: high } = seen.cropped;
  return {
    pixels: seen.pixels,
    ink: small({ values: pixels, width: wide, height: high }, MOST_INK),
    before: small({ values, width, height }, MOST_BEFORE),
  };
}

/** A digit that was seen before, as exactly that. @param {Uint8Array} pixels  784 @returns {Picture | null} null: it is empty */
export function pictureOfDigit(pixels) {
  const seen = see(pixels, SIDE, SIDE, "light");
  if ("problem" in seen) return null;
  const { pixels: values, width, height } = seen.cropped;
  return { pixels, ink: { values, width, height }, before: { values: pixels, width: SIDE, height: SIDE } };
}

/** @param {Small} image @param {number} most  pixels of the longer side @returns {Small} */
function small(image, most) {
  const share = most / Math.max(image.width, image.height);
  if (share >= 1) return image;
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * share)));
  const less = resampled({ ...image, values: Float64Array.from(image.values) }, Number(width), Number(height));
  return { ...less, values: Uint8Array.from(less.values, Math.round) };
}

/** As text, to be kept over a reload. @param {Picture} picture @returns {unknown[]} */
export function written({ pixels, ink, before }) {
  return [base64(pixels), ink.width, base64(ink.values), before.width, base64(before.values)];
}

/** What was written; null where that is no picture. @param {readonly unknown[]} parts @returns {Picture | null} */
export function readAgain([pixels, inkWidth, ink, beforeWidth, before]) {
  const [seen, found, was] = [bytes(pixels), readSmall(inkWidth, ink, MOST_INK), readSmall(beforeWidth, before, MOST_BEFORE)];
  return seen?.length === SIDE * SIDE && found && was ? { pixels: seen, ink: found, before: was } : null;
}

/** @param {unknown} width @param {unknown} text @param {number} most @returns {Small | null} */
function readSmall(width, text, most) {
  const values = bytes(text);
  if (!values || typeof width !== "number" || !Number.isInteger(width) || width < 1 || width > most) return null;
  const height = values.length / width;
  return Number.isInteger(height) && height >= 1 && height <= most ? { values, width, height } : null;
}

/** @param {Uint8Array} values */
function base64(values) {
  let text = "";
  for (const value of values) text += String.fromCharCode(value);
  return btoa(text);
}

/** @param {unknown} text @returns {Uint8Array | null} */
function bytes(text) {
  if (typeof text !== "string") return null;
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
