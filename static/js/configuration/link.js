/**
 * A set-up as the parameters of a link, and back: one table drives it both ways. Pure.
 *
 * What links have held from the beginning is always written. The rest is written only where it is not the usual: a link
 * that names the layers is a whole set-up, so what it leaves out is the usual; another one changes just what it names.
 *
 * @typedef {import("../protocol").RunSpec} RunSpec
 * @typedef {import("../protocol").Limits} Limits
 *
 * @typedef {object} Field
 * @property {(spec: RunSpec) => string} write
 * @property {(text: string, spec: RunSpec, limits: Limits) => boolean} read  false: it cannot be read, nothing was changed
 * @property {string} [usual]  left out where it is this
 */
import { readLayers, writeLayers } from "./link-layers.js";

/** @type {Record<string, Field>} */
const FIELDS = {
  data: oneOf((limits) => limits.datasets.map(({ name }) => name), "mnist", (spec) => spec.dataset, "name"),
  points: number((spec) => spec.dataset, "count", "1000"),
  noise: number((spec) => spec.dataset, "noise", "0.1"),
  heldout: number((spec) => spec.dataset, "test_share", "0.2"),
  arms: number((spec) => spec.dataset, "arms", "2"),
  features: {
    usual: "x1,x2",
    write: (spec) => spec.dataset.features.join(","),
    read: (text, spec) => {
      spec.dataset.features = text.split(",").filter(Boolean);
      return true;
    },
  },
  dataseed: number((spec) => spec.dataset, "seed", "0"),
  shift: number((spec) => spec.augmentation, "shift", "0"),
  turn: number((spec) => spec.augmentation, "rotation", "0"),
  zoom: number((spec) => spec.augmentation, "scale", "0"),
  grain: number((spec) => spec.augmentation, "noise", "0"),
  layers: {
    write: (spec) => writeLayers(spec.layers),
    read: (text, spec, limits) => {
      const layers = readLayers(text, limits.activations);
      if (layers) spec.layers = layers;
      return Boolean(layers);
    },
  },
  out: oneOf((limits) => limits.activations, "linear", (spec) => spec, "output_activation"),
  loss: oneOf((limits) => limits.losses, "mean_softmax_cross_entropy", (spec) => spec.loss, "name", "mean_"),
  smooth: number((spec) => spec.loss, "label_smoothing", "0"),
  delta: number((spec) => spec.loss, "huber_delta", "1"),
  optimizer: oneOf((limits) => limits.optimizers, undefined, (spec) => spec.optimizer, "name"),
  rate: number((spec) => spec.optimizer, "learning_rate"),
  momentum: number((spec) => spec.optimizer, "momentum"),
  beta1: number((spec) => spec.optimizer, "beta1"),
  beta2: number((spec) => spec.optimizer, "beta2"),
  epsilon: number((spec) => spec.optimizer, "epsilon", "1e-8"),
  decay: number((spec) => spec.optimizer, "weight_decay"),
  l1: number((spec) => spec.optimizer, "l1", "0"),
  clip: number((spec) => spec.optimizer, "clip_norm", "0"),
  schedule: oneOf((limits) => limits.schedules, "inverse_time", (spec) => spec.optimizer, "schedule"),
  cooling: number((spec) => spec.optimizer, "learning_rate_decay"),
  steps: number((spec) => spec.optimizer, "schedule_steps", "1000"),
  factor: number((spec) => spec.optimizer, "schedule_factor", "0.1"),
  warmup: number((spec) => spec.optimizer, "warmup_steps", "0"),
  batch: number((spec) => spec, "batch_size"),
  init: oneOf((limits) => limits.initializers, undefined, (spec) => spec, "initializer"),
  seed: number((spec) => spec, "seed"),
};

/**
 * @param {(spec: RunSpec) => object} part
 * @param {string} name  of a number in it
 * @param {string} [usual]
 * @returns {Field}
 */
function number(part, name, usual) {
  return {
    usual,
    write: (spec) => String(/** @type {Record<string, unknown>} */ (part(spec))[name]),
    read: (text, spec) => {
      const value = Number(text);
      if (text.trim() === "" || !Number.isFinite(value)) return false;
      Object.assign(part(spec), { [name]: value });
      return true;
    },
  };
}

/**
 * @param {(limits: Limits) => readonly string[]} choices
 * @param {string | undefined} usual
 * @param {(spec: RunSpec) => object} part
 * @param {string} name  of a text in it
 * @param {string} [prefix]  that links leave out
 * @returns {Field}
 */
function oneOf(choices, usual, part, name, prefix = "") {
  return {
    usual: usual?.slice(prefix.length),
    write: (spec) => String(/** @type {Record<string, unknown>} */ (part(spec))[name]).slice(prefix.length),
    read: (text, spec, limits) => {
      if (!choices(limits).includes(prefix + text)) return false;
      Object.assign(part(spec), { [name]: prefix + text });
      return true;
    },
  };
}

/**
 * @param {URLSearchParams} parameters
 * @param {RunSpec} current  gives what the link leaves out, but for the usual
 * @param {Limits} limits
 * @returns {{ spec: RunSpec | null, unread: string[] }} spec null: the link asks for nothing else than what runs;
 *   unread: names of parameters that were ignored
 */
export function readLink(parameters, current, limits) {
  const spec = structuredClone(current);
  const whole = parameters.has("layers");
  const unread = [];
  for (const [name, field] of Object.entries(FIELDS)) {
    const text = parameters.get(name);
    if (text !== null && !field.read(text, spec, limits)) unread.push(name);
    else if (text === null && whole && field.usual !== undefined) field.read(field.usual, spec, limits);
  }
  const same = Object.values(FIELDS).every((field) => field.write(spec) === field.write(current));
  return { spec: same ? null : spec, unread };
}

/** @param {RunSpec} spec */
export function writeLink(spec) {
  const fields = Object.entries(FIELDS).map(([name, field]) => ({ name, text: field.write(spec), usual: field.usual }));
  return fields.filter(({ text, usual }) => text !== usual).map(({ name, text }) => `${name}=${text}`);
}
