/** Play, pause, one step, one epoch, back to the start, and how fast. */
import { html, live } from "lit";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { latestOnly } from "../latest.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { steers, whyNot } from "../workshop/steering.js";

const FASTEST = 4096; // steps a second that the slider names; beyond it stands full speed
const POSITIONS = 120; // the last one is full speed

class TransportBar extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["run", "connection", "seat", "workshop"];

  /** Where the slider is while it is dragged and until the server has said what it made of it. @type {number | null} */
  #dragged = null;
  #pace = latestOnly((/** @type {number | null} */ pace) => send({ type: "pace", steps_per_second: pace }));

  /** @override */
  render() {
    const { run, connection } = store.state;
    const running = run?.status === "running";
    const off = connection.phase !== "live" || !run || !steers();
    const ended = run?.status === "diverged" || run?.status === "failed" || run?.status === "finished";
    return html`<div class="transport" role="group" aria-label=${_("Training")}>
      ${playAndPause(running, off, off || ended)}
      <button data-testid="step-once" ?disabled=${off || ended} title=${_("Train on one minibatch, then pause (.)")}
        @click=${() => send({ type: "step" })}>${_("Step")}</button>
      <button data-testid="step-epoch" ?disabled=${off || ended} title=${_("Train for one epoch, then pause")}
        @click=${() => send({ type: "step", unit: "epoch" })}>${_("Epoch")}</button>
      <button class="icon" data-testid="reset" ?disabled=${off} aria-label=${_("Reset")}
        title=${_("Back to step 0 with the same seed (R)")} @click=${() => send({ type: "reset" })}>
        <svg aria-hidden="true"><use href="#symbol-reset"></use></svg>
      </button>
      <button class="icon" data-testid="new-seed" ?disabled=${off} aria-label=${_("New seed")}
        title=${_("Back to step 0 with the next seed")} @click=${newSeed}>
        <svg aria-hidden="true"><use href="#symbol-seed"></use></svg>
      </button>
      ${steers() ? this.#speed(run, off) : html`<p class="steered" data-testid="steered">${whyNot()}</p>`}
    </div>`;
  }

  /**
   * @param {import("../protocol").RunState | null} run
   * @param {boolean} off
   */
  #speed(run, off) {
    const position = this.#dragged ?? positionOf(run ? run.steps_per_second : 64);
    const pace = this.#dragged === null && run ? run.steps_per_second : paceAt(position);
    const text = pace === null ? _("full speed") : _("{rate}/s", { rate: integer(pace) });
    const spoken = pace === null ? _("full speed") : _("{rate} steps a second", { rate: integer(pace) });
    return html`<label class="speed">
      <span class="end">${_("slow")}</span>
      <input type="range" data-testid="speed" min="0" max=${POSITIONS} step="1" .value=${live(String(position))}
        ?disabled=${off} aria-label=${_("Speed")} aria-valuetext=${spoken} title=${spoken}
        @input=${this.#drag} @change=${this.#release} />
      <output class="end">${text}</output>
    </label>`;
  }

  /** @param {Event} event */
  #drag(event) {
    this.#dragged = Number(/** @type {HTMLInputElement} */ (event.target).value);
    void this.#pace(paceAt(this.#dragged));
    this.requestUpdate();
  }

  /** @param {Event} event */
  async #release(event) {
    await this.#pace(paceAt(Number(/** @type {HTMLInputElement} */ (event.target).value)));
    this.#dragged = null;
    this.requestUpdate();
  }
}

/**
 * Both buttons stand in one place; the one that would do nothing is hidden. The focus stays in that place.
 * @param {boolean} running
 * @param {boolean} off
 * @param {boolean} cannotPlay
 */
function playAndPause(running, off, cannotPlay) {
  return html`<button class="primary" data-testid="play" ?hidden=${running} ?disabled=${cannotPlay} aria-label=${_("Play")}
      title=${_("Play (Space)")} @click=${(/** @type {MouseEvent} */ event) => press(event, { type: "play" })}>
      <svg aria-hidden="true"><use href="#symbol-play"></use></svg>
    </button>
    <button class="primary" data-testid="pause" ?hidden=${!running} ?disabled=${off} aria-label=${_("Pause")}
      title=${_("Pause (Space)")} @click=${(/** @type {MouseEvent} */ event) => press(event, { type: "pause" })}>
      <svg aria-hidden="true"><use href="#symbol-pause"></use></svg>
    </button>`;
}

/**
 * @param {MouseEvent} event
 * @param {import("../protocol").Play | import("../protocol").Pause} command
 */
async function press(event, command) {
  const pressed = /** @type {HTMLElement} */ (event.currentTarget);
  await send(command);
  await /** @type {TransportBar} */ (pressed.closest("transport-bar")).updateComplete;
  if (!pressed.hidden || (document.activeElement !== pressed && document.activeElement !== document.body)) return;
  /** @type {HTMLElement | null} */ (pressed.parentElement?.querySelector(".primary:not([hidden])"))?.focus();
}

function newSeed() {
  const seed = store.state.run?.spec.seed ?? 0;
  return send({ type: "reset", seed: (seed + 1) % 2 ** 32 });
}

/** @param {number} position */
function paceAt(position) {
  if (position >= POSITIONS) return null;
  const pace = FASTEST ** (position / (POSITIONS - 1));
  return pace < 10 ? Math.round(pace * 10) / 10 : Math.round(pace);
}

/** @param {number | null} pace */
function positionOf(pace) {
  if (pace === null) return POSITIONS;
  const position = ((POSITIONS - 1) * Math.log(Math.max(1, pace))) / Math.log(FASTEST);
  return Math.min(POSITIONS - 1, Math.round(position));
}

customElements.define("transport-bar", TransportBar);
