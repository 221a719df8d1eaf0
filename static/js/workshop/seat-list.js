/** The workshops one has a seat in, for those who come back to the front door. */
import { html, LitElement, nothing } from "lit";
import { _ } from "../i18n.js";
import { forgetSeat, seats } from "./seat.js";
import { spacedCode } from "./words.js";

class SeatList extends LitElement {
  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  render() {
    const taken = seats();
    if (taken.length === 0) return nothing;
    return html`<section class="seats" aria-labelledby="seats-title">
      <h2 id="seats-title">${_("You are in")}</h2>
      <ul>
        ${taken.map(({ code, name, role }) => html`<li data-testid="seat">
          <a class="button" href=${role === "host" ? `/r/${code}/host` : `/r/${code}/studio`}><b>${spacedCode(code)}</b>
            <span>${role === "host" ? _("as {name}, the host", { name }) : _("as {name}", { name })}</span></a>
          <button class="quiet icon" aria-label=${_("Forget the seat in {code}", { code })} title=${_("Forget this seat")}
            @click=${() => this.#forget(code)}><svg aria-hidden="true"><use href="#symbol-close"></use></svg></button>
        </li>`)}
      </ul>
    </section>`;
  }

  /** @param {string} code */
  #forget(code) {
    forgetSeat(code);
    this.requestUpdate();
  }
}

customElements.define("seat-list", SeatList);
