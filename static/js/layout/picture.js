/**
 * The picture as data: an architecture and a size become columns of units with places, ready to be drawn or touched.
 *
 * Columns line up from top to bottom: head, units, ribbon. Nothing here knows a canvas or a document.
 *
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("./columns.js").ColumnPlan} ColumnPlan
 * @typedef {import("./columns.js").Kind} Kind
 * @typedef {import("./kinds.js").Tile} Tile
 *
 * @typedef {object} PlacedUnit
 * @property {number} index  its true index in the layer
 * @property {number} x  its middle
 * @property {number} y
 * @property {number} inX  where edges from the layer before end
 * @property {number} outX  where edges to the layer after begin
 * @property {number} portY  the height of both
 *
 * @typedef {object} Column
 * @property {Kind} kind
 * @property {number} layer  its place in manifest.layers; -1: the input
 * @property {string} name  of the layer; "x": the input
 * @property {number} total  units of the layer, shown or not
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 * @property {number} middle  where its head and ribbon are centred
 * @property {number} room  width that its head may take
 * @property {number} size  of a tile or a unit
 * @property {number} across
 * @property {number} pitch
 * @property {Tile} tile  what its units' pictures are of; null: they are plain units
 * @property {[number, number]} grid  rows and columns of a map; [1, 1]: its units are no maps
 * @property {number} view  side of the picture above the outputs; 0: none
 * @property {PlacedUnit[]} units  in the order frames hold them; none for an image and a plane
 *
 * @typedef {object} Arc  past the layers that a residual addition goes past
 * @property {Column} from
 * @property {Column} to
 * @property {number} depth  how many arcs lie above it
 *
 * @typedef {object} Picture
 * @property {number} width
 * @property {number} height
 * @property {number} scale
 * @property {boolean} phone
 * @property {number} headTop
 * @property {number} bodyTop
 * @property {number} bodyBottom
 * @property {number} ribbonTop
 * @property {number} ribbonHeight
 * @property {number} ribbonWidth
 * @property {Column[]} columns  the input first
 * @property {(Column | undefined)[]} byLayer  the column of each place in manifest.layers, one further on: 0 is the input's
 * @property {number[]} sources  by layer: the layer whose numbers go into it; -1: the input
 * @property {Arc[]} arcs
 */
import { planColumns } from "./columns.js";
import { hasMaps, isThin, sourceOf } from "./kinds.js";

const HEAD = 58; // a name, two lines, and air under them
const HEAD_LINE = 13; // one more, for a layer that shows only some of its tiles
const FOOT = 62; // ribbon, its number, and air above them
const PADDING = 24;
const NARROWEST_GAP = 62; // an edge needs room to be seen
const NARROWEST_PITCH = 104; // a head needs room to be read
const NARROWEST_OF_MAPS = 92; // their tiles are the same everywhere, and their edges fewer
const NARROWEST_THIN = 76; // a thin column's head is short
const FIRST_GAP = 0.62; // the strands from the image need less room than edges between layers
const ARC = 13; // each arc below the columns takes so much

/**
 * @param {Manifest} manifest
 * @param {{ width: number, height: number, scale: number, phone: boolean, skips?: readonly number[] }} size  and, of each layer, how many it goes past
 * @returns {Picture}
 */
export function layoutPicture(manifest, { width, height, scale, phone, skips = [] }) {
  const arcs = skips.filter((skip) => skip > 0).length;
  const bodyTop = (HEAD + moreLines(manifest) * HEAD_LINE) * scale;
  const foot = (FOOT + Math.min(arcs, 3) * ARC) * scale;
  const body = Math.max(200 * scale, height - bodyTop - foot);
  const bodyBottom = bodyTop + body;
  const plans = planColumns(manifest, { scale, body, width, phone });
  const lefts = spread(plans, width, scale, phone);
  const last = plans.length - 1;
  const end = (lefts[last] ?? 0) + (plans[last]?.width ?? 0) + padding(scale, phone);
  const columns = plans.map((plan, index) => placeColumn(plan, lefts[index] ?? 0, bodyTop + body / 2));
  columns.forEach((column, index) => {
    const before = columns[index - 1];
    const after = columns[index + 1];
    const toBefore = before ? column.middle - before.middle : 2 * column.middle;
    const toAfter = after ? after.middle - column.middle : 2 * (Math.max(end, width) - column.middle);
    column.room = Math.min(toBefore, toAfter) - 8 * scale;
  });
  const measured = columns.filter((column) => column.layer >= 0 && column.kind !== "thin");
  const narrowest = Math.min(...measured.map((column) => column.room), 132 * scale);
  /** @type {(Column | undefined)[]} */
  const byLayer = [];
  for (const column of columns) if (column.kind !== "plane") byLayer[column.layer + 1] = column;
  return {
    width: Math.max(width, Math.ceil(end)),
    height: bodyBottom + foot,
    scale,
    phone,
    headTop: 6 * scale,
    bodyTop,
    bodyBottom,
    ribbonTop: bodyBottom + foot - 38 * scale,
    ribbonHeight: 9 * scale,
    ribbonWidth: Math.max(40 * scale, Math.min(120 * scale, narrowest - 12 * scale)),
    columns,
    byLayer,
    sources: manifest.layers.map((_layer, index) => sourceOf(manifest, index)),
    arcs: placeArcs(manifest, byLayer, skips),
  };
}

