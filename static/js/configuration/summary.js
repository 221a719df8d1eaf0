/** A set-up in a few words: for its closed parts, and for the offer of a link. */
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { displayName } from "./names.js";
import { shortNumber } from "./rows.js";
import { size, writeShape } from "./shapes.js";

/**
 * @typedef {import("../protocol").RunSpec} RunSpec
 * @typedef {import("../protocol").LayerFields} LayerFields
 * @typedef {import("./fitting.js").Problem} Problem
 */

/**
 * The sizes of the layers that learn: 784 → 32 → 16 → 10, with hair spaces, for it stands in a narrow column.
 * @param {RunSpec} spec
 * @param {Problem} problem
 * @param {string} [arrow]
 */
export function networkWords(spec, { input, outputs }, arrow = "\u200a→\u200a") {
  const images = spec.layers.some(({ kind }) => kind === "conv");
  const names = spec.layers.map(sizeWord).filter(Boolean);
  /** @type {{ name: string, count: number }[]} */
  const runs = [];
  for (const name of names) {
    const last = runs.at(-1);
    if (last && last.name === name) last.count += 1;
    else runs.push({ name, count: 1 });
  }
  const middle = runs.flatMap(({ name, count }) => (count > 2 ? [`${count}×${name}`] : Array.from({ length: count }, () => name)));
  return [images ? writeShape(input.slice(1)) : String(size(input)), ...middle, String(outputs)].join(arrow);
}

/** What is special in a network: the layers that have no sizes. @param {RunSpec} spec */
export function networkTraits(spec) {
  const kinds = spec.layers.map(({ kind }) => kind).filter((kind) => !["dense", "conv", "flatten", "max_pool", "average_pool"].includes(kind));
  return [...new Set(kinds)].map(displayName).join(", ");
}

/** @param {number} parameters */
export function parameterWords(parameters) {
  return ngettext("{count} parameter", "{count} parameters", parameters, { count: integer(parameters) });
}

/** @param {RunSpec} spec @param {Problem} problem */
export function dataWords({ dataset }, { choice }) {
  if (!choice.made) return "";
  const held = Math.round(dataset.count * dataset.test_share);
  return _("{train} + {test}", { train: integer(dataset.count - held), test: integer(held) });
}

/** @param {RunSpec} spec */
export function optimizerWords({ optimizer }) {
  const rate = shortNumber(optimizer.learning_rate);
  const flat = optimizer.schedule === "constant" && optimizer.warmup_steps === 0;
  return flat ? _("rate {rate}", { rate }) : _("rate {rate}, {schedule}", { rate, schedule: displayName(optimizer.schedule) });
}

/** @param {LayerFields} layer */
function sizeWord(layer) {
  if (layer.kind === "dense") return String(layer.units);
  return layer.kind === "conv" ? `${displayName("conv")} ${layer.channels}` : "";
}
