/** What the network sees: the pad, what was cut out of it, its 28 x 28 pixels, and which of them made it say what it says. */
import { html, nothing } from "lit";
import { drawDigit, drawGrey } from "../digits.js";
import { number } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { readPalette } from "../scale.js";
import { store } from "../store.js";
import { coloured, phrase } from "../views/phrase.js";
import { bytesOf } from "./readers.js";
import { drawMap, scaleOf } from "./pixels.js";

class SeenStrip extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["drawn", "explained", "theme", "readers"];

  static properties = { map: { state: true } };

  constructor() {
    super();
    /** @type {"saliency" | "gradient"} */
    this.map = "saliency";
  }

  /** @override */
  render() {
    const { drawn, explained, readers, reader } = store.state;
    const classes = readers[reader]?.opened?.manifest.classes;
    const digit = explained ? (classes?.[explained.answer.prediction] ?? String(explained.answer.prediction)) : "";
    const stale = explained && explained.pixels !== drawn?.pixels;
    return html`<section class="seen" aria-labelledby="seen-title">
      <h2 id="seen-title">${_("What the network sees")}</h2>
      <div class="seen-strip ${drawn ? "" : "nothing-seen"}">
        ${figure("ink", drawn?.isPicture ? _("your picture") : _("your ink"))}<span class="seen-arrow" aria-hidden="true">→</span>
        ${figure("cropped", _("cropped"))}<span class="seen-arrow" aria-hidden="true">→</span>
        ${figure("pixels", _("28 × 28, centred"))}
        <figure class="why ${stale ? "stale" : ""}" data-testid="saliency" data-shown=${explained ? this.map : "none"}>
          <canvas class="seen-map" width="28" height="28" role="img" aria-label=${_("Which pixels count")}></canvas>
          <figcaption>${digit ? _("why it says {digit}", { digit }) : _("why")}</figcaption>
        </figure>
      </div>
      <div class="why-switch" role="group" aria-label=${_("Which map of the pixels")}>
        ${this.#choice("saliency", _("Why: saliency"), _("Integrated gradients: what each pixel adds to the answer, on the way from an empty image to this one"))}
        ${this.#choice("gradient", _("Gradient"), _("How the answer would change if a pixel became lighter by a little, here: not what it owes to the pixel"))}
      </div>
      <p class="note why-note">${explained ? this.#note(explained) : nothing}</p>
    </section>`;
  }

  /** @param {"saliency" | "gradient"} map @param {string} name @param {string} title */
  #choice(map, name, title) {
    return html`<button class="toggle" data-testid="why-${map}" aria-pressed=${this.map === map} title=${title} @click=${() => (this.map = map)}>${name}</button>`;
  }

  /** @param {import("./asking.js").Explained} explained */
  #note({ answer }) {
    if (this.map === "gradient") {
      return phrase(_("{up} more ink here would raise the answer, {down} lower it; most of these pixels are empty."), {
        up: coloured("gradient-positive", "▲"),
        down: coloured("gradient-negative", "▼"),
      });
    }
    return phrase(_("{up} speaks for it, {down} against it. All pixels together: {sum}, from {blank} for an empty image to {logit}."), {
      up: coloured("weight-positive", "▲"),
      down: coloured("weight-negative", "▼"),
      sum: number(answer.logit - answer.blank_logit + answer.completeness_gap),
      blank: number(answer.blank_logit),
      logit: number(answer.logit),
    });
  }

  /** @override */
  updated() {
    const { drawn, explained, theme } = store.state;
    const palette = readPalette();
    this.#draw("ink", drawn?.before ?? null, theme, drawn?.isPicture);
    this.#draw("cropped", drawn?.cropped ?? null, theme);
    this.#draw("pixels", drawn?.pixels ? { values: drawn.pixels, width: 28, height: 28 } : null, theme);
    const canvas = /** @type {HTMLCanvasElement} */ (this.querySelector("canvas.seen-map"));
    if (!explained) return void (canvas.width = canvas.height = 28);
    const map = explained.answer[this.map];
    const values = new Int8Array(bytesOf(map.data).buffer);
    drawMap(canvas, values, explained.pixels, scaleOf(palette, this.map === "saliency" ? "weights" : "gradients"), palette);
  }

  /** @param {string} name @param {import("../sketch/picture.js").Small | null} image @param {"dark" | "light"} theme @param {boolean} [isPhoto] */
  #draw(name, image, theme, isPhoto = false) {
    const canvas = /** @type {HTMLCanvasElement} */ (this.querySelector(`canvas.seen-${name}`));
    if (image && isPhoto) drawGrey(canvas, image.values, [image.height, image.width]);
    else if (image) drawDigit(canvas, image.values, [image.height, image.width], theme);
    else canvas.width = canvas.height = 28;
  }
}

/** @param {string} name @param {string} caption */
function figure(name, caption) {
  return html`<figure><canvas class="seen-${name}" width="28" height="28" aria-hidden="true"></canvas><figcaption>${caption}</figcaption></figure>`;
}

customElements.define("seen-strip", SeenStrip);
