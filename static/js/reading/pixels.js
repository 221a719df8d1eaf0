/**
 * Pictures of 28 x 28 with a signed number at each pixel, over the drawing they are about.
 *
 * @typedef {import("../scale.js").Scale} Scale
 * @typedef {import("../scale.js").Palette} Palette
 */
import { pixelOf, place, robustLimit, signedScale } from "../scale.js";

export const SIDE = 28;

const GHOST = 0.22; // of the drawing, under the colours

/** @param {Palette} palette @param {"weights" | "gradients"} kind */
export function scaleOf(palette, kind) {
  const ground = groundOf(palette);
  return kind === "weights"
    ? signedScale(palette.weightNegative, ground, palette.weightPositive)
    : signedScale(palette.gradientNegative, ground, palette.gradientPositive);
}

/** @param {Palette} palette */
function groundOf(palette) {
  return palette.dark ? palette.raised : "#eef0f4";
}

/**
 * Colours over a ghost of the drawing.
 * @param {HTMLCanvasElement} canvas
 * @param {Int8Array} values
 * @param {Uint8Array} drawing
 * @param {Scale} scale
 * @param {Palette} palette
 */
export function drawMap(canvas, values, drawing, scale, palette) {
  const context = begin(canvas);
  if (!context || values.length !== SIDE * SIDE) return;
  const image = context.createImageData(SIDE, SIDE);
  const out = new Uint32Array(image.data.buffer);
  const ground = channels(pixelOf(groundOf(palette)));
  const ink = channels(pixelOf(palette.dark ? "#ffffff" : palette.text));
  const limit = robustLimit(values);
  for (let i = 0; i < out.length; i += 1) {
    const at = place(values[i] ?? 0, limit);
    const colour = channels(scale.pixels[Math.round(at * 127) + 127] ?? 0);
    const under = mix(ground, ink, (GHOST * (drawing[i] ?? 0)) / 255);
    const [red = 0, green = 0, blue = 0] = mix(under, colour, Math.min(1, 1.4 * Math.abs(at)));
    out[i] = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  }
  context.putImageData(image, 0, 0);
}

/**
 * A changed drawing: what was added in one colour, what was taken away in the other, all else as ink.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} before
 * @param {Uint8Array} after
 * @param {Palette} palette
 */
export function drawChange(canvas, before, after, palette) {
  const context = begin(canvas);
  if (!context || before.length !== SIDE * SIDE || after.length !== SIDE * SIDE) return;
  const image = context.createImageData(SIDE, SIDE);
  const out = new Uint32Array(image.data.buffer);
  const ground = channels(pixelOf(palette.dark ? "#05070a" : "#ffffff"));
  const ink = channels(pixelOf(palette.dark ? "#ffffff" : palette.text));
  const more = channels(pixelOf(palette.weightPositive));
  const less = channels(pixelOf(palette.weightNegative));
  for (let i = 0; i < out.length; i += 1) {
    const value = after[i] ?? 0;
    const change = value - (before[i] ?? 0);
    const under = mix(ground, ink, value / 255);
    // A tenth of white is what counts as changed; below it the colour would be all over.
    const [red = 0, green = 0, blue = 0] = Math.abs(change) > 25.5 ? mix(under, change > 0 ? more : less, 0.45 + 0.5 * Math.abs(change / 255)) : under;
    out[i] = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  }
  context.putImageData(image, 0, 0);
}

/** @param {HTMLCanvasElement} canvas */
function begin(canvas) {
  canvas.width = canvas.height = SIDE;
  return canvas.getContext("2d");
}

/** @param {number} pixel @returns {number[]} */
function channels(pixel) {
  return [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
}

/** @param {number[]} from @param {number[]} to @param {number} share @returns {number[]} */
function mix(from, to, share) {
  return from.map((value, i) => Math.round(value + ((to[i] ?? 0) - value) * share));
}
