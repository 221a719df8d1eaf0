/**
 * The set-up in the page's address, so that a link shares it: #layers=32.elu-16.elu&rate=0.1&seed=0&lens=gradients.
 *
 * One table drives it both ways. The lens of a link is taken at once, it is this viewer's own. A set-up that differs from
 * the run's is only offered: the run may be shared, and opening a link must not end it for everyone.
 *
 * @typedef {import("./protocol").RunSpec} RunSpec
 * @typedef {import("./store.js").Lens} Lens
 */
import { store } from "./store.js";

const WRITE_AFTER = 400; // browsers allow only so many changes of the address in a row

/** @type {Record<string, { write: (spec: RunSpec) => string, read: (text: string, spec: RunSpec) => void }>} */
const FIELDS = {
  layers: {
    write: (spec) => spec.layers.map((layer) => `${layer.units}.${layer.activation}`).join("-"),
    read: (text, spec) => {
      spec.layers = text
        .split("-")
        .filter(Boolean)
        .map((layer) => {
          const [units, activation = "relu"] = layer.split(".");
          return { units: Number(units), activation };
        });
    },
  },
  optimizer: { write: (spec) => spec.optimizer.name, read: (text, spec) => void (spec.optimizer.name = text) },
  rate: numeric("learning_rate"),
  momentum: numeric("momentum"),
  beta1: numeric("beta1"),
  beta2: numeric("beta2"),
  decay: numeric("weight_decay"),
  cooling: numeric("learning_rate_decay"),
  batch: { write: (spec) => String(spec.batch_size), read: (text, spec) => void (spec.batch_size = Number(text)) },
  init: { write: (spec) => spec.initializer, read: (text, spec) => void (spec.initializer = text) },
  seed: { write: (spec) => String(spec.seed), read: (text, spec) => void (spec.seed = Number(text)) },
};

/** @param {"learning_rate" | "momentum" | "beta1" | "beta2" | "weight_decay" | "learning_rate_decay"} name */
function numeric(name) {
  return {
    /** @param {RunSpec} spec */
    write: (spec) => String(spec.optimizer[name]),
    /** @param {string} text @param {RunSpec} spec */
    read: (text, spec) => void (spec.optimizer[name] = Number(text)),
  };
}

/** Keeps the address and the store together from now on. */
export function followAddress() {
  const opened = new URLSearchParams(location.hash.slice(1));
  const lens = opened.get("lens");
  if (lens && isLens(lens)) store.set({ lens });

  // The language in the address was remembered by the server; a shared link should not carry it.
  const address = new URL(location.href);
  if (address.searchParams.has("lang")) {
    address.searchParams.delete("lang");
    history.replaceState(null, "", address);
  }

  let timer = 0;
  let compared = false;
  store.subscribe(["run", "lens", "offer"], () => {
    const { run, offer } = store.state;
    if (!run) return;
    if (!compared) {
      compared = true;
      const wanted = readSpec(opened, run.spec);
      if (wanted) return store.set({ offer: wanted });
    }
    if (offer) return undefined; // the link stays until it is decided about
    timer ||= setTimeout(() => {
      timer = 0;
      history.replaceState(null, "", `#${writeSpec()}`);
    }, WRITE_AFTER);
    return undefined;
  });
}

/**
 * @param {URLSearchParams} parameters
 * @param {RunSpec} current  gives what the link leaves out
 * @returns {RunSpec | null} null: the link asks for nothing else than what runs
 */
export function readSpec(parameters, current) {
  const spec = structuredClone(current);
  for (const [name, field] of Object.entries(FIELDS)) {
    const text = parameters.get(name);
    if (text !== null) field.read(text, spec);
  }
  return Object.values(FIELDS).every((field) => field.write(spec) === field.write(current)) ? null : spec;
}

function writeSpec() {
  const { run, lens } = store.state;
  const fields = run ? Object.entries(FIELDS).map(([name, field]) => `${name}=${field.write(run.spec)}`) : [];
  return [...fields, `lens=${lens}`].join("&");
}

/** @param {string} text @returns {text is Lens} */
function isLens(text) {
  return ["activations", "gradients", "weights", "updates"].includes(text);
}
