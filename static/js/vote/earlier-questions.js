/** What was asked before, the latest first: each opens to what was answered and what came out. And all of it as a file. */
import { html, nothing } from "lit";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import "../workshop/take-home.js";
import { voteBars } from "./vote-bars.js";
import { decided, foreseen, sentence } from "./words.js";

/** @typedef {import("../protocol").EarlierQuestion} EarlierQuestion */

class EarlierQuestions extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["earlier", "workshop", "seat"];

  /** @override */
  static properties = { shown: { state: true } };

  constructor() {
    super();
    /** The question that is looked at. */
    this.shown = "";
  }

  /** @override */
  render() {
    const { earlier, workshop, seat } = store.state;
    if (!workshop || seat?.person.role !== "host") return nothing;
    return html`<section class="earlier" aria-labelledby="earlier-title">
      <header>
        <h2 id="earlier-title" class="stage-title">${_("Asked before")}</h2>
        <take-home></take-home>
      </header>
      ${earlier.length
        ? html`<ol class="earlier-list" data-testid="earlier">${[...earlier].reverse().map((one) => this.#entry(one, workshop.host.name))}</ol>`
        : html`<p class="note">${_("A question that was answered stays here when you ask another.")}</p>`}
    </section>`;
  }

  /** @param {EarlierQuestion} one @param {string} host */
  #entry(one, host) {
    const { id, asked, answers, decision, question } = one;
    const toggle = (/** @type {Event} */ event) => {
      if (/** @type {HTMLDetailsElement} */ (event.target).open) this.shown = id;
      else if (this.shown === id) this.shown = "";
    };
    return html`<li><details data-testid="earlier-question" ?open=${this.shown === id} @toggle=${toggle}>
      <summary>
        <span class="earlier-asked">${sentence(question)}</span>
        <small>${[clock(asked), ngettext("{count} answer", "{count} answers", answers, { count: integer(answers) }), share(one)].filter(Boolean).join(" · ")}</small>
      </summary>
      ${voteBars(one)}
      <p class="note">${decision ? `${decided(one, host)} ${foreseen(one)}` : _("It was never decided.")}</p>
    </details></li>`;
  }
}

/** @param {EarlierQuestion} one */
function share({ decision }) {
  return decision && decision.option !== null ? _("{count} right", { count: integer(decision.right) }) : "";
}

/** The hour and minute, as one's own clock has them. @param {number} asked */
function clock(asked) {
  if (!asked) return "";
  const when = new Date(asked);
  const today = when.toDateString() === new Date().toDateString();
  const language = document.documentElement.lang;
  return today ? when.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" }) : when.toLocaleDateString(language, { month: "short", day: "numeric" });
}

customElements.define("earlier-questions", EarlierQuestions);
