/**
 * What is ink in a picture of something written, and how much: the twin of `engine/data/ink.py`, operation by operation,
 * which says why.
 *
 * @typedef {"light" | "dark"} InkKind  lighter or darker than the paper
 * @typedef {import("./resampling.js").Image} Image
 *
 * @typedef {object} Inked  how much ink there is where, 0 to 1, in the smallest box around it
 * @property {InkKind} ink
 * @property {Image} cropped
 * @property {number} left  of the box, in pixels of the whole, which may be smaller than the picture
 * @property {number} top
 * @property {number} width  of the whole
 * @property {number} height
 */
import { blank, resampled } from "./resampling.js";

const WHITE = 255;
const NEAR = 4;
const MOST_NEAR = 0.02;
const LEAST_PAPER = 0.25;
const LEAST_CONTRAST = 8;
const PHOTO_SIDE = 256;
const NEIGHBOURHOOD = 1 / 8;
const TOP = 0.999;
const LEAST_PEAK = 6;
const CORE = 0.4;
const LEAST_PART = 0.04;
const LEAST_INK = 1 / 32;

/**
 * @param {Uint8Array} grey
 * @param {number} width
 * @param {number} height
 * @param {InkKind | null} ink  null: find out
 * @returns {Inked | "no_ink" | "all_ink"}
 */
export function findInk(grey, width, height, ink) {
  const counts = new Uint32Array(WHITE + 1);
  for (let i = 0; i < grey.length; i += 1) counts[(grey[i] ?? 0)] = (counts[(grey[i] ?? 0)] ?? 0) + 1;
  const lowest = counts.findIndex((count) => count > 0);
  const highest = WHITE - counts.slice().reverse().findIndex((count) => count > 0);
  if (lowest === highest) {
    const full = ink === "light" ? lowest > WHITE / 2 : ink === "dark" && lowest < WHITE / 2;
    return full ? "all_ink" : "no_ink";
  }
  const paper = ink === "light" ? lowest : ink === "dark" ? highest : counts.indexOf(Math.max(...counts));
  let near = -(counts[paper] ?? 0);
  for (let value = Math.max(0, paper - NEAR); value <= Math.min(WHITE, paper + NEAR); value += 1) {
    near += (counts[value] ?? 0);
  }
  if ((counts[paper] ?? 0) >= LEAST_PAPER * grey.length && near <= MOST_NEAR * grey.length) {
    return inDrawing(grey, width, height, { counts, lowest, highest }, paper, ink);
  }
  return inPhoto(grey, width, height, ink);
}

/**
 * @param {Uint8Array} grey
 * @param {number} width
 * @param {number} height
 * @param {{ counts: Uint32Array, lowest: number, highest: number }} values  how often each is there
 * @param {number} paper
 * @param {InkKind | null} known
 */
function inDrawing(grey, width, height, { counts, lowest, highest }, paper, known) {
  let ink = known;
  if (ink === null) {
    let sum = 0;
    for (let value = 0; value <= WHITE; value += 1) sum += (counts[value] ?? 0) * (value - paper);
    ink = sum > 0 ? "light" : "dark";
  }
  const strongest = (ink === "light" ? highest : lowest) - paper;
  if (Math.abs(strongest) < LEAST_CONTRAST) return "no_ink";
  // Every pixel of a pad is looked at on each move of the pen: a table, and no image of numbers but that of the box.
  const amounts = Float64Array.from(counts, (_, value) => Math.min(1, Math.max(0, (value - paper) / strongest)));
  return boxed(ink, width, height, (index) => (amounts[(grey[index] ?? 0)] ?? 0));
}

/**
 * @param {InkKind} ink
 * @param {number} width
 * @param {number} height
 * @param {(index: number) => number} amount
 * @returns {Inked}
 */
function boxed(ink, width, height, amount) {
  let top = height;
  let bottom = 0;
  let left = width;
  let right = 0;
  for (let row = 0; row < height; row += 1) {
    const start = row * width;
    let first = 0;
    while (first < width && amount(start + first) < LEAST_INK) first += 1;
    if (first === width) continue;
    let last = width - 1;
    while (last >= right && amount(start + last) < LEAST_INK) last -= 1;
    top = Math.min(top, row);
    bottom = row + 1;
    left = Math.min(left, first);
    right = Math.max(right, last + 1);
  }
  const cropped = blank(right - left, bottom - top);
  for (let row = top; row < bottom; row += 1) {
    for (let column = left; column < right; column += 1) {
      cropped.values[(row - top) * cropped.width + column - left] = amount(row * width + column);
    }
  }
  return { ink, cropped, left, top, width, height };
}

/**
 * @param {Image} image
 * @returns {{ cropped: Image, left: number, top: number }}
 */
export function boxOf(image) {
  return boxed("light", image.width, image.height, (index) => (image.values[index] ?? 0));
}

/**
 * @param {Uint8Array} grey
 * @param {number} wide
 * @param {number} high
 * @param {InkKind | null} known
 */