/** Lines of the heads beyond two. @param {Manifest} manifest */
function moreLines(manifest) {
  const first = manifest.layers[0];
  if (manifest.layers.some(hasMaps)) return 2;
  return manifest.plane || (first && first.shown.length < first.units) ? 1 : 0;
}

/**
 * A residual addition at layer r that goes past s layers adds what went into layer r - s.
 * @param {Manifest} manifest
 * @param {readonly (Column | undefined)[]} byLayer
 * @param {readonly number[]} skips
 * @returns {Arc[]}
 */
function placeArcs(manifest, byLayer, skips) {
  /** @type {Arc[]} */
  const arcs = [];
  skips.forEach((skip, index) => {
    const to = byLayer[index + 1];
    const from = skip > 0 ? byLayer[sourceOf(manifest, index - skip) + 1] : undefined;
    if (from && to) arcs.push({ from, to, depth: arcs.filter((arc) => arc.to.right > from.left).length });
  });
  return arcs;
}

/** @param {number} scale @param {boolean} phone */
function padding(scale, phone) {
  return (phone ? 14 : PADDING) * scale;
}

/**
 * Puts the room that is left between the columns; where there is none, the picture becomes wider than its place.
 * @param {ColumnPlan[]} plans
 * @param {number} width
 * @param {number} scale
 * @param {boolean} phone
 * @returns {number[]} the left of each column
 */
function spread(plans, width, scale, phone) {
  const taken = plans.reduce((sum, plan) => sum + plan.width, 0) + 2 * padding(scale, phone);
  const shares = plans.slice(1).map((_, index) => (index === 0 ? FIRST_GAP : 1));
  const unit = (width - taken) / shares.reduce((sum, share) => sum + share, 0);
  /** @type {number[]} */
  const lefts = [padding(scale, phone)];
  plans.slice(1).forEach((plan, index) => {
    const before = /** @type {ColumnPlan} */ (plans[index]);
    const thin = [before, plan].some(({ info, kind }) => kind === "features" || (info && isThin(info)));
    const maps = before.tile === "map" || plan.tile === "map";
    const pitch = thin ? NARROWEST_THIN : maps ? NARROWEST_OF_MAPS : NARROWEST_PITCH;
    const legible = (phone ? 0.86 : 1) * pitch * scale - (before.width + plan.width) / 2;
    const least = (phone ? 0.7 : 1) * NARROWEST_GAP * scale * (thin || maps ? 0.6 : 1);
    const gap = Math.max(unit * (shares[index] ?? 1), least, legible);
    lefts.push(Math.round((lefts[index] ?? 0) + before.width + gap));
  });
  return lefts;
}

/** @param {ColumnPlan} plan @param {number} left @param {number} centre @returns {Column} */
function placeColumn(plan, left, centre) {
  const top = Math.round(centre - plan.height / 2);
  const maps = plan.info && hasMaps(plan.info);
  const column = {
    kind: plan.kind,
    layer: plan.layer,
    name: plan.kind === "plane" ? "" : (plan.info?.name ?? "x"),
    total: plan.info?.units ?? 0,
    left,
    right: left + plan.width,
    top,
    bottom: top + plan.height,
    middle: left + plan.width / 2,
    room: plan.width,
    size: plan.size,
    across: plan.across,
    pitch: plan.pitch,
    tile: plan.tile,
    grid: /** @type {[number, number]} */ (maps ? [plan.info?.shape[1] ?? 1, plan.info?.shape[2] ?? 1] : [1, 1]),
    view: plan.view,
  };
  return { ...column, units: plan.shown.map((unit, position) => placeUnit(column, unit, position)) };
}

/**
 * @param {Omit<Column, "units">} column
 * @param {number} index
 * @param {number} position
 * @returns {PlacedUnit}
 */
function placeUnit(column, index, position) {
  const { kind, left, right, top, bottom, size, across, pitch, view } = column;
  const half = size / 2;
  if (kind === "tiles") {
    const rank = position % across;
    const rowTop = top + Math.floor(position / across) * pitch;
    // Tiles of one row have ports of their own, so that no two edges are drawn as one.
    const portY = rowTop + (size * (rank + 1)) / (across + 1);
    return { index, x: left + rank * pitch + half, y: rowTop + half, inX: left - 2, outX: right + 2, portY };
  }
  if (kind === "outputs") {
    const first = view ? bottom - (column.total - 1) * pitch - half : top + half;
    const y = first + position * pitch;
    return { index, x: left + half, y, inX: left, outX: left + size, portY: y };
  }
  const y = top + half + position * pitch;
  const x = left + half + (across > 1 ? (position % across) * (right - left - size) : 0);
  return { index, x, y, inX: x - half, outX: x + half, portY: y };
}
