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
 */
import { send } from "../connection.js";

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
  return { layer, unit, step: reply.step, values };
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
  const before = manifest.layers[at - 1];
  /** @type {Map<string, Slice>} */
  const slices = new Map();
  for (const quantity of ["z", "a", "slope", "dL_da", "dL_dz", "b", "W"]) {
    slices.set(quantity, { tensor: `${layer}.${quantity}`, index: unit });
  }
  if (updated) {
    slices.set("dL_dW", { tensor: `${layer}.dL_dW`, index: unit });
    slices.set("update", { tensor: `${layer}.update`, index: unit });
  }
  slices.set("inputs", { tensor: before ? `${before.name}.a` : "x", index: null });
  if (at === manifest.layers.length - 1) slices.set("p", { tensor: "probs", index: unit });
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
