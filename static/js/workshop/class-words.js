/** Who needs the host, in words; a press on a name opens that member. */
import { html, nothing } from "lit";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { phrase } from "../views/phrase.js";
import { settingWords, troubles, troubleSentence } from "./attention.js";

const MOST_SENTENCES = 2;
const MOST_NAMES = 3;

class ClassWords extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["members", "seat"];

  /** @override */
  static rate = 0.5; // a sentence that changes faster can't be read

  /** @override */
  render() {
    const { seat, members } = store.state;
    if (seat?.person.role !== "host") return nothing;
    const found = troubles([...members.values()]);
    const first = found[0]?.cards[0];
    return html`<div class="class-words" data-testid="attention" role="status">
      ${found.slice(0, MOST_SENTENCES).map((trouble) => html`<p>${this.#sentence(trouble)}</p>`)}
      ${first ? html`<p class="note">${_("Put one in the spotlight to talk about it.")}</p>` : nothing}
    </div>`;
  }

  /** @param {import("./attention.js").Trouble} trouble */
  #sentence({ kind, cards }) {
    const named = cards.slice(0, MOST_NAMES).map((card, i) => html`${i ? ", " : ""}<button class="name" @click=${() => this.#open(card.person.id)}>${card.person.name}</button>`);
    const more = cards.length - named.length;
    const names = html`${named}${more > 0 ? html` ${ngettext("and {count} other", "and {count} others", more, { count: integer(more) })}` : nothing}`;
    const [first] = cards;
    return phrase(troubleSentence(kind, cards.length > 1), { names, setting: first ? settingWords(first) : "" });
  }

  /** @param {string} id */
  #open(id) {
    this.dispatchEvent(new CustomEvent("open-member", { bubbles: true, detail: id }));
  }
}

customElements.define("class-words", ClassWords);
