/** Hyper-parameters that change from the next step on, without a reset. */
import { html, live, nothing } from "lit";
import { _ } from "../i18n.js";
import { concerns } from "./draft.js";
import { options, refusalBeside, shortNumber } from "./rows.js";
import { planPicture } from "./schedule-plan.js";
import { SHAPED_BY } from "./schedule.js";

/**
 * @typedef {import("./draft.js").LiveName} LiveName
 * @typedef {import("../protocol").OptimizerFields} OptimizerFields
 *
 * @typedef {object} LiveEditing
 * @property {OptimizerFields} optimizer  as the run has it
 * @property {import("../protocol").Limits} limits
 * @property {number | null} dragged  the learning rate under the finger
 * @property {import("../protocol").Refused | null} refusal
 * @property {boolean} off
 * @property {(name: LiveName | "schedule", value: number | string) => Promise<void>} set
 * @property {(value: number | null) => void} drag  null: let go
 * @property {() => OptimizerFields} now  as the run has it by then
 */

const LEAST_RATE = 1e-5; // the left end of the slider; smaller rates can be typed
const POSITIONS = 200;

/** The learning rate, which is always in sight. @param {LiveEditing} editing */
export function rateRows(editing) {
  const { optimizer, dragged, drag, off, limits } = editing;
  const rate = dragged ?? optimizer.learning_rate;
  const most = limits.learning_rate;
  return html`${typedRow(editing, "learning_rate", _("Learning rate"), "", rate)}
    <div class="rate"><input type="range" data-testid="learning-rate-slider" min="0" max=${POSITIONS} step="1" ?disabled=${off}
      .value=${live(String(positionOf(rate, most)))} aria-label=${_("Learning rate")} aria-valuetext=${shortNumber(rate)}
      @input=${(/** @type {Event} */ event) => drag(rateAt(Number(/** @type {HTMLInputElement} */ (event.target).value), most))}
      @change=${() => drag(null)} />
    </div>`;
}

/** All the others. @param {LiveEditing} editing */
export function liveRows(editing) {
  const { name } = editing.optimizer;
  return html`<p class="caption">${_("Changes at once")}</p>
    ${["momentum", "nesterov"].includes(name) ? typedRow(editing, "momentum", _("Momentum")) : nothing}
    ${["adam", "adamw"].includes(name) ? typedRow(editing, "beta1", "β₁") : nothing}
    ${["adam", "adamw", "rmsprop"].includes(name) ? typedRow(editing, "beta2", "β₂") : nothing}
    ${typedRow(editing, "weight_decay", _("Weight decay"), _("Pulls every weight towards 0, the more the larger it is (L2)"))}
    ${typedRow(editing, "l1", "L1", _("Pulls every weight towards 0, each as much as any other"))}
    ${typedRow(editing, "clip_norm", _("Clip norm"), _("The longest a gradient may be; 0: as long as it is"))} ${scheduleRows(editing)}`;
}

/** @param {LiveEditing} editing */
function scheduleRows(editing) {
  const { optimizer, limits, off, refusal, set } = editing;
  const shaped = SHAPED_BY[optimizer.schedule] ?? [];
  return html`<label class="field" title=${_("How the learning rate changes with the steps")}>
      <span>${_("Schedule")}</span>
      <select class="value" data-testid="schedule" ?disabled=${off}
        @change=${(/** @type {Event} */ event) => set("schedule", /** @type {HTMLSelectElement} */ (event.target).value)}>
        ${options(limits.schedules, optimizer.schedule)}
      </select>
    </label>
    ${refusalBeside(refusal, "schedule")}
    ${shaped.includes("schedule_steps") ? typedRow(editing, "schedule_steps", _("Over steps")) : nothing}
    ${shaped.includes("schedule_factor") ? typedRow(editing, "schedule_factor", _("Down to the share"), _("What is left of the learning rate after so many steps")) : nothing}
    ${shaped.includes("learning_rate_decay")
      ? typedRow(editing, "learning_rate_decay", _("Rate decay"), _("After t more steps the rate is: learning rate ÷ (1 + rate decay · t)"))
      : nothing}
    ${typedRow(editing, "warmup_steps", _("Warm-up steps"), _("The rate rises evenly over so many steps before the schedule begins"))}
    ${planPicture(optimizer)}`;
}

/**
 * @param {LiveEditing} editing
 * @param {LiveName} name
 * @param {string} label
 * @param {string} [meaning]
 * @param {number} [value]
 */
function typedRow(editing, name, label, meaning = "", value = editing.optimizer[name]) {
  const wrong = concerns(editing.refusal, name);
  return html`<label class="field" title=${meaning || nothing}>
      <span>${label}</span>
      <input class="value" type="text" inputmode="decimal" data-testid=${name.replaceAll("_", "-")} autocomplete="off" spellcheck="false"
        .value=${shortNumber(value)} ?disabled=${editing.off} aria-invalid=${wrong ? "true" : "false"}
        @change=${(/** @type {Event} */ event) => typed(editing, name, /** @type {HTMLInputElement} */ (event.target))} />
    </label>
    ${refusalBeside(editing.refusal, name)}`;
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
  input.value = shortNumber(editing.now()[name]);
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
