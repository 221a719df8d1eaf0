/**
 * The shape of what each layer hands on, how many parameters there are, and where layers do not fit together.
 *
 * The same rules as the engine's, which has the last word; here they speak while one is still typing. Pure.
 *
 * @typedef {import("../protocol").LayerFields} LayerFields
 * @typedef {readonly number[]} Shape  [units], or [channels, height, width] of an image
 *
 * @typedef {object} Misfit
 * @property {number} at  of the layers; as many as there are: the output layer
 * @property {"image_expected" | "row_expected" | "kernel_too_large" | "pool_too_large" | "skip_too_long" | "shapes_differ"} code
 * @property {Record<string, string | number>} values
 *
 * @typedef {object} Fit
 * @property {Shape} input  of one example, as it reaches the first layer
 * @property {readonly Shape[]} shapes  after each hidden layer, up to the first that does not fit
 * @property {Misfit | null} misfit
 * @property {number} parameters  of all layers that fit
 */
import { FOR_IMAGES } from "./kinds.js";

/**
 * @param {readonly LayerFields[]} layers  the hidden ones
 * @param {Shape} example  [channels, height, width] of an image, else [inputs]
 * @param {number} outputs
 * @returns {Fit}
 */
export function fitLayers(layers, example, outputs) {
  const asImages = example.length === 3 && layers.some(({ kind }) => FOR_IMAGES.has(kind));
  const input = asImages ? example : [size(example)];
  /** @type {Shape[]} */
  const shapes = [];
  let parameters = 0;
  for (const [at, layer] of [...layers, outputLayer(outputs)].entries()) {
    const before = [input, ...shapes];
    const shape = before[at] ?? input;
    const problem = misfitOf(layer, shape, before);
    if (problem) return { input, shapes, misfit: { at, ...problem }, parameters };
    parameters += parametersOf(layer, shape);
    if (at < layers.length) shapes.push(shapeAfter(layer, shape));
  }
  return { input, shapes, misfit: null, parameters };
}

/** How a shape is written: 8×24×24. @param {Shape} shape */
export function writeShape(shape) {
  return shape.join("×");
}

/** @param {Shape} shape */
export function size(shape) {
  return shape.reduce((product, side) => product * side, 1);
}

/** @param {number} units @returns {LayerFields} */
function outputLayer(units) {
  return { kind: "dense", units, activation: "linear" };
}

/**
 * @param {LayerFields} layer
 * @param {Shape} shape  of what reaches it
 * @param {readonly Shape[]} before  what reaches each layer up to this one
 * @returns {Omit<Misfit, "at"> | null}
 */
function misfitOf(layer, shape, before) {
  const [, height = 0, width = 0] = shape;
  if (layer.kind === "dense" && shape.length !== 1) return { code: "row_expected", values: { shape: writeShape(shape) } };
  if (FOR_IMAGES.has(layer.kind) && shape.length !== 3) return { code: "image_expected", values: { shape: writeShape(shape) } };
  if (layer.kind === "conv" && layer.kernel > Math.min(height, width) + 2 * layer.padding) {
    const [high, wide] = [height + 2 * layer.padding, width + 2 * layer.padding];
    return { code: "kernel_too_large", values: { kernel: layer.kernel, height: high, width: wide } };
  }
  if ((layer.kind === "max_pool" || layer.kind === "average_pool") && layer.size > Math.min(height, width)) {
    return { code: "pool_too_large", values: { size: layer.size, height, width } };
  }
  if (layer.kind === "residual") {
    const skipped = before[before.length - 1 - layer.skip];
    if (!skipped) return { code: "skip_too_long", values: { skip: layer.skip, count: before.length - 1 } };
    const [from, to] = [writeShape(skipped), writeShape(shape)];
    if (from !== to) return { code: "shapes_differ", values: { skipped: from, added: to } };
  }
  return null;
}

/** @param {LayerFields} layer @param {Shape} shape @returns {Shape} */
function shapeAfter(layer, shape) {
  const [channels = 0, ...sides] = shape;
  switch (layer.kind) {
    case "dense":
      return [layer.units];
    case "conv":
      return [layer.channels, ...sides.map((side) => Math.floor((side + 2 * layer.padding - layer.kernel) / layer.stride) + 1)];
    case "max_pool":
    case "average_pool":
      return [channels, ...sides.map((side) => Math.floor((side - layer.size) / layer.stride) + 1)];
    case "flatten":
      return [size(shape)];
    default:
      return shape;
  }
}

/** @param {LayerFields} layer @param {Shape} shape */
function parametersOf(layer, shape) {
  const [first = 0] = shape;
  switch (layer.kind) {
    case "dense":
      return (first + 1) * layer.units;
    case "conv":
      return (first * layer.kernel ** 2 + 1) * layer.channels;
    case "batch_norm":
      return 2 * first;
    case "layer_norm":
      return 2 * size(shape);
    default:
      return 0;
  }
}
