/** One member with a run of their own, small: name, held-out accuracy, loss curve, first weights, set-up. A press opens what the host can do. */
import { html, LitElement, nothing, svg } from "lit";
import { integer, percent } from "../format.js";
import { _ } from "../i18n.js";
import { layersWords, shortNumber, troubleWords } from "./attention.js";
import { paintTiles } from "./card-tiles.js";

/** @typedef {import("../protocol").MemberCard} Card */

const HEIGHT = 40; // of a curve, in its own units; it is as wide as its card

class MemberCard extends LitElement {
  static properties = { card: { attribute: false }, top: { type: Number }, best: { type: Boolean }, trouble: {}, theme: {} };

  constructor() {
    super();
    /** @type {Card | null} */
    this.card = null;
    /** Where the axis of the curve ends. */
    this.top = 1;
    /** Whether it is of the best quarter. */
    this.best = false;
    /** What is wrong with the run; empty: nothing. */
    this.trouble = "";
    this.theme = "dark";
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  render() {
    const { card, trouble } = this;
    if (!card) return nothing;
    const { person, here, accuracy } = card;
    const open = () => this.dispatchEvent(new CustomEvent("open-member", { bubbles: true, detail: person.id }));
    return html`<button class="card" data-testid="card" data-name=${person.name} data-person=${person.id} data-state=${trouble ? "trouble" : this.best ? "best" : ""}
      data-here=${here ? "yes" : "no"} data-asleep=${card.asleep ? "yes" : "no"} data-place=${card.place} @click=${open}>
      <span class="card-head"><b class="card-name">${person.name}</b>${card.run === "paused" && !card.asleep ? html`<svg class="card-paused" role="img" aria-label=${_("Paused")}><use href="#symbol-pause"></use></svg>` : nothing}
        <span class="visually-hidden">${_("held-out accuracy")}</span> <span class="card-accuracy" data-testid="card-accuracy">${percent(accuracy, 0)}</span></span>
      ${running(card, trouble, this.top)}
    </button>`;
  }

  /** @override */
  updated() {
    const canvas = this.querySelector("canvas");
    if (canvas && this.card) paintTiles(canvas, this.card);
  }
}

/** @param {Card} card @param {string} trouble @param {number} top */
function running(card, trouble, top) {
  return html`${curve(card.curve, top)}
    ${card.tiles ? html`<canvas class="card-tiles" aria-hidden="true"></canvas>` : html`<span class="card-tiles none"></span>`}
    <span class="card-words">${layersWords(card.layers)}</span>
    <span class="card-words">${_("rate {rate}", { rate: shortNumber(card.learning_rate) })} · ${stepWords(card)}</span>
    ${stateWords(card, trouble) ? html`<span class="card-words card-state">${stateWords(card, trouble)}</span>` : nothing}`;
}

/** The step that its numbers are of: of a run that is not loaded the last that was seen. @param {Card} card */
function stepWords({ asleep, step }) {
  return asleep ? _("last seen at step {step}", { step: integer(step) }) : _("step {step}", { step: integer(step) });
}

/** @param {Card} card @param {string} trouble */
function stateWords(card, trouble) {
  if (card.asleep) return card.here ? _("not loaded") : _("away, not loaded");
  if (!card.here) return _("away");
  return troubleWords(trouble) || (card.place === "own" ? "" : _("follows you"));
}

/**
 * A loss curve; what is above the axis is drawn at its end.
 * @param {readonly number[]} points @param {number} top
 */
export function curve(points, top) {
  const across = Math.max(1, points.length - 1);
  const line = points.map((loss, i) => `${((100 * i) / across).toFixed(1)},${(HEIGHT * (1 - Math.min(1, loss / top))).toFixed(2)}`).join(" ");
  return html`<svg class="card-curve ${points.length > 1 ? "" : "none"}" viewBox="0 0 100 ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
    ${points.length > 1 ? svg`<polyline points=${line} vector-effect="non-scaling-stroke"></polyline>` : nothing}
  </svg>`;
}

customElements.define("member-card", MemberCard);
