/**
 * Draws ink on a canvas of any size: a picture's, and round, smooth strokes. It remembers how far it has drawn, so that a long drawing
 * costs no more with each new point.
 *
 * @typedef {import("./ink.js").Ink} Ink
 * @typedef {import("./ink.js").Stroke} Stroke
 * @typedef {import("./ink.js").Point} Point
 */
import { SHARE } from "./picture.js";

export class Brush {
  /** @type {Ink | null} */
  #ink = null;
  #turns = -1;
  #stroke = 0;
  #point = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{ frequent?: boolean }} [use]  frequent: its pixels are read after each change
   */
  constructor(canvas, { frequent = false } = {}) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { willReadFrequently: frequent });
    this.colour = "#ffffff";
  }

  /** Everything is to be drawn again: another size or colour. */
  forget() {
    this.#ink = null;
  }

  /** Brings the canvas up to date. @param {Ink} ink */
  paint(ink) {
    const { context, canvas } = this;
    if (!context) return;
    if (this.#ink !== ink || this.#turns !== ink.turns) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, canvas.width, canvas.height);
      this.#ink = ink;
      this.#turns = ink.turns;
      this.#stroke = 0;
      this.#point = 0;
      if (ink.picture) lay(context, ink.picture.ink, this.colour);
    }
    context.setTransform(canvas.width, 0, 0, canvas.height, 0, 0);
    context.lineCap = "round";
    context.lineJoin = "round";
    context.strokeStyle = this.colour;
    context.fillStyle = this.colour;
    const { strokes } = ink;
    for (; this.#stroke < strokes.length; this.#stroke += 1) {
      const stroke = /** @type {Stroke} */ (strokes[this.#stroke]);
      context.globalCompositeOperation = stroke.kind === "eraser" ? "destination-out" : "source-over";
      this.#point = drawFrom(context, stroke, this.#point);
      if (this.#stroke === strokes.length - 1) break; // it may still grow
      this.#point = 0;
    }
    context.globalCompositeOperation = "source-over";
  }
}

/**
 * Lays a picture's ink in the middle of the canvas.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./picture.js").Small} ink
 * @param {string} colour
 */
function lay(context, { values, width, height }, colour) {
  const found = document.createElement("canvas");
  found.width = width;
  found.height = height;
  const inked = found.getContext("2d");
  if (!inked) return;
  const image = inked.createImageData(width, height);
  values.forEach((value, i) => (image.data[4 * i + 3] = value));
  inked.putImageData(image, 0, 0);
  inked.globalCompositeOperation = "source-in";
  inked.fillStyle = colour;
  inked.fillRect(0, 0, width, height);
  const side = context.canvas.width;
  const unit = (SHARE * side) / Math.max(width, height);
  context.globalCompositeOperation = "source-over";
  context.imageSmoothingQuality = "high";
  context.drawImage(found, (side - width * unit) / 2, (side - height * unit) / 2, width * unit, height * unit);
}

/**
 * Draws a stroke from one of its points on: a dot where it begins, then curves between the middles of its segments, each
 * bent by the point between them, and a straight end to the last point.
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke} stroke
 * @param {number} from
 * @returns {number} the point to go on from
 */
function drawFrom(context, { points, width }, from) {
  const first = points[0];
  if (!first) return 0;
  // Drawn at once and of one width it is one line, with no seams where its parts meet.
  if (from === 0 && points.length > 1 && points.every(({ pressure }) => pressure === first.pressure)) return drawWhole(context, points, width * first.pressure);
  if (from === 0) {
    context.beginPath();
    context.arc(first.x, first.y, (width * first.pressure) / 2, 0, 2 * Math.PI);
    context.fill();
  }
  for (let i = Math.max(1, from); i < points.length; i += 1) {
    const before = points[i - 2] ?? points[i - 1];
    const bend = points[i - 1];
    const next = points[i];
    if (!before || !bend || !next) continue;
    context.lineWidth = (width * (bend.pressure + next.pressure)) / 2;
    context.beginPath();
    context.moveTo((before.x + bend.x) / 2, (before.y + bend.y) / 2);
    context.quadraticCurveTo(bend.x, bend.y, (bend.x + next.x) / 2, (bend.y + next.y) / 2);
    if (i === points.length - 1) context.lineTo(next.x, next.y);
    context.stroke();
  }
  return points.length;
}

/** @param {CanvasRenderingContext2D} context @param {Point[]} points @param {number} width */
function drawWhole(context, points, width) {
  const [first, ...rest] = points;
  let before = /** @type {Point} */ (first);
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(before.x, before.y);
  for (const point of rest) {
    context.quadraticCurveTo(before.x, before.y, (before.x + point.x) / 2, (before.y + point.y) / 2);
    before = point;
  }
  context.lineTo(before.x, before.y);
  context.stroke();
  return points.length;
}
