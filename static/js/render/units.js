/**
 * What changes with every frame of units: circles, cells, borders of tiles and the shown image.
 *
 * @typedef {import("../layout/picture.js").Column} Column
 * @typedef {import("../layout/picture.js").PlacedUnit} PlacedUnit
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./sight.js").LowPass} LowPass
 * @typedef {import("./tiles.js").TileSheet} TileSheet
 * @typedef {import("../scale.js").Scale} Scale
 */
import { colourAt } from "../scale.js";
import { hatch } from "./ground.js";
import { fontOf } from "./look.js";

const TURN = 2 * Math.PI;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Column} column
 * @param {LowPass} values
 * @param {Scale} scale
 * @param {Look} look
 * @param {boolean} [bare]  they have nothing to show
 */
export function drawUnits(context, column, values, scale, look, bare = false) {
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
      context.fillStyle = bare ? look.palette.raised : look.hatching;
      context.fill();
      context.strokeStyle = look.palette.faint;
    }
    context.stroke();
  }
}

/**
 * The strip of cells of a layer that only passes numbers on.
 * @param {CanvasRenderingContext2D} context
 * @param {Column} column
 * @param {LowPass} values
 * @param {Scale} scale
 * @param {Look} look
 * @param {boolean} bare  they have nothing to show
 */
export function drawCells(context, column, values, scale, look, bare) {
  const { size } = column;
  column.units.forEach((unit, i) => {
    const [x, y] = [unit.x - size / 2, unit.y - size / 2];
    context.fillStyle = values.known ? colourAt(scale, /** @type {number} */ (values.shown[i])) : look.palette.raised;
    context.fillRect(x, y, size, size);
    if (!values.known && !bare) hatch(context, x, y, size, size, look);
    context.strokeStyle = look.palette.line;
    context.lineWidth = 1;
    context.strokeRect(x - 0.5, y - 0.5, size + 1, size + 1);
  });
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
