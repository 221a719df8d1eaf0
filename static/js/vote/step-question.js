/**
 * Questions about the opened step, in the step's own dialog: the host asks about what is looked at, closes, reveals; the members
 * answer there too, for the dialog covers their page.
 */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import "./vote-card.js";
import { voteBars } from "./vote-bars.js";
import { decided, foreseen, isOfStep, sentence } from "./words.js";

/** @typedef {import("../opened/walk.js").Walk} Walk */
/** @typedef {import("../protocol").Asked} Asked */

class StepQuestion extends Panel {
  /** The open question that is on the screen. */
  #seen = "";

  /** @override @type {typeof Panel.watches} */
  static watches = ["vote", "workshop", "seat", "connection"];

  /** @override */
  static properties = { walk: { attribute: false }, refusal: { state: true } };

  constructor() {
    super();
    /** @type {Walk | null} */
    this.walk = null;
    this.refusal = "";
  }

  /** @override */
  render() {
    const { walk } = this;
    const { vote, workshop, seat } = store.state;
    if (!walk || !workshop || !seat) return nothing;
    if (seat.person.role !== "host") return html`<vote-card></vote-card>`;
    const shown = workshop.opened?.opening === walk.opened.opening;
    const current = vote && isOfStep(vote.question) && !(vote.decision && isStale(vote, walk)) ? vote : null;
    if (current) return this.#current(current);
    return shown && !(vote && !vote.decision) ? this.#asking(walk) : nothing;
  }

  /** A question that has just come is looked at, however far down one has read. @override */
  updated() {
    const now = store.state.vote?.open ? store.state.vote.id : "";
    if (now && now !== this.#seen) this.closest(".content")?.scrollTo(0, 0);
    this.#seen = now;
  }

  /** @param {Walk} walk */
  #asking(walk) {
    const { step } = walk.opened;
    const { address, index } = walk.weight;
    return html`<div class="step-ask" role="group" aria-label=${_("Ask the class")}>
      <span>${_("Ask the class:")}</span>
      ${this.#button("ask-weight", _("Which way will this weight move?"), { type: "ask_class", question: { about: "weight_moves", step, address, index: [...index] } })}
      ${this.#button("ask-loss", _("Will the loss fall?"), { type: "ask_class", question: { about: "loss_falls", step } })}
      ${this.#refused()}
    </div>`;
  }

  /** @param {Asked} vote */
  #current(vote) {
    const { id: question, open, decision } = vote;
    const host = store.state.workshop?.host.name ?? "";
    const state = open ? "open" : decision ? "decided" : "closed";
    return html`<section class="step-question" data-testid="step-question" data-state=${state} aria-label=${_("The question")}>
      <p class="step-asked">${sentence(vote.question)}</p>
      ${open ? html`<p class="note" role="status" data-testid="step-count">${_("{count} of {all} have answered", { count: integer(vote.answers), all: integer(vote.members) })}</p>` : voteBars(vote)}
      ${decision ? html`<p role="status" data-testid="step-revealed">${decided(vote, host)} <span class="note">${foreseen(vote)}</span></p>` : nothing}
      <div class="stage-actions">
        ${open ? this.#button("step-close", _("Close and show the answers"), { type: "close_answers", question }, "primary") : nothing}
        ${!open && !decision ? this.#button("step-reveal", _("Reveal what the step does"), { type: "decide", question, option: null }, "primary", () => this.#goThere(vote)) : nothing}
        ${this.#button("step-drop", open ? _("Take it back") : _("Put it away"), { type: "drop_question", question }, "quiet")}
        ${this.#refused()}
      </div>
    </section>`;
  }

  /** Where the numbers stand that decided. @param {Asked} vote */
  #goThere({ question }) {
    this.walk?.goTo(question.about === "weight_moves" ? "anatomy" : "promise");
  }

  #refused() {
    return this.refusal ? html`<span class="door-refusal" role="alert">${this.refusal}</span>` : nothing;
  }

  /**
   * @param {string} testid
   * @param {string} name
   * @param {import("../protocol").Command} command
   * @param {string} [kind]
   * @param {() => void} [then]
   */
  #button(testid, name, command, kind = "", then = () => undefined) {
    const press = async () => {
      const reply = await send(command);
      this.refusal = reply.type === "error" ? reply.message : "";
      if (reply.type === "error" && store.state.error === reply) store.set({ error: null }); // said here, where it was pressed
      if (reply.type !== "error") then();
    };
    return html`<button class=${kind} data-testid=${testid} ?disabled=${store.state.connection.phase !== "live"} @click=${press}>${name}</button>`;
  }
}

/** Whether a question that was decided was about another step. @param {Asked} vote @param {Walk} walk */
function isStale({ question }, walk) {
  return !("step" in question) || question.step !== walk.opened.step;
}

/** Whether the class is asked about this step and nothing is revealed yet: then nobody looks ahead. @param {number} step */
export function isSecret(step) {
  const { vote } = store.state;
  return Boolean(vote && !vote.decision && isOfStep(vote.question) && "step" in vote.question && vote.question.step === step);
}

customElements.define("step-question", StepQuestion);
