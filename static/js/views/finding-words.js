/**
 * What is wrong with a run, in words: the server finds it from measured values (engine/health.py) and says which numbers
 * it was concluded from; here stands what they mean.
 *
 * @typedef {import("../protocol").Finding} Finding
 * @typedef {(finding: Finding, layer: string) => { title: string, body: string } | null} Words
 */
import { integer, number, percent, scientific } from "../format.js";
import { _ } from "../i18n.js";

/** Of a layer's units; fewer silent ones are not worth a warning. */
const WORTH_A_WORD = 0.12;

/** @type {Readonly<Record<string, () => string>>} */
const CAUSES = {
  dead_units: () => _("Most of it is lost at units that let nothing through."),
  saturation: () => _("Most of it is lost at units that are saturated: there the slope f′(z) is almost 0."),
  small_slopes: () => _("Most of it is lost at slopes f′(z) that are small everywhere: a sigmoid’s is 1/4 at most."),
  small_weights: () => _("Most of it is lost on the way through W: the weights are too small."),
  large_weights: () => _("It grows on the way through W: the weights are too large."),
  not_finite: () => _("Its numbers are too large to be computed with."),
  large_rate: () => _("The learning rate is too large for it."),
  large_gradient: () => _("The gradient is larger than the weights themselves."),
  negative_z: () => _("Their z is far below 0 for every example, so nothing reaches their weights and they stay silent."),
};

/** What explains the others comes first. @type {readonly { kind: string, say: Words }[]} */
export const FINDINGS = [
  {
    kind: "identical_units",
    say: ({ units }, layer) => ({
      title: _("{count} units of {layer} are copies of each other", { count: integer(units.length), layer }),
      body: _("They have equal weights and get equal gradients, so they stay equal: the symmetry must be broken by random first weights."),
    }),
  },
  {
    kind: "exploding_gradient",
    say: ({ cause, evidence }, layer) => ({
      title: _("The gradient explodes on its way to {layer}", { layer }),
      body: `${evidence.ratio ? _("It is {times} times as long there as at the output.", { times: integer(evidence.ratio) }) : ""} ${why(cause)}`.trim(),
    }),
  },
  {
    kind: "vanishing_gradient",
    say: ({ cause, evidence }, layer) => ({
      title: _("The gradient vanishes on its way to {layer}", { layer }),
      body: `${_("Only {share} of its length at the output is left there, so early layers hardly learn.", { share: scientific(evidence.ratio ?? 0) })} ${why(cause)}`,
    }),
  },
  {
    kind: "large_update",
    say: ({ cause, evidence }, layer) => ({
      title: _("{layer} is changed too much at once", { layer }),
      body: `${_("The last update was {share} of the size of W; one thousandth is healthy.", { share: percent(evidence.ratio ?? 0, 0) })} ${why(cause)}`,
    }),
  },
  {
    kind: "dead_units",
    say: ({ cause, evidence, units }, layer) => silent(_("{share} of {layer} lets nothing through", share(units, evidence, layer)), cause, evidence, units),
  },
  {
    kind: "saturated_units",
    say: ({ cause, evidence, units }, layer) => silent(_("{share} of {layer} is saturated", share(units, evidence, layer)), cause, evidence, units),
  },
];

/**
 * @param {string} title
 * @param {string} cause
 * @param {Finding["evidence"]} evidence
 * @param {readonly number[]} units
 */
function silent(title, cause, evidence, units) {
  if (units.length / (evidence.of_units || 1) <= WORTH_A_WORD) return null;
  const slope = _("For all of {count} examples their slope f′(z) is at most {slope}.", {
    count: integer(evidence.examples ?? 0),
    slope: number(evidence.largest_slope ?? 0),
  });
  return { title, body: `${slope} ${cause === "saturation" ? _("So almost no gradient reaches their weights.") : why(cause)}` };
}

/**
 * @param {readonly number[]} units
 * @param {Finding["evidence"]} evidence
 * @param {string} layer
 */
function share(units, evidence, layer) {
  return { share: percent(units.length / (evidence.of_units || 1), 0), layer };
}

/** @param {string} cause */
function why(cause) {
  return CAUSES[cause]?.() ?? "";
}
