/**
 * The pictures of units: a first-layer unit's weights, a channel's map or kernel, a unit's response over the plane. One scale a layer.
 *
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../frame.js").DecodedFrame} DecodedFrame
 * @typedef {import("../layout/picture.js").Column} Column
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./lenses.js").LensTable} LensTable
 * @typedef {import("../scale.js").Scale} Scale
 *
 * @typedef {object} Sheet
 * @property {TileSheet | null} pixels
 * @property {Int8Array | null} curves  where the data lie on a line, one curve after the other
 * @property {boolean} known  its values are there
 */
import { firstWeighted, hasMaps, hasWeights, isSignedLayer, tileOf } from "../layout/kinds.js";
import { robustLimit } from "../scale.js";
import { hatch } from "./ground.js";
import { TileSheet } from "./tiles.js";

export class LayerTiles {
  /** By layer: what passes through it, and its weights. @type {Map<number, { values: Sheet, weights: Sheet | null }>} */
  #sheets = new Map();
  /** The value at full colour of each layer's maps. @type {number[]} */
  limits;

  /** @param {Manifest} manifest */
  constructor(manifest) {
    this.manifest = manifest;
    this.limits = manifest.layers.map(() => 0);
    const [rows = 1, columns = 1] = manifest.image_shape ?? [];
    manifest.layers.forEach((layer, index) => {
      const tile = tileOf(manifest, index);
      const side = manifest.plane?.side ?? 1;
      if (tile === "weights") this.#sheets.set(index, { values: none(), weights: sheet(columns, rows) });
      if (tile === "response") this.#sheets.set(index, { values: manifest.plane?.dimensions === 2 ? sheet(side, side) : none(), weights: null });
      if (tile !== "map") return;
      const kernel = manifest.tensors.find(({ name }) => name === `${layer.name}.W`)?.shape[3];
      const [, height = 1, width = 1] = layer.shape;
      this.#sheets.set(index, { values: sheet(width, height), weights: kernel ? sheet(kernel, kernel) : null });
    });
  }

  /** Nothing is known any more. */
  forget() {
    for (const { values, weights } of this.#sheets.values()) {
      values.known = false;
      if (weights) weights.known = false;
    }
  }

  /** Whether some layers have maps, which change with the shown example. */
  get hasMaps() {
    return this.manifest.layers.some(hasMaps);
  }

  /** The maps of the shown example. @param {DecodedFrame} frame @param {LensTable} lens @param {Look} look @param {boolean} isFinite */
  takeMaps(frame, lens, look, isFinite) {
    for (const [index, { values }] of this.#sheets) {
      const layer = this.manifest.layers[index];
      if (!layer || !hasMaps(layer) || !passesThrough(lens)) continue;
      const tensor = frame.tensors.get(`${layer.name}.${lens.unit}`);
      values.known = isFinite && tensor?.values instanceof Int8Array;
      if (!values.known || !(tensor?.values instanceof Int8Array)) continue;
      const limit = robustLimit(tensor.values, lens.unclipped);
      this.limits[index] = limit * tensor.scale;
      values.pixels?.paint(tensor.values, this.scaleOf(index, lens, look), limit, 8);
    }
  }

  /** @param {number} index @param {LensTable} lens @param {Look} look @returns {Scale} */
  scaleOf(index, lens, look) {
    return lens.unit === "a" && !isSignedLayer(this.manifest, index) ? look.bright : look[lens.colours];
  }

  /**
   * A layer's weights in this lens.
   * @param {number} index
   * @param {Int8Array} bytes
   * @param {LensTable} lens
   * @param {Look} look
   * @returns {number} the byte at full colour, or a part of one
   */
  takeWeights(index, bytes, lens, look) {
    const entry = this.#sheets.get(index)?.weights;
    const layer = this.manifest.layers[index];
    if (!entry?.pixels || !layer) return robustLimit(bytes, lens.unclipped);
    entry.known = true;
    if (layer.kind !== "conv") {
      const limit = robustLimit(bytes, lens.unclipped);
      entry.pixels.paint(bytes, look[lens.colours], limit, 8);
      return limit;
    }
    const { kernels, largest } = meanKernels(bytes, layer.shown.length, entry.pixels.columns ** 2);
    const limit = robustLimit(kernels, lens.unclipped);
    entry.pixels.paint(kernels, look[lens.colours], limit, 8);
    return (limit * largest) / 127;
  }

