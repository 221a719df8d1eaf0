/** The network as rows: input, hidden layers that can be changed, and output. */
import { html, live } from "lit";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { concerns, countParameters, NEW_LAYER, readInteger } from "./draft.js";
import { displayName } from "./names.js";

/**
 * @typedef {import("../protocol").RunSpec} RunSpec
 * @typedef {import("../protocol").Limits} Limits
 * @typedef {import("../protocol").Manifest} Manifest
 *
 * @typedef {object} Editing
 * @property {RunSpec} draft
 * @property {Limits} limits
 * @property {import("../protocol").Refused | null} refusal
 * @property {boolean} off  whether nothing can be changed now
 * @property {(change: (draft: RunSpec) => void) => void} edit
 */

/**
 * @param {Editing} editing
 * @param {Manifest} manifest
 */
export function networkRows(editing, manifest) {
  const { draft, limits, edit, off } = editing;
  const [rows = 0, columns = 0] = manifest.image_shape;
  const parameters = countParameters(draft, rows * columns, manifest.classes.length);
  const full = draft.layers.length >= limits.layers;
  const heavy = parameters > limits.parameters;
  return html`<ol class="layers">
      <li class="layer fixed"><b>${rows} × ${columns}</b><span>${_("input")}</span></li>
      ${draft.layers.map((layer, position) => layerRow(editing, layer, position))}
      <li class="layer fixed"><b>${manifest.classes.length}</b><span>softmax</span></li>
    </ol>
    <div class="below-layers"><button class="add" data-testid="add-layer" ?disabled=${off || full}
      title=${full ? _("{count} hidden layers are the most here", { count: limits.layers }) : _("Add a hidden layer before the output")}
      @click=${() => edit((changed) => changed.layers.push({ ...NEW_LAYER, activation: changed.layers.at(-1)?.activation ?? NEW_LAYER.activation }))}>
      ${_("+ add a layer")}
    </button>
    <p class=${heavy ? "note refusal" : "note"}>
      ${ngettext("{count} parameter", "{count} parameters", parameters, { count: integer(parameters) })}
      ${heavy ? _("· {most} are the most here", { most: integer(limits.parameters) }) : ""}
    </p></div>
    ${editing.refusal && concerns(editing.refusal, "layers") && !/\[\d+\]/.test(editing.refusal.where) ? refusalText(editing.refusal) : ""}`;
}

/**
 * @param {Editing} editing
 * @param {import("../protocol").LayerFields} layer
 * @param {number} position
 */
function layerRow(editing, layer, position) {
  const { limits, edit, off, refusal } = editing;
  const field = `layers[${position}]`;
  const wrong = concerns(refusal, field);
  const name = _("hidden layer {number}", { number: position + 1 });
  return html`<li class="layer" ?data-wrong=${wrong}>
    <input type="number" data-testid="units-${position + 1}" inputmode="numeric" min="1" max=${limits.units} step="1" .value=${String(layer.units)}
      ?disabled=${off} aria-label=${_("Units of {layer}", { layer: name })} aria-invalid=${wrong ? "true" : "false"}
      title=${_("1 to {most} units", { most: limits.units })}
      @change=${(/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target);
        const units = readInteger(input.value, 1, limits.units) ?? layer.units;
        input.value = String(units);
        edit((changed) => (/** @type {import("../protocol").LayerFields} */ (changed.layers[position]).units = units));
      }} />
    <select data-testid="activation-${position + 1}" ?disabled=${off} aria-label=${_("Activation of {layer}", { layer: name })}
      @change=${(/** @type {Event} */ event) =>
        edit((changed) => (/** @type {import("../protocol").LayerFields} */ (changed.layers[position]).activation = /** @type {HTMLSelectElement} */ (event.target).value))}>
      ${options(limits.activations, layer.activation)}
    </select>
    <button class="remove" data-testid="remove-${position + 1}" ?disabled=${off} aria-label=${_("Remove {layer}", { layer: name })} title=${_("Remove {layer}", { layer: name })}
      @click=${() => edit((changed) => changed.layers.splice(position, 1))}>
      <svg aria-hidden="true"><use href="#symbol-close"></use></svg>
    </button>
    ${wrong && refusal ? refusalText(refusal) : ""}
  </li>`;
}

/**
 * @param {readonly string[]} names
 * @param {string} chosen
 */
export function options(names, chosen) {
  return names.map((name) => html`<option value=${name} .selected=${live(name === chosen)}>${displayName(name)}</option>`);
}

/** What the server said is wrong, beside the field. @param {import("../protocol").Refused} refusal */
export function refusalText(refusal) {
  return html`<p class="refusal" role="alert" data-testid="refusal">${refusal.message}</p>`;
}
