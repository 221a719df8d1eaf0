/**
 * Everything that drawing needs to know about the theme: colours, scales, fonts, and the hatching of what is not computed yet.
 *
 * @typedef {import("../scale.js").Palette} Palette
 * @typedef {import("../scale.js").Scale} Scale
 *
 * @typedef {object} Look
 * @property {Palette} palette
 * @property {number} scale
 * @property {string} font
 * @property {Scale} weights
 * @property {Scale} gradients
 * @property {Scale} bright  of units that are never negative
 * @property {Scale} ink  of images
 * @property {string} zero  the colour of nothing on the signed scales
 * @property {CanvasPattern | string} hatching
 */
import { blend, brightness, signedScale } from "../scale.js";

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

/**
 * @param {Palette} palette
 * @param {number} scale
 * @param {string} font
 * @returns {Look}
 */
export function makeLook(palette, scale, font) {
  const zero = palette.dark ? blend(palette.background, palette.raised, 0.6) : "#eef0f4";
  return {
    palette,
    scale,
    font,
    zero,
    weights: signedScale(palette.weightNegative, zero, palette.weightPositive),
    gradients: signedScale(palette.gradientNegative, zero, palette.gradientPositive),
    bright: brightness(palette.dark ? palette.background : "#ffffff", palette.dark ? "#ffffff" : palette.text),
    ink: brightness(palette.dark ? "#05070a" : "#ffffff", palette.dark ? "#ffffff" : palette.text),
    hatching: makeHatching(palette, scale),
  };
}

/** @param {Palette} palette @param {number} scale */
function makeHatching(palette, scale) {
  const side = Math.max(4, Math.round(6 * scale));
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext("2d");
  if (!context) return palette.raised;
  context.strokeStyle = palette.faint;
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  context.beginPath();
  for (const shift of [-side, 0, side]) {
    context.moveTo(shift, side);
    context.lineTo(shift + side, 0);
  }
  context.stroke();
  return context.createPattern(canvas, "repeat") ?? palette.raised;
}

/** @param {Look} look @param {number} size @param {number} [weight] */
export function fontOf(look, size, weight = 400) {
  return `${weight} ${size * look.scale}px ${look.font}`;
}
