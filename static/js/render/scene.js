/**
 * The whole picture: takes frames, keeps what is drawn from them, and redraws only what changed.
 *
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../frame.js").DecodedFrame} DecodedFrame
 * @typedef {import("../store.js").Lens} Lens
 * @typedef {import("../layout/picture.js").Picture} Picture
 * @typedef {import("../layout/touch.js").Address} Address
 * @typedef {import("../layout/edges.js").Matrix} Matrix
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./stage.js").Stage} Stage
 *
 * @typedef {object} Words  all text on the canvases, in the page's language
 * @property {import("./ground.js").Head[]} heads
 * @property {string} caption  of the ribbons
 * @property {string[]} ribbons
 * @property {string} inputGradient
 * @property {import("./units.js").Answer} answer
 */
import { chooseOf, chooseStrongest, makeEdges } from "../layout/edges.js";
import { robustLimit } from "../scale.js";
import { drawEdges, drawPulses, drawStrands } from "./edges.js";
import { drawHeads, drawTiles } from "./ground.js";
import { isSigned, LENSES } from "./lenses.js";
import { drawSelection } from "./selection.js";
import { Sight } from "./sight.js";
import { TileSheet } from "./tiles.js";
import { drawAnswer, drawBorders, drawInput, drawRibbons, drawUnits } from "./units.js";

const GRADIENT_EVERY = 250; // milliseconds
const MOST_CLIPPED_EDGES = 6; // of a layer are as wide as edges get; the others differ
/** Milliseconds: thirty pictures a second are enough to see things move. */
export const PAINT_EVERY = 28;

export class Scene {
  /** @type {Lens} */
  lens = "gradients";
  edges = makeEdges();
  /** The value at full colour of each layer's matrix; null: not computed yet. @type {(number | null)[]} */
  limits = [];
  sight;
  #selected = makeEdges(2048);
  /** @type {Matrix[]} */
  #matrices = [];
  /** @type {Address | null} */
  #selection = null;
  #dirty = { ground: true, edges: true, live: true };
  #painted = 0;
  #hasTiles = false;
  #hasImage = false;
  #hasGradient = false;
  #gradientTime = -Infinity;
  #side;

  /**
   * @param {Stage} stage
   * @param {Manifest} manifest
   * @param {Look} look
   * @param {Picture} picture
   * @param {Words} words
   */
  constructor(stage, manifest, look, picture, words) {
    this.stage = stage;
    this.manifest = manifest;
    this.look = look;
    this.picture = picture;
    this.words = words;
    this.sight = new Sight(manifest);
    const [rows = 1, columns = 1] = manifest.image_shape;
    this.#side = columns;
    this.tiles = new TileSheet(columns, rows);
    this.image = new TileSheet(columns, rows);
    this.gradient = new TileSheet(columns, rows);
  }

  /** Everything is to be drawn again: another size, theme or language. */
  refresh() {
    this.#gradientTime = -Infinity;
    this.#dirty = { ground: true, edges: true, live: true };
  }

  /** @param {Lens} lens */
  setLens(lens) {
    this.lens = lens;
    this.sight.forget();
    this.refresh();
  }

  /** @param {DecodedFrame} frame */
  takeUnits(frame) {
    const wasFinite = this.sight.isFinite;
    this.sight.takeUnits(frame, LENSES[this.lens]);
    if (wasFinite && !this.sight.isFinite) this.#gradientTime = -Infinity;
    const x = frame.tensors.get("x");
    if (x && x.values instanceof Uint8Array) {
      this.image.paint(x.values, this.look.ink, 255);
      this.#hasImage = true;
    }
    this.#takeInputGradient(frame);
    this.#dirty.live = true;
  }

