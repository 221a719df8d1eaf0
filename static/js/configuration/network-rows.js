/** The network as rows: input, hidden layers that can be changed, and output; and set-ups to begin with. */
import { html, nothing } from "lit";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { concerns } from "./draft.js";
import { addLayer } from "./fitting.js";
import { isKind } from "./kinds.js";
import { layerRow, misfitText } from "./layer-row.js";
import { displayName, presetName } from "./names.js";
import { PRESETS } from "./presets.js";
import { options, refusalText, selectRow } from "./rows.js";
import { writeShape } from "./shapes.js";
import { networkWords, parameterWords } from "./summary.js";

/**
 * @typedef {import("./rows.js").Editing} Editing
 * @typedef {import("./presets.js").Preset} Preset
 *
 * @typedef {object} NetworkView
 * @property {number | null} openLayer  the position of the row that is opened
 * @property {(position: number) => void} toggleLayer
 * @property {import("./kinds.js").Kind} kind  that the next layer will be of
 * @property {(kind: import("./kinds.js").Kind) => void} chooseKind
 * @property {(preset: Preset) => void} takePreset
 */

/**
 * @param {Editing} editing
 * @param {NetworkView} view
 */
export function networkRows(editing, view) {
  const { draft, limits, problem, fit, off, edit, refusal } = editing;
  const heavy = fit.parameters > limits.parameters;
  const outputWrong = concerns(refusal, "output");
  const misfit = fit.misfit?.at === draft.layers.length ? fit.misfit : null;
  return html`${presetChoice(editing, view)}
    <ol class="layers">
      <li class="layer fixed"><b>${writeShape(problem.input.length === 3 && problem.input[0] === 1 ? problem.input.slice(1) : problem.input)}</b><span>${_("input")}</span></li>
      ${draft.layers.map((layer, position) => layerRow(editing, layer, position, view.openLayer === position, () => view.toggleLayer(position)))}
      <li class="layer fixed" data-testid="output-layer" ?data-wrong=${outputWrong || Boolean(misfit)}>
        <b>${problem.outputs}</b><span>${outputWords(editing)}</span>
        ${misfit ? misfitText(editing, misfit) : nothing} ${outputWrong && refusal && !misfit ? refusalText(refusal) : nothing}
      </li>
    </ol>
    ${adding(editing, view)}
    <p class=${heavy ? "note refusal" : "note"} data-testid="parameters">
      ${fit.misfit ? nothing : parameterWords(fit.parameters)} ${heavy ? _("· {most} are the most here", { most: integer(limits.parameters) }) : nothing}
    </p>
    ${refusal && concerns(refusal, "layers") && !/\[\d+\]/.test(refusal.where) ? refusalText(refusal) : nothing}
    ${selectRow({
      label: _("Initializer"),
      testid: "initializer",
      names: limits.initializers,
      chosen: draft.initializer,
      off,
      refusal,
      field: "initializer",
      title: _("How the weights are drawn before the first step"),
      choose: (name) => edit((spec) => void (spec.initializer = name)),
    })}`;
}

/** @param {Editing} editing @param {NetworkView} view */
function presetChoice({ draft, problem, off }, view) {
  const offered = PRESETS.filter(({ suits }) => suits(problem));
  const regression = problem.choice.task === "regression";
  const option = (/** @type {Preset} */ preset) => {
    const sizes = networkWords({ ...draft, layers: preset.layers(problem) }, problem, "-");
    return html`<option value=${preset.name}>${presetName(preset.name, sizes, regression)}</option>`;
  };
  return html`<select class="presets" data-testid="preset" aria-label=${_("Begin with a preset")} ?disabled=${off}
    @change=${(/** @type {Event} */ event) => {
      const select = /** @type {HTMLSelectElement} */ (event.target);
      const preset = offered.find(({ name }) => name === select.value);
      select.value = ""; // a preset is taken, not kept: what follows may change it
      if (preset) view.takePreset(preset);
    }}>
    <option value="">${_("Begin with a preset…")}</option>
    <optgroup label=${_("Networks")}>${offered.filter(({ broken }) => !broken).map(option)}</optgroup>
    <optgroup label=${_("Broken on purpose")}>${offered.filter(({ broken }) => broken).map(option)}</optgroup>
  </select>`;
}

/** @param {Editing} editing @param {NetworkView} view */
function adding({ draft, limits, problem, off, edit }, view) {
  const full = draft.layers.length >= limits.layers;
  return html`<div class="adding">
    <button class="add" data-testid="add-layer" ?disabled=${off || full}
      title=${full ? _("{count} hidden layers are the most here", { count: limits.layers }) : _("Add a hidden layer of this kind where it fits")}
      @click=${() => edit((spec) => addLayer(spec, view.kind, problem))}>${_("+ add")}</button>
    <select data-testid="add-kind" aria-label=${_("Kind of the layer to add")} ?disabled=${off || full}
      @change=${(/** @type {Event} */ event) => {
        const { value } = /** @type {HTMLSelectElement} */ (event.target);
        if (isKind(value)) view.chooseKind(value);
      }}>
      ${options(limits.layer_kinds, view.kind)}
    </select>
  </div>`;
}

/** What the output layer makes of its sums. @param {Editing} editing */
function outputWords({ draft }) {
  if (draft.loss.name === "mean_softmax_cross_entropy") return displayName("softmax");
  if (draft.loss.name === "mean_binary_cross_entropy") return displayName("sigmoid");
  return displayName(draft.output_activation);
}
