/**
 * What each column of the picture is, and how large its units can be: from an architecture and a height to sizes.
 *
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../protocol").LayerInfo} LayerInfo
 * @typedef {import("./kinds.js").Tile} Tile
 *
 * @typedef {object} Sizes  all in CSS pixels, already scaled for a projector
 * @property {number} scale
 * @property {number} body  height that units may fill
 * @property {number} width  of the place the picture is put in
 * @property {boolean} phone
 *
 * @typedef {"input" | "plane" | "features" | "tiles" | "units" | "thin" | "outputs"} Kind
 *   input: an image; plane: where the data lie; features: what a network is told of a point; thin: a strip of cells
 *
 * @typedef {object} ColumnPlan
 * @property {Kind} kind
 * @property {number} layer  its place in manifest.layers; -1: the input
 * @property {LayerInfo | null} info  null: the input
 * @property {number[]} shown  indices of its units
 * @property {Tile} tile
 * @property {number} width
 * @property {number} height
 * @property {number} size  of a tile, a unit's diameter, or the image
 * @property {number} across  tiles, or zigzag places, side by side
 * @property {number} down  rows
 * @property {number} pitch  from one row to the next
 * @property {number} view  side of the picture of what the network says everywhere, above the outputs; 0: none
 */
import { isDrawn, isThin, tileOf } from "./kinds.js";

const TILES_DOWN = 16; // more would make tiles too small to see a digit in
const LARGEST_TILE = 46;
const LARGEST_OF_MANY = 38;
const LARGEST_UNIT = 20;
const LARGEST_PITCH = 44;
const LARGEST_CELL = 12;
const SMALLEST_TILE = 14;
const SINGLE_FILE = 32; // more units than this stand in two ranks, so that they stay round and large
const MANY_COLUMNS = 6; // from here on the image leaves room for the layers
const AIR_OF_RESPONSES = 10;
const UNDER_VIEW = 34; // the view's caption, and air

/** @param {Manifest} manifest @param {Sizes} sizes @returns {ColumnPlan[]} */
export function planColumns(manifest, sizes) {
  const last = manifest.layers.length - 1;
  const drawn = manifest.layers.filter(isDrawn).length;
  const plans = manifest.layers.map((layer, index) => {
    if (index === last) return planOutputs(manifest, layer, index, sizes);
    if (tileOf(manifest, index)) return planTiles(manifest, layer, index, drawn, sizes);
    return isThin(layer) ? planThin(layer, index, sizes) : planUnits(layer, index, sizes);
  });
  return [...planInput(manifest, drawn, sizes), ...plans.filter(({ info }) => info && isDrawn(info))];
}

const INPUT = { layer: -1, info: null, shown: /** @type {number[]} */ ([]), tile: null, across: 1, down: 1, view: 0 };

/** @param {Manifest} manifest @param {number} drawn  layers @param {Sizes} sizes @returns {ColumnPlan[]} */
function planInput(manifest, drawn, sizes) {
  const { scale, width, body, phone } = sizes;
  const widest = phone ? 92 * scale : Math.min(140 * scale, Math.max(84 * scale, width * (drawn > MANY_COLUMNS ? 0.095 : 0.15)));
  const size = Math.round(Math.min(widest, (body - 40 * scale) * 0.32));
  const picture = { ...INPUT, width: size, height: size, size, pitch: size };
  if (manifest.image_shape) {
    const rows = manifest.image_shape[0] ?? 1;
    return [{ ...picture, kind: "input", down: rows, pitch: size / rows }];
  }
  const features = planFeatures(manifest, sizes);
  return manifest.plane ? [{ ...picture, kind: "plane" }, features] : [features];
}

/** @param {Manifest} manifest @param {Sizes} sizes @returns {ColumnPlan} */
function planFeatures(manifest, { scale, body }) {
  const count = manifest.input_shape.reduce((product, one) => product * one, 1);
  const shown = Array.from({ length: Math.min(count, 64) }, (_one, index) => index);
  const pitch = Math.min((manifest.plane ? 62 : LARGEST_PITCH) * scale, body / shown.length);
  const largest = manifest.plane ? 38 : LARGEST_UNIT;
  const size = Math.max(4, Math.min(largest * scale, pitch * (manifest.plane ? 0.66 : 0.7)));
  return { ...INPUT, kind: "features", shown, down: shown.length, width: size, height: pitch * (shown.length - 1) + size, size, pitch };
}

