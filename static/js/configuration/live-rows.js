/** Hyper-parameters that change from the next step on, without a reset. */
import { html, live } from "lit";
import { _ } from "../i18n.js";
import { store } from "../store.js";
import { concerns } from "./draft.js";
import { refusalText } from "./network-rows.js";

/**
 * @typedef {import("./draft.js").LiveName} LiveName
 * @typedef {import("../protocol").OptimizerFields} OptimizerFields
 *
 * @typedef {object} LiveEditing
 * @property {OptimizerFields} optimizer  as the run has it
 * @property {number} most  the largest learning rate
 * @property {number | null} dragged  the learning rate under the finger
 * @property {import("../protocol").Refused | null} refusal
 * @property {boolean} off
 * @property {boolean} open  whether all of them are shown
 * @property {() => void} toggle
 * @property {(name: LiveName, value: number) => Promise<void>} set
 * @property {(value: number | null) => void} drag  null: let go
 */

const LEAST_RATE = 1e-5; // the left end of the slider; smaller rates can be typed
const POSITIONS = 200;

/** @param {LiveEditing} editing */
export function liveRows(editing) {
  const { optimizer, dragged, drag, off, refusal, most } = editing;
  const rate = dragged ?? optimizer.learning_rate;
  const shown = shortNumber(rate);
  const wrong = concerns(refusal, "learning_rate");
  return html`<label class="field">
      <span>${_("Learning rate")}</span>
      <input class="value" type="text" inputmode="decimal" data-testid="learning-rate" .value=${shown} ?disabled=${off}
        autocomplete="off" spellcheck="false" aria-invalid=${wrong ? "true" : "false"}
        @change=${(/** @type {Event} */ event) => typed(editing, "learning_rate", /** @type {HTMLInputElement} */ (event.target))} />
    </label>
    <div class="rate"><input type="range" data-testid="learning-rate-slider" min="0" max=${POSITIONS} step="1" ?disabled=${off}
      .value=${live(String(positionOf(rate, most)))} aria-label=${_("Learning rate")} aria-valuetext=${shown}
      @input=${(/** @type {Event} */ event) => drag(rateAt(Number(/** @type {HTMLInputElement} */ (event.target).value), most))}
      @change=${() => drag(null)} />
      <button class="toggle" data-testid="more" aria-expanded=${editing.open ? "true" : "false"} @click=${editing.toggle}>${editing.open ? _("less") : _("more")}</button>
    </div>
    ${wrong && refusal ? refusalText(refusal) : ""}
    ${editing.open ? rarerRows(editing) : ""}`;
}

/** @param {LiveEditing} editing */
function rarerRows(editing) {
  const { name } = editing.optimizer;
  return html`${["momentum", "nesterov"].includes(name) ? typedRow(editing, "momentum", _("Momentum")) : ""}
      ${["adam", "adamw"].includes(name) ? typedRow(editing, "beta1", "β₁") : ""}
      ${["adam", "adamw", "rmsprop"].includes(name) ? typedRow(editing, "beta2", "β₂") : ""}
      ${typedRow(editing, "weight_decay", _("Weight decay"))}
      ${typedRow(editing, "learning_rate_decay", _("Rate decay"), _("After t more steps the rate is: learning rate ÷ (1 + rate decay · t)"))}`;
}

/**
 * @param {LiveEditing} editing
 * @param {LiveName} name
 * @param {string} label
 * @param {string} [meaning]
 */
function typedRow(editing, name, label, meaning = "") {
  const wrong = concerns(editing.refusal, name);
  return html`<label class="field" title=${meaning}>
      <span>${label}</span>
      <input class="value" type="text" inputmode="decimal" data-testid=${name.replaceAll("_", "-")} autocomplete="off" spellcheck="false"
        .value=${shortNumber(editing.optimizer[name])} ?disabled=${editing.off} aria-invalid=${wrong ? "true" : "false"}
        @change=${(/** @type {Event} */ event) => typed(editing, name, /** @type {HTMLInputElement} */ (event.target))} />
    </label>
    ${wrong && editing.refusal ? refusalText(editing.refusal) : ""}`;
}

/**
 * @param {LiveEditing} editing
 * @param {LiveName} name
 * @param {HTMLInputElement} input
 */
async function typed(editing, name, input) {
  const value = Number(input.value.replace(",", "."));
  if (input.value.trim() !== "" && Number.isFinite(value)) await editing.set(name, value);
  // What was refused does not stay in the field: it shows what the run has.
  input.value = shortNumber(store.state.run?.spec.optimizer[name] ?? editing.optimizer[name]);
}

/** As one would type it: 0.1, 0.0006, 5e-5. @param {number} value */
function shortNumber(value) {
  return Math.abs(value) < 1e-4 && value !== 0 ? value.toExponential().replace("e-0", "e-") : String(Number(value.toPrecision(6)));
}

/**
 * @param {number} position
 * @param {number} most
 */
function rateAt(position, most) {
  const rate = LEAST_RATE * (most / LEAST_RATE) ** (position / POSITIONS);
  return Number(rate.toPrecision(2));
}

/**
 * @param {number} rate
 * @param {number} most
 */
function positionOf(rate, most) {
  const position = (POSITIONS * Math.log(Math.max(rate, LEAST_RATE) / LEAST_RATE)) / Math.log(most / LEAST_RATE);
  return Number.isFinite(position) ? Math.min(POSITIONS, Math.round(position)) : 0;
}
