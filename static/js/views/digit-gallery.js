/** Sixteen held-out digits and what the network, as it is now, reads in them. A press shows one in the network. */
import { html, nothing, svg } from "lit";
import { send } from "../connection.js";
import { drawDigit, readImages } from "../digits.js";
import { integer, number, percent } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { scrolls } from "../scrolls.js";
import { store } from "../store.js";
import { steers, whyNot } from "../workshop/steering.js";
import { areDigits } from "./layer-names.js";

/**
 * @typedef {object} Reading
 * @property {number} index  in the test split
 * @property {string} label
 * @property {string | null} read  null: not computed yet
 * @property {number | null} confidence
 */

class DigitGallery extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["units", "manifest", "run", "theme", "connection", "seat"];

  /** @override */
  static rate = 10;

  /** @override */
  render() {
    const { manifest } = store.state;
    const hasNone = manifest !== null && manifest.gallery.labels.length === 0;
    this.toggleAttribute("hidden", hasNone);
    if (hasNone) return nothing;
    const readings = read();
    const right = readings.filter((reading) => reading.read === reading.label).length;
    const known = readings.some((reading) => reading.read !== null);
    return html`<section class="gallery" data-testid="gallery" aria-labelledby="gallery-title">
      <header>
        <h2 id="gallery-title">${manifest && !areDigits(manifest) ? _("Held-out images") : _("Held-out digits")}</h2>
        <p data-testid="gallery-right">
          ${known ? _("{right} of {count} right", { right: integer(right), count: integer(readings.length) }) : _("not read yet")}
        </p>
      </header>
      <ol>${readings.map(digit)}</ol>
    </section>`;
  }

  /** @override */
  updated() {
    scrolls(this.querySelector("ol")); // whose run it is may have changed, and with it whether the digits can be pressed
    const { manifest, theme } = store.state;
    if (!manifest?.image_shape) return;
    const shape = manifest.image_shape;
    const drawn = `${manifest.id} ${theme}`;
    const canvases = [...this.querySelectorAll("canvas")].filter((canvas) => canvas.dataset.drawn !== drawn);
    if (canvases.length === 0) return;
    const images = readImages(manifest.gallery.images, manifest.gallery.labels.length, (shape[0] ?? 1) * (shape[1] ?? 1));
    for (const canvas of canvases) {
      const image = images[Number(canvas.dataset.position)];
      canvas.dataset.drawn = drawn;
      if (image) drawDigit(canvas, image, shape, theme);
    }
  }
}

/** @returns {Reading[]} */
function read() {
  const { manifest, units } = store.state;
  if (!manifest) return [];
  const predictions = units?.tensors.get("gallery.prediction")?.values;
  const confidences = units?.tensors.get("gallery.confidence")?.values;
  return manifest.gallery.labels.map((label, position) => {
    const prediction = predictions?.[position];
    const confidence = confidences?.[position];
    const known = prediction !== undefined && confidence !== undefined && Number.isFinite(confidence);
    return {
      index: manifest.gallery.indices[position] ?? 0,
      label: manifest.classes[label] ?? String(label),
      read: known ? (manifest.classes[prediction] ?? null) : null,
      confidence: known ? confidence : null,
    };
  });
}

/**
 * @param {Reading} reading
 * @param {number} position
 */
function digit({ index, label, read: answer, confidence }, position) {
  const { run, connection } = store.state;
  const pinned = run?.shown?.pinned === true && run.shown.split === "test" && run.shown.index === index;
  const state = answer === null ? "unknown" : answer === label ? "right" : "wrong";
  const values = { label, answer: answer ?? "", confidence: said(confidence) };
  const name = answer === null ? _("A {label}, not read yet", values) : _("A {label}, read as {answer}, {confidence}", values);
  return html`<li>
    <button class="digit ${state}" data-testid="digit-${position}" data-state=${state} aria-pressed=${pinned} aria-label=${name}
      title=${whyNot() || (pinned ? _("Shown in the network; press to let it go") : _("Show this example in the network"))}
      ?disabled=${connection.phase !== "live" || !steers()}
      @click=${() => send({ type: "show", split: "test", index: pinned ? null : index })}>
      <canvas width="28" height="28" data-position=${position}></canvas>
      ${state === "wrong" ? html`<svg class="mark" aria-hidden="true"><use href="#symbol-wrong"></use></svg>` : ""}
      ${pinned ? html`<svg class="pin" aria-hidden="true"><use href="#symbol-pin"></use></svg>` : ""}
      <span class="reading"><b>${answer ?? "–"}</b> ${said(confidence).replace(/\s/g, "")}</span>
      <svg class="confidence" aria-hidden="true">
        <rect class="track" width="100%" height="100%" rx="1.5"></rect>
        ${confidence === null || !store.state.manifest?.probabilities ? "" : svg`<rect class="value" width="${(100 * confidence).toFixed(1)}%" height="100%" rx="1.5"></rect>`}
      </svg>
    </button>
  </li>`;
}

/** How sure it is of its reading: a probability, or the output itself. @param {number | null} confidence */
function said(confidence) {
  return store.state.manifest?.probabilities ? percent(confidence, 0) : number(confidence);
}

customElements.define("digit-gallery", DigitGallery);
