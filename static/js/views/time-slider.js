/** The run's time: where it stands between its beginning and its present, and the way back to any step of it. */
import { html, live, nothing } from "lit";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { latestOnly } from "../latest.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { steers } from "../workshop/steering.js";

const PAUSE = 150; // milliseconds without a move before one goes there
const FAR = 100; // steps of Page Up and Page Down

class TimeSlider extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["units"];

  /** @override @type {typeof Panel.watches} */
  static urgent = ["run", "connection", "seat"];

  /** @override */
  static rate = 10;

  /** The step one is going to, until the run stands there. @type {number | null} */
  #wanted = null;
  #timer = 0;
  #held = false;
  #seek = latestOnly(async (/** @type {number} */ step) => {
    const reply = await send({ type: "seek", step });
    if (reply.type === "error" && this.#wanted === step) this.#wanted = null;
    this.requestUpdate();
  });

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  /** @override */
  willUpdate() {
    const { run } = store.state;
    // A run that goes on is on its way to no step of its past any more.
    if (!this.#held && this.#timer === 0 && run && (run.step === this.#wanted || run.status === "running")) this.#wanted = null;
  }

  /** @override */
  render() {
    const { run, connection } = store.state;
    const history = run?.history;
    if (!run || !history) return nothing;
    const { beginning, visiting } = history;
    const standing = standsAt();
    const present = Math.max(history.present, visiting ? 0 : standing);
    const step = this.#wanted ?? standing;
    const off = connection.phase !== "live" || !steers() || present === beginning || run.status === "failed";
    const values = { step: integer(step), present: integer(present) };
    const text = _("step {step} of {present}", values);
    return html`<div class="time ${visiting ? "visiting" : ""}" data-testid="time" role="group" aria-label=${_("Time")}>
      <label>
        <span class="name">${_("Time")}</span>
        <input type="range" data-testid="time-slider" min=${beginning} max=${Math.max(present, beginning + 1)} step="1"
          .value=${live(String(step))} ?disabled=${off} aria-label=${_("Step of the run")} aria-valuetext=${text}
          title=${_("Drag back to any step of this run; the arrow keys go one step, Page Up and Down a hundred")}
          @pointerdown=${this.#grab} @pointerup=${this.#let} @input=${this.#move} @change=${this.#release} @keydown=${this.#key} />
      </label>
      <output data-testid="time-step">${text}</output>
      ${visiting
        ? html`<p class="where" role="status" data-testid="visiting">${_("Visiting step {step} of {present}; training on from here begins a branch.", {
              step: integer(standing),
              present: integer(present),
            })}</p>
            <button data-testid="to-present" ?disabled=${off} @click=${() => this.#go(history.present, 0)}>${_("Back to the present")}</button>`
        : this.#wanted !== null && this.#wanted !== standing
          ? html`<p class="where" role="status">${_("Going to step {step}…", { step: integer(this.#wanted) })}</p>`
          : nothing}
    </div>`;
  }

  #grab() {
    this.#held = true;
    this.#wanted = standsAt();
    if (store.state.run?.status === "running") void send({ type: "pause" });
  }

  #let() {
    this.#held = false;
    this.requestUpdate();
  }

  /** @param {Event} event */
  #move(event) {
    this.#go(Number(/** @type {HTMLInputElement} */ (event.target).value), PAUSE);
  }

  /** @param {Event} event */
  #release(event) {
    this.#held = false;
    this.#go(Number(/** @type {HTMLInputElement} */ (event.target).value), PAUSE);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const far = { PageUp: FAR, PageDown: -FAR }[event.key];
    const history = store.state.run?.history;
    if (!far || !history) return;
    event.preventDefault();
    const from = this.#wanted ?? standsAt();
    this.#go(Math.max(history.beginning, Math.min(history.present, from + far)), PAUSE);
  }

  /** @param {number} step @param {number} wait  milliseconds in which another wish may come */
  #go(step, wait) {
    this.#wanted = step;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      void this.#seek(step);
    }, wait);
    this.requestUpdate();
  }
}

/** A state says exactly where a run stands when it stops; on the way its frames do. */
function standsAt() {
  const { run, units } = store.state;
  if (!run) return 0;
  return run.status === "running" && units?.frame.run === run.run ? Math.max(run.step, units.frame.step) : run.step;
}

customElements.define("time-slider", TimeSlider);