function inPhoto(grey, wide, high, known) {
  const share = Math.min(1, PHOTO_SIDE / Math.max(wide, high));
  const [width, height] = [scaled(wide, share), scaled(high, share)];
  const seen = resampled({ width: wide, height: high, values: new Float64Array(grey) }, width, height);
  const { values } = seen;
  const reach = Math.max(1, Math.floor(Math.max(width, height) * NEIGHBOURHOOD));
  let ink = known;
  if (ink === null) {
    const around = means(seen, 2 * reach).values;
    ink = values.reduce((sum, value, i) => sum + (value - (around[i] ?? 0)) ** 3, 0) > 0 ? "light" : "dark";
  }
  if (ink === "dark") for (let i = 0; i < values.length; i += 1) values[i] = WHITE - (values[i] ?? 0);
  const paper = means(extremes(extremes(seen, reach, -1), reach, 1), Math.max(1, reach >> 1)).values;
  const above = values.map((value, i) => Math.max(value - (paper[i] ?? 0), 0));
  const ordered = above.slice().sort();
  const half = ordered.length >> 1;
  const usual = (ordered[half] ?? 0);
  const noise = 1.4826 * (above.map((value) => Math.abs(value - usual)).sort()[half] ?? 0);
  const peak = (ordered[Math.floor((ordered.length - 1) * TOP)] ?? 0) - usual;
  if (peak < Math.max(LEAST_CONTRAST, LEAST_PEAK * noise)) return "no_ink";
  const least = usual + Math.max(3 * noise, peak / 4);
  const range = (usual + peak - least) * 0.7;
  const amount = above.map((value) => Math.min(1, Math.max(0, (value - least) / range)));
  const clean = withoutSpecks({ width, height, values: amount });
  return boxed(ink, width, height, (index) => (clean[index] ?? 0));
}

/**
 * @param {number} size
 * @param {number} share
 */
function scaled(size, share) {
  return Math.max(1, Math.floor(size * share + 0.5));
}

/**
 * The least or most of each square neighbourhood, which ends at the picture's edges.
 * @param {Image} image
 * @param {number} reach
 * @param {1 | -1} sign  1: the most, -1: the least; a function instead would cost a call a pixel
 * @returns {Image}
 */
function extremes({ width, height, values }, reach, sign) {
  const across = new Float64Array(values.length);
  const result = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const row = i - (i % width);
    const stop = Math.min(row + width - 1, i + reach);
    let best = values[i] ?? 0;
    for (let j = Math.max(row, i - reach); j <= stop; j += 1) {
      const value = values[j] ?? 0;
      if (sign * value > sign * best) best = value;
    }
    across[i] = best;
  }
  for (let i = 0; i < values.length; i += 1) {
    const row = Math.floor(i / width);
    const stop = i + Math.min(reach, height - 1 - row) * width;
    let best = across[i] ?? 0;
    for (let j = i - Math.min(reach, row) * width; j <= stop; j += width) {
      const value = across[j] ?? 0;
      if (sign * value > sign * best) best = value;
    }
    result[i] = best;
  }
  return { width, height, values: result };
}

/**
 * The mean of each square neighbourhood, which ends at the picture's edges.
 * @param {Image} image
 * @param {number} reach
 * @returns {Image}
 */
function means(image, reach) {
  const { width, height } = image;
  const down = lineMeans(image.values, width, height, width, 1, reach);
  return { width, height, values: lineMeans(down, height, width, 1, width, reach) };
}

/**
 * @param {Float64Array} values
 * @param {number} lines  how many there are
 * @param {number} count  of values in a line
 * @param {number} stride  from one value of a line to the next
 * @param {number} next  from one line to the next
 * @param {number} reach
 */
function lineMeans(values, lines, count, stride, next, reach) {
  const result = new Float64Array(values.length);
  const sums = new Float64Array(count + 1);
  for (let line = 0; line < lines; line += 1) {
    const start = line * next;
    for (let i = 0; i < count; i += 1) sums[i + 1] = (sums[i] ?? 0) + (values[start + i * stride] ?? 0);
    for (let i = 0; i < count; i += 1) {
      const [first, stop] = [Math.max(i - reach, 0), Math.min(i + reach + 1, count)];
      result[start + i * stride] = ((sums[stop] ?? 0) - (sums[first] ?? 0)) / (stop - first);
    }
  }
  return result;
}

/** @param {Image} image */
function withoutSpecks({ width, height, values }) {
  const partOf = Int32Array.from(values, (value) => (value >= CORE ? 0 : -1)); // 0: not visited yet
  const masses = [0];
  for (let first = 0; first < partOf.length; first += 1) {
    if ((partOf[first] ?? 0) !== 0) continue;
    const part = masses.length;
    partOf[first] = part;
    const waiting = [first];
    let mass = 0;
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      mass += (values[index] ?? 0);
      for (const beside of touching(index, width, height)) {
        if ((partOf[beside] ?? 0) === 0) {
          partOf[beside] = part;
          waiting.push(beside);
        }
      }
    }
    masses.push(mass);
  }
  const largest = Math.max(...masses);
  const kept = new Uint8Array(values.length);
  partOf.forEach((part, index) => {
    if (part > 0 && (masses[part] ?? 0) >= LEAST_PART * largest) {
      for (const beside of touching(index, width, height)) kept[beside] = 1;
    }
  });
  return values.map((value, index) => ((kept[index] ?? 0) ? value : 0));
}

/**
 * A pixel and those that touch it.
 * @param {number} index
 * @param {number} width
 * @param {number} height
 */
function* touching(index, width, height) {
  const [row, column] = [Math.floor(index / width), index % width];
  for (let down = Math.max(0, row - 1); down < Math.min(height, row + 2); down += 1) {
    for (let right = Math.max(0, column - 1); right < Math.min(width, column + 2); right += 1) {
      yield down * width + right;
    }
  }
}
