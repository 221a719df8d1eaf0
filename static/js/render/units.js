/**
 * What changes with every frame of units: circles, borders of tiles, probabilities, ribbons and the shown image.
 *
 * @typedef {import("../layout/picture.js").Picture} Picture
 * @typedef {import("../layout/picture.js").Column} Column
 * @typedef {import("../layout/picture.js").PlacedUnit} PlacedUnit
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./sight.js").LowPass} LowPass
 * @typedef {import("./tiles.js").TileSheet} TileSheet
 * @typedef {import("../scale.js").Scale} Scale
 */
import { colourAt } from "../scale.js";
import { fontOf } from "./look.js";
import { hatch } from "./ground.js";

const TURN = 2 * Math.PI;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Column} column
 * @param {LowPass} values
 * @param {Scale} scale
 * @param {Look} look
 */
export function drawUnits(context, column, values, scale, look) {
  const radius = column.size / 2 - 0.75 * look.scale;
  context.lineWidth = Math.max(0.75, Math.min(1.4, column.size / 12)) * look.scale;
  for (let i = 0; i < column.units.length; i += 1) {
    const unit = /** @type {PlacedUnit} */ (column.units[i]);
    const value = /** @type {number} */ (values.shown[i]);
    context.beginPath();
    context.arc(unit.x, unit.y, radius, 0, TURN);
    if (values.known) {
      context.fillStyle = colourAt(scale, value);
      context.fill();
      context.strokeStyle = ring(value, scale, look);
    } else {
      context.fillStyle = look.palette.background;
      context.fill();
      context.fillStyle = look.hatching;
      context.fill();
      context.strokeStyle = look.palette.faint;
    }
    context.stroke();
  }
}

/** A unit's rim tells the sign even of a small value. @param {number} value @param {Scale} scale @param {Look} look */
function ring(value, scale, look) {
  if (scale === look.bright || Math.abs(value) < 0.04) return look.palette.faint;
  return value < 0 ? scale.negative : scale.positive;
}

/**
 * A tile's border says what its unit does with the shown example.
 * @param {CanvasRenderingContext2D} context
 * @param {Column} column
 * @param {LowPass} values
 * @param {Scale} scale
 * @param {Look} look
 */
export function drawBorders(context, column, values, scale, look) {
  const { size } = column;
  for (let i = 0; i < column.units.length; i += 1) {
    const unit = /** @type {PlacedUnit} */ (column.units[i]);
    const value = values.known ? /** @type {number} */ (values.shown[i]) : 0;
    const strength = Math.abs(value);
    const width = (1 + 1.2 * strength) * look.scale;
    context.lineWidth = width;
    context.globalAlpha = 1;
    context.strokeStyle = look.palette.line;
    context.strokeRect(unit.x - size / 2 - 0.5, unit.y - size / 2 - 0.5, size + 1, size + 1);
    if (strength < 0.04) continue;
    context.globalAlpha = 0.2 + 0.8 * strength;
    context.strokeStyle = value < 0 ? scale.negative : scale.positive;
    context.strokeRect(unit.x - size / 2 - 0.5, unit.y - size / 2 - 0.5, size + 1, size + 1);
  }
  context.globalAlpha = 1;
}

/**
 * @typedef {object} Answer
 * @property {readonly string[]} labels  one a class
 * @property {readonly string[]} texts  the value under each bar
 * @property {readonly number[]} signs  -1, 0 or 1: the glyph and colour of each value; 0: none
 * @property {number} label  the true class, -1: none
 * @property {number} prediction
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
    const barWidth = below ? width : width * 0.36;
    const top = unit.y - height / 2;
    context.fillStyle = palette.raised;
    context.fillRect(left, top, barWidth, height);
    if (!probs.known) return hatch(context, left, top, barWidth, height, look);
    context.fillStyle = isRead ? (isTrue ? palette.right : palette.wrong) : palette.faint;
    context.fillRect(left, top, Math.max(s, /** @type {number} */ (probs.shown[i]) * barWidth), height);
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

/**
 * The example at the input, and under it what flows back to its pixels.
 * @param {CanvasRenderingContext2D} context
 * @param {Column} column
 * @param {TileSheet | null} image  null: not here yet
 * @param {Look} look
 * @param {{ sheet: TileSheet | null, caption: string } | null} gradient  null: this lens has none
 */
export function drawInput(context, column, image, look, gradient) {
  const { left, top, size } = column;
  framed(context, image, left, top, size, look);
  if (!gradient) return;
  const below = top + size + 26 * look.scale;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.font = fontOf(look, 11);
  context.fillStyle = look.palette.muted;
  context.fillText(gradient.caption, left, below - 7 * look.scale);
  framed(context, gradient.sheet, left, below, size, look);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {TileSheet | null} sheet
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {Look} look
 */
function framed(context, sheet, x, y, size, look) {
  if (sheet) sheet.draw(context, 0, x, y, size);
  else hatch(context, x, y, size, size, look);
  context.strokeStyle = look.palette.line;
  context.lineWidth = 1;
  context.strokeRect(x - 0.5, y - 0.5, size + 1, size + 1);
}

/** @typedef {{ text: string, direction: number, positive: string, negative: string }} RibbonCaption */

/**
 * One bar a layer, filling in the direction of travel, with its number.
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {LowPass} values  parts of the largest, -1 to 1
 * @param {readonly string[]} texts  empty: not computed yet
 * @param {RibbonCaption} caption
 * @param {Look} look
 */
export function drawRibbons(context, picture, values, texts, caption, look) {
  const { palette } = look;
  const { ribbonTop: top, ribbonHeight: height, ribbonWidth: width, scale: s } = picture;
  context.textBaseline = "middle";
  picture.columns.forEach((column, index) => {
    if (index === 0) return;
    const left = column.middle - width / 2;
    context.fillStyle = palette.raised;
    context.fillRect(left, top, width, height);
    const text = texts[index - 1] ?? "";
    const value = /** @type {number} */ (values.shown[index - 1] ?? 0);
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
  });
  drawCaption(context, picture, caption, look);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {RibbonCaption} caption
 * @param {Look} look
 */
function drawCaption(context, picture, { text, direction, positive }, look) {
  const first = picture.columns[1];
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
