/**
 * What changes a few times a second at most: the columns' heads, and the hatching of what is not computed yet.
 *
 * @typedef {import("../layout/picture.js").Picture} Picture
 * @typedef {import("../layout/picture.js").Column} Column
 * @typedef {import("./look.js").Look} Look
 *
 * @typedef {{ title: string, details: string[] }} Head
 */
import { fontOf } from "./look.js";

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {readonly Head[]} heads  one a column
 * @param {Look} look
 */
export function drawHeads(context, picture, heads, look) {
  context.textBaseline = "top";
  const { scale } = look;
  picture.columns.forEach((column, index) => {
    const head = heads[index];
    if (!head) return;
    const x = edgeSafe(context, picture, column);
    context.fillStyle = look.palette.text;
    context.font = fontOf(look, 13, 600);
    context.fillText(head.title, x, picture.headTop);
    context.fillStyle = look.palette.muted;
    context.font = fontOf(look, 11);
    wrapped(context, head.details, column.room).forEach((line, row) => {
      context.fillText(line, x, picture.headTop + (18 + row * 14) * scale);
    });
  });
  context.textAlign = "left";
}

/**
 * Heads are centred over their columns; where that would leave the picture, they end with it.
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {Column} column
 */
function edgeSafe(context, picture, column) {
  const narrow = (column.kind === "input" || column.kind === "plane") && column.left < 30 * picture.scale && column.size < 110 * picture.scale;
  context.textAlign = narrow ? "left" : "center";
  if (narrow) return column.left;
  return column.kind === "outputs" ? column.left + (column.right - column.left) / 2 : column.middle;
}

/** As many details on a line as fit. @param {CanvasRenderingContext2D} context @param {string[]} details @param {number} room */
function wrapped(context, details, room) {
  /** @type {string[]} */
  const lines = [];
  for (const detail of details) {
    const longer = lines.length ? `${lines.at(-1)}  ·  ${detail}` : "";
    if (longer && context.measureText(longer).width <= room) lines[lines.length - 1] = longer;
    else lines.push(detail);
  }
  return lines;
}

/**
 * The hatching of what is not computed yet.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {Look} look
 */
export function hatch(context, x, y, width, height, look) {
  context.fillStyle = look.hatching;
  context.fillRect(x, y, width, height);
}
