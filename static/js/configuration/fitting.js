/**
 * Changes that keep a set-up fitting together: another data set brings the loss and, where it must, the network along.
 * Pure: what else was changed is told by its name, for the panel to say.
 *
 * @typedef {import("../protocol").RunSpec} RunSpec
 * @typedef {import("../protocol").Limits} Limits
 * @typedef {import("../protocol").LayerFields} LayerFields
 * @typedef {import("../protocol").DatasetChoice} DatasetChoice
 * @typedef {import("../protocol").DatasetFields} DatasetFields
 * @typedef {"network" | "loss" | "augmentation" | "batch_size" | "flatten"} AlsoChanged
 *
 * @typedef {object} Problem  what the network has to answer
 * @property {DatasetChoice} choice
 * @property {number[]} input  the shape of one example
 * @property {number} outputs
 */
import { FOR_IMAGES, NEW_LAYERS } from "./kinds.js";
import { fitLayers } from "./shapes.js";

/** The network that is offered where the one there was does not fit. @type {readonly LayerFields[]} */
export const SMALL = [
  { kind: "dense", units: 8, activation: "tanh" },
  { kind: "dense", units: 8, activation: "tanh" },
];

const CLASSES_LOSS = "mean_softmax_cross_entropy";
const NUMBERS_LOSS = "mean_squared_error";

/**
 * @param {Limits} limits
 * @param {DatasetFields} dataset
 * @returns {Problem | null}  null: the server does not offer such a data set
 */
export function problemOf(limits, dataset) {
  const choice = limits.datasets.find(({ name }) => name === dataset.name);
  if (!choice) return null;
  return {
    choice,
    input: choice.input_shape.length ? choice.input_shape : [dataset.features.length],
    outputs: choice.outputs || dataset.arms,
  };
}

/** @param {Problem} problem */
export function hasImages(problem) {
  return problem.input.length === 3;
}

/**
 * Takes another data set and makes the rest fit it.
 * @param {RunSpec} spec  is changed
 * @param {string} name
 * @param {Limits} limits
 * @returns {AlsoChanged[]}
 */
export function chooseDataset(spec, name, limits) {
  const before = problemOf(limits, spec.dataset);
  spec.dataset.name = name;
  const choice = limits.datasets.find((dataset) => dataset.name === name);
  if (!choice) return [];
  const known = spec.dataset.features.filter((feature) => choice.features.includes(feature));
  if (choice.features.length && known.length !== spec.dataset.features.length) {
    spec.dataset.features = choice.features.slice(0, choice.features.includes("x2") ? 2 : 1);
  }
  return settle(spec, limits, before?.choice.task !== choice.task);
}

/**
 * Makes the rest of a set-up fit its data set.
 * @param {RunSpec} spec  is changed
 * @param {Limits} limits
 * @param {boolean} otherTask  classes after numbers, or numbers after classes
 */
export function settle(spec, limits, otherTask = false) {
  /** @type {AlsoChanged[]} */
  const changed = [];
  const problem = problemOf(limits, spec.dataset);
  if (!problem) return changed;
  const { choice, input, outputs } = problem;
  if (!hasImages(problem) && Object.values(spec.augmentation).some(Boolean)) {
    spec.augmentation = { shift: 0, rotation: 0, scale: 0, noise: 0 };
    changed.push("augmentation");
  }
  if (fitLayers(spec.layers, input, outputs).misfit) {
    spec.layers = structuredClone([...SMALL]);
    changed.push("network");
  }
  const forClasses = limits.losses_of_classes.includes(spec.loss.name);
  if (otherTask || (choice.task === "regression" && forClasses)) {
    const loss = choice.task === "regression" ? NUMBERS_LOSS : CLASSES_LOSS;
    if (spec.loss.name !== loss) changed.push("loss");
    spec.loss.name = loss;
    spec.output_activation = "linear";
  }
  if (shrinkBatch(spec, choice)) changed.push("batch_size");
  return changed;
}

/**
 * A minibatch cannot be larger than the data.
 * @param {RunSpec} spec  is changed
 * @param {DatasetChoice} choice
 */
export function shrinkBatch(spec, choice) {
  const { count, test_share: share } = spec.dataset;
  const most = choice.made ? count - Math.ceil(count * share) : Infinity;
  if (spec.batch_size <= most) return false;
  spec.batch_size = Math.max(1, most);
  return true;
}

/**
 * Adds a layer where it fits: one for images behind the last image, all others at the end.
 * @param {RunSpec} spec  is changed
 * @param {LayerFields["kind"]} kind
 * @param {Problem} problem
 * @returns {AlsoChanged[]}
 */
export function addLayer(spec, kind, { input }) {
  const { layers } = spec;
  const last = layers.at(-1);
  const added = structuredClone(NEW_LAYERS[kind]);
  if (kind === "dense" && last && "activation" in last && "activation" in added && last.kind === "dense") added.activation = last.activation;
  if (!FOR_IMAGES.has(kind) || input.length !== 3) {
    layers.push(added);
    return [];
  }
  const asImages = layers.some((layer) => FOR_IMAGES.has(layer.kind));
  const { shapes } = fitLayers(layers, input, 1);
  const at = asImages ? shapes.filter((shape) => shape.length === 3).length : 0; // images come first
  layers.splice(at, 0, added);
  const after = layers[at + 1];
  if (kind === "flatten" || (after && FOR_IMAGES.has(after.kind))) return [];
  layers.splice(at + 1, 0, structuredClone(NEW_LAYERS.flatten));
  return ["flatten"];
}
