/** One member, large, and what the host can do: spotlight, hand over, remove. What can't be taken back is asked for twice. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer, number, percent } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { layersWords, shortNumber, troublesOf, troubleWords } from "./attention.js";
import { paintTiles } from "./card-tiles.js";
import { curve } from "./member-card.js";
import { hasRun, topOfCurves } from "./standings.js";

/** @typedef {import("../protocol").MemberCard} Card */

class MemberSheet extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["members", "workshop", "seat", "connection", "theme"];

  /** @override */
  static properties = { who: { state: true }, sure: { state: true }, refusal: { state: true } };

  #open = (/** @type {Event} */ event) => {
    this.who = /** @type {CustomEvent<string>} */ (event).detail;
    this.#ask("");
    void this.updateComplete.then(() => this.querySelector("dialog")?.showModal());
  };

  /** Leads back to the card, which is another element where somebody came or went meanwhile. */
  #closed = () => {
    this.#ask("");
    for (const card of document.querySelectorAll("[data-person]")) {
      if (card instanceof HTMLElement && card.dataset.person === this.who) card.focus();
    }
  };

  constructor() {
    super();
    this.who = "";
    /** What was pressed once: "hand-over" or "remove". */
    this.sure = "";
    this.refusal = "";
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("open-member", this.#open);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("open-member", this.#open);
  }

  /** @override */
  render() {
    const card = store.state.members.get(this.who);
    return html`<dialog class="sheet" data-testid="sheet" aria-labelledby="sheet-title" @close=${this.#closed} @click=${this.#outside}>
      ${card ? this.#body(card) : nothing}
    </dialog>`;
  }

  /** Who is gone, or handed the class over, has no sheet any more. @override */
  updated() {
    const card = store.state.members.get(this.who);
    const canvas = this.querySelector("canvas");
    if (canvas && card) paintTiles(canvas, card);
    if (!card || store.state.seat?.person.role !== "host") this.#shut();
  }

  /** @param {Card} card */
  #body(card) {
    const trouble = troubleWords(troublesOf([...store.state.members.values()]).get(this.who) ?? "");
    return html`<header><h2 id="sheet-title">${card.person.name}</h2>
        <button class="quiet icon" data-testid="sheet-close" aria-label=${_("Close")} @click=${this.#shut}><svg aria-hidden="true"><use href="#symbol-close"></use></svg></button></header>
      ${hasRun(card)
        ? html`${curve(card.curve, topOfCurves([...store.state.members.values()]))}
            ${card.tiles ? html`<canvas class="card-tiles" aria-hidden="true"></canvas>` : nothing}
            <dl>
              <dt>${_("held-out accuracy")}</dt><dd>${percent(card.accuracy)}</dd>
              <dt>${_("loss")}</dt><dd>${number(card.loss)}</dd>
              <dt>${_("step")}</dt><dd>${integer(card.step)}</dd>
              <dt>${_("Network")}</dt><dd>${layersWords(card.layers)}</dd>
              <dt>${_("Learning rate")}</dt><dd>${shortNumber(card.learning_rate)}</dd>
            </dl>`
        : html`<p class="note">${_("No run of their own yet.")}</p>`}
      ${card.asleep ? html`<p class="note" data-testid="sheet-asleep">${_("This run is not loaded: all of this is as it was last seen. It comes back, as it was kept, when they do, or in the spotlight.")}</p>` : nothing}
      ${trouble ? html`<p class="sheet-trouble">${trouble}</p>` : nothing}
      <p class="door-refusal" role="alert">${this.refusal}</p>
      ${this.sure ? this.#twice(card) : this.#actions(card)}`;
  }

  /** @param {Card} card */
  #actions(card) {
    const { workshop, connection } = store.state;
    const off = connection.phase !== "live";
    const lit = workshop?.spotlight?.id === card.person.id;
    return html`<div class="sheet-actions">
      <button class="primary" data-testid="spotlight" ?disabled=${off || !hasRun(card)} title=${hasRun(card) ? nothing : _("No run of their own yet.")}
        @click=${() => this.#send({ type: "spotlight", person: lit ? null : card.person.id })}>
        <svg aria-hidden="true"><use href="#symbol-spotlight"></use></svg>${lit ? _("End the spotlight") : _("Spotlight")}</button>
      <button data-testid="hand-over" ?disabled=${off} @click=${() => this.#ask("hand-over")}>${_("Hand over…")}</button>
      <button data-testid="remove" ?disabled=${off} @click=${() => this.#ask("remove")}>${_("Remove…")}</button>
    </div>`;
  }

  /** @param {Card} card */
  #twice({ person }) {
    const removes = this.sure === "remove";
    const words = removes
      ? _("Take {name}’s seat away? Their run is deleted, and they have to join anew.", { name: person.name })
      : _("Make {name} the host? You become a member.", { name: person.name });
    return html`<p>${words}</p>
      <div class="sheet-actions">
        <button autofocus data-testid="sure-not" @click=${() => this.#ask("")}>${_("No")}</button>
        <button class="danger" data-testid="sure-yes" @click=${() => this.#send({ type: removes ? "remove" : "hand_over", person: person.id })}>
          ${removes ? _("Remove {name}", { name: person.name }) : _("Hand over to {name}", { name: person.name })}</button>
      </div>`;
  }

  /** @param {string} what */
  #ask(what) {
    this.sure = what;
    this.refusal = "";
  }

  /** @param {import("../protocol").Command} command */
  async #send(command) {
    const reply = await send(command);
    if (reply.type === "error") {
      this.refusal = reply.message;
      if (store.state.error === reply) store.set({ error: null }); // said here, where it was pressed
    } else this.#shut();
  }

  #shut = () => {
    const dialog = this.querySelector("dialog");
    if (dialog?.open) dialog.close();
  };

  /** A press beside the sheet closes it. @param {MouseEvent} event */
  #outside = (event) => {
    if (event.target === this.querySelector("dialog")) this.#shut();
  };
}

customElements.define("member-sheet", MemberSheet);
