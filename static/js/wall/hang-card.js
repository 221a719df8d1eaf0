/** On the page one draws on, in a workshop: say what it is, and it hangs on the class wall. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { CODE } from "../workshop/seat.js";

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

class HangCard extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["drawn", "workshop", "seat", "connection"];

  /** @override */
  static properties = { hung: { state: true }, refusal: { state: true }, busy: { state: true } };

  constructor() {
    super();
    /** The pixels that were hung last: the same drawing is not hung twice by mistake. @type {Uint8Array | null} */
    this.hung = null;
    this.refusal = "";
    this.busy = false;
  }

  /** @override */
  render() {
    const { drawn, workshop, seat, connection } = store.state;
    if (!workshop || !seat || (!workshop.wall.open && seat.person.role !== "host")) return nothing;
    const pixels = drawn?.pixels ?? null;
    const done = pixels !== null && pixels === this.hung;
    const off = !pixels || done || this.busy || connection.phase !== "live";
    const words = done ? _("It hangs. Draw another one.") : pixels ? _("One press hangs it for the class to see, with your name.") : _("Draw a digit first.");
    return html`<section class="hang" data-testid="hang" aria-labelledby="hang-title">
      <div class="teach-head">
        <h2 id="hang-title">${_("Hang it on the class wall: this is")}</h2>
        <div class="teach-labels" role="group" aria-labelledby="hang-title">
          ${DIGITS.map((name, label) => html`<button class="teach-label" data-testid="hang-${label}" ?disabled=${off} @click=${() => this.#hang(label)}>${name}</button>`)}
        </div>
      </div>
      <p class="hang-words"><span role="status" data-testid="hang-words">${this.refusal || words}</span> <a href="/r/${CODE}/wall">${_("See the wall")}</a></p>
    </section>`;
  }

  /** @param {number} label */
  async #hang(label) {
    const pixels = store.state.drawn?.pixels;
    if (!pixels || this.busy) return;
    this.busy = true;
    const reply = await send({ type: "hang_drawing", pixels: [...pixels], label });
    this.busy = false;
    this.refusal = reply.type === "error" ? reply.message : "";
    if (reply.type !== "error") this.hung = pixels;
  }
}

customElements.define("hang-card", HangCard);
