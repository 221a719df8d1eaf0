/** The host's question on a member's page: answered by one press, then seen with what all answered and what came out. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { voteBars } from "./vote-bars.js";
import { decided, foreseen, isOfStep, optionsOf, sentence } from "./words.js";

class VoteCard extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["vote", "workshop", "seat", "connection"];

  /** @override */
  static properties = { away: { state: true }, refusal: { state: true } };

  constructor() {
    super();
    /** The question that was put away after it was decided. */
    this.away = "";
    this.refusal = "";
  }

  /** @override */
  render() {
    const { vote, workshop, seat } = store.state;
    if (!vote || !workshop || seat?.person.role !== "member" || this.away === vote.id) return nothing;
    const state = vote.open ? "open" : vote.decision ? "decided" : "closed";
    return html`<section class="vote" data-testid="vote" data-state=${state} aria-label=${sentence(vote.question)}>
      <p class="vote-who">${_("{name} asks", { name: workshop.host.name })}</p>
      <h2 class="vote-question" data-testid="vote-question">${sentence(vote.question)}</h2>
      ${vote.open ? this.#options(vote) : voteBars(vote)}
      <p class="vote-state" role="status" data-testid="vote-state">${this.refusal || words(vote, workshop.host.name)}</p>
      ${vote.decision ? html`<button class="quiet vote-away" data-testid="vote-away" @click=${() => (this.away = vote.id)}>${_("Put it away")}</button>` : nothing}
    </section>`;
  }

  /** @param {import("../protocol").Asked} vote */
  #options(vote) {
    const off = store.state.connection.phase !== "live";
    const options = optionsOf(vote.question);
    return html`<div class="vote-options ${options.every((name) => name.length <= 2) ? "short" : ""}" role="group" aria-label=${_("Your answer")}>
      ${options.map((name, option) => html`<button class="vote-option" data-testid="vote-${option}" aria-pressed=${vote.mine === option ? "true" : "false"} ?disabled=${off}
        @click=${() => this.#answer(vote, option)}>${name}</button>`)}
    </div>`;
  }

  /** @param {import("../protocol").Asked} vote @param {number} option */
  async #answer(vote, option) {
    const reply = await send({ type: "answer_class", question: vote.id, option });
    this.refusal = reply.type === "error" ? reply.message : "";
    if (reply.type !== "error" && store.state.vote?.id === vote.id) store.set({ vote: { ...store.state.vote, mine: option } });
  }
}

/** @param {import("../protocol").Asked} vote @param {string} host */
function words(vote, host) {
  const counts = { count: integer(vote.answers), all: integer(vote.members) };
  if (vote.open) return vote.mine === null ? _("{count} of {all} have answered.", counts) : _("Answered; you may change it. {count} of {all} have answered.", counts);
  if (!vote.decision) return vote.question.about === "own_words" || isOfStep(vote.question) ? "" : _("No more answers: now the run decides.");
  return `${decided(vote, host)} ${foreseen(vote)}`.trim();
}

customElements.define("vote-card", VoteCard);
