/**
 * Images of a matrix's rows: painted once a frame of matrices into one small sheet, drawn with one call.
 *
 * @typedef {import("../layout/picture.js").Column} Column
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("../scale.js").Scale} Scale
 */
import { fillByteTable, pixelOf } from "../scale.js";

export class TileSheet {
  #table = new Uint32Array(256);
  #across = 1;
  /** @type {OffscreenCanvas | null} */
  #canvas = null;
  /** @type {OffscreenCanvasRenderingContext2D | null} */
  #context = null;
  /** @type {ImageData | null} */
  #image = null;

  /**
   * @param {number} columns  pixels of one tile from left to right
   * @param {number} rows
   */
  constructor(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    this.count = 0;
  }

  /** @param {number} count  tiles @param {number} across  tiles side by side */
  #fit(count, across) {
    const width = across * this.columns;
    const height = Math.ceil(count / across) * this.rows;
    if (this.#canvas?.width === width && this.#canvas.height === height && this.count === count) return;
    this.#canvas = new OffscreenCanvas(width, height);
    this.#context = this.#canvas.getContext("2d");
    this.#image = new ImageData(width, height);
    this.#across = across;
    this.count = count;
  }

  /**
   * @param {Int8Array | Uint8Array} bytes  tile after tile
   * @param {Scale} scale
   * @param {number} limit  the byte at which full colour is reached
   * @param {number} [across]
   */
  paint(bytes, scale, limit, across = 1) {
    const { columns, rows } = this;
    const area = columns * rows;
    this.#fit(Math.floor(bytes.length / area), across);
    if (!this.#image || !this.#context) return;
    if (bytes instanceof Uint8Array) fillGreyTable(this.#table, scale);
    else fillByteTable(this.#table, scale, limit);
    const table = this.#table;
    const pixels = new Uint32Array(this.#image.data.buffer);
    const stride = this.#across * columns;
    for (let tile = 0; tile < this.count; tile += 1) {
      const corner = Math.floor(tile / this.#across) * rows * stride + (tile % this.#across) * columns;
      let i = tile * area;
      for (let row = 0; row < rows; row += 1) {
        let at = corner + row * stride;
        for (const end = at + columns; at < end; at += 1, i += 1) {
          pixels[at] = /** @type {number} */ (table[/** @type {number} */ (bytes[i]) & 255]);
        }
      }
    }
    this.#context.putImageData(this.#image, 0, 0);
  }

  /**
   * One tile whose every pixel has a colour of its own.
   * @param {number} count  pixels
   * @param {(pixel: number) => string} colour  rgb(…)
   */
  paintColours(count, colour) {
    this.#fit(1, 1);
    if (!this.#image || !this.#context) return;
    const pixels = new Uint32Array(this.#image.data.buffer);
    for (let i = 0; i < Math.min(count, pixels.length); i += 1) pixels[i] = pixelOf(colour(i));
    this.#context.putImageData(this.#image, 0, 0);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} tile
   * @param {number} x
   * @param {number} y
   * @param {number} size
   */
  draw(context, tile, x, y, size) {
    if (!this.#canvas || tile >= this.count) return;
    const fromX = (tile % this.#across) * this.columns;
    const fromY = Math.floor(tile / this.#across) * this.rows;
    // Crisp where every pixel is equally large on the screen, or large enough that a difference is not seen.
    const enlargement = (size * (context.getTransform().a || 1)) / this.columns;
    const even = enlargement >= 0.99 && Math.abs(enlargement - Math.round(enlargement)) < 0.02;
    context.imageSmoothingEnabled = !even && enlargement < 2.5;
    context.drawImage(this.#canvas, fromX, fromY, this.columns, this.rows, x, y, size, size);
  }
}

/** @param {Uint32Array} table @param {Scale} scale */
function fillGreyTable(table, scale) {
  for (let grey = 0; grey < 256; grey += 1) table[grey] = scale.pixels[127 + Math.round((grey * 127) / 255)] ?? 0;
}
