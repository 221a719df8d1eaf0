/**
 * A set-up being edited: a copy of the run's spec, what differs in it, and what is wrong with it. Pure.
 *
 * @typedef {import("../protocol").RunSpec} RunSpec
 * @typedef {import("../protocol").Limits} Limits
 */

/** Those that `set` changes without a reset; all else of a spec starts a new run. */
export const LIVE = /** @type {const} */ ([
  "learning_rate",
  "momentum",
  "beta1",
  "beta2",
  "weight_decay",
  "learning_rate_decay",
]);

/** @typedef {typeof LIVE[number]} LiveName */

/** What a hidden layer begins with. @type {import("../protocol").LayerFields} */
export const NEW_LAYER = { units: 16, activation: "relu" };

/** Where each optimizer is usually begun: a rate that suits plain descent wrecks Adam. @type {Record<string, number>} */
const USUAL_RATES = { sgd: 0.1, momentum: 0.02, nesterov: 0.02, adagrad: 0.02, rmsprop: 0.001, adam: 0.001, adamw: 0.001 };

/**
 * The optimizer of the run that is begun: as it is set now, at another one's usual rate if it is another.
 * @param {RunSpec} draft
 * @param {RunSpec} spec  of the run
 */
export function optimizerToBegin(draft, spec) {
  const { name } = draft.optimizer;
  if (name === spec.optimizer.name) return spec.optimizer;
  return { ...spec.optimizer, name, learning_rate: USUAL_RATES[name] ?? spec.optimizer.learning_rate };
}

/**
 * How many things of the draft are not as in the run and need a new one.
 * @param {RunSpec} draft
 * @param {RunSpec} spec
 */
export function countChanges(draft, spec) {
  const layers = Math.max(draft.layers.length, spec.layers.length);
  let count = Number(draft.optimizer.name !== spec.optimizer.name);
  for (const name of /** @type {const} */ (["initializer", "batch_size", "seed"])) count += Number(draft[name] !== spec[name]);
  for (let position = 0; position < layers; position++) {
    const [ours, theirs] = [draft.layers[position], spec.layers[position]];
    count += Number(ours?.units !== theirs?.units || ours?.activation !== theirs?.activation);
  }
  return count;
}

/**
 * Weights and biases of the network the draft describes.
 * @param {RunSpec} draft
 * @param {number} inputs
 * @param {number} classes
 */
export function countParameters(draft, inputs, classes) {
  const sizes = [inputs, ...draft.layers.map((layer) => layer.units), classes];
  return sizes.slice(1).reduce((sum, units, position) => sum + ((sizes[position] ?? 0) + 1) * units, 0);
}

/**
 * Whether a refusal is about this field: the server names fields from the spec or from the command.
 * @param {{ where: string } | null} refusal
 * @param {string} field  such as layers[0].units
 */
export function concerns(refusal, field) {
  if (!refusal) return false;
  const where = refusal.where.replace(/^(configure\.)?(spec\.|values\.)?/, "");
  return where === field || where === `optimizer.${field}` || where.startsWith(`${field}.`);
}

/**
 * Reads a whole number out of a field, within bounds; null when there is none.
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
export function readInteger(text, least, most) {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) return null;
  return Math.min(most, Math.max(least, Math.round(value)));
}
