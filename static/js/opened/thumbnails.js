/** Pictures of an opened step: its examples in the ink of the theme, and rows of weights or gradients as images. */
import { html, ref } from "lit";
import { makeLook } from "../render/look.js";
import { place, readPalette } from "../scale.js";
import { store } from "../store.js";
import { largest } from "./numbers.js";

/** @typedef {[channels: number, height: number, width: number]} ImageShape */

/** @type {{ theme: string, look: import("../render/look.js").Look } | null} */
let known = null;

function look() {
  const { theme } = store.state;
  if (known?.theme !== theme) known = { theme, look: makeLook(readPalette(), 1, "sans-serif") };
  return known.look;
}

/**
 * @param {string} base64  grey values of one image after the other
 * @param {number} count
 * @returns {Uint8Array[]}
 */
export function readGrey(base64, count) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const size = count ? bytes.length / count : 0;
  return Number.isInteger(size) && size > 0
    ? Array.from({ length: count }, (_image, at) => bytes.subarray(at * size, (at + 1) * size))
    : [];
}

/**
 * @param {Uint8Array} pixels
 * @param {ImageShape} shape
 * @param {string} [className]
 * @param {number | null} [marked]  a pixel with a ring around it
 */
export function greyImage(pixels, shape, className = "thumb", marked = null) {
  const [channels, height, width] = shape;
  const colour = channels === 3;
  return canvas(className, width, height, (out) => {
    const size = width * height;
    const ink = look().ink.pixels;
    for (let i = 0; i < size; i += 1) {
      out[i] = colour
        ? ((255 << 24) | ((pixels[i + 2 * size] ?? 0) << 16) | ((pixels[i + size] ?? 0) << 8) | (pixels[i] ?? 0)) >>> 0
        : (ink[127 + Math.round((127 * (pixels[i] ?? 0)) / 255)] ?? 0);
    }
    mark(out, width, height, marked);
  });
}

/**
 * Signed numbers as an image, zero at the ground's grey; channels stand side by side.
 * @param {readonly (number | null)[]} values
 * @param {ImageShape} shape
 * @param {"weights" | "gradients" | "ink"} kind
 * @param {number} [limit]  the size of full colour
 * @param {number | null} [marked]
 */
export function signedImage(values, [channels, height, width], kind, limit = largest(values), marked = null) {
  const columns = Math.ceil(Math.sqrt(channels));
  const rows = Math.ceil(channels / columns);
  return canvas("matrix", columns * width, rows * height, (out) => {
    const { pixels } = look()[kind];
    out.fill(pixels[127] ?? 0);
    values.forEach((value, at) => (out[whereOf(at, height, width, columns)] = pixels[127 + Math.round(127 * place(value ?? 0, limit))] ?? 0));
    if (marked !== null) mark(out, columns * width, rows * height, whereOf(marked, height, width, columns));
  });
}

/** Which number of an image one clicked on. @param {MouseEvent} event @param {ImageShape} shape */
export function clickedAt(event, [channels, height, width]) {
  const columns = Math.ceil(Math.sqrt(channels));
  const rows = Math.ceil(channels / columns);
  const element = /** @type {HTMLElement} */ (event.currentTarget);
  const box = element.getBoundingClientRect();
  const column = Math.floor(((event.clientX - box.left) / box.width) * columns * width);
  const row = Math.floor(((event.clientY - box.top) / box.height) * rows * height);
  const channel = Math.floor(row / height) * columns + Math.floor(column / width);
  const at = channel * height * width + (row % height) * width + (column % width);
  return at >= 0 && at < channels * height * width ? at : null;
}

/** @param {number} at @param {number} height @param {number} width @param {number} columns */
function whereOf(at, height, width, columns) {
  const channel = Math.floor(at / (height * width));
  const within = at % (height * width);
  const row = Math.floor(channel / columns) * height + Math.floor(within / width);
  return row * columns * width + (channel % columns) * width + (within % width);
}

/** The four neighbours of a pixel in the accent colour. @param {Uint32Array} out @param {number} width @param {number} height @param {number | null} at */
function mark(out, width, height, at) {
  if (at === null) return;
  const accent = look().palette.accent;
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(accent.slice(start, start + 2), 16));
  const colour = ((255 << 24) | ((blue ?? 0) << 16) | ((green ?? 0) << 8) | (red ?? 0)) >>> 0;
  const column = at % width;
  const row = Math.floor(at / width);
  for (const [dx, dy] of /** @type {[number, number][]} */ ([[-1, -1], [0, -1], [1, -1], [-1, 0], [1, 0], [-1, 1], [0, 1], [1, 1]])) {
    const [x, y] = [column + dx, row + dy];
    if (x >= 0 && x < width && y >= 0 && y < height) out[y * width + x] = colour;
  }
}

/**
 * @param {string} className
 * @param {number} width
 * @param {number} height
 * @param {(out: Uint32Array) => void} draw
 */
function canvas(className, width, height, draw) {
  return html`<canvas class=${className} width=${width} height=${height} aria-hidden="true" ${ref((element) => {
    const context = element instanceof HTMLCanvasElement ? element.getContext("2d") : null;
    if (!context) return;
    const image = new ImageData(width, height);
    draw(new Uint32Array(image.data.buffer));
    context.putImageData(image, 0, 0);
  })}></canvas>`;
}
