/** One channel, exactly: its maps and kernels as images, their range and mean, and the numbers at the place under the pointer. */
import { html, nothing } from "lit";
import { integer, number } from "../format.js";
import { _ } from "../i18n.js";
import { makeLook } from "../render/look.js";
import { place, readPalette } from "../scale.js";
import { formulas } from "./inspector-formulas.js";
import { quantityName } from "./layer-names.js";

/**
 * @typedef {import("./inspection.js").Exact} Exact
 * @typedef {import("./inspection.js").Values} Values
 */

const MAPS = /** @type {const} */ (["z", "a", "dL_dz"]);
const KERNELS = /** @type {const} */ (["W", "dL_dW", "update"]);
const MOST_KERNELS = 16; // side by side, in rows of four; what is left out is said

/**
 * @param {Exact} exact
 * @param {import("../protocol").LayerInfo} layer
 * @param {number | undefined} at  the place under the pointer, line by line
 */
export function mapDetails(exact, layer, at) {
  const [, rows = 1, columns = 1] = layer.shape;
  const values = exact.values.get("a") ?? [];
  return html`
    ${at === undefined
      ? html`<p class="inspector-note">${_("Over its {rows} × {columns} places; point at one for its numbers", { rows, columns })}</p>`
      : html`<p class="inspector-note">${_("At row {row}, column {column} of {rows} × {columns}", { row: Math.floor(at / columns), column: at % columns, rows, columns })}</p>
          <dl class="inspector-values">${MAPS.map((quantity) => one(quantity, exact.values.get(quantity)?.[at]))} ${one("b", exact.values.get("b")?.[0])}</dl>`}
    <dl class="inspector-values" data-testid="map-range">
      ${entry(_("min a"), extreme(values, Math.min))} ${entry(_("mean a"), mean(values))} ${entry(_("max a"), extreme(values, Math.max))}
      ${at === undefined && exact.values.has("b") ? one("b", exact.values.get("b")?.[0]) : nothing}
    </dl>
    ${formulas(exact, layer, false)}
    <div class="inspector-images">${MAPS.map((quantity) => image(quantity, exact.values.get(quantity), columns, rows))}</div>
    ${layer.inputs === 0 ? nothing : kernels(exact, layer)}
  `;
}

/** @param {Exact} exact @param {import("../protocol").LayerInfo} layer */
function kernels(exact, layer) {
  const side = kernelSide(exact, layer);
  const inputs = layer.inputs / (side * side);
  const across = Math.min(inputs, 4);
  const shown = Math.min(inputs, MOST_KERNELS);
  const down = Math.ceil(shown / across);
  const gap = inputs > 1 ? 1 : 0;
  return html`
    ${inputs > 1
      ? html`<p class="inspector-note">
          ${shown < inputs
            ? _("The first {shown} of {all} kernels, one for each channel that comes in", { shown, all: integer(inputs) })
            : _("{all} kernels, one for each channel that comes in", { all: integer(inputs) })}
        </p>`
      : nothing}
    <div class="inspector-images">
      ${KERNELS.map((matrix) => image(matrix, exact.values.get(matrix), across * (side + gap) - gap, down * (side + gap) - gap, side))}
    </div>
    ${inputs === 1 && side <= 5 ? table(exact.values.get("W") ?? [], side) : nothing}
  `;
}

/** A small kernel's weights as numbers. @param {Values} values @param {number} side */
function table(values, side) {
  if (values.length !== side * side) return nothing;
  const rows = Array.from({ length: side }, (_row, row) => values.slice(row * side, (row + 1) * side));
  return html`<table class="inspector-kernel">
    <caption>W</caption>
    <tbody>
      ${rows.map((row) => html`<tr>${row.map((weight) => html`<td class=${sign(weight, "weight")} title=${String(weight)}>${number(weight)}</td>`)}</tr>`)}
    </tbody>
  </table>`;
}

/** The side of the kernels of a channel. @param {Exact} exact @param {import("../protocol").LayerInfo} layer */
function kernelSide(exact, layer) {
  return exact.shapes.get("W")?.at(-1) ?? Math.max(1, Math.round(Math.sqrt(layer.inputs)));
}

