/**
 * What joins columns without weights: a number that is passed on one by one, and the arcs of residual additions.
 *
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../layout/picture.js").Picture} Picture
 * @typedef {import("../layout/picture.js").Column} Column
 * @typedef {import("../layout/picture.js").PlacedUnit} PlacedUnit
 * @typedef {import("./look.js").Look} Look
 */
import { hasMaps, hasWeights, isDrawn } from "../layout/kinds.js";

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {Manifest} manifest @param {Look} look */
export function drawPassages(context, picture, manifest, look) {
  context.strokeStyle = look.palette.faint;
  context.lineWidth = 0.8 * look.scale;
  context.globalAlpha = 0.5;
  const [plane, features] = picture.columns;
  if (plane?.kind === "plane") {
    for (const unit of features?.units ?? []) join(context, plane.right + 3, plane.top + plane.size / 2, unit.inX - 2, unit.portY);
  }
  manifest.layers.forEach((layer, index) => {
    const to = picture.byLayer[index + 1];
    const from = picture.byLayer[(picture.sources[index] ?? -1) + 1];
    if (!to || !from || hasWeights(layer) || !isDrawn(layer)) return;
    const before = manifest.layers[picture.sources[index] ?? -1];
    const area = layer.kind === "flatten" && before && hasMaps(before) ? (before.shape[1] ?? 1) * (before.shape[2] ?? 1) : 1;
    for (const unit of to.units) {
      const source = from.units.find((one) => one.index === Math.floor(unit.index / area));
      if (source) join(context, source.outX, source.portY, unit.inX, unit.portY);
    }
  });
  context.globalAlpha = 1;
  for (const arc of picture.arcs) drawArc(context, picture, arc, look);
}

/** @param {CanvasRenderingContext2D} context @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
function join(context, x0, y0, x1, y1) {
  const bend = (x1 - x0) * 0.48;
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
  context.stroke();
}

/**
 * Under the layers it goes past, with a plus where it is added.
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {import("../layout/picture.js").Arc} arc
 * @param {Look} look
 */
function drawArc(context, picture, { from, to, depth }, look) {
  const s = look.scale;
  const low = picture.bodyBottom + (10 + 11 * Math.min(depth, 2)) * s;
  const end = to.middle;
  const radius = 8 * s;
  context.strokeStyle = look.palette.accent;
  context.globalAlpha = 0.75;
  context.lineWidth = 1.5 * s;
  context.beginPath();
  context.moveTo(from.middle, from.bottom + 5 * s);
  context.lineTo(from.middle, low - radius);
  context.quadraticCurveTo(from.middle, low, from.middle + radius, low);
  context.lineTo(end - radius, low);
  context.quadraticCurveTo(end, low, end, low - radius);
  context.lineTo(end, to.bottom + 17 * s);
  context.stroke();
  const y = to.bottom + 11 * s;
  context.beginPath();
  context.arc(end, y, 5.5 * s, 0, 2 * Math.PI);
  context.moveTo(end - 3 * s, y);
  context.lineTo(end + 3 * s, y);
  context.moveTo(end, y - 3 * s);
  context.lineTo(end, y + 3 * s);
  context.lineWidth = 1.2 * s;
  context.stroke();
  context.globalAlpha = 1;
}
