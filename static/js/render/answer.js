/**
 * What stands at the outputs and under the columns: labels, bars and numbers of the answer, and the ribbons.
 *
 * @typedef {import("../layout/picture.js").Picture} Picture
 * @typedef {import("../layout/picture.js").Column} Column
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./sight.js").LowPass} LowPass
 * @typedef {import("../scale.js").Scale} Scale
 */
import { hatch } from "./ground.js";
import { fontOf } from "./look.js";
import { classColours } from "./plane.js";

/**
 * @typedef {object} Answer
 * @property {readonly string[]} labels  one a class
 * @property {readonly string[]} texts  the value under each bar
 * @property {readonly number[]} signs  -1, 0 or 1: the glyph and colour of each value; 0: none
 * @property {number} label  the true class, -1: none
 * @property {number} prediction
 * @property {number} reach  the value at the end of a bar; 0: the bars are probabilities, from 0 to 1
 * @property {readonly number[]} targets  what the outputs should be, where they are no probabilities
 * @property {boolean} swatches  the classes have colours in the plane
 */

/**
 * Label, bar and number of each output.
 * @param {CanvasRenderingContext2D} context
 * @param {Column} column
 * @param {LowPass} probs
 * @param {Answer} answer
 * @param {Scale} scale  of the signs
 * @param {Look} look
 */
export function drawAnswer(context, column, probs, answer, scale, look) {
  const { palette, scale: s } = look;
  const labelX = column.left + column.size + 14 * s;
  const left = labelX + 13 * s;
  const width = column.right - left;
  const height = 8 * s;
  const below = column.pitch >= 34 * s;
  context.textBaseline = "middle";
  column.units.forEach((unit, i) => {
    const isRead = i === answer.prediction;
    const isTrue = i === answer.label;
    context.textAlign = "center";
    context.font = fontOf(look, 13, isRead || isTrue ? 700 : 400);
    context.fillStyle = isRead || isTrue ? palette.text : palette.muted;
    context.fillText(answer.labels[i] ?? "", labelX, unit.y + 0.5);
    if (answer.swatches) {
      context.fillStyle = classColours(look)[i % classColours(look).length] ?? palette.text;
      context.fillRect(labelX - 4 * s, unit.y + 9 * s, 8 * s, 3 * s);
    }
    const barWidth = below ? width : width * 0.36;
    const top = unit.y - height / 2;
    context.fillStyle = palette.raised;
    context.fillRect(left, top, barWidth, height);
    if (!probs.known) return hatch(context, left, top, barWidth, height, look);
    const value = /** @type {number} */ (probs.shown[i]);
    context.fillStyle = isRead ? (isTrue ? palette.right : palette.wrong) : palette.faint;
    if (answer.reach) drawBothWays(context, { left, top, width: barWidth, height }, value, answer, i, look);
    else context.fillRect(left, top, Math.max(s, value * barWidth), height);
    if (isTrue) {
      context.strokeStyle = isRead ? palette.right : palette.text;
      context.lineWidth = s;
      context.strokeRect(left - 0.5, top - 0.5, barWidth + 1, height + 1);
    }
    drawNumber(context, below ? left : left + barWidth + 5 * s, below ? unit.y + 15 * s : unit.y, answer, i, scale, look);
    return undefined;
  });
  context.textAlign = "left";
}

/**
 * A bar from the middle, which is 0, and a tick where the target is.
 * @param {CanvasRenderingContext2D} context
 * @param {{ left: number, top: number, width: number, height: number }} box
 * @param {number} value
 * @param {Answer} answer
 * @param {number} i
 * @param {Look} look
 */
