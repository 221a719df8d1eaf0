/**
 * Set-ups to begin with, each of a network and how it learns; some are broken on purpose, to be looked into. Pure.
 *
 * @typedef {import("../protocol").RunSpec} RunSpec
 * @typedef {import("../protocol").LayerFields} LayerFields
 * @typedef {import("../protocol").OptimizerFields} OptimizerFields
 * @typedef {import("./fitting.js").Problem} Problem
 *
 * @typedef {object} Preset
 * @property {string} name
 * @property {boolean} broken  on purpose
 * @property {(problem: Problem) => boolean} suits
 * @property {(problem: Problem) => LayerFields[]} layers
 * @property {string} [initializer]
 * @property {Partial<OptimizerFields>} [optimizer]  where not plain descent at a rate of 0.1
 * @property {readonly string[]} [features]
 */
import { hasImages } from "./fitting.js";

/** What all presets begin with, so that one is the same whatever ran before. @type {Partial<OptimizerFields>} */
const PLAIN = {
  name: "sgd",
  learning_rate: 0.1,
  weight_decay: 0,
  l1: 0,
  clip_norm: 0,
  schedule: "constant",
  warmup_steps: 0,
};

const IN_THE_PLANE = /** @type {const} */ (["x1", "x2"]);
const everywhere = () => true;

/** @type {readonly Preset[]} */
export const PRESETS = [
  {
    name: "small",
    broken: false,
    suits: everywhere,
    layers: small,
    optimizer: { weight_decay: 6e-4, schedule: "inverse_time", learning_rate_decay: 5e-5 },
  },
  {
    name: "lenet",
    broken: false,
    suits: (problem) => hasImages(problem) && Math.min(...problem.input.slice(1)) >= 16,
    layers: () => [conv(8), maxPool(), conv(16), maxPool(), { kind: "flatten" }, dense(64, "relu")],
  },
  {
    name: "wide",
    broken: false,
    suits: (problem) => !hasImages(problem),
    layers: () => [dense(32, "tanh"), dense(32, "tanh"), dense(16, "tanh")],
    optimizer: { name: "adam", learning_rate: 0.005 },
  },
  {
    name: "squares",
    broken: false,
    suits: ({ choice }) => choice.task === "classification" && ["x1^2", "x2^2"].every((feature) => choice.features.includes(feature)),
    layers: () => [],
    features: [...IN_THE_PLANE, "x1^2", "x2^2"],
  },
  { name: "batch_norm", broken: false, suits: everywhere, layers: normalized },
  {
    name: "dropout",
    broken: false,
    suits: everywhere,
    layers: (problem) => {
      const units = hasImages(problem) ? 64 : 32;
      return [dense(units, "relu"), { kind: "dropout", rate: 0.2 }, dense(units / 2, "relu")];
    },
  },
  {
    name: "residual",
    broken: false,
    suits: everywhere,
    layers: (problem) => {
      const units = hasImages(problem) ? 32 : 8;
      return [dense(units, "relu"), dense(units, "relu"), dense(units, "linear"), { kind: "residual", skip: 2, activation: "relu" }];
    },
  },
  { name: "line", broken: false, suits: everywhere, layers: () => [] },
  {
    name: "vanishing",
    broken: true,
    suits: everywhere,
    layers: (problem) => Array.from({ length: 8 }, () => dense(hasImages(problem) ? 16 : 8, "sigmoid")),
    initializer: "glorot",
  },
  { name: "zeros", broken: true, suits: everywhere, layers: small, initializer: "zeros" },
  { name: "too_fast", broken: true, suits: everywhere, layers: small, optimizer: { learning_rate: 10 } },
];

/**
 * Makes a set-up a preset's; the data and the loss stay.
 * @param {Preset} preset
 * @param {RunSpec} spec  is changed
 * @param {Problem} problem
 * @returns {Partial<OptimizerFields>} what the new run's optimizer begins with
 */
export function takePreset(preset, spec, problem) {
  spec.layers = preset.layers(problem);
  spec.initializer = preset.initializer ?? "he";
  if (preset.features) spec.dataset.features = [...preset.features];
  return { ...PLAIN, ...preset.optimizer };
}

/** @param {Problem} problem */
function small(problem) {
  return hasImages(problem) ? [dense(32, "elu"), dense(16, "elu")] : [dense(8, "tanh"), dense(8, "tanh")];
}

/** @param {Problem} problem @returns {LayerFields[]} */
function normalized(problem) {
  const [first = 8, second = 8] = hasImages(problem) ? [32, 16] : [];
  return [dense(first, "linear"), batchNorm(), dense(second, "linear"), batchNorm()];
}

/** @param {number} units @param {string} activation @returns {LayerFields} */
function dense(units, activation) {
  return { kind: "dense", units, activation };
}

/** @param {number} channels @returns {LayerFields} */
function conv(channels) {
  return { kind: "conv", channels, kernel: 5, stride: 1, padding: 0, activation: "relu" };
}

/** @returns {LayerFields} */
function maxPool() {
  return { kind: "max_pool", size: 2, stride: 2 };
}

/** @returns {LayerFields} */
function batchNorm() {
  return { kind: "batch_norm", activation: "relu" };
}
