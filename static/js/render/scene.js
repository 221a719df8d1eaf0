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
 * @property {(string | null)[]} ribbons
 * @property {string} inputGradient
 * @property {string} view  under what the network says everywhere
 * @property {import("./answer.js").Answer} answer
 */
import { chooseOf, chooseStrongest, makeEdges, sumKernels } from "../layout/edges.js";
import { firstDrawn, hasMaps, hasWeights } from "../layout/kinds.js";
import { robustLimit } from "../scale.js";
import { drawEdges, drawPulses, drawStrands } from "./edges.js";
import { drawHeads } from "./ground.js";
import { isBare, LayerTiles } from "./layer-tiles.js";
import { LENSES } from "./lenses.js";
import { drawPassages } from "./passages.js";
import { PlanePicture } from "./plane.js";
import { drawSelection } from "./selection.js";
import { Sight } from "./sight.js";
import { TileSheet } from "./tiles.js";
import { drawAnswer, drawRibbons } from "./answer.js";
import { drawBorders, drawCells, drawInput, drawUnits } from "./units.js";

const MAPS_EVERY = 250; // milliseconds; what is as large as an image must not flicker
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
  #hasImage = false;
  #hasGradient = false;
  /** When what is as large as an image was painted last, and the frame that waits to be. */
  #mapsAt = -Infinity;
  /** @type {DecodedFrame | null} */
  #mapsOf = null;
  /** @type {DecodedFrame | null} */
  #newest = null;
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
    const [rows = 1, columns = 1] = manifest.image_shape ?? [];
    this.#side = columns;
    this.tiles = new LayerTiles(manifest);
    this.plane = manifest.plane && new PlanePicture(manifest, manifest.plane);
    this.image = new TileSheet(columns, rows);
    this.gradient = new TileSheet(columns, rows);
  }

  /** Everything is to be drawn again: another size, theme or language. */
  refresh() {
    this.#mapsAt = -Infinity;
    this.#mapsOf = this.#newest;
    this.#dirty = { ground: true, edges: true, live: true };
  }

  /** @param {Lens} lens */
  setLens(lens) {
    this.lens = lens;
    this.sight.forget();
    this.tiles.forget();
    this.refresh();
  }

  /** @param {DecodedFrame} frame */
  takeUnits(frame) {
    const wasFinite = this.sight.isFinite;
    this.sight.takeUnits(frame, LENSES[this.lens]);
    if (wasFinite && !this.sight.isFinite) this.#mapsAt = -Infinity;
    const x = frame.tensors.get("x");
    if (x && this.manifest.image_shape) {
      this.image.paint(greys(x.values), this.look.ink, 255);
      this.#hasImage = true;
    }
    this.#newest = this.#mapsOf = frame;
    this.#dirty.live = true;
  }

  /**
   * Paints what is as large as an image, a few times a second.
   * @param {number} now
   * @returns {boolean} whether some of it still waits
   */
  #paintMaps(now) {
    const frame = this.#mapsOf;
    if (!frame) return false;
    if (now - this.#mapsAt < MAPS_EVERY) return this.tiles.hasMaps || this.lens === "gradients";
    this.#mapsOf = null;
    this.#mapsAt = now;
    if (this.tiles.hasMaps) {
      this.tiles.takeMaps(frame, LENSES[this.lens], this.look, this.sight.isFinite);
      this.#dirty.ground = true;
    }
    const tensor = frame.tensors.get("dL_dx");
    if (this.lens !== "gradients" || !this.manifest.image_shape) return false;
    this.#hasGradient = tensor?.values instanceof Int8Array && this.sight.isFinite;
    this.#dirty.live = true;
    if (tensor && tensor.values instanceof Int8Array) this.gradient.paint(tensor.values, this.look.gradients, robustLimit(tensor.values));
    return false;
  }

  /** @param {DecodedFrame} frame @returns {boolean} whether it holds what the lens shows */
  takeMatrices(frame) {
    const lens = LENSES[this.lens];
    const { layers } = this.manifest;
    this.#matrices = [];
    this.limits = layers.map(() => null);
    layers.forEach((layer, index) => {
      const tensor = frame.tensors.get(`${layer.name}.${lens.matrix}`);
      // Of a matrix that is nowhere finite all that arrives is zeros; no number is not the number 0.
      const lost = tensor?.scale === 0 && !this.sight.isFinite;
      if (!tensor || lost || !hasWeights(layer) || !(tensor.values instanceof Int8Array)) return;
      this.limits[index] = this.#takeMatrix(index, tensor.values) * tensor.scale;
    });
    chooseStrongest(this.edges, this.#matrices);
    this.sight.takeMatrices(frame, lens);
    this.tiles.takeResponses(frame, this.look, this.sight.isFinite);
    this.plane?.takeMatrices(frame, this.look, this.sight.isFinite);
    this.#chooseSelected();
    this.#dirty = { ground: true, edges: true, live: true };
    return this.limits.some((limit) => limit !== null);
  }

  /** Paints a layer's tiles of it, or keeps it for edges. @param {number} index @param {Int8Array} bytes @returns {number} the byte at full colour */
  #takeMatrix(index, bytes) {
    const lens = LENSES[this.lens];
    const layer = this.manifest.layers[index];
    const source = this.picture.sources[index] ?? -1;
    const tile = this.picture.byLayer[index + 1]?.tile;
    const rows = layer?.shown.length ?? 0;
    const painted = tile === "weights" || tile === "map" ? this.tiles.takeWeights(index, bytes, lens, this.look) : null;
    if (tile === "weights") return painted ?? 1;
    const joins = tile !== "map" || source >= 0;
    const shape = this.manifest.tensors.find(({ name }) => name === `${layer?.name}.${lens.matrix}`)?.shape;
    const strengths = tile === "map" ? sumKernels(bytes, rows * (shape?.[1] ?? 1)) : bytes;
    const limit = robustLimit(strengths, Math.max(lens.unclipped, 1 - MOST_CLIPPED_EDGES / strengths.length));
    if (joins) this.#matrices.push({ layer: index, source, bytes: strengths, rows, columns: strengths.length / rows, limit });
    return painted ?? limit;
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
    const waiting = this.#paintMaps(now);
    if (this.#dirty.ground) stage.paint("ground", (context) => this.#drawGround(context));
    if (this.#dirty.edges) {
      stage.paint("edges", (context) => {
        drawPassages(context, picture, this.manifest, look);
        drawEdges(context, picture, this.edges, look, lens);
      });
    }
    if (this.#dirty.live || settling || pulsing) {
      stage.paint("live", (context) => this.#drawLive(context, pulsing ? now : null));
    }
    this.#dirty = { ground: false, edges: false, live: false };
    return settling || waiting;
  }

  /** @param {CanvasRenderingContext2D} context */
  #drawGround(context) {
    const { picture, look, words } = this;
    drawHeads(context, picture, words.heads, look);
    for (const column of picture.columns) {
      this.tiles.draw(context, column, LENSES[this.lens], look);
      if (column.kind === "plane") this.plane?.drawData(context, column, look);
      if (column.kind === "features" && this.plane) this.plane.drawFeatures(context, column, look);
      if (column.view) this.plane?.drawView(context, column, words.view, look);
    }
  }

  /** The scale of a layer's units in this lens. @param {number} layer */
  unitScale(layer) {
    const lens = LENSES[this.lens];
    return lens.unit === null ? this.look.bright : this.tiles.scaleOf(layer, lens, this.look);
  }

  /** @param {CanvasRenderingContext2D} context @param {number | null} time  of the pulses; null: they stand still */
  #drawLive(context, time) {
    const { picture, look, sight, words } = this;
    const lens = LENSES[this.lens];
    const first = firstDrawn(this.manifest);
    const sized = lens.unit === "b" || hasMaps(/** @type {import("../protocol").LayerInfo} */ (this.manifest.layers[first]));
    const strandScale = sized ? look.bright : this.unitScale(first);
    if (sight.strands.known && picture.columns[0]?.kind === "input") {
      // A strand that stands for a mean size says less than one that carries a value.
      const plain = lens.unit === null || sized ? 0.45 : 1;
      drawStrands(context, picture, sight.strands.shown, strandScale, look, this.#selection ? plain * 0.35 : plain);
    }
    if (this.#selection) drawEdges(context, picture, this.#selected, look, lens, 2.5);
    else if (lens.glyphs) drawPulses(context, picture, this.edges, look, lens, time);
    const input = picture.columns[0];
    if (input?.kind === "input") {
      const back = lens.direction < 0;
      const sheet = this.#hasGradient ? this.gradient : null;
      drawInput(context, input, this.#hasImage ? this.image : null, look, back ? { sheet, caption: words.inputGradient } : null);
    }
    for (const column of picture.columns) this.#drawColumn(context, column);
    const last = picture.columns.at(-1);
    if (last) drawAnswer(context, last, sight.probs, words.answer, look[lens.colours], look);
    const example = this.#newest?.frame.example;
    if (example) this.plane?.drawMark(context, picture.columns, example, look);
    const signed = sight.measured.some((value) => value < 0);
    const caption = { text: words.caption, direction: lens.direction, ...ribbonColours(lens.direction, signed, look) };
    drawRibbons(context, picture, sight.ribbons, words.ribbons, caption, look);
    if (this.#selection) drawSelection(context, picture, this.#selection, this.#side, look);
  }

  /** @param {CanvasRenderingContext2D} context @param {import("../layout/picture.js").Column} column */
  #drawColumn(context, column) {
    const { look, sight } = this;
    const layer = this.manifest.layers[column.layer];
    if (column.kind === "features" && !this.plane) drawUnits(context, column, sight.features, look.weights, look);
    const values = sight.units[column.layer];
    if (!layer || !values) return;
    const scale = this.unitScale(column.layer);
    const bare = isBare(layer, LENSES[this.lens]);
    if (column.tile) drawBorders(context, column, values, scale, look);
    else if (column.kind === "thin") drawCells(context, column, values, scale, look, bare);
    else drawUnits(context, column, values, scale, look, bare);
  }
}

/** Grey values as bytes, whatever they came as. @param {Int8Array | Uint8Array | Float32Array} values */
function greys(values) {
  return values instanceof Uint8Array ? values : Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
}

/** @param {number} direction @param {boolean} signed @param {Look} look */
function ribbonColours(direction, signed, look) {
  if (direction < 0) return { positive: look.gradients.negative, negative: look.gradients.negative };
  if (signed) return { positive: look.weights.positive, negative: look.weights.negative };
  return { positive: direction > 0 ? look.palette.accent : look.palette.muted, negative: look.weights.negative };
}
