/**
 * What the eye is shown: each value's place on its scale (-1 to 1), low-passed so that nothing flickers.
 *
 * Three flashes a second are the most a page may show. With a time constant of a fifth of a second, values that turn
 * over faster than that melt into their mean, while those that stay are reached within half a second.
 *
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../frame.js").DecodedFrame} DecodedFrame
 * @typedef {import("../frame.js").DecodedTensor} DecodedTensor
 * @typedef {import("./lenses.js").LensTable} LensTable
 */
import { firstDrawn, hasMaps, hasWeights } from "../layout/kinds.js";
import { place } from "../scale.js";

const TIME_CONSTANT = 200; // milliseconds
const SETTLED = 0.003; // less than one of the 127 colours of a side

export class LowPass {
  /** @param {number} length */
  constructor(length) {
    this.target = new Float32Array(length);
    this.shown = new Float32Array(length);
    this.known = false;
  }

  /** Knows nothing again. */
  forget() {
    this.known = false;
  }

  /** The targets are set: the first ones are shown at once. */
  aimed() {
    if (!this.known) this.shown.set(this.target);
    this.known = true;
  }

  /** @param {number} share  of the way to the target @returns {boolean} whether it still moves */
  advance(share) {
    let moves = false;
    for (let i = 0; i < this.shown.length; i += 1) {
      const from = /** @type {number} */ (this.shown[i]);
      const to = /** @type {number} */ (this.target[i]);
      if (from === to) continue;
      const near = Math.abs(to - from) < SETTLED;
      this.shown[i] = near ? to : from + (to - from) * share;
      moves ||= !near;
    }
    return moves;
  }
}

