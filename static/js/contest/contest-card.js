/** The challenge on a member's page: what is to be done, one press to try, where one stands. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { board } from "./board.js";
import { whyNot } from "./words.js";

class ContestCard extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["contest", "workshop", "seat", "connection"];

  /** @override */
  static properties = { refusal: { state: true }, busy: { state: true } };

  constructor() {
    super();
    this.refusal = "";
    this.busy = false;
  }

  /** @override */
  render() {
    const { contest, workshop, seat, connection } = store.state;
    if (!contest || !workshop || seat?.person.role !== "member") return nothing;
    const { mine } = contest;
    const own = seat.place === "own";
    const off = this.busy || mine.running || connection.phase !== "live";
    return html`<section class="contest" data-testid="contest" aria-labelledby="contest-title">
      <div class="contest-line">
        <h2 id="contest-title">${_("Challenge: the best accuracy after {steps} steps", { steps: integer(contest.steps) })}</h2>
        ${contest.open && own ? html`<button class="primary" data-testid="attempt" ?disabled=${off} @click=${this.#attempt}>${mine.running ? _("Training…") : _("Try with this set-up")}</button>` : nothing}
      </div>
      <p class="contest-words" role="status" data-testid="contest-words">${this.refusal || whyNot(mine.failed) || words(contest, own, workshop.mode)}</p>
      <details><summary>${_("The board")}</summary>${board(contest, seat.person.id)}</details>
    </section>`;
  }

  #attempt = async () => {
    this.busy = true;
    const reply = await send({ type: "attempt" });
    this.busy = false;
    this.refusal = reply.type === "error" ? reply.message : "";
  };
}

/** @param {import("../protocol").Challenge} contest @param {boolean} own @param {string} mode */
function words(contest, own, mode) {
  const { rank, running } = contest.mine;
  const stands = rank === null ? "" : _("You are number {rank} of {count}.", { rank: integer(rank), count: integer(contest.entries) });
  if (!contest.open) return `${_("It is over.")} ${stands}`.trim();
  if (running) return _("Your run trains from step 0, exactly so far; then all held-out examples are read.");
  if (own) return `${stands} ${_("Choose a set-up; trying begins your run anew.")}`.trim();
  return `${stands} ${mode === "explore" ? _("Fork the run, choose a set-up, and try.") : _("It begins when the host lets everyone explore.")}`.trim();
}

customElements.define("contest-card", ContestCard);
