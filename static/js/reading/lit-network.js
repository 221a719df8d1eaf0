/** The network that reads, lit by the drawing; while a lesson is prepared, the gradient on its way back. */
import { html, LitElement } from "lit";
import { _ } from "../i18n.js";
import { layoutPicture } from "../layout/picture.js";
import { step, unitAt } from "../layout/touch.js";
import { invalidate, onPaint } from "../paint.js";
import { LENSES } from "../render/lenses.js";
import { makeLook } from "../render/look.js";
import { PAINT_EVERY, Scene } from "../render/scene.js";
import { LAYERS, Stage } from "../render/stage.js";
import { readPalette } from "../scale.js";
import { store } from "../store.js";
import { unitName } from "../views/layer-names.js";
import { answerOf, edgeSentence, heads, matrixLegend, ribbonCaption, ribbonNumbers, summary } from "../views/picture-words.js";
import { unitReading } from "../views/unit-reading.js";
import { blameOf } from "./blame.js";
import { certaintyOf } from "./certainty.js";
import { RUN } from "./readers.js";

/** @typedef {import("../render/stage.js").Layer} Layer */

const WORDS_EVERY = 160; // milliseconds
const RIGHT_OF_NUMBERS = 58; // a gradient has more digits than a probability

class LitNetwork extends LitElement {
  static properties = { legend: { state: true }, sentence: { state: true }, held: { state: true } };