  /** An image as large as this one must not flicker, so it is painted a few times a second. @param {DecodedFrame} frame */
  #takeInputGradient(frame) {
    const tensor = frame.tensors.get("dL_dx");
    const { time, step } = frame.frame;
    const soon = this.#hasGradient && step > 0 && Math.abs(time - this.#gradientTime) < GRADIENT_EVERY;
    if (this.lens !== "gradients" || soon) return;
    this.#hasGradient = tensor?.values instanceof Int8Array && this.sight.isFinite;
    this.#gradientTime = time;
    if (!tensor || !(tensor.values instanceof Int8Array)) return;
    this.gradient.paint(tensor.values, this.look.gradients, robustLimit(tensor.values));
  }

  /** @param {DecodedFrame} frame @returns {boolean} whether it holds what the lens shows */
  takeMatrices(frame) {
    const { matrix, colours, unclipped } = LENSES[this.lens];
    const { layers } = this.manifest;
    this.#matrices = [];
    this.limits = layers.map(() => null);
    this.#hasTiles = false;
    layers.forEach((layer, index) => {
      const tensor = frame.tensors.get(`${layer.name}.${matrix}`);
      // Of a matrix that is nowhere finite all that arrives is zeros; no number is not the number 0.
      const lost = tensor?.scale === 0 && !this.sight.isFinite;
      if (!tensor || lost || !(tensor.values instanceof Int8Array)) return;
      const bytes = tensor.values;
      const tiled = this.picture.columns[index + 1]?.tiled;
      const limit = robustLimit(bytes, tiled ? unclipped : Math.max(unclipped, 1 - MOST_CLIPPED_EDGES / bytes.length));
      this.limits[index] = limit * tensor.scale;
      if (tiled) {
        this.tiles.paint(bytes, this.look[colours], limit, 8);
        this.#hasTiles = true;
      } else {
        const rows = layer.shown.length;
        this.#matrices.push({ layer: index, bytes, rows, columns: bytes.length / rows, limit });
      }
    });
    chooseStrongest(this.edges, this.#matrices);
    this.sight.takeMatrices(frame, LENSES[this.lens]);
    this.#chooseSelected();
    this.refresh();
    return this.#hasTiles || this.#matrices.length > 0;
  }

  /** @param {Address | null} selection */
  select(selection) {
    this.#selection = selection;
    this.#chooseSelected();
    this.#dirty.live = true;
  }

  #chooseSelected() {
    const selection = this.#selection;
    const layer = this.manifest.layers.findIndex((one) => one.name === selection?.layer);
    const position = this.manifest.layers[layer]?.shown.indexOf(selection?.unit ?? -1) ?? -1;
    this.#selected.count = 0;
    if (position >= 0) chooseOf(this.#selected, this.#matrices, layer, position);
  }

  /**
   * Says other words from the next paint on.
   * @param {Partial<Words>} words
   */
  say(words) {
    Object.assign(this.words, words);
    this.#dirty.live = true;
  }

  /**
   * @param {number} now
   * @param {boolean} pulsing  pulses travel
   * @returns {boolean} whether something still moves, so that another paint is wanted
   */
  draw(now, pulsing) {
    if (now - this.#painted < PAINT_EVERY) return true;
    const elapsed = Math.min(100, now - this.#painted);
    this.#painted = now;
    const settling = this.sight.advance(elapsed);
    const { picture, look, stage } = this;
    const lens = LENSES[this.lens];
    if (this.#dirty.ground) {
      stage.paint("ground", (context) => {
        drawHeads(context, picture, this.words.heads, look);
        drawTiles(context, picture, this.#hasTiles ? this.tiles : null, look);
      });
    }
    if (this.#dirty.edges) stage.paint("edges", (context) => drawEdges(context, picture, this.edges, look, lens));
    if (this.#dirty.live || settling || pulsing) {
      stage.paint("live", (context) => this.#drawLive(context, pulsing ? now : null));
    }
    this.#dirty = { ground: false, edges: false, live: false };
    return settling;
  }

  /** The scale of a layer's units in this lens. @param {number} layer */
  unitScale(layer) {
    const lens = LENSES[this.lens];
    if (lens.unit === null) return this.look.bright;
    const activation = this.manifest.layers[layer]?.activation ?? "";
    return lens.unit === "a" && !isSigned(activation) ? this.look.bright : this.look[lens.colours];
  }

  /** @param {CanvasRenderingContext2D} context @param {number | null} time  of the pulses; null: they stand still */
  #drawLive(context, time) {
    const { picture, look, sight, words } = this;
    const lens = LENSES[this.lens];
    const strandScale = lens.unit === "b" ? look.bright : this.unitScale(0);
    if (sight.strands.known) {
      // A strand that stands for a mean size says less than one that carries a value.
      const plain = lens.unit === null || lens.unit === "b" ? 0.45 : 1;
      drawStrands(context, picture, sight.strands.shown, strandScale, look, this.#selection ? plain * 0.35 : plain);
    }
    if (this.#selection) drawEdges(context, picture, this.#selected, look, lens, 2.5);
    else if (lens.glyphs) drawPulses(context, picture, this.edges, look, lens, time);
    const input = picture.columns[0];
    if (input) {
      const back = lens.direction < 0;
      const sheet = this.#hasGradient ? this.gradient : null;
      drawInput(context, input, this.#hasImage ? this.image : null, look, back ? { sheet, caption: words.inputGradient } : null);
    }
    picture.columns.forEach((column, index) => {
      const values = sight.units[index - 1];
      if (!values) return;
      if (column.tiled) drawBorders(context, column, values, this.unitScale(index - 1), look);
      else drawUnits(context, column, values, this.unitScale(index - 1), look);
    });
    const last = picture.columns.at(-1);
    if (last) drawAnswer(context, last, sight.probs, words.answer, look[lens.colours], look);
    const signed = sight.measured.some((value) => value < 0);
    const caption = { text: words.caption, direction: lens.direction, ...ribbonColours(lens.direction, signed, look) };
    drawRibbons(context, picture, sight.ribbons, words.ribbons, caption, look);
    if (this.#selection) drawSelection(context, picture, this.#selection, this.#side, look);
  }
}

/** @param {number} direction @param {boolean} signed @param {Look} look */
function ribbonColours(direction, signed, look) {
  if (direction < 0) return { positive: look.gradients.negative, negative: look.gradients.negative };
  if (signed) return { positive: look.weights.positive, negative: look.weights.negative };
  return { positive: direction > 0 ? look.palette.accent : look.palette.muted, negative: look.weights.negative };
}
