/**
 * The network, live: input, first-layer tiles, units, outputs, the strongest edges between them, ribbons and a legend.
 *
 * This element knows sizes, the store and time; what is drawn where is in layout/ and render/.
 */
import { html, LitElement } from "lit";
import { send } from "../connection.js";
import { _ } from "../i18n.js";
import { invalidate, onPaint } from "../paint.js";
import { store } from "../store.js";
import { isDrawn, isSignedLayer, isThin, skipsOf } from "../layout/kinds.js";
import { layoutPicture } from "../layout/picture.js";
import { LENSES } from "../render/lenses.js";
import { makeLook } from "../render/look.js";
import { PAINT_EVERY, Scene } from "../render/scene.js";
import { LAYERS, Stage } from "../render/stage.js";
import { readPalette } from "../scale.js";
import { held } from "./held.js";
import { PictureTouch } from "./picture-touch.js";
import { answerOf, edgeSentence, heads, matrixLegend, ribbonCaption, ribbonNumbers, summary, tileLegend, unitLegend, viewCaption } from "./picture-words.js";

/** @typedef {import("../render/stage.js").Layer} Layer */

const UNITS_RATE = 30;
const MATRICES_RATE = 4; // tiles that turn over so often are still below three flashes a second
const WORDS_EVERY = 160; // milliseconds; numbers that change faster can't be read
const SUMMARY_EVERY = 5000;
const LENS_PATIENCE = 700; // then a lens without values shows that it has none

class NetworkPicture extends LitElement {
  static properties = { legend: { state: true }, summary: { state: true }, spoken: { state: true } };

