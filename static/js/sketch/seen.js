/**
 * Something drawn, seen as MNIST's digits were made from scans: ink, box, stroke, scale, centre of mass. The twin of
 * `engine/data/sketch.py`, operation by operation, which says why.
 *
 * @typedef {import("./finding-ink.js").InkKind} InkKind
 * @typedef {import("./resampling.js").Image} Image
 *
 * @typedef {object} Seen  a drawing on its way to a network
 * @property {{ left: number, top: number, width: number, height: number }} box  around the ink, in the picture's pixels
 * @property {InkKind} ink  whether it was lighter or darker than its paper
 * @property {{ pixels: Uint8Array, width: number, height: number }} cropped  the ink in the box, light on dark
 * @property {Uint8Array} pixels  784 of them: what a network reads
 *
 * @typedef {object} NotSeen
 * @property {"no_ink" | "all_ink" | "image_side_out_of_range"} problem
 */
import { boxOf, findInk } from "./finding-ink.js";
import { blank, resampled } from "./resampling.js";

export const SIDE = 28;

const MOST_SIDE = 4096;
const WHITE = 255;
const BOX = 20;
const CENTRE = SIDE / 2 + 0.5;
const HALF = 0.5 + 1e-6;
const FINE = 80;
const THINNEST = 1.5;
const THICKEST = 4;
const USUAL = 2.4;

/**
 * @param {Uint8Array} grey  row by row
 * @param {number} width
 * @param {number} height
 * @param {InkKind | null} ink  null: find out
 * @returns {Seen | NotSeen}
 */
export function see(grey, width, height, ink) {
  if (Math.min(width, height) < 1 || Math.max(width, height) > MOST_SIDE) {
    return { problem: "image_side_out_of_range" };
  }
  const found = findInk(grey, width, height, ink);
  if (typeof found === "string") return { problem: found };
  const { cropped } = found;
  const left = Math.floor((found.left * width) / found.width);
  const right = Math.ceil(((found.left + cropped.width) * width) / found.width);
  const top = Math.floor((found.top * height) / found.height);
  const bottom = Math.ceil(((found.top + cropped.height) * height) / found.height);
  return {
    ink: found.ink,
    box: { left, top, width: right - left, height: bottom - top },
    cropped: { pixels: bytes(cropped.values), width: cropped.width, height: cropped.height },
    pixels: bytes(centred(scaled(withUsualStrokes(cropped), BOX)).values),
  };
}

/**
 * @param {Image} image
 * @param {number} longest  pixels of the longer side
 */
function scaled(image, longest) {
  const side = Math.max(image.width, image.height);
  const [width, height] = [image.width, image.height].map((size) =>
    Math.max(1, Math.floor((size * longest) / side + 0.5)),
  );
  return resampled(image, Number(width), Number(height));
}

/**
 * About how wide the strokes are: twice the area by the outline.
 * @param {Image} image
 */
function strokeWidth({ width, height, values }) {
  let area = 0;
  let outline = 0;
  for (let row = 0; row <= height; row += 1) {
    for (let column = 0; column <= width; column += 1) {
      const index = row * width + column;
      const inside = row < height && column < width;
      const here = inside ? (values[index] ?? 0) : 0;
      area += here;
      if (row < height) outline += Math.abs(here - (column > 0 ? (values[index - 1] ?? 0) : 0));
      if (column < width) outline += Math.abs(here - (row > 0 ? (values[index - width] ?? 0) : 0));
    }
  }
  return (2 * area) / ((outline * Math.PI) / 4);
}

/** @param {Image} cropped */
function withUsualStrokes(cropped) {
  let fine = Math.max(cropped.width, cropped.height) > FINE ? scaled(cropped, FINE) : cropped;
  let unit = Math.max(fine.width, fine.height) / BOX;
  const width = strokeWidth(fine) / unit;
  if (THINNEST <= width && width <= THICKEST) return cropped;
  if (Math.max(fine.width, fine.height) < FINE) {
    fine = scaled(cropped, FINE);
    unit = FINE / BOX;
  }
  const strongest = most(fine);
  fine = { ...fine, values: fine.values.map((value) => value / strongest) };
  const reach = Math.floor((Math.abs(USUAL - width) / 2) * unit + 0.5);
  if (width < THINNEST) return overDiscs(padded(fine, reach), reach, 1);
  const thinner = overDiscs(padded(fine, reach), reach, -1);
  return most(thinner) < 0.5 ? cropped : boxOf(thinner).cropped; // else a blot, not a stroke
}

/** @param {Image} image */
function most(image) {
  return image.values.reduce((a, b) => Math.max(a, b), 0);
}

/**
 * @param {Image} image
 * @param {number} around
 */
function padded(image, around) {
  const result = blank(image.width + 2 * around, image.height + 2 * around);
  for (let row = 0; row < image.height; row += 1) {
    const line = image.values.subarray(row * image.width, (row + 1) * image.width);
    result.values.set(line, (row + around) * result.width + around);
  }
  return result;
}

/**
 * The most or least of the disc around each pixel; beyond the edges there is no ink.
 * @param {Image} image
 * @param {number} reach
 * @param {1 | -1} sign  1: the most, -1: the least
 * @returns {Image}
 */
function overDiscs(image, reach, sign) {
  const { width, height } = image;
  const around = padded(image, reach);
  const values = image.values.slice();
  for (let down = -reach; down <= reach; down += 1) {
    for (let right = -reach; right <= reach; right += 1) {
      if (down * down + right * right > reach * reach + reach) continue;
      for (let row = 0; row < height; row += 1) {
        const from = (row + reach + down) * around.width + reach + right;
        const to = row * width;
        for (let i = 0; i < width; i += 1) {
          const value = around.values[from + i] ?? 0;
          if (sign * value > sign * (values[to + i] ?? 0)) values[to + i] = value;
        }
      }
    }
  }
  return { width, height, values };
}

/** @param {Image} small */
function centred(small) {
  let total = 0;
  let down = 0;
  let right = 0;
  small.values.forEach((value, index) => {
    total += value;
    down += value * (Math.floor(index / small.width) + 0.5);
    right += value * ((index % small.width) + 0.5);
  });
  const top = kept(Math.floor(CENTRE - down / total + HALF), SIDE - small.height);
  const left = kept(Math.floor(CENTRE - right / total + HALF), SIDE - small.width);
  const result = blank(SIDE, SIDE);
  for (let row = 0; row < small.height; row += 1) {
    const line = small.values.subarray(row * small.width, (row + 1) * small.width);
    result.values.set(line, (top + row) * SIDE + left);
  }
  return result;
}

/**
 * @param {number} offset
 * @param {number} largest
 */
function kept(offset, largest) {
  return Math.min(Math.max(offset, 0), largest);
}

/** @param {Float64Array} amount */
function bytes(amount) {
  const result = new Uint8Array(amount.length);
  for (let i = 0; i < amount.length; i += 1) result[i] = Math.floor((amount[i] ?? 0) * WHITE + 0.5);
  return result;
}
