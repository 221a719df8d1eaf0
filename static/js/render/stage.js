/**
 * Four canvases over one another, so that each kind of change redraws only what it changes, and dimming and cross-fading
 * cost the main thread nothing: the last lens while it fades, edges, ground (heads and tiles), live units.
 *
 * @typedef {import("../layout/picture.js").Picture} Picture
 * @typedef {"fading" | "edges" | "ground" | "live"} Layer
 */

/** @type {readonly Layer[]} */
export const LAYERS = ["fading", "edges", "ground", "live"];
const MOST_PIXELS = 6e6; // of one canvas; a wide picture on a sharp screen is drawn a little coarser

export class Stage {
  #ratio = 1;
  #width = 0;
  #height = 0;
  /** @type {Map<Layer, CanvasRenderingContext2D>} */
  #contexts = new Map();

  /** @param {Map<Layer, HTMLCanvasElement>} canvases */
  constructor(canvases) {
    for (const [layer, canvas] of canvases) {
      const context = canvas.getContext("2d");
      if (context) this.#contexts.set(layer, context);
    }
  }

  /** @param {number} width @param {number} height  in CSS pixels @param {number} ratio  device pixels in one */
  resize(width, height, ratio) {
    const sharp = Math.min(ratio, Math.sqrt(MOST_PIXELS / (width * height)));
    this.#ratio = sharp;
    this.#width = width;
    this.#height = height;
    for (const { canvas } of this.#contexts.values()) {
      canvas.width = Math.round(width * sharp);
      canvas.height = Math.round(height * sharp);
    }
  }

  /**
   * A cleared canvas in CSS pixels, and what is drawn on it.
   * @param {Layer} layer
   * @param {(context: CanvasRenderingContext2D) => void} draw
   */
  paint(layer, draw) {
    const context = this.#contexts.get(layer);
    if (!context) return;
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.clearRect(0, 0, this.#width, this.#height);
    draw(context);
  }

  /** Keeps what is seen of edges and tiles, for a cross-fade. */
  keep() {
    const context = this.#contexts.get("fading");
    if (!context) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    for (const layer of /** @type {Layer[]} */ (["edges", "ground"])) {
      const canvas = this.#contexts.get(layer)?.canvas;
      if (canvas && canvas.width > 0 && canvas.height > 0) context.drawImage(canvas, 0, 0);
    }
  }
}