  /** @type {Scene | null} */
  #scene = null;
  /** @type {Stage | null} */
  #stage = null;
  /** @type {PictureTouch | null} */
  #touch = null;
  /** @type {(() => void)[]} */
  #cleanups = [];
  #phase = "";
  #watched = "";
  #wordsAt = -Infinity;
  /** The frame that the words are of. @type {import("../frame.js").DecodedFrame | null} */
  #worded = null;
  #summaryAt = -Infinity;
  #lensTimer = 0;
  #again = 0;
  #skips = "";
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  constructor() {
    super();
    this.legend = { matrix: "", tiles: "", units: "", edges: "" };
    this.summary = "";
    this.spoken = "";
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
      store.subscribe(["manifest"], () => this.#begin()),
      store.subscribe(["units"], () => this.#takeUnits()),
      store.subscribe(["matrices"], () => this.#takeMatrices()),
      store.subscribe(["lens"], () => this.#changeLens()),
      store.subscribe(["connection"], () => this.#watch()),
      store.subscribe(["selection"], () => this.#select()),
      store.subscribe(["run"], () => this.#changeRun()),
    ];
    this.#phase = "";
    this.#watch();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    for (const cleanup of this.#cleanups) cleanup();
    this.#cleanups = [];
    this.#touch?.end();
    clearTimeout(this.#lensTimer);
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
    const scroller = /** @type {HTMLElement} */ (this.querySelector(".network-scroll"));
    const stage = /** @type {HTMLElement} */ (this.querySelector(".network-stage"));
    this.#touch = new PictureTouch(scroller, stage, (text) => (this.spoken = text));
    this.#begin();
  }

  /** Says what this picture needs; after every welcome, and with every lens. */
  #watch() {
    const { connection, lens } = store.state;
    const { matrix } = LENSES[lens];
    if (connection.phase === this.#phase && this.#watched === matrix) return;
    this.#phase = connection.phase;
    if (connection.phase !== "live") return void (this.#watched = "");
    this.#watched = matrix;
    void send({ type: "watch", matrices: [matrix], units_rate: UNITS_RATE, matrices_rate: MATRICES_RATE });
  }

  /** A new architecture. */
  #begin() {
    const { manifest, lens } = store.state;
    this.#scene = null;
    if (manifest && this.#stage) {
      const look = this.#look();
      const picture = layoutPicture(manifest, this.#sizes(manifest, look.scale));
      const answer = answerOf(null, manifest, LENSES[lens], true, 0);
      const words = { heads: [], caption: "", ribbons: [], inputGradient: "dL/dx", view: "", answer };
      this.#scene = new Scene(this.#stage, manifest, look, picture, words);
      this.#scene.setLens(lens);
      this.#layOut();
      this.#takeMatrices();
      this.#takeUnits();
    }
  }

  /** Another size, theme or scale. */
  #layOut() {
    const scene = this.#scene;
    if (!scene) return;
    const { manifest } = scene;
    scene.look = this.#look();
    const { scale } = scene.look;
    scene.picture = layoutPicture(manifest, this.#sizes(manifest, scale));
    const { width, height } = scene.picture;
    this.style.setProperty("--picture-width", `${width}px`);
    this.style.setProperty("--picture-height", `${height}px`);
    this.#stage?.resize(width, height, devicePixelRatio);
    this.#touch?.aim(scene.picture, manifest);
    this.#headlines();
    if (store.state.matrices?.frame.manifest === manifest.id) this.#takeMatrices();
    if (store.state.units?.frame.manifest === manifest.id) scene.takeUnits(store.state.units);
    scene.refresh();
    this.#paintLegend();
    invalidate();
  }

  /** @param {import("../protocol").Manifest} manifest @param {number} scale */
  #sizes(manifest, scale) {
    const scroller = this.querySelector(".network-scroll");
    const skips = skipsOf(manifest, store.state.run?.spec);
    this.#skips = skips.join(" ");
    return {
      width: scroller?.clientWidth || 600,
      height: scroller?.clientHeight || 400,
      scale,
      phone: matchMedia("(max-width: 640px)").matches,
      skips,
    };
  }

  /** A run's set-up may come after its manifest: what residual additions go past is said there. */
  #changeRun() {
    const { manifest } = this.#scene ?? {};
    if (manifest && skipsOf(manifest, store.state.run?.spec).join(" ") !== this.#skips) this.#layOut();
    invalidate();
  }

  #look() {
    const style = getComputedStyle(this);
    const scale = Number(style.getPropertyValue("--scale")) || 1;
    return makeLook(readPalette(), scale, style.fontFamily);
  }

  #headlines() {
    const scene = this.#scene;
    if (!scene) return;
    const lens = LENSES[scene.lens];
    scene.words.heads = heads(scene.manifest, scene.picture, lens);
    scene.words.view = viewCaption(scene.manifest, scene.plane?.reach ?? 0);
    scene.words.caption = ribbonCaption(scene.lens);
    this.#wordsAt = -Infinity;
  }

  #changeLens() {
    this.#watch();
    clearTimeout(this.#lensTimer);
    if (LENSES[store.state.lens].matrix === LENSES[this.#scene?.lens ?? "gradients"].matrix) this.#showLens();
    else this.#lensTimer = setTimeout(() => this.#showLens(), LENS_PATIENCE);
    this.#takeMatrices();
  }

  /** Turns to the lens that was chosen, with whatever values are there. */
  #showLens() {
    const scene = this.#scene;
    clearTimeout(this.#lensTimer);
    if (!scene || scene.lens === store.state.lens) return;
    this.#stage?.keep();
    this.toggleAttribute("data-crossing", false);
    void this.offsetWidth; // the fade begins anew
    this.toggleAttribute("data-crossing", true);
    scene.setLens(store.state.lens);
    this.#headlines();
    this.#paintLegend();
    const { units, matrices } = store.state;
    if (units?.frame.manifest === scene.manifest.id) scene.takeUnits(units);
    if (matrices?.frame.manifest === scene.manifest.id) scene.takeMatrices(matrices);
    this.#legend();
    invalidate();
  }

  #takeUnits() {
    const { units } = store.state;
    if (!this.#scene || units?.frame.manifest !== this.#scene.manifest.id) return;
    const { isFinite } = this.#scene.sight;
    this.#scene.takeUnits(units);
    if (isFinite !== this.#scene.sight.isFinite) this.#takeMatrices(); // its zeros mean something else now
    invalidate();
  }

  #takeMatrices() {
    const scene = this.#scene;
    const { matrices, lens } = store.state;
    if (!scene || !matrices || matrices.frame.manifest !== scene.manifest.id) return;
    const last = scene.manifest.layers.at(-1);
    const arrived = matrices.tensors.has(`${last?.name}.${LENSES[lens].matrix}`);
    // A frame that was on its way when the lens changed holds another matrix; at step 0 there may be none to hold.
    if (!arrived && matrices.frame.step > 0) return;
    if (scene.lens !== lens) return this.#showLens();
    scene.takeMatrices(matrices);
    this.#legend();
    invalidate();
  }

  #select() {
    const { selection } = store.state;
    if (selection && !held()) return this.#touch?.find(selection); // the host pointed at it: it has no place here yet
    this.#scene?.select(selection);
    this.toggleAttribute("data-held", Boolean(selection) && selection?.layer !== "x");
    return invalidate();
  }

  #draw() {
    const scene = this.#scene;
    if (!scene) return;
    const now = performance.now();
    this.#speak(now);
    const pulsing =
      store.state.run?.status === "running" &&
      store.state.connection.phase === "live" &&
      LENSES[scene.lens].direction !== 0 &&
      !this.#calm.matches;
    if (scene.draw(now, pulsing) || pulsing) this.#paintIn(PAINT_EVERY);
  }

  /** @param {number} wait  milliseconds; a paint that is already planned is soon enough */
  #paintIn(wait) {
    this.#again ||= setTimeout(() => {
      this.#again = 0;
      invalidate();
    }, wait);
  }

  /** Brings the words on the canvas up to date. @param {number} now */
  #speak(now) {
    const scene = this.#scene;
    const { units } = store.state;
    if (!scene) return;
    const wait = this.#wordsAt + WORDS_EVERY - now;
    if (wait > 0) {
      // The last frame before a pause must be put into words too, though no paint would follow it.
      if (units !== this.#worded) this.#paintIn(wait);
      return;
    }
    this.#wordsAt = now;
    this.#worded = units;
    const frame = units?.frame.manifest === scene.manifest.id ? units : null;
    scene.say({
      answer: answerOf(frame, scene.manifest, LENSES[scene.lens], scene.sight.isFinite, scene.plane?.reach ?? 0),
      ribbons: ribbonNumbers(scene.manifest, scene.sight.measured, scene.lens),
    });
    if (store.state.run?.status === "running" && now - this.#summaryAt < SUMMARY_EVERY) return;
    this.#summaryAt = now;
    this.summary = summary(scene.manifest, scene.lens, frame);
    this.#legend();
  }

  #legend() {
    const scene = this.#scene;
    if (!scene) return;
    const { manifest } = scene;
    const lens = LENSES[scene.lens];
    const sampled = manifest.layers.some((layer) => layer.shown.length < layer.units);
    const counted = manifest.layers.flatMap((layer, index) => (isDrawn(layer) && !isThin(layer) && layer.shape.length === 1 ? [index] : []));
    const signed = lens.unit !== null && (lens.unit !== "a" || counted.some((index) => isSignedLayer(manifest, index)));
    const { isFinite, limits } = scene.sight;
    const legend = {
      matrix: matrixLegend(manifest, lens, scene.limits, isFinite),
      tiles: isFinite ? tileLegend(manifest, lens, scene.tiles.limits) : "",
      units: isFinite ? unitLegend(lens, counted.map((index) => limits[index] ?? 0), signed) : "",
      edges: edgeSentence(scene.edges, sampled),
    };
    if (Object.values(legend).join() !== Object.values(this.legend).join()) this.legend = legend;
  }

  #paintLegend() {
    const canvas = /** @type {HTMLCanvasElement | null} */ (this.querySelector("canvas.legend-bar"));
    const context = canvas?.getContext("2d");
    if (!canvas || !context || !this.#scene) return;
    const { css } = this.#scene.look[LENSES[this.#scene.lens].colours];
    css.forEach((colour, i) => {
      context.fillStyle = colour;
      context.fillRect(i, 0, 1, 1);
    });
  }

  /** @override */
  render() {
    const { matrix, tiles, units, edges } = this.legend;
    return html`
      <div
        class="network-scroll"
        data-testid="network"
        tabindex="0"
        role="application"
        aria-roledescription=${_("picture of the network")}
        aria-label=${_("The network: arrow keys move from unit to unit, Enter pins one, Escape lets go")}
        aria-describedby="network-summary"
      >
        <div class="network-stage">${LAYERS.map((layer) => html`<canvas class=${layer} aria-hidden="true"></canvas>`)}</div>
      </div>
      <div class="network-legend">
        <span class="legend-scale" aria-hidden="true"
          ><span>−</span><canvas class="legend-bar" width="255" height="1"></canvas><span>+</span></span
        >
        <span class="legend-words">${[matrix, edges, tiles, units].filter(Boolean).map((part) => html`<span>${part}</span>`)}</span>
      </div>
      <p id="network-summary" class="visually-hidden">${this.summary}</p>
      <p class="visually-hidden" role="status">${this.spoken}</p>
    `;
  }
}

customElements.define("network-picture", NetworkPicture);
