/**
 * What each column of the picture is, and how large its units can be: from an architecture and a height to sizes.
 *
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../protocol").LayerInfo} LayerInfo
 *
 * @typedef {object} Sizes  all in CSS pixels, already scaled for a projector
 * @property {number} scale
 * @property {number} body  height that units may fill
 * @property {number} width  of the place the picture is put in
 * @property {boolean} phone
 *
 * @typedef {"input" | "tiles" | "units" | "outputs"} Kind
 *
 * @typedef {object} ColumnPlan
 * @property {Kind} kind
 * @property {LayerInfo | null} layer  null: the input
 * @property {number} width
 * @property {number} height
 * @property {number} size  of a tile, a unit's diameter, or the image
 * @property {number} across  tiles, or zigzag places, side by side
 * @property {number} down  rows
 * @property {number} pitch  from one row to the next
 */

const TILES_DOWN = 16; // more would make tiles too small to see a digit in
const LARGEST_TILE = 46;
const LARGEST_UNIT = 20;
const LARGEST_PITCH = 44;
const SMALLEST_TILE = 14;
const SINGLE_FILE = 32; // more units than this stand in two ranks, so that they stay round and large

/** @param {Manifest} manifest @param {Sizes} sizes @returns {ColumnPlan[]} */
export function planColumns(manifest, sizes) {
  const image = manifest.image_shape.length === 2;
  const last = manifest.layers.length - 1;
  return [
    planInput(manifest, sizes),
    ...manifest.layers.map((layer, index) => {
      if (index === last) return planOutputs(layer, image && index === 0, sizes);
      return image && index === 0 ? planTiles(layer, manifest.image_shape[1] ?? 1, sizes) : planUnits(layer, sizes);
    }),
  ];
}

/** @param {Manifest} manifest @param {Sizes} sizes @returns {ColumnPlan} */
function planInput(manifest, { scale, width, body, phone }) {
  const widest = phone ? 92 * scale : Math.min(140 * scale, Math.max(84 * scale, width * 0.15));
  const size = Math.round(Math.min(widest, (body - 40 * scale) * 0.32));
  const rows = manifest.image_shape[0] ?? 1;
  return { kind: "input", layer: null, width: size, height: size, size, across: 1, down: rows, pitch: size / rows };
}

/** A tile of about its image's own size gets just that, so that every pixel is one. @param {number} size @param {number} side */
function snapped(size, side) {
  return size >= side - 1 && size <= side + 4 ? side : size;
}

/** @param {LayerInfo} layer @param {number} imageSide @param {Sizes} sizes @returns {ColumnPlan} */
function planTiles(layer, imageSide, { scale, body, width }) {
  const count = layer.shown.length;
  const least = count > 8 ? 2 : 1;
  let across = Math.max(least, Math.ceil(count / TILES_DOWN));
  while (across < count && body / Math.ceil(count / across) < SMALLEST_TILE * scale) across += 1;
  const down = Math.ceil(count / across);
  const gap = 2 * scale;
  const fits = Math.min(LARGEST_TILE * scale, body / down - gap, Math.max((width * 0.26) / across, SMALLEST_TILE * scale));
  const size = Math.max(4, snapped(Math.floor(fits), imageSide));
  const pitch = Math.min(size + gap, Math.max(size, Math.floor(body / down)));
  return { kind: "tiles", layer, width: (across - 1) * pitch + size, height: (down - 1) * pitch + size, size, across, down, pitch };
}

/** @param {LayerInfo} layer @param {Sizes} sizes @returns {ColumnPlan} */
function planUnits(layer, { scale, body }) {
  const count = layer.shown.length;
  const across = count > SINGLE_FILE ? 2 : 1;
  const pitch = Math.min(LARGEST_PITCH * scale, body / Math.max(1, count));
  const size = Math.max(4, Math.min(LARGEST_UNIT * scale, pitch * across * 0.7));
  const width = across * size + (across - 1) * size * 0.5;
  return { kind: "units", layer, width, height: pitch * (count - 1) + size, size, across, down: count, pitch };
}

/** @param {LayerInfo} layer @param {boolean} tiled  there is no hidden layer @param {Sizes} sizes @returns {ColumnPlan} */
function planOutputs(layer, tiled, { scale, body, phone }) {
  const count = layer.shown.length;
  const pitch = Math.min(52 * scale, body / Math.max(1, count));
  const largest = tiled ? LARGEST_TILE : LARGEST_UNIT + 2;
  const size = Math.max(8, Math.floor(Math.min(largest * scale, pitch * (tiled ? 0.86 : 0.62))));
  const width = size + (phone ? 106 : 118) * scale;
  return { kind: "outputs", layer, width, height: pitch * (count - 1) + size, size, across: 1, down: count, pitch };
}
