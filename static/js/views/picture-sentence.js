/** One sentence on what one is seeing now. Made from measured values, so that it is always true. */
import { html, nothing } from "lit";
import { integer, percent } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { isSigned } from "../render/lenses.js";
import { store } from "../store.js";
import { coloured, phrase } from "./phrase.js";

/** @typedef {import("../store.js").State} State */

class PictureSentence extends Panel {
  /** @type {readonly (keyof State)[]} */
  static watches = ["units", "matrices", "lens", "run", "manifest"];
  static rate = 4;

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
  const label = html`<b>${manifest.classes[example.label] ?? example.label}</b>`;
  const right = example.prediction === example.label;
  const read = manifest.classes[example.prediction] ?? example.prediction;
  const prediction = html`<b class=${right ? "read" : "misread"} data-testid="prediction">${read}</b>`;
  const confidence = percent(units.tensors.get("probs")?.values[example.prediction], 0);
  const parts = { label, prediction, confidence };
  if (run?.status === "diverged") return phrase(_("It takes this {label} for a {prediction}."), parts);
  if (units.frame.step === 0) return phrase(_("Untrained, it guesses: this {label} is a {prediction} ({confidence})."), parts);
  return phrase(_("The network reads this {label} as {prediction} ({confidence})."), parts);
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
      const signed = manifest?.layers.some((layer) => isSigned(layer.activation));
      return signed
        ? phrase(_("Vivid units speak. An {positive} weight passes a value on, a {negative} one turns its sign."), { positive, negative })
        : phrase(_("Bright units speak; {positive} weights vote for, {negative} against."), { positive, negative });
    }
    case "gradients": {
      if (untrained && !holds(matrices, manifest, "dL_dW")) {
        return _("Blame reaches the units already; the weights wait for the first step.");
      }
      if (statistic(units, manifest, "dL_dW_rms") === 0) {
        return _("No blame arrives at the first layer: its dL/dW is 0, so it learns nothing from this minibatch.");
      }
      return phrase(_("Blame flows back: the loss falls when {green} weights go down, {violet} ones up."), {
        green: coloured("gradient-positive", _("green")),
        violet: coloured("gradient-negative", _("violet")),
      });
    }
    case "weights":
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
  return frame?.tensors.get("statistics")?.values[manifest?.statistics.indexOf(name) ?? -1] ?? NaN;
}

/** @param {State["matrices"]} frame @param {State["manifest"]} manifest @param {string} quantity */
function holds(frame, manifest, quantity) {
  return Boolean(frame?.tensors.has(`${manifest?.layers[0]?.name}.${quantity}`));
}

customElements.define("picture-sentence", PictureSentence);
