/**
 * What is held under the eye: a ring around the selected unit, or a mark on the selected pixel in the image and in every tile.
 *
 * @typedef {import("../layout/picture.js").Picture} Picture
 * @typedef {import("../layout/touch.js").Address} Address
 * @typedef {import("./look.js").Look} Look
 */
import { boxOf } from "../layout/touch.js";

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {Address} selection
 * @param {number} side  pixels of the image from left to right
 * @param {Look} look
 */
export function drawSelection(context, picture, selection, side, look) {
  const box = boxOf(picture, selection, side);
  const column = picture.columns.find((one) => one.name === selection.layer);
  if (!box || !column) return;
  context.strokeStyle = look.palette.text;
  context.lineWidth = 2 * look.scale;
  if (column.kind === "input") {
    mark(context, box.x, box.y, box.width, look);
    for (const tiled of picture.columns.filter((one) => one.tile === "weights")) {
      const size = tiled.size / side;
      for (const unit of tiled.units) {
        const x = unit.x - tiled.size / 2 + (selection.unit % side) * size;
        mark(context, x, unit.y - tiled.size / 2 + Math.floor(selection.unit / side) * size, size, look);
      }
    }
    return;
  }
  const air = 3.5 * look.scale;
  context.beginPath();
  if (column.tile || column.kind === "features") context.rect(box.x - air, box.y - air, box.width + 2 * air, box.height + 2 * air);
  else context.arc(box.x + box.width / 2, box.y + box.height / 2, box.width / 2 + air, 0, 2 * Math.PI);
  context.stroke();
  if (selection.at === undefined) return;
  const [rows, columns] = column.grid;
  const step = box.width / columns;
  mark(context, box.x + (selection.at % columns) * step, box.y + Math.floor(selection.at / columns) * (box.height / rows), step, look);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} size @param {Look} look */
function mark(context, x, y, size, look) {
  context.strokeStyle = look.palette.background;
  context.lineWidth = 2.5 * look.scale;
  context.strokeRect(x - 1.5, y - 1.5, size + 3, size + 3);
  context.strokeStyle = look.palette.text;
  context.lineWidth = look.scale;
  context.strokeRect(x - 1.5, y - 1.5, size + 3, size + 3);
}
