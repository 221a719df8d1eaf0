/**
 * A set-up being edited: a copy of the run's spec, what differs in it, and what is wrong with it. Pure.
 *
 * @typedef {import("../protocol").RunSpec} RunSpec
 * @typedef {import("../protocol").OptimizerFields} OptimizerFields
 *
 * @typedef {object} Draft
 * @property {RunSpec} spec  all that needs a new run; its `optimizer` is not used, it may change meanwhile
 * @property {Partial<OptimizerFields>} optimizer  what the new run's shall differ in from the run's
 * @property {readonly string[]} notes  in words: what was changed along with what was asked for
 *
 * @typedef {"data" | "network" | "loss" | "optimizer"} Part
 */

/** The numbers that `set` changes without a reset; but for the schedule's name all else of a spec starts a new run. */
export const LIVE = /** @type {const} */ ([
  "learning_rate",
  "momentum",
  "beta1",
  "beta2",
  "epsilon",
  "weight_decay",
  "l1",
  "clip_norm",
  "schedule_steps",
  "schedule_factor",
  "warmup_steps",
  "learning_rate_decay",
]);

/** @typedef {typeof LIVE[number]} LiveName */

/** Where each optimizer is usually begun: a rate that suits plain descent wrecks Adam. @type {Record<string, number>} */
const USUAL_RATES = { sgd: 0.1, momentum: 0.02, nesterov: 0.02, adagrad: 0.02, rmsprop: 0.001, adam: 0.001, adamw: 0.001 };

/** @param {RunSpec} spec  of the run @returns {Draft} */
export function newDraft(spec) {
  return { spec: structuredClone(spec), optimizer: {}, notes: [] };
}

/**
 * What another optimizer begins with: its usual rate.
 * @param {string} name
 * @param {RunSpec} spec  of the run
 * @returns {Partial<OptimizerFields>}
 */
export function anotherOptimizer(name, spec) {
  if (name === spec.optimizer.name) return {};
  return { name, learning_rate: USUAL_RATES[name] ?? spec.optimizer.learning_rate };
}

/**
 * The run that the draft describes: what changes at once is as it is set now.
 * @param {Draft | null} draft
 * @param {RunSpec} spec  of the run
 * @returns {RunSpec}
 */
export function specToBegin(draft, spec) {
  return draft ? { ...draft.spec, optimizer: { ...spec.optimizer, ...draft.optimizer } } : spec;
}

/**
 * How many things of each part are not as in the run.
 * @param {RunSpec} wanted
 * @param {RunSpec} spec
 * @returns {Record<Part, number>}
 */
export function countChanges(wanted, spec) {
  const other = wanted.optimizer.name !== spec.optimizer.name;
  // The usual rate belongs to its optimizer: choosing another one is one change.
  const optimizer = differing(wanted.optimizer, spec.optimizer) - Number(other && wanted.optimizer.learning_rate !== spec.optimizer.learning_rate);
  return {
    data: differing(wanted.dataset, spec.dataset) + differing(wanted.augmentation, spec.augmentation),
    network: differing({ ...wanted.layers }, { ...spec.layers }) + Number(wanted.initializer !== spec.initializer),
    loss: differing(wanted.loss, spec.loss) + Number(wanted.output_activation !== spec.output_activation),
    optimizer: optimizer + Number(wanted.batch_size !== spec.batch_size) + Number(wanted.seed !== spec.seed),
  };
}

/** @param {Record<Part, number>} changes */
export function allChanges(changes) {
  return changes.data + changes.network + changes.loss + changes.optimizer;
}

/** How many fields differ. @param {object} ours @param {object} theirs */
function differing(ours, theirs) {
  const [left, right] = /** @type {Record<string, unknown>[]} */ ([ours, theirs]);
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...names].filter((name) => JSON.stringify(left?.[name]) !== JSON.stringify(right?.[name])).length;
}

/**
 * Whether a refusal is about this field: the server names fields from the spec or from the command.
 * @param {{ where: string } | null} refusal
 * @param {string} field  such as layers[0].units
 */
export function concerns(refusal, field) {
  if (!refusal) return false;
  const where = fieldOf(refusal.where);
  return where === field || where === `optimizer.${field}` || where.startsWith(`${field}.`) || where.startsWith(`${field}[`);
}

/**
 * The part of the set-up a refusal is about; null: none of them.
 * @param {string} where
 * @returns {Part | null}
 */
export function partOf(where) {
  const [first = ""] = fieldOf(where).split(/[.[]/);
  if (["dataset", "augmentation"].includes(first)) return "data";
  if (["layers", "output", "initializer"].includes(first)) return "network";
  if (["loss", "output_activation"].includes(first)) return "loss";
  const optimizer = ["optimizer", "batch_size", "seed", "schedule", ...LIVE];
  return optimizer.includes(first) ? "optimizer" : null;
}

/** @param {string} where */
function fieldOf(where) {
  return where.replace(/^(configure\.)?(spec\.|values\.)?/, "");
}

/**
 * Reads a number out of a field, within bounds; null when there is none.
 * @param {string} text
 * @param {{ least: number, most: number, whole?: boolean }} range
 */
export function readNumber(text, { least, most, whole = true }) {
  const value = Number(text.replace(",", "."));
  if (text.trim() === "" || !Number.isFinite(value)) return null;
  return Math.min(most, Math.max(least, whole ? Math.round(value) : value));
}
