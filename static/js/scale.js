/**
 * From a number to a colour: signed scales that pass through the background's grey at zero, symmetric, with an
 * exponent a little below one so that small values stay visible, and robust to outliers.
 *
 * @typedef {object} Palette  the theme's colours, as the style sheet has them
 * @property {boolean} dark
 * @property {string} background
 * @property {string} panel
 * @property {string} raised
 * @property {string} line
 * @property {string} faint
 * @property {string} muted
 * @property {string} text
 * @property {string} accent
 * @property {string} right
 * @property {string} wrong
 * @property {string} weightPositive
 * @property {string} weightNegative
 * @property {string} gradientPositive
 * @property {string} gradientNegative
 *
 * @typedef {object} Scale  255 colours; the middle one, 127, is zero
 * @property {Uint32Array} pixels  as little-endian RGBA, for ImageData
 * @property {string[]} css
 * @property {string} positive  the full colour
 * @property {string} negative
 */

/** Below 1 small values gain contrast; at 0.8 a tenth of the largest is drawn at a sixth of full colour. */
export const EXPONENT = 0.8;

const ZERO = 127;

/** @param {Element} [root] @returns {Palette} */
export function readPalette(root = document.documentElement) {
  const style = getComputedStyle(root);
  /** @param {string} token */
  const read = (token) => style.getPropertyValue(token).trim() || "#808080";
  const background = read("--background");
  return {
    dark: luminance(channels(background)) < 0.5,
    background,
    panel: read("--panel"),
    raised: read("--raised"),
    line: read("--line"),
    faint: read("--faint"),
    muted: read("--muted"),
    text: read("--text"),
    accent: read("--accent"),
    right: read("--right"),
    wrong: read("--wrong"),
    weightPositive: read("--weight-positive"),
    weightNegative: read("--weight-negative"),
    gradientPositive: read("--gradient-positive"),
    gradientNegative: read("--gradient-negative"),
  };
}

/**
 * @param {string} negative
 * @param {string} zero
 * @param {string} positive
 * @returns {Scale}
 */
export function signedScale(negative, zero, positive) {
  const middle = channels(zero);
  const below = channels(negative);
  const above = channels(positive);
  const pixels = new Uint32Array(2 * ZERO + 1);
  /** @type {string[]} */
  const css = [];
  for (let at = -ZERO; at <= ZERO; at += 1) {
    const [red, green, blue] = mixed(middle, at < 0 ? below : above, Math.abs(at) / ZERO);
    pixels[at + ZERO] = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    css.push(`rgb(${red} ${green} ${blue})`);
  }
  return { pixels, css, positive, negative };
}

/** Brightness alone, for what is never negative. @param {string} zero @param {string} full @returns {Scale} */
export function brightness(zero, full) {
  return signedScale(full, zero, full);
}

/**
 * Where a value stands on a scale whose full colour is reached at `limit`: -1 to 1.
 * @param {number} value
 * @param {number} limit
 */
export function place(value, limit) {
  if (value === 0 || !(limit > 0)) return 0;
  const size = Math.min(1, Math.abs(value) / limit) ** EXPONENT;
  return value < 0 ? -size : size;
}

/** @param {Scale} scale @param {number} at  -1 to 1 */
export function colourAt(scale, at) {
  return scale.css[Math.round(at * ZERO) + ZERO] ?? scale.positive;
}

/**
 * Fills a table of 256 pixels, one for each byte of an int8 tensor.
 * @param {Uint32Array} table
 * @param {Scale} scale
 * @param {number} limit  the byte at which full colour is reached
 */
export function fillByteTable(table, scale, limit) {
  for (let byte = -128; byte < 128; byte += 1) {
    table[byte & 255] = scale.pixels[Math.round(place(byte, limit) * ZERO) + ZERO] ?? 0;
  }
}

const counts = new Uint32Array(129);

/**
 * The byte below which nearly all of a tensor's sizes lie, so that one outlier does not make the rest pale.
 * @param {Int8Array} bytes
 * @param {number} [unclipped]  share of the values that are not zero which is left as it is
 * @returns {number} 1 to 127
 */
export function robustLimit(bytes, unclipped = 0.985) {
  counts.fill(0);
  for (let i = 0; i < bytes.length; i += 1) {
    const size = Math.abs(/** @type {number} */ (bytes[i]));
    counts[size] = /** @type {number} */ (counts[size]) + 1;
  }
  // Of what is not zero: most pixels at a digit's rim never had a gradient and must not make the few that have one glare.
  let left = (bytes.length - /** @type {number} */ (counts[0])) * (1 - unclipped);
  for (let size = 127; size > 1; size -= 1) {
    left -= /** @type {number} */ (counts[size]);
    if (left < 0) return size;
  }
  return 1;
}

/** A colour as little-endian RGBA, for ImageData. @param {string} colour  #rgb, #rrggbb or rgb(…) */
export function pixelOf(colour) {
  const [red = 0, green = 0, blue = 0] = channels(colour);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** @param {string} from @param {string} to @param {number} share  of `to` @returns {string} */
export function blend(from, to, share) {
  const [red, green, blue] = mixed(channels(from), channels(to), share);
  return `rgb(${red} ${green} ${blue})`;
}

/** @param {number[]} from @param {number[]} to @param {number} share @returns {[number, number, number]} */
function mixed(from, to, share) {
  /** @param {number} i */
  const at = (i) => Math.round((from[i] ?? 0) + ((to[i] ?? 0) - (from[i] ?? 0)) * share);
  return [at(0), at(1), at(2)];
}

/** @param {string} colour  #rgb, #rrggbb or rgb(…) @returns {number[]} */
function channels(colour) {
  if (!colour.startsWith("#")) return (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  const digits = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit).join("") : colour.slice(1, 7);
  return [0, 2, 4].map((start) => parseInt(digits.slice(start, start + 2), 16));
}

/** @param {number[]} colour  @returns {number} 0 to 1 */
function luminance([red = 0, green = 0, blue = 0]) {
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}
