/** What the drawing is like, and what it is nearly: the nearest training digits, and the change that would turn the answer. */
import { html, nothing } from "lit";
import { drawDigit } from "../digits.js";
import { fixed, integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { readPalette } from "../scale.js";
import { store } from "../store.js";
import { coloured, phrase } from "../views/phrase.js";
import { surely } from "./certainty.js";
import { drawChange, SIDE } from "./pixels.js";
import { bytesOf } from "./readers.js";

class LikeIt extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["explained", "theme", "readers"];

  /** @override */
  render() {
    const { explained, readers, reader } = store.state;
    this.toggleAttribute("hidden", !explained);
    if (!explained) return nothing;
    const { nearest, runner_up: other } = explained.answer;
    const classes = readers[reader]?.opened?.manifest.classes ?? [];
    /** @param {number} label */
    const name = (label) => classes[label] ?? String(label);
    return html`
      ${nearest.length ? html`<section class="nearest" aria-labelledby="nearest-title" data-testid="nearest">
        <h2 id="nearest-title">${_("Most like it")} <small>${_("of all training digits")}</small></h2>
        <ol>${nearest.map((digit) => html`<li title=${_("training digit {index}, a {label}", { index: integer(digit.index), label: digit.label })}>
          <canvas width=${SIDE} height=${SIDE} aria-hidden="true"></canvas><b>${digit.label}</b> <span>${fixed(digit.distance, 1)}</span></li>`)}</ol>
      </section>` : nothing}
      <section class="runner-up" aria-labelledby="runner-title" data-testid="runner-up">
        <h2 id="runner-title">${_("What would turn it")}</h2>
        ${other ? html`<div>
          <canvas class="change" width=${SIDE} height=${SIDE} aria-hidden="true"></canvas>
          <p>${phrase(_("With these pixels changed it would read {digit} ({share})."), { digit: html`<b>${name(other.prediction)}</b>`, share: surely(other.probs[other.prediction]) })}
            <span class="note">${phrase(ngettext("{count} pixel by more than a tenth of white: {up} lighter, {down} darker.", "{count} pixels by more than a tenth of white: {up} lighter, {down} darker.", other.pixels), {
              count: integer(other.pixels),
              up: coloured("weight-positive", "▲"),
              down: coloured("weight-negative", "▼"),
            })}</span></p></div>`
        : html`<p class="note">${_("No small change was found that would make it read something else.")}</p>`}
      </section>`;
  }

  /** @override */
  updated() {
    const { explained, theme } = store.state;
    if (!explained) return;
    const { nearest, runner_up: other } = explained.answer;
    this.querySelectorAll("ol canvas").forEach((canvas, i) => {
      const digit = nearest[i];
      if (digit) drawDigit(/** @type {HTMLCanvasElement} */ (canvas), bytesOf(digit.image), [SIDE, SIDE], theme);
    });
    const change = /** @type {HTMLCanvasElement | null} */ (this.querySelector("canvas.change"));
    if (change && other) drawChange(change, explained.pixels, bytesOf(other.image), readPalette());
  }
}

customElements.define("like-it", LikeIt);
