/** Practice: have a copy of the network learn somebody's own drawings, and see what it gains and what it forgets. */
import { html, nothing, svg } from "lit";
import { fixed, integer, number, percent } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { countsOf } from "../collection/drawings.js";
import { takeBack } from "../lesson/lesson.js";
import { readerTitle } from "../reading/reader-choice.js";
import { store } from "../store.js";
import { phrase } from "../views/phrase.js";
import { part, practiceCurve } from "./practice-curve.js";
import { practiceWords } from "./words.js";
import { canPractise, changePractice, isInEffect, practise, RATES, SHARES, STEPS } from "./practice.js";

/** @typedef {import("../protocol").Score} Score */

class PracticeCard extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["practice", "collection", "reader", "readers", "lesson", "connection"];

  /** @override */
  render() {
    const { practice, connection, reader, readers, lesson } = store.state;
    const train = countsOf(store.state.collection.drawings ?? []).reduce((sum, count) => sum + count.train, 0);
    const off = practice.busy || lesson.busy || connection.phase !== "live" || !readers[reader]?.opened;
    const [last] = practice.tries;
    return html`<section class="practice" aria-labelledby="practice-title" data-testid="practice">
      <h2 id="practice-title">${_("Practise on your drawings")}</h2>
      ${canPractise() ? html`
        <p class="teach-words">${phrase(ngettext("{network} learns your {count} drawing, in a copy: the original stays as it is.", "{network} learns your {count} drawings, in a copy: the original stays as it is.", train), {
          network: html`<b>${readerTitle(reader)}</b>`,
          count: html`<b>${integer(train)}</b>`,
        })}</p>
        ${this.#choices(practice, off)}
        <div class="teach-actions">
          <button class="primary teach-apply" data-testid="practise" ?disabled=${off} @click=${() => void practise()}>${practice.busy ? _("Practising…") : _("Practise")}</button>
          <button data-testid="undo-practice" ?disabled=${off || !last || !isInEffect(last.answer)} @click=${() => void takeBack(1)}>${_("Undo the practice")}</button>
        </div>` : html`<p class="teach-words">${_("Keep a few drawings of each digit first. Then a copy of the network can learn to read your hand, and you see what it forgets for it.")}</p>`}
      <div role="status">${practice.refusal ? html`<p class="teach-words refused" data-testid="practice-refused">${practice.refusal}</p>` : nothing}
        ${practice.busy ? html`<p class="teach-words" data-testid="practising">${practiceWords(practice.progress)}</p>` : nothing}</div>
      ${practice.busy ? this.#way(practice.progress) : last ? this.#result(last) : nothing}
      ${practice.tries.length > 1 ? this.#tries(practice.tries) : nothing}
    </section>`;
  }

  /** @param {import("./practice.js").Practice} practice @param {boolean} off */
  #choices({ share, steps, rate }, off) {
    return html`<div class="practice-choices">
      <label class="practice-share"><span>${_("MNIST mixed in")}</span>
        <input type="range" data-testid="mnist-share" min="0" max=${SHARES.most} step=${SHARES.step} .value=${String(share)} ?disabled=${off}
          aria-valuetext=${percent(share, 0)} @input=${(/** @type {InputEvent} */ event) => changePractice({ share: Number(/** @type {HTMLInputElement} */ (event.target).value) })} />
        <span class="share-words" data-testid="share-words">${share === 0 ? _("none: your drawings alone") : _("{share} of each minibatch of 32", { share: percent(share, 0) })}</span></label>
      ${this.#choice("steps", _("Steps"), STEPS, steps, integer, off)}
      ${this.#choice("rate", _("Learning rate"), RATES, rate, number, off)}
    </div>`;
  }

  /** @param {"steps" | "rate"} name @param {string} title @param {readonly number[]} values @param {number} chosen @param {(value: number) => string} format @param {boolean} off */
  #choice(name, title, values, chosen, format, off) {
    return html`<label><span>${title}</span>
      <select data-testid="practice-${name}" ?disabled=${off} @change=${(/** @type {Event} */ event) => changePractice({ [name]: Number(/** @type {HTMLSelectElement} */ (event.target).value) })}>
        ${values.map((value) => html`<option value=${value} ?selected=${value === chosen}>${format(value)}</option>`)}
      </select></label>`;
  }

  /** The curves as they grow. @param {import("../protocol").PracticeProgress | null} progress */
  #way(progress) {
    if (!progress?.curve.length) return nothing;
    return html`<div class="practice-result" data-testid="practice-way">${practiceCurve(progress.curve, progress.steps)}</div>`;
  }

  /** @param {import("./practice.js").Try} tried */
  #result({ answer, share }) {
    const lost = part(answer.mnist_before) - part(answer.mnist_after);
    const points = html`<b data-testid="forgotten">${fixed(Math.abs(100 * lost), 2)}</b>`;
    return html`<div class="practice-result ${isInEffect(answer) ? "" : "stale"}" data-testid="practice-result" data-in-effect=${isInEffect(answer)}>
      <p class="teach-words">${lost > 0
        ? phrase(_("It forgot: on MNIST it reads {points} points less."), { points })
        : lost < 0 ? phrase(_("It forgot nothing: on MNIST it even reads {points} points more."), { points })
        : _("It forgot nothing: on MNIST it reads exactly as many as before.")}
        ${lost > 0 && share < SHARES.most ? _("Undo, mix more of MNIST in, and compare.") : nothing}
        ${isInEffect(answer) ? nothing : _("The copy is not what this practice made of it any more.")}</p>
      <table class="practice-scores"><thead><tr><th scope="col">${_("read rightly")}</th><th scope="col">${_("before")}</th><th scope="col">${_("after")}</th><td></td></tr></thead><tbody>
        ${this.#score("drawings", _("your drawings that it learned"), answer.drawings_before, answer.drawings_after)}
        ${this.#score("held-out", _("your held-out drawings"), answer.held_out_before, answer.held_out_after)}
        ${this.#score("mnist", _("MNIST's held-out digits"), answer.mnist_before, answer.mnist_after)}
      </tbody></table>
      ${practiceCurve(answer.curve, answer.steps)}
    </div>`;
  }

  /** @param {string} name @param {string} title @param {Score} before @param {Score} after */
  #score(name, title, before, after) {
    if (after.count === 0) return html`<tr><th scope="row">${title}</th><td colspan="3" class="not-computed">${_("none yet: the third of every four of a digit is held out")}</td></tr>`;
    return html`<tr data-testid="score-${name}"><th scope="row">${title} <small>${integer(after.count)}</small></th>
      <td title=${integer(before.correct)}>${percent(part(before), 1)}</td><td title=${integer(after.correct)}><b>${percent(part(after), 1)}</b></td>
      <td><svg class="before-after" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">${svg`
        <rect class="was" width=${(100 * part(before)).toFixed(1)} height="4"></rect><rect class=${part(after) < part(before) ? "is less" : "is"} y="6" width=${(100 * part(after)).toFixed(1)} height="6"></rect>`}</svg></td></tr>`;
  }

  /** @param {readonly import("./practice.js").Try[]} tries */
  #tries(tries) {
    return html`<details class="teach-moves"><summary>${_("Compare the last {count} practices", { count: integer(tries.length) })}</summary>
      <table data-testid="tries"><thead><tr><th scope="col">${_("network")}</th><th scope="col">${_("MNIST mixed in")}</th><th scope="col">${_("Steps")}</th><th scope="col">${_("held-out drawings")}</th><th scope="col">MNIST</th></tr></thead>
        <tbody>${tries.map(({ answer, share, network }) => html`<tr><th scope="row">${readerTitle(network)}</th><td>${percent(share, 0)}</td><td>${integer(answer.steps)}</td>
          <td>${percent(part(answer.held_out_before), 0)} → ${percent(part(answer.held_out_after), 0)}</td>
          <td>${percent(part(answer.mnist_before), 1)} → ${percent(part(answer.mnist_after), 1)}</td></tr>`)}</tbody></table></details>`;
  }
}

customElements.define("practice-card", PracticeCard);
