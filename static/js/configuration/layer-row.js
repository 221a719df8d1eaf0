/** One hidden layer as a row: its size and activation, opened for the rest; and why it does not fit, if it does not. */
import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { concerns, readNumber } from "./draft.js";
import { activationOf, NEW_LAYERS, NUMBERS, numberIn, rangeOf } from "./kinds.js";
import { displayName, numberName } from "./names.js";
import { numberRow, options, refusalText, selectRow, shortNumber } from "./rows.js";
import { writeShape } from "./shapes.js";

/**
 * @typedef {import("./rows.js").Editing} Editing
 * @typedef {import("../protocol").LayerFields} LayerFields
 */

/**
 * @param {Editing} editing
 * @param {LayerFields} layer
 * @param {number} position
 * @param {boolean} open
 * @param {() => void} toggle
 */
export function layerRow(editing, layer, position, open, toggle) {
  const { draft, fit, off, edit, refusal } = editing;
  const number = position + 1;
  const wrong = concerns(refusal, `layers[${position}]`);
  const misfit = fit.misfit?.at === position ? fit.misfit : null;
  const shape = fit.shapes[position];
  const name = _("hidden layer {number}", { number });
  const remove = _("Remove {layer}", { layer: name });
  return html`<li class="layer" data-testid="layer-${number}" ?data-wrong=${wrong || Boolean(misfit)}>
    <div class="head">
      <button class="kind" data-testid="open-layer-${number}" aria-expanded=${open ? "true" : "false"} ?disabled=${off} aria-label=${_("More of {layer}: {kind}", { layer: name, kind: displayName(layer.kind) })}
        @click=${toggle}>${displayName(layer.kind)}</button>
      ${layer.kind === "dense" ? denseFields(editing, layer, position) : html`<span class="brief">${brief(layer)}</span>`}
      ${layer.kind === "dense" ? nothing : html`<span class="shape" data-testid="shape-${number}" title=${_("The shape of what it hands on")}>${shape ? writeShape(shape) : ""}</span>`}
      <button class="remove" data-testid="remove-${number}" ?disabled=${off} aria-label=${remove} title=${remove}
        @click=${() => edit((spec) => void spec.layers.splice(position, 1))}>
        <svg aria-hidden="true"><use href="#symbol-close"></use></svg>
      </button>
    </div>
    ${open ? opened() : nothing} ${misfit ? misfitText(editing, misfit) : nothing}
    ${wrong && refusal && !misfit ? refusalText(refusal) : nothing}
  </li>`;

  function opened() {
    const activation = activationOf(layer);
    return html`<div class="more">
      ${layer.kind === "dense" ? nothing : NUMBERS[layer.kind].map((field) => numberField(editing, layer, position, field))}
      ${layer.kind !== "dense" && activation !== undefined
        ? selectRow({
            label: _("Activation"),
            testid: `activation-${number}`,
            names: editing.limits.activations,
            chosen: activation,
            off,
            choose: (chosen) => edit((spec) => void Object.assign(spec.layers[position] ?? {}, { activation: chosen })),
          })
        : nothing}
      <div class="moves">
        ${moveButton(-1, position > 0, _("Move {layer} towards the input", { layer: name }), "up")}
        ${moveButton(1, position < draft.layers.length - 1, _("Move {layer} towards the output", { layer: name }), "down")}
      </div>
    </div>`;
  }

  /** @param {-1 | 1} by @param {boolean} possible @param {string} label @param {"up" | "down"} word */
  function moveButton(by, possible, label, word) {
    return html`<button class="move" data-testid="${word}-${number}" ?disabled=${off || !possible} aria-label=${label} title=${label}
      @click=${() => edit((spec) => void spec.layers.splice(position + by, 0, ...spec.layers.splice(position, 1)))}>
      <svg aria-hidden="true" class=${word}><use href="#symbol-down"></use></svg>
    </button>`;
  }
}