  /** @type {Scene | null} */
  #scene = null;
  /** @type {Stage | null} */
  #stage = null;
  /** @type {(() => void)[]} */
  #cleanups = [];
  #again = 0;
  #wordsAt = -Infinity;
  /** The frames on show. @type {import("../frame.js").DecodedFrame | null} */
  #units = null;
  /** @type {import("../frame.js").DecodedFrame | null} */
  #matrices = null;
  #taught = false;
  /** How the read digit is coloured: as right or wrong, as what it reads, or as not to be trusted. */
  #tone = "";
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  constructor() {
    super();
    this.legend = "";
    this.sentence = "";
    /** The unit under the eye. @type {import("../layout/touch.js").Address | null} */
    this.held = null;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    const resized = new ResizeObserver(() => this.#layOut());
    void this.updateComplete.then(() => {
      const scroller = this.querySelector(".network-scroll");
      if (scroller) resized.observe(scroller);
    });
    const themed = new MutationObserver(() => this.#layOut());
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "style"] });
    this.#cleanups = [
      () => resized.disconnect(),
      () => themed.disconnect(),
      onPaint(() => this.#draw()),
      store.subscribe(["reader", "readers", "reading", "matrices", "lesson", "drawn", "explained"], () => this.#take()),
    ];
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    for (const cleanup of this.#cleanups) cleanup();
    this.#cleanups = [];
    clearTimeout(this.#again);
    this.#again = 0;
  }

  /** @override */
  firstUpdated() {
    /** @type {Map<Layer, HTMLCanvasElement>} */
    const canvases = new Map();
    for (const layer of LAYERS) {
      const canvas = /** @type {HTMLCanvasElement | null} */ (this.querySelector(`canvas.${layer}`));
      if (canvas) canvases.set(layer, canvas);
    }
    this.#stage = new Stage(canvases);
    this.#take();
  }

  /** What the store has now, if this picture is not of it yet. */
  #take() {
    const { reader, readers, reading, matrices, lesson } = store.state;
    const { opened, matrices: weights } = readers[reader] ?? {};
    if (!this.#stage || !opened) return;
    const { manifest } = opened;
    const units = reading?.reader === reader && reading.frame?.frame.manifest === manifest.id ? reading.frame : null;
    const back = lesson.label !== null && units?.frame.example?.label === lesson.label; // else its way back is another one's
    const live = reader === RUN && matrices?.frame.manifest === manifest.id ? matrices : null;
    const changed = this.#scene?.manifest !== manifest || this.#taught !== back || Boolean(this.#units) !== Boolean(units);
    this.#taught = back;
    const tone = units === null || !reading ? "" : back ? "verdict" : certaintyOf(reading, store.state.explained) === "strange" ? "quiet" : "plain";
    const toned = tone !== this.#tone;
    this.#tone = tone;
    if (changed) this.#begin(manifest, back);
    else if (toned && this.#scene) {
      this.#scene.look = this.#look();
      this.#scene.refresh();
    }
    const scene = this.#scene;
    if (!scene) return;
    const edges = back && units ? (units === this.#units ? this.#matrices : blameOf(units, manifest)) : (live ?? weights ?? null);
    if (edges && (edges !== this.#matrices || changed)) scene.takeMatrices(edges);
    if (units && (units !== this.#units || changed)) scene.takeUnits(units);
    if (edges !== this.#matrices || changed) this.#words();
    this.#matrices = edges;
    this.#units = units;
    invalidate();
  }

  /** Another network, another way through it, or no drawing in it any more. @param {import("../protocol").Manifest} manifest @param {boolean} back */
  #begin(manifest, back) {
    if (!this.#stage) return;
    const lens = back ? "gradients" : "activations";
    const same = this.#scene?.manifest === manifest && this.#scene.lens === lens;
    if (!same && this.#scene) {
      this.#stage.keep();
      this.toggleAttribute("data-crossing", false);
      void this.offsetWidth; // the fade begins anew
      this.toggleAttribute("data-crossing", true);
    }
    const look = this.#look();
    const picture = this.#layout(manifest, look.scale);
    const answer = answerOf(null, manifest, LENSES[lens], true, 0);
    this.#scene = new Scene(this.#stage, manifest, look, picture, { heads: [], caption: "", ribbons: [], inputGradient: "dL/dx", view: "", answer });
    this.#scene.setLens(lens);
    if (!same) this.held = null;
    this.#scene.select(this.held);
    this.#units = null;
    this.#matrices = null;
    this.#fit();
  }

  /** Another size or theme. */
  #layOut() {
    if (!this.#scene) return;
    this.#scene.look = this.#look();
    this.#scene.picture = this.#layout(this.#scene.manifest, this.#scene.look.scale);
    this.#fit();
    if (this.#matrices) this.#scene.takeMatrices(this.#matrices);
    if (this.#units) this.#scene.takeUnits(this.#units);
    this.#words();
  }

  #fit() {
    const scene = this.#scene;
    if (!scene) return;
    const { width, height } = scene.picture;
    this.style.setProperty("--picture-width", `${width}px`);
    this.style.setProperty("--picture-height", `${height}px`);
    this.#stage?.resize(width, height, devicePixelRatio);
    scene.words.heads = heads(scene.manifest, scene.picture, LENSES[scene.lens]);
    scene.words.caption = ribbonCaption(scene.lens);
    this.#wordsAt = -Infinity;
    scene.refresh();
    invalidate();
  }

  /** @param {import("../protocol").Manifest} manifest @param {number} scale */
  #layout(manifest, scale) {
    const scroller = this.querySelector(".network-scroll");
    const phone = matchMedia("(max-width: 640px)").matches;
    const width = scroller?.clientWidth || 600;
    const air = RIGHT_OF_NUMBERS * scale;
    const picture = layoutPicture(manifest, { width: width - air, height: scroller?.clientHeight || 330, scale, phone });
    return { ...picture, width: Math.max(width, picture.width + air) };
  }

  #look() {
    const style = getComputedStyle(this);
    const palette = readPalette();
    // Where nobody has said what the drawing is, what it reads is neither right nor wrong.
    const read = this.#tone === "quiet" ? palette.faint : palette.accent;
    return makeLook(this.#taught ? palette : { ...palette, right: read, wrong: read }, Number(style.getPropertyValue("--scale")) || 1, style.fontFamily);
  }

  #draw() {
    const scene = this.#scene;
    if (!scene) return;
    const now = performance.now();
    if (now - this.#wordsAt >= WORDS_EVERY) this.#say(now);
    else if (this.#units) this.#paintIn(this.#wordsAt + WORDS_EVERY - now);
    const pulsing = this.#taught && this.#units !== null && !this.#calm.matches;
    if (scene.draw(now, pulsing) || pulsing) this.#paintIn(PAINT_EVERY);
  }

  /** @param {number} wait */
  #paintIn(wait) {
    this.#again ||= setTimeout(() => {
      this.#again = 0;
      invalidate();
    }, wait);
  }

  /** The frame the words on the canvas are of. @type {unknown} */
  #said = undefined;

  /** @param {number} now */
  #say(now) {
    const scene = this.#scene;
    if (!scene || (this.#said === this.#units && this.#wordsAt !== -Infinity)) return;
    this.#said = this.#units;
    this.#wordsAt = now;
    scene.say({
      answer: answerOf(this.#units, scene.manifest, LENSES[scene.lens], scene.sight.isFinite, 0),
      ribbons: ribbonNumbers(scene.manifest, scene.sight.measured, scene.lens),
    });
  }

  /** @param {import("../layout/touch.js").Address | null} address */
  #hold(address) {
    this.held = address;
    this.#scene?.select(address);
    invalidate();
  }

  get #side() {
    return this.#scene?.manifest.image_shape?.[1] ?? 1;
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const picture = this.#scene?.picture;
    const { left, top } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    this.#hold(picture ? unitAt(picture, event.clientX - left, event.clientY - top, this.#side) : null);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const picture = this.#scene?.picture;
    if (!picture || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return this.#hold(null);
    const next = event.key.startsWith("Arrow") ? step(picture, this.held, event.key, this.#side) : null;
    if (!next) return;
    event.preventDefault();
    this.#hold(next);
  }

  /** What the unit under the eye is, and its numbers. */
  #reading() {
    const scene = this.#scene;
    if (!scene || !this.held) return "";
    const numbers = unitReading(this.held, { ...store.state, manifest: scene.manifest, units: this.#units });
    return `${unitName(this.held, scene.manifest)}${numbers ? `: ${numbers}` : ""}`;
  }

  #words() {
    const scene = this.#scene;
    if (!scene) return;
    const sampled = scene.manifest.layers.some((layer) => layer.shown.length < layer.units);
    const parts = [matrixLegend(scene.manifest, LENSES[scene.lens], scene.limits, scene.sight.isFinite), edgeSentence(scene.edges, sampled)];
    this.legend = parts.filter(Boolean).join(" · ");
    this.sentence = summary(scene.manifest, scene.lens, this.#units);
  }

  /** @override */
  render() {
    const reading = this.#reading();
    return html`<div class="network-scroll" data-testid="network" tabindex="0" role="application" aria-roledescription=${_("picture of the network")}
        aria-label=${_("The network, lit by your drawing: arrow keys move from unit to unit")} aria-describedby="network-summary" @keydown=${this.#key} @blur=${() => this.#hold(null)}>
        <div class="network-stage" @pointermove=${this.#point} @pointerdown=${this.#point} @pointerleave=${() => this.#hold(null)}>
          ${LAYERS.map((layer) => html`<canvas class=${layer} aria-hidden="true"></canvas>`)}</div>
      </div>
      <p class="lit-legend note" data-testid="lit-legend">${reading || this.legend}</p>
      <p id="network-summary" class="visually-hidden">${this.sentence}</p>
      <p class="visually-hidden" role="status">${reading}</p>`;
  }
}

customElements.define("lit-network", LitNetwork);
