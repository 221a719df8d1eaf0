/** The grid of those who draw by keys, drawn over the pad: its lines, and the cell one is at. */
import { readPalette } from "../scale.js";
import { CELLS } from "./cells.js";

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("./cells.js").Cells | null} cells  null: there is no grid
 * @param {number} side  pixels
 */
export function paintGrid(canvas, cells, side) {
  const context = canvas.getContext("2d");
  if (!context) return;
  if (!cells) {
    if (canvas.width > 1) canvas.width = canvas.height = 1;
    return;
  }
  canvas.width = canvas.height = side;
  const palette = readPalette();
  const cell = side / CELLS;
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.beginPath();
  for (let i = 1; i < CELLS; i += 1) {
    const at = Math.round(i * cell) + 0.5;
    context.moveTo(at, 0);
    context.lineTo(at, side);
    context.moveTo(0, at);
    context.lineTo(side, at);
  }
  context.stroke();
  context.strokeStyle = palette.accent;
  context.lineWidth = Math.max(2, side / 200);
  if (cells.isDown) {
    context.fillStyle = palette.accent;
    context.globalAlpha = 0.35;
    context.fillRect(cells.column * cell, cells.row * cell, cell, cell);
    context.globalAlpha = 1;
  }
  context.strokeRect(cells.column * cell, cells.row * cell, cell, cell);
}
