/** How one joins: the picture for phones, the code and the address to type. A press fills the screen with it. */
import { html, LitElement, nothing } from "lit";
import { _ } from "../i18n.js";
import { isRefusal, lookAt } from "./http.js";
import { CODE } from "./seat.js";
import { spacedCode } from "./words.js";

export class JoinCard extends LitElement {
  static properties = { known: { state: true } };

  constructor() {
    super();
    /** @type {import("./http.js").Known | null} */
    this.known = null;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void lookAt(CODE).then((known) => {
      if (!isRefusal(known)) this.known = known;
    });
  }

  /** @override */
  render() {
    const picture = html`<img src="/api/workshops/${CODE}/qr.svg" alt=${_("The code that phones read to join")} width="280" height="280" />`;
    return html`<h2>${_("Join")}</h2>
      <button class="join-code" data-testid="enlarge" aria-label=${_("Fill the screen with the code")} title=${_("Fill the screen with the code")}
        @click=${this.fillScreen}>${picture}</button>
      <div class="join-words">${this.#words("join")}</div>
      <dialog class="join-wall" data-testid="join-wall" aria-label=${_("Join")} @click=${() => this.querySelector("dialog")?.close()}>
        <div class="join-wall-body">
          ${picture}
          <div>${this.#words("wall")}</div>
        </div>
        <button class="quiet icon" aria-label=${_("Close")}><svg aria-hidden="true"><use href="#symbol-close"></use></svg></button>
      </dialog>`;
  }

  /** Shows the code as large as the screen. */
  fillScreen = () => this.querySelector("dialog")?.showModal();

  /** @param {string} place */
  #words(place) {
    const { known } = this;
    return html`<p class="join-letters" data-testid="${place}-letters">${spacedCode(CODE)}</p>
      ${known ? html`<p class="join-address" data-testid="${place}-address">${_("or type it at {address}", { address: `${known.address}/workshop` })}</p>` : nothing}
      ${known && !known.for_others
        ? html`<p class="join-alone" data-testid="${place}-alone">${_("Only this machine can reach that. Start the server with --profile lan to let a class in.")}</p>`
        : nothing}`;
  }
}

customElements.define("join-card", JoinCard);
