/** The challenge as the host's page shows it to the room: begun with a number of steps, then the board as it fills. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import "../workshop/take-home.js";
import { board } from "./board.js";

const USUAL_STEPS = 500;
const LEAST_STEPS = 100;
const MOST_STEPS = 20_000;

class ClassContest extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["contest", "workshop", "connection"];

  /** @override */
  static properties = { steps: { state: true }, refusal: { state: true } };

  constructor() {
    super();
    this.steps = String(USUAL_STEPS);
    this.refusal = "";
  }

  /** @override */
  render() {
    const { contest, workshop, connection } = store.state;
    if (!workshop) return nothing;
    const off = connection.phase !== "live";
    if (!contest) return this.#form(off);
    return html`<section class="stage" data-testid="contest-stage" aria-labelledby="contest-stage-title">
      <h2 id="contest-stage-title" class="stage-question">${_("The best accuracy after {steps} steps", { steps: integer(contest.steps) })}</h2>
      <p class="stage-count" role="status">${contest.open
        ? ngettext("{count} attempt is under way", "{count} attempts are under way", contest.running, { count: integer(contest.running) })
        : _("It is over.")}</p>
      ${contest.open && workshop.mode === "follow" ? html`<p class="stage-hint">${_("Everyone follows you now. Let them explore, so that they can try.")}</p>` : nothing}
      ${board(contest, "")}
      <div class="stage-actions">
        <button data-testid="end-challenge" ?disabled=${off} @click=${() => send({ type: "end_challenge" })}>${contest.open ? _("End the challenge") : _("Take the board away")}</button>
        <take-home></take-home>
      </div>
    </section>`;
  }

  /** @param {boolean} off */
  #form(off) {
    const steps = Number(this.steps);
    const valid = Number.isInteger(steps) && steps >= LEAST_STEPS && steps <= MOST_STEPS;
    return html`<form class="stage" data-testid="contest-form" @submit=${this.#begin}>
      <h2 class="stage-title">${_("Challenge the class")}</h2>
      <p class="stage-question">${_("Whose network reads most held-out digits after the same number of steps?")}</p>
      <div class="stage-fields"><label class="field">${_("steps")}<input type="number" required min=${LEAST_STEPS} max=${MOST_STEPS} step="1" data-testid="contest-steps" .value=${this.steps}
        @input=${(/** @type {Event} */ event) => (this.steps = /** @type {HTMLInputElement} */ (event.target).value)} /></label></div>
      <div class="stage-actions">
        <button class="primary" type="submit" data-testid="begin-challenge" ?disabled=${off || !valid}>${_("Begin the challenge")}</button>
      </div>
      <p class="door-refusal" role="alert">${this.refusal}</p>
      <p class="note">${_("Everyone tries in a run of their own, as often as they like. Each attempt begins at step 0 on the data set of your run, trains exactly so many steps, and is tested on the whole held-out split.")}</p>
    </form>`;
  }

  /** @param {Event} event */
  #begin = async (event) => {
    event.preventDefault();
    const reply = await send({ type: "begin_challenge", steps: Number(this.steps) });
    this.refusal = reply.type === "error" ? reply.message : "";
  };
}

customElements.define("class-contest", ClassContest);
