/** One sentence on what one is seeing now. Made from measured values, so that it is always true. */
import { html, nothing } from "lit";
import { fixed, integer } from "../format.js";
import { _ } from "../i18n.js";
import { firstWeighted, hasWeights, hasWeightTiles, isSignedLayer } from "../layout/kinds.js";
import { featureName } from "../layout/points.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { outputName } from "./layer-names.js";
import { confidence } from "./picture-words.js";
import { coloured, phrase } from "./phrase.js";

/** @typedef {import("../store.js").State} State */

class PictureSentence extends Panel {
  /** @type {readonly (keyof State)[]} */
  static watches = ["units", "matrices", "lens", "run", "manifest"];
  static rate = 4;
  /** The legend beside it speaks of the new lens at once. @override @type {typeof Panel.urgent} */
  static urgent = ["lens"];

  /** @override */
  render() {
    const { units, manifest, run } = store.state;
    if (!manifest || !run || units?.frame.manifest !== manifest.id) {
      return html`<p class="sentence">${_("Waiting for the first values of the network…")}</p>`;
    }
    return html`<p class="sentence">${reading(store.state)} ${explanation(store.state)}</p>`;
  }
}

/** What the network reads in the shown example, and how it stands with the run. @param {Readonly<State>} state */
function reading({ units, manifest, run }) {
  const example = units?.frame.example;
  if (!example || !manifest || !units) return nothing;
  if (!Number.isFinite(units.tensors.get("probs")?.values[0] ?? NaN)) return nothing; // nothing can be read any more
  if (example.label === null || example.prediction === null) return estimate(units, manifest, example);
  const label = html`<b>${outputName(manifest, example.label)}</b>`;
  const right = example.prediction === example.label;
  const read = outputName(manifest, example.prediction);
  const prediction = html`<b class=${right ? "read" : "misread"} data-testid="prediction">${read}</b>`;
  const parts = { label, prediction, confidence: confidence(manifest, units.tensors.get("probs")?.values[example.prediction]) };
  if (run?.status === "diverged") return phrase(_("It takes this {label} for a {prediction}."), parts);
  if (!manifest.image_shape) {
    if (units.frame.step === 0) return phrase(_("Untrained, it guesses: the marked example of class {label} is of class {prediction} ({confidence})."), parts);
    return phrase(_("The network takes the marked example of class {label} for class {prediction} ({confidence})."), parts);
  }
  if (units.frame.step === 0) return phrase(_("Untrained, it guesses: this {label} is a {prediction} ({confidence})."), parts);
  return phrase(_("The network reads this {label} as {prediction} ({confidence})."), parts);
}

/**
 * @param {import("../frame.js").DecodedFrame} units
 * @param {import("../protocol").Manifest} manifest
 * @param {import("../protocol").Example} example
 */
function estimate(units, manifest, example) {
  const told = units.tensors.get("x")?.values ?? [];
  const names = manifest.features.slice(0, 3).map((name, i) => `${featureName(name)} = ${fixed(told[i], 2)}`);
  if (manifest.features.length > 3) names.push("…");
  const said = [...(units.tensors.get("probs")?.values ?? [])].map((value) => fixed(value, 2)).join(", ");
  const target = example.targets.map((value) => fixed(value, 2)).join(", ");
  return phrase(_("For {inputs} the network says {said}; the target is {target}."), {
    inputs: html`<b>${names.join(", ")}</b>`,
    said: html`<b class="read" data-testid="prediction">${said}</b>`,
    target: html`<b>${target}</b>`,
  });
}

/** @param {Readonly<State>} state */
function explanation({ lens, manifest, run, units, matrices }) {
  if (run?.status === "diverged") {
    return phrase(_("Training diverged: after step {step} {tensor} is no longer finite. A lower learning rate helps."), {
      step: integer(run.divergence?.step ?? run.step),
      tensor: html`<b class="misread">${run.divergence?.tensor ?? ""}</b>`,
    });
  }
  const positive = coloured("weight-positive", _("orange"));
  const negative = coloured("weight-negative", _("blue"));
  const untrained = units?.frame.step === 0;
  switch (lens) {
    case "activations": {
      const signed = manifest?.layers.some((layer, index) => hasWeights(layer) && isSignedLayer(manifest, index));
      return signed
        ? phrase(_("Vivid units speak. An {positive} weight passes a value on, a {negative} one turns its sign."), { positive, negative })
        : phrase(_("Bright units speak; {positive} weights vote for, {negative} against."), { positive, negative });
    }
    case "gradients": {
      if (untrained && !holds(matrices, manifest, "dL_dW")) {
        return _("Blame reaches the units already; the weights wait for the first step.");
      }
      if (manifest?.layers[firstWeighted(manifest)] && statistic(units, manifest, "dL_dW_rms") === 0) {
        return _("No blame arrives at the first layer: its dL/dW is 0, so it learns nothing from this minibatch.");
      }
      return phrase(_("Blame flows back: the loss falls when {green} weights go down, {violet} ones up."), {
        green: coloured("gradient-positive", _("green")),
        violet: coloured("gradient-negative", _("violet")),
      });
    }
    case "weights":
      if (manifest?.plane) {
        return phrase(_("A tile is what its unit answers everywhere; {positive} edges pass it on, {negative} ones turn its sign."), { positive, negative });
      }
      if (manifest?.layers.some((layer) => layer.kind === "conv")) {
        return phrase(_("A tile is the kernel a channel slides over what comes in: it answers where that is strong at {positive} and weak at {negative}."), {
          positive,
          negative,
        });
      }
      if (manifest && !hasWeightTiles(manifest)) {
        return phrase(_("{positive} edges pass a value on, {negative} ones turn its sign."), { positive, negative });
      }
      return phrase(_("A tile is what its unit looks for: ink raises it where {positive}, lowers it where {negative}."), {
        positive,
        negative,
      });
    case "updates":
      if (untrained) return _("No step has been taken yet, so nothing was updated.");
      return phrase(_("The last step raised the {positive} weights and lowered the {negative} ones."), { positive, negative });
  }
}

/** A measured number of the first layer. @param {State["units"]} frame @param {State["manifest"]} manifest @param {string} name */
function statistic(frame, manifest, name) {
  if (!manifest) return NaN;
  const at = firstWeighted(manifest) * manifest.statistics.length + manifest.statistics.indexOf(name);
  return frame?.tensors.get("statistics")?.values[at] ?? NaN;
}

/** @param {State["matrices"]} frame @param {State["manifest"]} manifest @param {string} quantity */
function holds(frame, manifest, quantity) {
  return Boolean(manifest && frame?.tensors.has(`${manifest.layers[firstWeighted(manifest)]?.name}.${quantity}`));
}

customElements.define("picture-sentence", PictureSentence);
