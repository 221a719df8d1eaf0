/**
 * The exact values of one unit, asked for a few times a second while someone looks.
 *
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../protocol").Slice} Slice
 * @typedef {import("../store.js").Selection} Selection
 * @typedef {(number | null)[]} Values  null: not finite
 *
 * @typedef {object} Exact
 * @property {string} layer  whose unit this is
 * @property {number} unit
 * @property {number} step
 * @property {Map<string, Values>} values  by quantity: z, a, b, W, …; "inputs": what flows into the unit
 * @property {Map<string, number[]>} shapes
 */
import { send } from "../connection.js";
import { hasMaps, hasWeights, sourceOf } from "../layout/kinds.js";

const MOST_VALUES = 8192; // of one answer, as app/runs/inspection.py has it

/**
 * @param {Selection} selection
 * @param {Manifest} manifest
 * @param {boolean} updated  a step has been taken, so that there are gradients of a minibatch
 * @returns {Promise<Exact | null>} null: refused, or no connection
 */
export async function inspect({ layer, unit }, manifest, updated) {
  const slices = slicesOf({ layer, unit }, manifest, updated);
  const reply = await send({ type: "inspect", slices: [...slices.values()] });
  if (reply.type !== "inspection") return null;
  const names = [...slices.keys()];
  const values = new Map(reply.slices.map((slice, i) => [names[i] ?? slice.tensor, slice.values]));
  const shapes = new Map(reply.slices.map((slice, i) => [names[i] ?? slice.tensor, slice.shape]));
  return { layer, unit, step: reply.step, values, shapes };
}

/** @param {Selection} selection @param {Manifest} manifest @param {boolean} updated @returns {Map<string, Slice>} */
function slicesOf({ layer, unit }, manifest, updated) {
  if (layer === "x") {
    return new Map([
      ["x", { tensor: "x", index: unit }],
      ["dL_dx", { tensor: "dL_dx", index: unit }],
    ]);
  }
  const at = manifest.layers.findIndex((one) => one.name === layer);
  const info = manifest.layers[at];
  const before = manifest.layers[sourceOf(manifest, at)];
  /** @type {Map<string, Slice>} */
  const slices = new Map();
  let left = MOST_VALUES;
  /** Asks for a slice if there is room for it. @param {string} quantity @param {Slice} slice @param {number} size */
  const ask = (quantity, slice, size) => {
    if (size > left) return;
    left -= size;
    slices.set(quantity, slice);
  };
  const area = info && hasMaps(info) ? info.shape.slice(1).reduce((product, size) => product * size, 1) : 1;
  for (const quantity of ["z", "a", "dL_dz"]) ask(quantity, { tensor: `${layer}.${quantity}`, index: unit }, area);
  if (manifest.tensors.some(({ name }) => name === `${layer}.b`)) ask("b", { tensor: `${layer}.b`, index: unit }, 1);
  if (at === manifest.layers.length - 1) ask("p", { tensor: "probs", index: unit }, 1);
  if (info && hasWeights(info)) {
    for (const quantity of updated ? ["W", "dL_dW", "update"] : ["W"]) ask(quantity, { tensor: `${layer}.${quantity}`, index: unit }, info.inputs);
  }
  for (const quantity of ["slope", "dL_da"]) ask(quantity, { tensor: `${layer}.${quantity}`, index: unit }, area);
  if (info?.kind === "dense") ask("inputs", { tensor: before ? `${before.name}.a` : "x", index: null }, info.inputs);
  return slices;
}

/** Σ W x of the unit, from the exact numbers. @param {Exact} exact */
export function weightedSum({ values }) {
  const weights = values.get("W");
  const inputs = values.get("inputs");
  if (!weights || !inputs || weights.length !== inputs.length) return null;
  return weights.reduce((/** @type {number} */ sum, weight, i) => sum + (weight ?? NaN) * (inputs[i] ?? NaN), 0);
}

/**
 * The strongest of some values, strongest first.
 * @param {Values} values
 * @param {number} count
 */
export function strongest(values, count) {
  return values
    .map((value, index) => ({ index, value: value ?? 0 }))
    .sort((one, other) => Math.abs(other.value) - Math.abs(one.value))
    .slice(0, count);
}
