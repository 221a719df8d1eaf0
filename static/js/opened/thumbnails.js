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
  const image = canvas(className, width, height, (out) => {
    const size = width * height;
    const ink = look().ink.pixels;
    for (let i = 0; i < size; i += 1) {
      out[i] = colour
        ? ((255 << 24) | ((pixels[i + 2 * size] ?? 0) << 16) | ((pixels[i + size] ?? 0) << 8) | (pixels[i] ?? 0)) >>> 0
        : (ink[127 + Math.round((127 * (pixels[i] ?? 0)) / 255)] ?? 0);
    }
  });
  return marked === null ? image : html`${image}${ring(width, height, marked)}`;
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
  const image = canvas("matrix", columns * width, rows * height, (out) => {
    const { pixels } = look()[kind];
    out.fill(pixels[127] ?? 0);
    values.forEach((value, at) => (out[whereOf(at, height, width, columns)] = pixels[127 + Math.round(127 * place(value ?? 0, limit))] ?? 0));
  });
  return marked === null ? image : html`${image}${ring(columns * width, rows * height, whereOf(marked, height, width, columns))}`;
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

/** A ring around one pixel, over the image. @param {number} width @param {number} height @param {number} at */
function ring(width, height, at) {
  return html`<svg class="ring" viewBox="0 0 ${width} ${height}" aria-hidden="true">
    <rect x=${(at % width) - 0.5} y=${Math.floor(at / width) - 0.5} width="2" height="2" rx="0.5"></rect>
  </svg>`;
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
