/**
 * Data that lie on a line or in a plane: where they are, what the network is told of them, and what it says everywhere.
 *
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../protocol").Plane} PlaneInfo
 * @typedef {import("../protocol").Example} Example
 * @typedef {import("../frame.js").DecodedFrame} DecodedFrame
 * @typedef {import("../layout/picture.js").Column} Column
 * @typedef {import("../layout/points.js").Points} Points
 * @typedef {import("./look.js").Look} Look
 * @typedef {{ left: number, top: number, size: number }} Box
 */
import { featureName, featureOver, readPoints } from "../layout/points.js";
import { blend, colourAt, place } from "../scale.js";
import { hatch } from "./ground.js";
import { fontOf } from "./look.js";
import { TileSheet } from "./tiles.js";

const HEADROOM = 1.2; // over the largest target, so that no curve touches the frame
const STRONGEST_REGION = 0.62; // points must still be seen on it

/** The colours of classes. @param {Look} look @returns {string[]} */
export function classColours({ palette }) {
  const { weightNegative, weightPositive, gradientPositive, gradientNegative, wrong, muted } = palette;
  return [weightNegative, weightPositive, gradientPositive, gradientNegative, wrong, muted];
}

export class PlanePicture {
  #sheet;
  /** @type {Float32Array | null} */
  #curve = null;
  #known = false;
  /** @type {{ look: Look, sheet: TileSheet } | null} */
  #features = null;

  /** @param {Manifest} manifest @param {PlaneInfo} plane */
  constructor(manifest, plane) {
    this.manifest = manifest;
    this.plane = plane;
    this.train = readPoints(plane, "train");
    this.test = readPoints(plane, "test");
    this.#sheet = new TileSheet(plane.side, plane.side);
    /** The largest target: the end of the scale that targets and answers share. */
    this.reach = [this.train, this.test].reduce((most, { answers }) => answers.reduce((size, one) => Math.max(size, Math.abs(one)), most), 1e-6);
  }

