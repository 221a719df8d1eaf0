/** While a challenge goes on, above the pad: the digit that is asked for, what was read so far, and the way out. */
import { html, nothing } from "lit";
import { drawDigit } from "../digits.js";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { surely } from "../reading/certainty.js";
import { store } from "../store.js";
import { phrase } from "../views/phrase.js";
import { answer, askedNow, beginChallenge, isAnswered, leaveChallenge } from "./turns.js";

const SIDE = 28;

class ChallengeStrip extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["challenge", "reading", "drawn", "reader", "connection", "theme"];

  /** @override */
  render() {
    const { challenge, drawn, connection } = store.state;
    const { asked, turns, over } = challenge;
    this.toggleAttribute("hidden", asked.length === 0);
    if (asked.length === 0) return nothing;
    const now = askedNow();
    return html`<section class="challenge-strip ${over ? "over" : ""}" aria-label=${_("What to draw next")} data-testid="challenge">
      <p class="challenge-asked" role="status">${now === null ? this.#score() : phrase(_("Draw a {digit}"), { digit: html`<b data-testid="asked">${now}</b>` })}</p>
      <div class="challenge-actions">
        ${over
          ? html`<button class="primary" data-testid="again" @click=${beginChallenge}>${_("Again")}</button>
            <a class="button" href="#challenge-title">${_("What it misreads")}</a>`
          : html`<button class="primary" data-testid="answer" ?disabled=${!drawn?.pixels || connection.phase !== "live"} @click=${answer}>${drawn?.pixels && !isAnswered() ? _("Reading…") : _("That is it")}</button>`}
        <button class="quiet icon" data-testid="leave" aria-label=${_("Leave the challenge")} title=${_("Leave the challenge")} @click=${leaveChallenge}><svg aria-hidden="true"><use href="#symbol-close"></use></svg></button>
      </div>
      <ol class="challenge-track" data-testid="track">${asked.map((digit, i) => this.#place(digit, turns[i], i === turns.length && !over))}</ol>
      <p class="visually-hidden" role="status">${this.#verdict(turns.at(-1))}</p>
    </section>`;
  }

  #score() {
    const { turns } = store.state.challenge;
    const right = turns.filter(({ asked, read }) => asked === read).length;
    return phrase(_("{right} of {count} read rightly"), { right: html`<b data-testid="score">${integer(right)}</b>`, count: integer(turns.length) });
  }

  /** @param {number} digit @param {import("./turns.js").Turn | undefined} turn @param {boolean} isNow */
  #place(digit, turn, isNow) {
    if (!turn) return html`<li class=${isNow ? "now" : ""}><span>${isNow ? digit : ""}</span></li>`;
    return html`<li class=${turn.read === digit ? "right" : "wrong"} title=${this.#verdict(turn)}>
      <canvas width=${SIDE} height=${SIDE} aria-hidden="true"></canvas><span>${turn.read === digit ? digit : html`${digit}<b>→${turn.read}</b>`}</span></li>`;
  }

  /** @param {import("./turns.js").Turn | undefined} turn */
  #verdict(turn) {
    if (!turn) return "";
    const values = { asked: turn.asked, read: turn.read, share: surely(turn.prob) };
    return turn.asked === turn.read ? _("Your {asked} was read as {read} ({share}): right.", values) : _("Your {asked} was read as {read} ({share}): wrong.", values);
  }

  /** @override */
  updated() {
    const { challenge, theme } = store.state;
    this.querySelectorAll("canvas").forEach((canvas, i) => {
      const turn = challenge.turns[i];
      if (turn) drawDigit(canvas, turn.pixels, [SIDE, SIDE], theme);
    });
  }
}

customElements.define("challenge-strip", ChallengeStrip);