/**
 * @param {string} quantity
 * @param {Values | undefined} values
 * @param {number} columns
 * @param {number} rows
 * @param {number} [kernel]  side of each of several kernels
 */
function image(quantity, values, columns, rows, kernel = 0) {
  return html`<figure>
    ${values
      ? html`<canvas data-matrix=${quantity} data-kernel=${kernel} width=${columns} height=${rows} .style=${`aspect-ratio: ${columns} / ${rows}`}></canvas>`
      : html`<div class="not-yet"></div>`}
    <figcaption>
      <b>${quantityName(quantity)}</b>
      ${values
        ? html`<span>${_("{least} to {most}", { least: number(least(values)), most: number(most(values)) })}</span>`
        : html`<span>${_("not computed yet")}</span>`}
    </figcaption>
  </figure>`;
}

/** @param {string} quantity @param {number | null | undefined} value */
function one(quantity, value) {
  const known = typeof value === "number";
  return html`<div>
    <dt>${quantityName(quantity)}</dt>
    <dd class=${sign(value, quantity === "dL_dz" ? "gradient" : "weight")} title=${known ? String(value) : ""}>${number(value)}</dd>
  </div>`;
}

/** @param {string} name @param {number | null} value */
function entry(name, value) {
  return html`<div>
    <dt>${name}</dt>
    <dd title=${value === null ? "" : String(value)}>${number(value)}</dd>
  </div>`;
}

/** @param {number | null | undefined} value @param {string} kind */
function sign(value, kind) {
  return value ? `${kind}-${value < 0 ? "negative" : "positive"}` : "";
}

/** @param {Values} values @param {(...numbers: number[]) => number} of */
function extreme(values, of) {
  const known = values.filter((value) => value !== null);
  return known.length ? of(...known) : null;
}

/** @param {Values} values */
function mean(values) {
  const known = values.filter((value) => value !== null);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

/** The least of some values and 0. @param {Values} values */
export function least(values) {
  return values.reduce((/** @type {number} */ low, value) => (value !== null && value < low ? value : low), 0);
}

/** The most of some values and 0. @param {Values} values */
export function most(values) {
  return values.reduce((/** @type {number} */ high, value) => (value !== null && value > high ? value : high), 0);
}

/**
 * Paints the images of a sheet on one scale each, zero at the background's grey.
 * @param {HTMLElement} sheet
 * @param {Map<string, Values>} exact
 */
export function paintImages(sheet, exact) {
  const canvases = /** @type {NodeListOf<HTMLCanvasElement>} */ (sheet.querySelectorAll("canvas[data-matrix]"));
  if (canvases.length === 0) return;
  const look = makeLook(readPalette(), 1, "sans-serif");
  for (const canvas of canvases) {
    const quantity = canvas.dataset.matrix ?? "W";
    const values = exact.get(quantity);
    const context = canvas.getContext("2d");
    if (!values || !context) continue;
    const { pixels } = quantity.startsWith("dL_") ? look.gradients : look.weights;
    const limit = Math.max(Math.abs(least(values)), Math.abs(most(values)));
    const picture = new ImageData(canvas.width, canvas.height);
    const out = new Uint32Array(picture.data.buffer);
    const places = placesOf(Number(canvas.dataset.kernel), canvas.width);
    values.forEach((value, i) => {
      const to = places(i);
      if (to < out.length) out[to] = pixels[Math.round(place(value ?? 0, limit) * 127) + 127] ?? 0;
    });
    context.putImageData(picture, 0, 0);
  }
}

/** Where the values of an image, or of kernels in rows, stand. @param {number} kernel @param {number} width @returns {(i: number) => number} */
function placesOf(kernel, width) {
  if (!kernel || kernel === width) return (i) => i;
  const across = Math.round((width + 1) / (kernel + 1));
  return (i) => {
    const nth = Math.floor(i / (kernel * kernel));
    const inside = i % (kernel * kernel);
    const row = Math.floor(nth / across) * (kernel + 1) + Math.floor(inside / kernel);
    return row * width + (nth % across) * (kernel + 1) + (inside % kernel);
  };
}