function drawBothWays(context, { left, top, width, height }, value, answer, i, look) {
  const middle = left + width / 2;
  /** @param {number} one */
  const reached = (one) => (Math.max(-1, Math.min(1, one / answer.reach)) * width) / 2;
  if (answer.prediction < 0) context.fillStyle = look.palette.accent;
  context.fillRect(Math.min(middle, middle + reached(value)), top, Math.max(look.scale, Math.abs(reached(value))), height);
  context.fillStyle = look.palette.muted;
  context.fillRect(middle - 0.5, top - 2 * look.scale, 1, height + 4 * look.scale);
  const target = answer.targets[i];
  if (target === undefined) return;
  context.fillStyle = look.palette.text;
  context.fillRect(middle + reached(target) - look.scale, top - 3 * look.scale, 2 * look.scale, height + 6 * look.scale);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {Answer} answer
 * @param {number} i
 * @param {Scale} scale
 * @param {Look} look
 */
function drawNumber(context, x, y, answer, i, scale, look) {
  const sign = answer.signs[i] ?? 0;
  const text = answer.texts[i] ?? "";
  const s = look.scale;
  context.textAlign = "left";
  context.font = fontOf(look, 11, sign ? 600 : 400);
  if (!sign) {
    context.fillStyle = look.palette.muted;
    context.fillText(text, x, y);
    return;
  }
  context.fillStyle = sign < 0 ? scale.negative : scale.positive;
  context.beginPath();
  context.moveTo(x, y + sign * 3.5 * s);
  context.lineTo(x + 4 * s, y - sign * 3.5 * s);
  context.lineTo(x + 8 * s, y + sign * 3.5 * s);
  context.closePath();
  context.fill();
  context.fillText(text, x + 11 * s, y);
}

/** @typedef {{ text: string, direction: number, positive: string, negative: string }} RibbonCaption */

/**
 * One bar a layer, filling in the direction of travel, with its number.
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {LowPass} values  parts of the largest, -1 to 1
 * @param {readonly (string | null)[]} texts  empty: not computed yet; null: the layer has no such number
 * @param {RibbonCaption} caption
 * @param {Look} look
 */
export function drawRibbons(context, picture, values, texts, caption, look) {
  const { palette } = look;
  const { ribbonTop: top, ribbonHeight: height, ribbonWidth: width, scale: s } = picture;
  context.textBaseline = "middle";
  for (const column of picture.columns) {
    const at = column.layer;
    const text = texts[at];
    if (at < 0 || column.kind === "thin" || text === undefined || text === null) continue;
    const left = column.middle - width / 2;
    context.fillStyle = palette.raised;
    context.fillRect(left, top, width, height);
    const value = /** @type {number} */ (values.shown[at] ?? 0);
    if (!values.known || !text) hatch(context, left, top, width, height, look);
    else {
      const filled = Math.abs(value) * width;
      context.fillStyle = value < 0 ? caption.negative : caption.positive;
      context.fillRect(caption.direction < 0 ? left + width - filled : left, top, filled, height);
    }
    context.font = fontOf(look, 11);
    context.textAlign = "center";
    context.fillStyle = palette.muted;
    context.fillText(text || "–", column.middle, top + height + 11 * s);
  }
  drawCaption(context, picture, caption, look);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {RibbonCaption} caption
 * @param {Look} look
 */
function drawCaption(context, picture, { text, direction, positive }, look) {
  const first = picture.columns.find((column) => column.layer >= 0 && column.kind !== "thin");
  const x = picture.columns[0]?.left ?? 0;
  const room = (first?.middle ?? picture.width) - picture.ribbonWidth / 2 - x - 8 * look.scale;
  context.textAlign = "left";
  context.font = fontOf(look, 11, 600);
  context.fillStyle = direction < 0 ? positive : look.palette.muted;
  const arrow = direction < 0 ? `◀ ${text}` : direction > 0 ? `${text} ▶` : text;
  const y = picture.ribbonTop + picture.ribbonHeight / 2;
  if (context.measureText(arrow).width <= room) return context.fillText(arrow, x, y);
  const cut = breakAt(arrow);
  context.fillText(arrow.slice(0, cut).trim(), x, y - 7 * look.scale);
  context.fillText(arrow.slice(cut).trim(), x, y + 7 * look.scale);
  return undefined;
}

/** The break nearest to the middle. @param {string} text */
function breakAt(text) {
  const breaks = [...text.matchAll(/[\s：:]/g)].map((found) => (found.index ?? 0) + 1);
  const middle = text.length / 2;
  return breaks.reduce((best, at) => (Math.abs(at - middle) < Math.abs(best - middle) ? at : best), text.length);
}
