/**
 * The kinds of hidden layers: what each begins with, which numbers it has and between which bounds. Pure.
 *
 * @typedef {import("../protocol").LayerFields} LayerFields
 * @typedef {LayerFields["kind"]} Kind
 * @typedef {"units" | "channels" | "kernel" | "size" | "stride" | "padding" | "rate" | "skip"} NumberName
 */

/** The kinds that take images and not rows of numbers. @type {ReadonlySet<string>} */
export const FOR_IMAGES = new Set(["conv", "max_pool", "average_pool", "flatten"]);

/** What a new layer of each kind is. @type {Record<Kind, LayerFields>} */
export const NEW_LAYERS = {
  dense: { kind: "dense", units: 16, activation: "relu" },
  conv: { kind: "conv", channels: 8, kernel: 5, stride: 1, padding: 0, activation: "relu" },
  max_pool: { kind: "max_pool", size: 2, stride: 2 },
  average_pool: { kind: "average_pool", size: 2, stride: 2 },
  flatten: { kind: "flatten" },
  dropout: { kind: "dropout", rate: 0.2 },
  batch_norm: { kind: "batch_norm", activation: "linear" },
  layer_norm: { kind: "layer_norm", activation: "linear" },
  residual: { kind: "residual", skip: 1, activation: "linear" },
};

/** The numbers of each kind, in the order in which they are shown. @type {Record<Kind, readonly NumberName[]>} */
export const NUMBERS = {
  dense: ["units"],
  conv: ["channels", "kernel", "stride", "padding"],
  max_pool: ["size", "stride"],
  average_pool: ["size", "stride"],
  flatten: [],
  dropout: ["rate"],
  batch_norm: [],
  layer_norm: [],
  residual: ["skip"],
};

/** As the engine bounds them; the most units are in the limits of the server. */
const RANGES = {
  channels: [1, 64],
  kernel: [1, 15],
  size: [1, 15],
  stride: [1, 8],
  padding: [0, 7],
  skip: [1, 16],
  rate: [0, 0.95],
};

/**
 * @param {NumberName} name
 * @param {import("../protocol").Limits} limits
 * @returns {{ least: number, most: number, whole: boolean }}
 */
export function rangeOf(name, limits) {
  const [least = 0, most = 0] = name === "units" ? [1, limits.units] : RANGES[name];
  return { least, most, whole: name !== "rate" };
}

/** @param {string} name @returns {name is Kind} */
export function isKind(name) {
  return Object.hasOwn(NEW_LAYERS, name);
}

/** @param {LayerFields} layer @param {string} name @returns {number | undefined} */
export function numberIn(layer, name) {
  const value = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (layer))[name];
  return typeof value === "number" ? value : undefined;
}

/** @param {LayerFields} layer @returns {string | undefined} */
export function activationOf(layer) {
  return "activation" in layer ? layer.activation : undefined;
}
