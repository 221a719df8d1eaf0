/** The challenge as a whole: how to take it, how one and the network confuse digits, and what to do about it. */
import { html, nothing } from "lit";
import { CLASSES } from "../collection/drawings.js";
import { drawDigit } from "../digits.js";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { readerTitle } from "../reading/reader-choice.js";
import { store } from "../store.js";
import { confusionTable } from "../views/confusion-table.js";
import { phrase } from "../views/phrase.js";
import { mistakesOf, scoreOf } from "./tally.js";
import { beginChallenge, forgetTally, keepTurns, tallyName } from "./turns.js";

const SIDE = 28;
const SAID = 3; // mistakes
const NOTHING_ASKED = Array.from({ length: CLASSES }, () => Array.from({ length: CLASSES }, () => 0));

class ChallengeCard extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["challenge", "reader", "readers", "theme", "collection"];

  static properties = { keeping: { state: true } };

  constructor() {
    super();
    /** Whether the misread drawings were put into the collection. */
    this.keeping = false;
  }

  /** @override */
  render() {
    const { challenge, reader } = store.state;
    const tally = challenge.tallies[tallyName(reader)];
    const { right, all } = scoreOf(tally);
    return html`<section class="challenge" aria-labelledby="challenge-title" data-testid="challenge-card">
      <div>
        <h2 id="challenge-title">${_("Challenge")}</h2>
        <p class="teach-words">${_("Ten digits, asked for in turn. Draw each as you would write it; the network says what it reads. You see where the two of you misunderstand each other.")}</p>
        <div class="teach-actions"><button class="primary" data-testid="take-challenge" @click=${this.#begin}>${challenge.asked.length ? _("Begin anew") : _("Take the challenge")}</button></div>
        ${all ? html`<p class="challenge-score">${phrase(_("{network} has read {right} of your {all} drawings rightly."), {
          network: html`<b>${readerTitle(reader)}</b>`, right: html`<b data-testid="tally-right">${integer(right)}</b>`, all: html`<span data-testid="tally-all">${integer(all)}</span>`,
        })}</p>${this.#mistakes(tally)}` : nothing}
        ${this.#misread(challenge.misread)}
      </div>
      <div>${confusionTable(tally ?? NOTHING_ASKED, { caption: _("Rows: what was asked for. Columns: what was read.") })}
        ${all ? html`<button class="quiet" data-testid="forget-tally" @click=${forgetTally}>${_("Forget these counts")}</button>` : nothing}</div>
    </section>`;
  }

  /** @param {import("./tally.js").Tally | undefined} tally */
  #mistakes(tally) {
    const mistakes = mistakesOf(tally).slice(0, SAID);
    if (mistakes.length === 0) return html`<p class="teach-words">${_("It has not misread a single one yet. Try a hand that is less neat.")}</p>`;
    return html`<ul class="mistakes" data-testid="mistakes">${mistakes.map(({ asked, read, count, of }) => html`<li>${phrase(
      ngettext("Your {asked} it reads as {read}: {count} of {of} time.", "Your {asked} it reads as {read}: {count} of {of} times.", of),
      { asked: html`<b>${asked}</b>`, read: html`<b class="misread">${read}</b>`, count: integer(count), of: integer(of) },
    )}</li>`)}</ul>`;
  }

  /** @param {readonly import("./turns.js").Turn[]} turns */
  #misread(turns) {
    if (turns.length === 0) return nothing;
    return html`<ol class="misread-drawings" data-testid="misread">${turns.map(({ asked, read }) => html`<li><canvas width=${SIDE} height=${SIDE} aria-hidden="true"></canvas><span>${asked} <b>→ ${read}</b></span></li>`)}</ol>
      <div class="teach-actions"><button data-testid="keep-misread" title=${_("As what was asked for; then a network can practise on them")} @click=${() => this.#keep(turns)}>${_("Keep these in your drawings")}</button></div>
      <p class="note" role="status">${this.keeping ? store.state.collection.said : ""}</p>`;
  }

  /** @override */
  updated() {
    const { challenge, theme } = store.state;
    this.querySelectorAll(".misread-drawings canvas").forEach((canvas, i) => {
      const turn = challenge.misread[i];
      if (turn) drawDigit(/** @type {HTMLCanvasElement} */ (canvas), turn.pixels, [SIDE, SIDE], theme);
    });
  }

  #begin() {
    beginChallenge();
    document.querySelector("sketch-pad")?.scrollIntoView({ block: "center" });
  }

  /** @param {readonly import("./turns.js").Turn[]} turns */
  #keep(turns) {
    this.keeping = true;
    void keepTurns(turns);
  }
}

customElements.define("challenge-card", ChallengeCard);
