/**
 * Edges as curves, wide and opaque by strength, and the glyphs that say which way numbers travel along them.
 *
 * @typedef {import("../layout/picture.js").Picture} Picture
 * @typedef {import("../layout/picture.js").Column} Column
 * @typedef {import("../layout/edges.js").Edges} Edges
 * @typedef {import("../scale.js").Scale} Scale
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./lenses.js").LensTable} LensTable
 */

const WIDEST = 3.4;
const THINNEST = 0.5;
const FAINTEST = 0.16;
const PULSES = 56; // of the strongest edges; more would be a swarm
const SPEED = 1 / 2600; // of an edge a millisecond
const GOLDEN = 0.618034; // spreads pulses evenly without any two in step

/** One curve, reused: the numbers of a cubic whose handles are level with its ends. */
const curve = { x0: 0, y0: 0, x1: 0, y1: 0, bend: 0 };

/**
 * @param {Picture} picture
 * @param {Edges} edges
 * @param {number} i
 * @returns {boolean} whether both ends are in the picture
 */
function aimCurve(picture, edges, i) {
  const layer = /** @type {number} */ (edges.layer[i]);
  const from = picture.byLayer[(picture.sources[layer] ?? -1) + 1]?.units[/** @type {number} */ (edges.from[i])];
  const to = picture.byLayer[layer + 1]?.units[/** @type {number} */ (edges.to[i])];
  if (!from || !to) return false;
  curve.x0 = from.outX;
  curve.y0 = from.portY;
  curve.x1 = to.inX;
  curve.y1 = to.portY;
  curve.bend = (curve.x1 - curve.x0) * 0.48;
  return true;
}

/** @param {CanvasRenderingContext2D} context */
function strokeCurve(context) {
  const { x0, y0, x1, y1, bend } = curve;
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {Edges} edges
 * @param {Look} look
 * @param {LensTable} lens
 * @param {number} [emphasis]  1: as they are; more: those of a selected unit
 */
export function drawEdges(context, picture, edges, look, lens, emphasis = 1) {
  const scale = look[lens.colours];
  context.lineCap = "round";
  context.setLineDash(lens.dashed ? [5 * look.scale, 4 * look.scale] : []);
  for (let i = 0; i < edges.count; i += 1) {
    const strength = /** @type {number} */ (edges.strength[i]);
    if (strength === 0 || !aimCurve(picture, edges, i)) continue;
    const size = Math.abs(strength);
    context.strokeStyle = strength < 0 ? scale.negative : scale.positive;
    context.globalAlpha = Math.min(1, FAINTEST * emphasis + (0.92 - FAINTEST) * size ** 1.25);
    context.lineWidth = (THINNEST + (WIDEST - THINNEST) * size ** 1.5) * look.scale;
    strokeCurve(context);
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/**
 * The strands from the image to the first layer: one a unit, as each stands for all of the unit's pixels.
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {Float32Array} strengths  -1 to 1
 * @param {Scale} scale
 * @param {Look} look
 * @param {number} alpha
 */
export function drawStrands(context, picture, strengths, scale, look, alpha) {
  const [input, first] = picture.columns;
  if (!input || !first) return;
  const count = first.units.length;
  const fan = Math.min(input.size * 0.8, count * 3 * look.scale);
  context.lineCap = "round";
  for (let i = 0; i < count; i += 1) {
    const unit = first.units[i];
    const strength = /** @type {number} */ (strengths[i]);
    const size = Math.abs(strength);
    if (!unit || size < 0.02) continue;
    curve.x0 = input.right + 3;
    curve.y0 = input.top + input.size / 2 + (count > 1 ? (i / (count - 1) - 0.5) * fan : 0);
    curve.x1 = unit.inX;
    curve.y1 = unit.portY;
    curve.bend = (curve.x1 - curve.x0) * 0.5;
    context.strokeStyle = strength < 0 ? scale.negative : scale.positive;
    context.globalAlpha = alpha * (0.06 + 0.66 * size ** 1.3);
    context.lineWidth = (0.5 + 1.7 * size ** 1.5) * look.scale;
    strokeCurve(context);
  }
  context.globalAlpha = 1;
}

/**
 * Glyphs on the strongest edges: ▶ travelling forward, ◀ travelling backward, ▲ or ▼ where a weight went up or down.
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {Edges} edges
 * @param {Look} look
 * @param {LensTable} lens
 * @param {number | null} time  milliseconds; null: nothing moves
 */
export function drawPulses(context, picture, edges, look, lens, time) {
  const scale = look[lens.colours];
  const first = Math.max(0, edges.count - PULSES);
  const moves = lens.direction !== 0;
  for (let i = first; i < edges.count; i += 1) {
    const strength = /** @type {number} */ (edges.strength[i]);
    if (!aimCurve(picture, edges, i)) continue;
    const offset = (edges.to[i] ?? 0) * GOLDEN + (edges.from[i] ?? 0) * 0.317;
    const along = (time === null || !moves ? 0.3 + 0.4 * (offset % 1) : time * SPEED + offset) % 1;
    const t = lens.direction < 0 ? 1 - along : along;
    const size = (2.2 + 2.6 * Math.abs(strength)) * look.scale;
    context.globalAlpha = Math.min(1, 6 * along, 6 * (1 - along)) * (0.45 + 0.55 * Math.abs(strength));
    context.fillStyle = strength < 0 ? scale.negative : scale.positive;
    const angle = moves ? slope(t) + (lens.direction < 0 ? Math.PI : 0) : strength < 0 ? Math.PI / 2 : -Math.PI / 2;
    triangle(context, at(curve.x0, curve.x0 + curve.bend, curve.x1 - curve.bend, curve.x1, t), at(curve.y0, curve.y0, curve.y1, curve.y1, t), angle, size);
  }
  context.globalAlpha = 1;
}

/** A cubic Bézier in one coordinate. @param {number} a @param {number} b @param {number} c @param {number} d @param {number} t */
function at(a, b, c, d, t) {
  const u = 1 - t;
  return u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
}

/** The curve's direction. @param {number} t */
function slope(t) {
  const u = 1 - t;
  const { x0, y0, x1, y1, bend } = curve;
  const dx = 3 * u * u * bend + 6 * u * t * (x1 - x0 - 2 * bend) + 3 * t * t * bend;
  const dy = 6 * u * t * (y1 - y0);
  return Math.atan2(dy, dx);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} angle @param {number} size */
function triangle(context, x, y, angle, size) {
  const cos = Math.cos(angle) * size;
  const sin = Math.sin(angle) * size;
  context.beginPath();
  context.moveTo(x + cos, y + sin);
  context.lineTo(x - 0.7 * cos - 0.75 * sin, y - 0.7 * sin + 0.75 * cos);
  context.lineTo(x - 0.7 * cos + 0.75 * sin, y - 0.7 * sin - 0.75 * cos);
  context.closePath();
  context.fill();
}