  /** What each unit answers everywhere in the plane. @param {DecodedFrame} frame @param {Look} look @param {boolean} isFinite */
  takeResponses(frame, look, isFinite) {
    for (const [index, { values }] of this.#sheets) {
      if (tileOf(this.manifest, index) !== "response") continue;
      const tensor = frame.tensors.get(`${this.manifest.layers[index]?.name}.response`);
      values.known = isFinite && tensor?.values instanceof Int8Array;
      if (!values.known || !(tensor?.values instanceof Int8Array)) continue;
      this.limits[index] = 127 * tensor.scale;
      if (values.pixels) values.pixels.paint(tensor.values, look.weights, 127, 8);
      else values.curves = tensor.values;
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Column} column @param {LensTable} lens @param {Look} look */
  draw(context, column, lens, look) {
    const entry = this.#sheets.get(column.layer);
    const layer = this.manifest.layers[column.layer];
    if (!entry || !layer || !column.tile) return;
    const { size } = column;
    const shown = column.tile === "weights" || (column.tile === "map" && !passesThrough(lens)) ? entry.weights : entry.values;
    column.units.forEach((unit, position) => {
      const x = unit.x - size / 2;
      const y = unit.y - size / 2;
      if (!shown) bare(context, x, y, size, look);
      else if (!shown.known) hatch(context, x, y, size, size, look);
      else if (shown.pixels) shown.pixels.draw(context, position, x, y, size);
      else if (shown.curves) drawCurve(context, shown.curves, position, column.units.length, { x, y, size }, look);
    });
  }

  /** The first layer whose weights are there to be seen. */
  get first() {
    return firstWeighted(this.manifest);
  }
}

/** Whether a lens shows what passes through the network for the shown example. @param {LensTable} lens */
function passesThrough(lens) {
  return lens.unit === "a" || lens.unit === "dL_dz";
}

/** Whether a layer has nothing to show in a lens: neither weights nor biases. @param {import("../protocol").LayerInfo} layer @param {LensTable} lens */
export function isBare(layer, lens) {
  return !passesThrough(lens) && !hasWeights(layer);
}

/** @param {number} columns @param {number} rows @returns {Sheet} */
function sheet(columns, rows) {
  return { pixels: new TileSheet(columns, rows), curves: null, known: false };
}

/** @returns {Sheet} */
function none() {
  return { pixels: null, curves: null, known: false };
}

/** What has no weights has nothing to wait for: not hatched, empty. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} size @param {Look} look */
function bare(context, x, y, size, look) {
  context.fillStyle = look.palette.raised;
  context.globalAlpha = 0.45;
  context.fillRect(x, y, size, size);
  context.globalAlpha = 1;
}

/**
 * The mean of each channel's kernels over the channels that go in.
 * @param {Int8Array} bytes
 * @param {number} channels
 * @param {number} area
 * @returns {{ kernels: Int8Array, largest: number }} `largest`: what 127 stands for, in units of a byte
 */
function meanKernels(bytes, channels, area) {
  const inputs = bytes.length / (channels * area);
  const means = new Float32Array(channels * area);
  let largest = 0;
  for (let i = 0; i < means.length; i += 1) {
    const channel = Math.floor(i / area);
    let sum = 0;
    for (let input = 0; input < inputs; input += 1) {
      sum += /** @type {number} */ (bytes[(channel * inputs + input) * area + (i - channel * area)]);
    }
    means[i] = sum / inputs;
    largest = Math.max(largest, Math.abs(sum / inputs));
  }
  return { kernels: Int8Array.from(means, (mean) => (largest > 0 ? Math.round((127 * mean) / largest) : 0)), largest };
}

/**
 * A unit's response along a line, as the area between it and zero.
 * @param {CanvasRenderingContext2D} context
 * @param {Int8Array} curves
 * @param {number} position
 * @param {number} count
 * @param {{ x: number, y: number, size: number }} box
 * @param {Look} look
 */
function drawCurve(context, curves, position, count, { x, y, size }, look) {
  const length = curves.length / count;
  const step = size / length;
  const middle = y + size / 2;
  context.fillStyle = look.zero;
  context.fillRect(x, y, size, size);
  for (let i = 0; i < length; i += 1) {
    const value = /** @type {number} */ (curves[position * length + i]) / 127;
    context.fillStyle = value < 0 ? look.weights.negative : look.weights.positive;
    context.globalAlpha = 0.35 + 0.65 * Math.abs(value);
    context.fillRect(x + i * step, Math.min(middle, middle - value * (size / 2 - 1)), step + 0.3, Math.abs(value) * (size / 2 - 1));
  }
  context.globalAlpha = 1;
  context.fillStyle = look.palette.faint;
  context.fillRect(x, middle - 0.5, size, 1);
}
