/**
 * Which unit is at a place, and which one is next to another: for the pointer and for the arrow keys.
 *
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("./picture.js").Column} Column
 * @typedef {import("./picture.js").PlacedUnit} PlacedUnit
 * @typedef {{ layer: string, unit: number, at?: number }} Address  layer "x" is the input, its units are pixels or features;
 *   at: a place in the unit's map, line by line
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 */

const REACH = 7; // a finger or a pointer may miss a small unit by so much

/**
 * @param {Picture} picture
 * @param {number} x
 * @param {number} y
 * @param {number} side  pixels of the image from left to right
 * @returns {Address | null}
 */
export function unitAt(picture, x, y, side) {
  const reach = REACH * picture.scale;
  const column = touchable(picture).find((one) => x >= one.left - reach && x <= one.right + reach);
  if (!column || y < column.top - reach || y > column.bottom + reach) return null;
  if (column.kind === "input") return { layer: "x", unit: pixelAt(column, x, y, side) };
  const outward = column.kind === "outputs" ? column.right - column.left : 0; // its label and bar belong to an output
  const near = nearest(column.units, (unit) => {
    const half = column.size / 2 + reach;
    const aside = Math.max(0, unit.x - x, x - unit.x - outward);
    const away = Math.abs(unit.y - y);
    return aside <= half && away <= Math.max(half, column.pitch / 2) ? Math.hypot(aside, away) : Infinity;
  });
  if (!near) return null;
  const at = column.tile === "map" ? placeIn(column, near, x, y) : null;
  return { layer: column.name, unit: near.index, ...(at === null ? {} : { at }) };
}

/** The columns that hold units; where data lie is only to be looked at. @param {Picture} picture */
function touchable(picture) {
  return picture.columns.filter((column) => column.kind !== "plane");
}

/** Where in a unit's map a place is; null: beside it. @param {Column} column @param {PlacedUnit} unit @param {number} x @param {number} y */
function placeIn({ size, grid: [rows, columns] }, unit, x, y) {
  const row = Math.floor(((y - unit.y) / size + 0.5) * rows);
  const column = Math.floor(((x - unit.x) / size + 0.5) * columns);
  return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : null;
}

/** @param {Column} column @param {number} x @param {number} y @param {number} side */
function pixelAt(column, x, y, side) {
  /** @param {number} part */
  const clamp = (part) => Math.max(0, Math.min(side - 1, Math.floor(part * side)));
  return clamp((y - column.top) / column.size) * side + clamp((x - column.left) / column.size);
}

/** @param {Picture} picture @param {Address} address @param {number} side @returns {Box | null} */
export function boxOf(picture, address, side) {
  const column = picture.columns.find((one) => one.name === address.layer);
  if (!column) return null;
  if (column.kind === "input") {
    const size = column.size / side;
    const x = column.left + (address.unit % side) * size;
    return { x, y: column.top + Math.floor(address.unit / side) * size, width: size, height: size };
  }
  const unit = column.units.find((one) => one.index === address.unit);
  if (!unit) return null;
  return { x: unit.x - column.size / 2, y: unit.y - column.size / 2, width: column.size, height: column.size };
}

/**
 * Where an arrow key leads: up and down along a column (by rows in a grid), left and right to the nearest unit of the next one.
 * @param {Picture} picture
 * @param {Address | null} from
 * @param {string} key
 * @param {number} side
 * @returns {Address | null} null: the key means nothing here
 */
export function step(picture, from, key, side) {
  const columns = touchable(picture);
  const first = columns[1];
  const start = first?.units[0];
  const at = columns.findIndex((column) => column.name === from?.layer);
  const column = columns[at];
  if (!from || !column) return first && start ? { layer: first.name, unit: start.index } : null;
  const box = boxOf(picture, from, side);
  if (!box) return null;
  const y = box.y + box.height / 2;
  if (key === "Home") return enter(columns[0], y, side);
  if (key === "End") return enter(columns.at(-1), y, side);
  if (key === "PageDown") return enter(columns[at + 1], y, side) ?? from;
  if (key === "PageUp") return enter(columns[at - 1], y, side) ?? from;
  const across = column.kind === "input" ? side : column.kind === "tiles" ? column.across : 1;
  const count = column.kind === "input" ? side * side : column.units.length;
  const position = column.kind === "input" ? from.unit : column.units.findIndex((unit) => unit.index === from.unit);
  const rank = position % across;
  if (key === "ArrowRight" && (rank === across - 1 || position === count - 1)) {
    return enter(columns[at + 1], y, side) ?? from;
  }
  if (key === "ArrowLeft" && rank === 0) return enter(columns[at - 1], y, side, true) ?? from;
  const move = { ArrowUp: -across, ArrowDown: across, ArrowLeft: -1, ArrowRight: 1 }[key];
  if (move === undefined) return null;
  const to = position + move;
  if (to < 0 || to >= count) return from;
  return { layer: from.layer, unit: column.kind === "input" ? to : (column.units[to]?.index ?? from.unit) };
}

/**
 * @param {Column | undefined} column
 * @param {number} y
 * @param {number} side
 * @param {boolean} [fromRight]
 * @returns {Address | null}
 */
function enter(column, y, side, fromRight = false) {
  if (!column) return null;
  if (column.kind === "input") return { layer: "x", unit: pixelAt(column, fromRight ? column.right : column.left, y, side) };
  const unit = nearest(column.units, (one) => Math.abs(one.y - y) + (fromRight ? -one.x : one.x) * 1e-3);
  return unit && { layer: column.name, unit: unit.index };
}

/** @param {PlacedUnit[]} units @param {(unit: PlacedUnit) => number} distance */
function nearest(units, distance) {
  let best = null;
  let least = Infinity;
  for (const unit of units) {
    const far = distance(unit);
    if (far < least) [best, least] = [unit, far];
  }
  return best;
}
