/** The question as the host's page shows it to the room: how many have answered, then what; and the host's hand on it. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { voteBars } from "./vote-bars.js";
import "./earlier-questions.js";
import "./question-curve.js";
import "./vote-form.js";
import { decided, foreseen, isOfStep, optionsOf, sentence } from "./words.js";

class ClassQuestion extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["vote", "workshop", "connection"];

  /** @override */
  render() {
    const { vote, workshop, connection } = store.state;
    if (!workshop) return nothing;
    if (!vote) return html`<div class="stage"><h2 class="stage-title">${_("Ask everyone, then see what comes")}</h2><vote-form></vote-form><earlier-questions></earlier-questions></div>`;
    const off = connection.phase !== "live";
    return html`<section class="stage" data-testid="question" data-state=${vote.open ? "open" : vote.decision ? "decided" : "closed"} aria-labelledby="stage-question">
      <h2 id="stage-question" class="stage-question">${sentence(vote.question)}</h2>
      ${vote.open ? waiting(vote) : voteBars(vote)}
      ${vote.decision ? html`<p class="stage-decided" role="status" data-testid="decided">${decided(vote, workshop.host.name)} <span>${foreseen(vote)}</span></p>` : nothing}
      ${!vote.open && !vote.decision ? this.#deciding(vote, off) : nothing}
      <question-curve></question-curve>
      <div class="stage-actions">
        ${vote.open ? html`<button class="primary" data-testid="close-answers" ?disabled=${off} @click=${() => send({ type: "close_answers", question: vote.id })}>${_("Close and show the answers")}</button>` : nothing}
        <button data-testid="drop-question" ?disabled=${off} @click=${() => send({ type: "drop_question", question: vote.id })}>${vote.open ? _("Take it back") : _("Ask another")}</button>
      </div>
      ${vote.question.about === "own_words" || isOfStep(vote.question) ? nothing : html`<div class="stage-run"><transport-bar></transport-bar><run-figures></run-figures></div>`}
    </section>`;
  }

  /** @param {import("../protocol").Asked} vote @param {boolean} off */
  #deciding(vote, off) {
    if (isOfStep(vote.question)) {
      return html`<div class="vote-decide"><button class="primary" data-testid="reveal" ?disabled=${off} @click=${() => send({ type: "decide", question: vote.id, option: null })}>${_("Reveal what the step does")}</button></div>`;
    }
    if (vote.question.about !== "own_words") {
      return html`<p class="note" role="status">${_("Let the run train: at step {step} it decides.", { step: integer(vote.question.step) })}</p>`;
    }
    return html`<div class="vote-decide" role="group" aria-label=${_("Which answer is right?")}>
      <span>${_("Which answer is right?")}</span>
      ${optionsOf(vote.question).map((name, option) => html`<button data-testid="decide-${option}" ?disabled=${off} @click=${() => send({ type: "decide", question: vote.id, option })}>${name}</button>`)}
      <button class="quiet" data-testid="decide-none" ?disabled=${off} @click=${() => send({ type: "decide", question: vote.id, option: null })}>${_("None of them")}</button>
    </div>`;
  }
}

/** While it is open only the count shows: what others answered would be what one answers. @param {import("../protocol").Asked} vote */
function waiting(vote) {
  return html`<ul class="stage-options">${optionsOf(vote.question).map((name) => html`<li>${name}</li>`)}</ul>
    <p class="stage-count" role="status" data-testid="vote-count">${_("{count} of {all} have answered", { count: integer(vote.answers), all: integer(vote.members) })}</p>`;
}

customElements.define("class-question", ClassQuestion);