/** A tile of about its image's own size gets just that, so that every pixel is one. @param {number} size @param {number} side */
function snapped(size, side) {
  return size >= side - 1 && size <= side + 4 ? side : size;
}

/** @param {Manifest} manifest @param {LayerInfo} layer @param {number} index @param {number} drawn  layers @param {Sizes} sizes @returns {ColumnPlan} */
function planTiles(manifest, layer, index, drawn, { scale, body, width, phone }) {
  const tile = tileOf(manifest, index);
  const count = layer.shown.length;
  const least = count > 8 ? 2 : 1;
  let across = Math.max(least, Math.ceil(count / TILES_DOWN));
  while (across < count && body / Math.ceil(count / across) < SMALLEST_TILE * scale) across += 1;
  const down = Math.ceil(count / across);
  const gap = (tile === "weights" ? 2 : tile === "map" ? 4 : AIR_OF_RESPONSES) * scale;
  const share = tile === "weights" ? 0.26 : 0.13;
  const largest = drawn > MANY_COLUMNS && tile === "map" ? LARGEST_OF_MANY : LARGEST_TILE;
  const fits = Math.min(largest * scale, body / down - gap, Math.max((width * share) / across, (tile === "weights" ? SMALLEST_TILE : phone ? 34 : 22) * scale));
  const side = tile === "weights" ? (manifest.image_shape?.[1] ?? 1) : tile === "map" ? (layer.shape[2] ?? 1) : 0;
  const size = Math.max(4, snapped(Math.floor(fits), side));
  const pitch = Math.min(size + gap, Math.max(size, Math.floor(body / down)));
  const measures = { width: (across - 1) * pitch + size, height: (down - 1) * pitch + size, size, across, down, pitch };
  return { kind: "tiles", layer: index, info: layer, shown: layer.shown, tile, view: 0, ...measures };
}

/** @param {LayerInfo} layer @param {number} index @param {Sizes} sizes @returns {ColumnPlan} */
function planUnits(layer, index, { scale, body }) {
  const count = layer.shown.length;
  const across = count > SINGLE_FILE ? 2 : 1;
  const pitch = Math.min(LARGEST_PITCH * scale, body / Math.max(1, count));
  const size = Math.max(4, Math.min(LARGEST_UNIT * scale, pitch * across * 0.7));
  const width = across * size + (across - 1) * size * 0.5;
  const measures = { width, height: pitch * (count - 1) + size, size, across, down: count, pitch };
  return { kind: "units", layer: index, info: layer, shown: layer.shown, tile: null, view: 0, ...measures };
}

/** @param {LayerInfo} layer @param {number} index @param {Sizes} sizes @returns {ColumnPlan} */
function planThin(layer, index, { scale, body }) {
  const count = layer.shown.length;
  const pitch = Math.min(LARGEST_PITCH * scale, body / Math.max(1, count));
  const size = Math.max(3, Math.min(LARGEST_CELL * scale, pitch * 0.8));
  const measures = { width: size, height: pitch * (count - 1) + size, size, across: 1, down: count, pitch };
  return { kind: "thin", layer: index, info: layer, shown: layer.shown, tile: null, view: 0, ...measures };
}

/** @param {Manifest} manifest @param {LayerInfo} layer @param {number} index @param {Sizes} sizes @returns {ColumnPlan} */
function planOutputs(manifest, layer, index, { scale, body, width: place, phone }) {
  const count = layer.shown.length;
  const tile = tileOf(manifest, index); // weights: there is no hidden layer
  const width = (phone ? 106 : index > MANY_COLUMNS ? 96 : 118) * scale;
  const widest = phone ? 190 * scale : Math.max(170 * scale, Math.min(260 * scale, place * (index > 3 ? 0.2 : 0.27)));
  const least = count * 30 * scale + UNDER_VIEW * scale;
  const view = manifest.plane ? Math.round(Math.max(120 * scale, Math.min(widest, body - least))) : 0;
  const room = view ? body - view - UNDER_VIEW * scale : body;
  const pitch = Math.min((view ? 46 : 52) * scale, room / Math.max(1, count));
  const largest = tile ? LARGEST_TILE : LARGEST_UNIT + 2;
  const size = Math.max(8, Math.floor(Math.min(largest * scale, pitch * (tile ? 0.86 : 0.62))));
  const height = pitch * (count - 1) + size + (view ? view + UNDER_VIEW * scale : 0);
  const measures = { width: Math.max(size + width, view), height, size, across: 1, down: count, pitch };
  return { kind: "outputs", layer: index, info: layer, shown: layer.shown, tile, view, ...measures };
}