/**
 * @param {Editing} editing
 * @param {Extract<LayerFields, { kind: "dense" }>} layer
 * @param {number} position
 */
function denseFields({ limits, off, edit, refusal }, layer, position) {
  const name = _("hidden layer {number}", { number: position + 1 });
  const wrong = concerns(refusal, `layers[${position}].units`);
  return html`<input type="number" data-testid="units-${position + 1}" inputmode="numeric" min="1" max=${limits.units} step="1" .value=${String(layer.units)}
      ?disabled=${off} aria-label=${_("Units of {layer}", { layer: name })} aria-invalid=${wrong ? "true" : "false"}
      title=${_("1 to {most} units", { most: limits.units })}
      @change=${(/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target);
        const units = readNumber(input.value, { least: 1, most: limits.units }) ?? layer.units;
        input.value = String(units);
        edit((spec) => void Object.assign(spec.layers[position] ?? {}, { units }));
      }} />
    <select data-testid="activation-${position + 1}" ?disabled=${off} aria-label=${_("Activation of {layer}", { layer: name })}
      @change=${(/** @type {Event} */ event) =>
        edit((spec) => void Object.assign(spec.layers[position] ?? {}, { activation: /** @type {HTMLSelectElement} */ (event.target).value }))}>
      ${options(limits.activations, layer.activation)}
    </select>`;
}

/**
 * @param {Editing} editing
 * @param {LayerFields} layer
 * @param {number} position
 * @param {import("./kinds.js").NumberName} field
 */
function numberField({ limits, off, edit }, layer, position, field) {
  return numberRow({
    label: numberName(field),
    testid: `${field}-${position + 1}`,
    value: numberIn(layer, field) ?? 0,
    ...rangeOf(field, limits),
    off,
    change: (value) => edit((spec) => void Object.assign(spec.layers[position] ?? {}, { [field]: value })),
  });
}

/** What is chosen in a closed row. @param {LayerFields} layer */
function brief(layer) {
  const activation = activationOf(layer);
  const words = activation && activation !== "linear" ? displayName(activation) : "";
  switch (layer.kind) {
    case "conv":
      return `${layer.kernel}×${layer.kernel} ${words}`;
    case "max_pool":
    case "average_pool":
      return `${layer.size}×${layer.size}`;
    case "dropout":
      return shortNumber(layer.rate);
    case "residual":
      return `+${layer.skip} ${words}`;
    default:
      return words;
  }
}

/**
 * Why a layer does not fit, and what can be done about it.
 * @param {Editing} editing
 * @param {import("./shapes.js").Misfit} misfit
 */
export function misfitText({ edit, off }, { at, code, values }) {
  return html`<p class="refusal" role="status" data-testid="misfit">${misfitWords(code, values)}</p>
    ${code === "row_expected"
      ? html`<button class="mend" data-testid="add-flatten" ?disabled=${off}
          @click=${() => edit((spec) => void spec.layers.splice(at, 0, structuredClone(NEW_LAYERS.flatten)))}>${_("Put a flatten layer there")}</button>`
      : nothing}`;
}

/** @param {import("./shapes.js").Misfit["code"]} code @param {Record<string, string | number>} values */
function misfitWords(code, values) {
  switch (code) {
    case "row_expected":
      return _("It takes a row of numbers, but images of {shape} reach it.", values);
    case "image_expected":
      return _("It takes images, but a row of {shape} numbers reaches it.", values);
    case "kernel_too_large":
      return _("Its kernel of {kernel}×{kernel} is larger than the image with its padding, {height}×{width}.", values);
    case "pool_too_large":
      return _("Its window of {size}×{size} is larger than the image, {height}×{width}.", values);
    case "skip_too_long":
      return _("It goes back {skip} layers, but there are only {count} before it.", values);
    default:
      return _("It adds {skipped} numbers to {added}: both must have the same shape.", values);
  }
}
