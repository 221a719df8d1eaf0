/** One drawing on the wall: the ink, who drew it, what they say it is and what was read. */
import { html, nothing } from "lit";
import { drawDigit, readImages } from "../digits.js";
import { integer, percent } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";

const SIDE = 28;

class WallDrawing extends Panel {
  static properties = { drawing: { attribute: false }, theme: { attribute: false }, host: { type: Boolean }, mine: { type: Boolean } };

  constructor() {
    super();
    /** @type {import("../protocol").WallDrawing | null} */
    this.drawing = null;
    /** @type {"dark" | "light"} */
    this.theme = "dark";
    this.host = false;
    this.mine = false;
  }

  /** @override */
  render() {
    const { drawing } = this;
    if (!drawing) return nothing;
    const { reading, label, person, admitted } = drawing;
    const state = reading === null ? "unread" : reading.prediction === label ? "right" : "wrong";
    const words = description(drawing);
    const canvas = html`<canvas role="img" aria-label=${words} width=${SIDE} height=${SIDE}></canvas>`;
    return html`<figure class="hung ${state} ${admitted ? "admitted" : "waiting"}" data-testid="hung" data-state=${state} title=${words}>
      ${this.host
        ? html`<button class="hung-press" data-testid="admit" aria-pressed=${admitted ? "true" : "false"} @click=${() => this.#say("admit")}>
            ${canvas}<span class="visually-hidden">${_("Learn from it")}</span>
            ${admitted ? html`<svg class="hung-mark" aria-hidden="true"><use href="#symbol-right"></use></svg>` : nothing}</button>`
        : canvas}
      <figcaption>
        <b class="hung-label">${label}</b>${reading ? html`<span class="hung-read"><svg aria-hidden="true"><use href="#symbol-${state}"></use></svg>${state === "right"
          ? percent(reading.prob, 0)
          : _("read {digit}", { digit: reading.prediction })}</span>` : html`<span class="hung-read">…</span>`}
        <span class="hung-name">${person.name}</span>
      </figcaption>
      ${this.host || this.mine ? html`<button class="quiet icon hung-down" data-testid="take-down" aria-label=${_("Take down the {label} of {name}", { label, name: person.name })}
        @click=${() => this.#say("take-down")}><svg aria-hidden="true"><use href="#symbol-close"></use></svg></button>` : nothing}
    </figure>`;
  }

  /** @override */
  updated() {
    const canvas = this.querySelector("canvas");
    const [pixels] = this.drawing ? readImages(this.drawing.image, 1, SIDE * SIDE) : [];
    if (canvas && pixels) drawDigit(canvas, pixels, [SIDE, SIDE], this.theme);
  }

  /** @param {string} what */
  #say(what) {
    this.dispatchEvent(new CustomEvent(what, { bubbles: true, detail: this.drawing }));
  }
}

/** @param {import("../protocol").WallDrawing} drawing */
function description({ label, person, reading }) {
  const said = { label, name: person.name };
  if (!reading) return _("{name} says it is a {label}.", said);
  const { prediction, prob, step } = reading;
  return _("{name} says it is a {label}; read as {digit} with {prob} at step {step}.", { ...said, digit: prediction, prob: percent(prob), step: integer(step) });
}

customElements.define("wall-drawing", WallDrawing);