  /** @param {DecodedFrame} frame @param {Look} look @param {boolean} isFinite */
  takeMatrices(frame, look, isFinite) {
    const tensor = frame.tensors.get("response");
    this.#known = isFinite && tensor?.values instanceof Int8Array;
    if (!this.#known || !(tensor?.values instanceof Int8Array)) return;
    const { scale, values } = tensor;
    if (this.plane.dimensions === 1) this.#curve = Float32Array.from(values, (value) => value * scale);
    else if (this.manifest.task === "regression") this.#sheet.paintColours(values.length, (i) => colourAt(look.weights, place((values[i] ?? 0) * scale, this.reach)));
    else this.#paintRegions(values, scale, look);
  }

  /** The class that is said, as strongly as it is said. @param {Int8Array} values @param {number} scale @param {Look} look */
  #paintRegions(values, scale, look) {
    const area = this.plane.side ** 2;
    const classes = values.length / area;
    const { probabilities } = this.manifest;
    const tables = classColours(look).map((colour) => Array.from({ length: 32 }, (_one, i) => blend(look.zero, colour, (STRONGEST_REGION * i) / 31)));
    let widest = 1;
    const leads = new Int8Array(area);
    const winners = new Uint8Array(area);
    for (let i = 0; i < area; i += 1) {
      let [first, second, best] = [-128, -128, 0];
      for (let one = 0; one < classes; one += 1) {
        const value = /** @type {number} */ (values[one * area + i]);
        if (value > first) [first, second, best] = [value, first, one];
        else if (value > second) second = value;
      }
      winners[i] = best;
      leads[i] = Math.min(127, first - second);
      widest = Math.max(widest, first - second);
    }
    // Of probabilities a lead of 1 is full colour; of other outputs the widest lead is.
    const full = probabilities && scale > 0 ? 1 / scale : widest;
    this.#sheet.paintColours(area, (i) => {
      const table = tables[(winners[i] ?? 0) % tables.length] ?? [];
      return table[Math.round(31 * Math.min(1, (leads[i] ?? 0) / full) ** 0.7)] ?? look.zero;
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {Column} column @param {Look} look */
  drawData(context, column, look) {
    const box = { left: column.left, top: column.top, size: column.size };
    context.fillStyle = look.zero;
    context.fillRect(box.left, box.top, box.size, box.size);
    this.#axes(context, box, look);
    this.#points(context, box, look, 1.5 * look.scale);
    outline(context, box, look);
  }

  /** What the network says everywhere, with the points it should be right about. @param {CanvasRenderingContext2D} context @param {Column} column @param {string} caption @param {Look} look */
  drawView(context, column, caption, look) {
    const box = viewOf(column);
    const flat = this.plane.dimensions === 1;
    if (!this.#known) hatch(context, box.left, box.top, box.size, box.size, look);
    else if (!flat) this.#sheet.draw(context, 0, box.left, box.top, box.size);
    this.#axes(context, box, look);
    this.#points(context, box, look, 2.2 * look.scale);
    if (this.#known && flat) this.#line(context, box, look);
    outline(context, box, look);
    context.font = fontOf(look, 11);
    context.textBaseline = "top";
    context.textAlign = "left";
    context.fillStyle = look.palette.muted;
    context.fillText(caption, box.left, box.top + box.size + 6 * look.scale, box.size);
  }

  /** @param {CanvasRenderingContext2D} context @param {Column} column @param {Look} look */
  drawFeatures(context, column, look) {
    if (this.#features?.look !== look) this.#features = { look, sheet: this.#paintFeatures(look) };
    const { size } = column;
    const [beside, below] = [column.pitch - size < 13 * look.scale, size / 2 + 2 * look.scale];
    context.font = fontOf(look, 11);
    context.textAlign = beside ? "right" : "center";
    context.textBaseline = beside ? "middle" : "top";
    column.units.forEach((unit, position) => {
      const [x, y] = [unit.x - size / 2, unit.y - size / 2];
      if (this.plane.dimensions === 2) this.#features?.sheet.draw(context, position, x, y, size);
      else drawFeatureCurve(context, this.manifest.features[position] ?? "", this.plane, { left: x, top: y, size }, look);
      outline(context, { left: x, top: y, size }, look);
      context.fillStyle = look.palette.text;
      const name = featureName(this.manifest.features[position] ?? "");
      context.fillText(name, beside ? x - 4 * look.scale : unit.x, beside ? unit.y : unit.y + below);
    });
    context.textAlign = "left";
  }

  /** @param {Look} look */
  #paintFeatures(look) {
    const { side } = this.plane;
    const sheet = new TileSheet(side, side);
    const all = new Int8Array(this.manifest.features.length * side * side);
    if (this.plane.dimensions !== 2) return sheet;
    this.manifest.features.forEach((name, position) => {
      const values = featureOver(name, this.plane);
      if (values) all.set(values, position * side * side);
    });
    sheet.paint(all, look.weights, 127, 8);
    return sheet;
  }

  /** A mark where the shown example is. @param {CanvasRenderingContext2D} context @param {Column[]} columns @param {Example} example @param {Look} look */
  drawMark(context, columns, example, look) {
    const points = example.split === "train" ? this.train : this.test;
    if (example.index >= points.count) return;
    for (const column of columns) {
      const box = column.kind === "plane" ? { left: column.left, top: column.top, size: column.size } : column.view ? viewOf(column) : null;
      if (!box) continue;
      const [x, y] = this.#place(points, example.index, box);
      for (const [colour, width] of /** @type {const} */ ([[look.palette.background, 4], [look.palette.text, 2]])) {
        context.strokeStyle = colour;
        context.lineWidth = width * look.scale;
        context.beginPath();
        context.arc(x, y, 6 * look.scale, 0, 2 * Math.PI);
        context.stroke();
      }
    }
  }

  /** @param {Points} points @param {number} i @param {Box} box @returns {[number, number]} */
  #place({ at, answers }, i, { left, top, size }) {
    const { dimensions, least, most } = this.plane;
    const across = ((at[i * dimensions] ?? 0) - least) / (most - least);
    const up = dimensions === 2 ? ((at[i * 2 + 1] ?? 0) - least) / (most - least) : this.#height(answers[i] ?? 0);
    return [left + across * size, top + (1 - up) * size];
  }

  /** How high a value stands, 0 to 1. @param {number} value */
  #height(value) {
    return 0.5 + value / (2 * HEADROOM * this.reach);
  }

  /** @param {CanvasRenderingContext2D} context @param {Box} box @param {Look} look @param {number} radius */
  #points(context, box, look, radius) {
    const colours = classColours(look);
    const regression = this.manifest.task === "regression";
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.size, box.size);
    context.clip();
    for (const [points, isRing] of /** @type {[Points, boolean][]} */ ([[this.train, false], [this.test, true]])) {
      for (let i = 0; i < points.count; i += 1) {
        const [x, y] = this.#place(points, i, box);
        const answer = points.answers[i] ?? 0;
        const flat = regression && this.plane.dimensions === 1;
        const colour = flat ? look.palette.muted : regression ? colourAt(look.weights, place(answer, this.reach)) : (colours[answer % colours.length] ?? look.palette.text);
        context.beginPath();
        context.arc(x, y, isRing ? radius + 0.4 : radius, 0, 2 * Math.PI);
        context.fillStyle = isRing ? look.palette.background : colour;
        context.fill();
        if (!isRing && radius < 2 * look.scale) continue; // too small for a rim
        context.strokeStyle = isRing ? colour : look.palette.background;
        context.lineWidth = (isRing ? 1.2 : 0.6) * look.scale;
        context.stroke();
      }
    }
    context.restore();
  }

  /** @param {CanvasRenderingContext2D} context @param {Box} box @param {Look} look */
  #line(context, { left, top, size }, look) {
    const curve = this.#curve ?? new Float32Array(0);
    context.save();
    context.beginPath();
    context.rect(left, top, size, size);
    context.clip();
    for (const [colour, width] of /** @type {const} */ ([[look.palette.background, 5], [look.palette.accent, 2.4]])) {
      context.strokeStyle = colour;
      context.lineWidth = width * look.scale;
      context.lineJoin = "round";
      context.beginPath();
      curve.forEach((value, i) => context.lineTo(left + ((i + 0.5) / curve.length) * size, top + (1 - this.#height(value)) * size));
      context.stroke();
    }
    context.restore();
  }

  /** Where the coordinates are 0. @param {CanvasRenderingContext2D} context @param {Box} box @param {Look} look */
  #axes(context, { left, top, size }, look) {
    const zero = -this.plane.least / (this.plane.most - this.plane.least);
    context.strokeStyle = look.palette.faint;
    context.globalAlpha = 0.35;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(left + zero * size, top);
    context.lineTo(left + zero * size, top + size);
    context.moveTo(left, top + size / 2);
    context.lineTo(left + size, top + size / 2);
    context.stroke();
    context.globalAlpha = 1;
  }
}

/** Where the picture of what the network says everywhere stands in its column. @param {Column} column @returns {Box} */
export function viewOf({ left, top, view }) {
  return { left, top, size: view };
}

/** @param {CanvasRenderingContext2D} context @param {Box} box @param {Look} look */
function outline(context, { left, top, size }, look) {
  context.strokeStyle = look.palette.line;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, top - 0.5, size + 1, size + 1);
}

/** @param {CanvasRenderingContext2D} context @param {string} name @param {PlaneInfo} plane @param {Box} box @param {Look} look */
function drawFeatureCurve(context, name, plane, { left, top, size }, look) {
  const values = featureOver(name, plane);
  context.fillStyle = look.zero;
  context.fillRect(left, top, size, size);
  if (!values) return;
  context.strokeStyle = look.palette.text;
  context.lineWidth = 1.3 * look.scale;
  context.beginPath();
  values.forEach((value, i) => context.lineTo(left + ((i + 0.5) / values.length) * size, top + (0.5 - (0.46 * value) / 127) * size));
  context.stroke();
}
