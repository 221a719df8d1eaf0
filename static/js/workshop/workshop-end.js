/** When a page is out of its workshop: one picture, one sentence, one thing to do. */
import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { isOut } from "./out.js";
import { CODE } from "./seat.js";

/**
 * @typedef {object} End
 * @property {string} symbol
 * @property {string} text
 * @property {string} action
 * @property {string} [href]  none: the page is loaded again
 */

class WorkshopEnd extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["connection", "notice", "seat", "workshop"];

  /** @override */
  render() {
    const reason = isOut();
    if (!reason) return nothing;
    const { symbol, text, action, href } = end(reason);
    return html`<main class="workshop-end" data-testid="workshop-end" data-reason=${reason}>
      <svg aria-hidden="true"><use href="#symbol-${symbol}"></use></svg>
      <div role="alert"><h1>${text}</h1></div>
      ${href
        ? html`<a class="button primary" data-testid="end-action" href=${href}>${action}</a>`
        : html`<button class="primary" data-testid="end-action" @click=${() => location.reload()}>${action}</button>`}
    </main>`;
  }

  /** @override */
  updated() {
    document.body.toggleAttribute("data-out", Boolean(isOut()));
  }
}

/** @param {string} reason @returns {End} */
function end(reason) {
  const { workshop, seat } = store.state;
  switch (reason) {
    case "not_host":
      return {
        symbol: "people",
        text: _("Only the host sees the class. That is {name} now.", { name: workshop?.host.name ?? "" }),
        action: _("To the network"),
        href: `/r/${CODE}/studio`,
      };
    case "sent_away_closed":
      if (seat?.person.role === "host") return { symbol: "people", text: _("The workshop is over."), action: _("Begin another"), href: "/workshop" };
      return { symbol: "people", text: _("The workshop is over. Thank you for being there."), action: _("Go on on your own"), href: "/" };
    case "sent_away_removed":
      return { symbol: "door", text: _("The host has taken your seat away."), action: _("Go on on your own"), href: "/" };
    case "no_seat":
      return { symbol: "door", text: _("This workshop is over, or your seat in it is gone."), action: _("Join again"), href: `/r/${CODE}` };
    case "many_pages":
      return { symbol: "pages", text: _("You have this workshop open in as many pages as one may. Close one of them."), action: _("Try again") };
    default:
      return { symbol: "people", text: _("This server has all the viewers it can take. Try again in a while."), action: _("Try again") };
  }
}

customElements.define("workshop-end", WorkshopEnd);