export class Sight {
  /** @param {Manifest} manifest */
  constructor(manifest) {
    this.manifest = manifest;
    /** One a layer. */
    this.units = manifest.layers.map((layer) => new LowPass(layer.shown.length));
    /** The value at full colour, one a layer. @type {number[]} */
    this.limits = manifest.layers.map(() => 0);
    this.#first = firstDrawn(manifest);
    this.strands = new LowPass(manifest.layers[this.#first]?.shown.length ?? 0);
    this.probs = new LowPass(manifest.outputs);
    /** What the network is told, where that is no image. */
    this.features = new LowPass(manifest.image_shape ? 0 : Math.min(64, manifest.input_shape[0] ?? 0));
    /** The statistic of each layer as a part of the largest. */
    this.ribbons = new LowPass(manifest.layers.length);
    /** The statistic itself; NaN: not computed yet. */
    this.measured = new Float32Array(manifest.layers.length).fill(NaN);
    this.#parts = [...this.units, this.strands, this.probs, this.features, this.ribbons];
  }

  /** @type {LowPass[]} */
  #parts = [];
  #first;

  /** @param {number} elapsed  milliseconds @returns {boolean} whether something still moves */
  advance(elapsed) {
    const share = 1 - Math.exp(-elapsed / TIME_CONSTANT);
    let moves = false;
    for (const part of this.#parts) moves = part.advance(share) || moves;
    return moves;
  }

  /** Another lens: what was shown means something else now. */
  forget() {
    for (const part of this.#parts) if (part !== this.probs && part !== this.features) part.forget();
    this.measured.fill(NaN);
  }

  /** Whether the newest frame's numbers are; those of a diverged run are not, and then there is nothing to show. */
  isFinite = true;

  /** @param {DecodedFrame} frame @param {LensTable} lens */
  takeUnits(frame, lens) {
    const { layers } = this.manifest;
    this.isFinite = allFinite(frame.tensors.get("probs"));
    if (!this.isFinite) {
      this.forget();
      this.probs.forget();
      return;
    }
    layers.forEach((layer, index) => {
      if (!lens.unit || hasMaps(layer)) return;
      // An output's activation is its probability: that is what its circle and its bar both show.
      const isOutput = index === layers.length - 1 && lens.unit === "a" && this.manifest.probabilities;
      const tensor = frame.tensors.get(isOutput ? "probs" : `${layer.name}.${lens.unit}`);
      const target = this.units[index];
      if (target) this.limits[index] = aim(target, tensor, isOutput ? 1 : undefined);
    });
    if (this.features.target.length) aimSome(this.features, frame.tensors.get("x"));
    const first = layers[this.#first];
    if (lens.unit && lens.unit !== "b" && first && !hasMaps(first)) aim(this.strands, frame.tensors.get(`${first.name}.${lens.unit}`));
    const probs = frame.tensors.get("probs");
    if (probs && probs.values.length === this.probs.target.length) {
      for (let i = 0; i < probs.values.length; i += 1) this.probs.target[i] = finite(probs.values[i]) * probs.scale;
      this.probs.aimed();
    }
    this.#takeStatistics(frame, lens);
  }

  /** @param {DecodedFrame} frame @param {LensTable} lens */
  #takeStatistics(frame, lens) {
    const statistics = frame.tensors.get("statistics");
    const column = this.manifest.statistics.indexOf(lens.statistic);
    const columns = this.manifest.statistics.length;
    let largest = 0;
    for (let layer = 0; layer < this.measured.length; layer += 1) {
      const value = column < 0 ? NaN : (statistics?.values[layer * columns + column] ?? NaN);
      this.measured[layer] = value;
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
    }
    for (let layer = 0; layer < this.measured.length; layer += 1) {
      this.ribbons.target[layer] = largest > 0 ? finite(this.measured[layer]) / largest : 0;
    }
    this.ribbons.aimed();
  }

  /** @param {DecodedFrame} frame @param {LensTable} lens */
  takeMatrices(frame, lens) {
    this.manifest.layers.forEach((layer, index) => {
      const rows = frame.tensors.get(`${layer.name}.${lens.matrix}`);
      const units = this.units[index];
      if (!lens.unit && units && hasWeights(layer) && !hasMaps(layer)) this.limits[index] = aimRows(units, rows);
      if (index === this.#first && (!lens.unit || lens.unit === "b" || hasMaps(layer))) aimRows(this.strands, rows);
    });
  }
}

/** @param {DecodedTensor | undefined} tensor */
function allFinite(tensor) {
  return !tensor || tensor.values.every((/** @type {number} */ value) => Number.isFinite(value));
}

/** @param {number | undefined} value */
function finite(value) {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}

/**
 * @param {LowPass} part
 * @param {DecodedTensor | undefined} tensor
 * @param {number} [limit]  else the largest of all
 * @returns {number} the limit
 */
function aim(part, tensor, limit) {
  if (!tensor || tensor.values.length !== part.target.length) {
    part.forget();
    return 0;
  }
  const { values, scale } = tensor;
  let full = limit ?? 0;
  if (limit === undefined) for (let i = 0; i < values.length; i += 1) full = Math.max(full, Math.abs(finite(values[i])));
  for (let i = 0; i < values.length; i += 1) part.target[i] = place(finite(values[i]), full);
  part.aimed();
  return full * scale;
}

/** The first values of a tensor that has perhaps more. @param {LowPass} part @param {DecodedTensor | undefined} tensor */
function aimSome(part, tensor) {
  if (tensor) aim(part, { ...tensor, values: tensor.values.subarray(0, part.target.length) });
}

/**
 * The root mean square of each row.
 * @param {LowPass} part
 * @param {DecodedTensor | undefined} tensor
 */
function aimRows(part, tensor) {
  const count = part.target.length;
  if (!tensor || count === 0) {
    part.forget();
    return 0;
  }
  const width = tensor.values.length / count;
  let largest = 0;
  for (let row = 0; row < count; row += 1) {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i += 1) sum += /** @type {number} */ (tensor.values[i]) ** 2;
    const size = Math.sqrt(sum / width);
    part.target[row] = size;
    largest = Math.max(largest, size);
  }
  for (let row = 0; row < count; row += 1) part.target[row] = place(/** @type {number} */ (part.target[row]), largest);
  part.aimed();
  return largest * tensor.scale;
}
