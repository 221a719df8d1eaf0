/** The outer product as pictures: what a unit saw, times what it was told, is what an example writes into the gradient. */
import { html, ref } from "lit";
import { integer } from "../format.js";
import { featureName } from "../configuration/names.js";
import { _ } from "../i18n.js";
import { scrolls } from "../scrolls.js";
import { figure, largest } from "./numbers.js";
import { clickedAt, signedImage } from "./thumbnails.js";
import { shown } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */
/** @typedef {import("./answers").OuterProduct} OuterProduct */
/** @typedef {import("./thumbnails.js").ImageShape} ImageShape */

const MOST_ROWS = 16;

/** @param {Walk} walk */
export function outer(walk) {
  const question = questionOf(walk);
  if (!question) return elsewhere(walk);
  return shown(walk.asking.read(question), (answer) =>
    answer.image_shape ? images(walk, answer, /** @type {ImageShape} */ (answer.image_shape)) : rows(walk, answer),
  );
}

/** The row of W that the weight is in; null where it is in no dense layer. @param {Walk} walk */
export function questionOf(walk) {
  const unit = walk.weight.index[0];
  const isDense = walk.dense().some(({ address }) => address === `${walk.layer}.W`);
  return isDense && unit !== undefined
    ? { about: /** @type {const} */ ("outer_product"), layer: walk.layer, unit, example: walk.example }
    : null;
}

/** @param {Walk} walk */
function elsewhere(walk) {
  return html`<p class="refused">${_("The gradient of this layer is no outer product. Choose a weight of a dense layer:")}</p>
    <p class="choices">${walk.dense().map(({ address }) => html`<button @click=${() => walk.choose(address, [0, 0])}>${address}</button>`)}</p>`;
}

/** @param {Walk} walk @param {OuterProduct} answer @param {ImageShape} shape */
function images(walk, answer, shape) {
  const at = walk.weight.index[1] ?? null;
  const pick = (/** @type {MouseEvent} */ event) => {
    const clicked = clickedAt(event, shape);
    if (clicked !== null) walk.choose(`${answer.layer}.W`, [answer.unit, clicked]);
  };
  const value = (/** @type {readonly number[]} */ values) => (at === null ? "" : figure(values[at], "gradient"));
  return html`<div class="equation">
      ${plate(signedImage(answer.x, shape, "ink", largest(answer.x), at), pick, _("what it saw: x"), at === null ? "" : figure(answer.x[at], "weight"))}
      <span class="operator">×</span>
      <div class="plate number"><p class="value">${figure(answer.dL_dz, "gradient", `${answer.layer}.dL_dz[${answer.unit}]`)}</p>
        <p class="caption">${_("what it was told: dL/dz")}</p></div>
      <span class="operator">=</span>
      ${plate(signedImage(answer.product, shape, "gradients", largest(answer.product), at), pick, _("what this example adds"), value(answer.product))}
    </div>
    <div class="equation">
      <div class="plate sum"><p class="value">∑</p><p class="caption">${_("over all {count} examples", { count: integer(walk.opened.batch_size) })}</p></div>
      <span class="operator">=</span>
      ${plate(signedImage(answer.gradient, shape, "gradients", largest(answer.gradient), at), pick, _("the gradient of all weights of unit {unit}", { unit: answer.unit }), value(answer.gradient), "large")}
    </div>
    <p class="so">${_("Each picture has its own scale; the ring is the highlighted weight, and its numbers stand below. Click a pixel to highlight another.")}</p>`;
}

/** @param {unknown} image @param {(event: MouseEvent) => void} pick @param {string} caption @param {unknown} value @param {string} [size] */
function plate(image, pick, caption, value, size = "") {
  return html`<figure class="plate ${size}"><div class="frame" @click=${pick}>${image}</div><figcaption>${caption}</figcaption><p class="at">${value}</p></figure>`;
}

/** Inputs that are no image, as rows. @param {Walk} walk @param {OuterProduct} answer */
function rows(walk, answer) {
  const names = answer.layer === walk.dense()[0]?.address.split(".")[0] ? walk.manifest.features : [];
  const order = answer.x
    .map((_x, at) => at)
    .sort((one, other) => Math.abs(answer.gradient[other] ?? 0) - Math.abs(answer.gradient[one] ?? 0))
    .slice(0, MOST_ROWS);
  return html`<table class="numbers" ${ref(scrolls)}>
      <thead><tr><th>${_("input")}</th><th>x</th><th>× dL/dz</th><th>= ${_("what this example adds")}</th><th>∑ ${_("the gradient")}</th></tr></thead>
      <tbody>${order.map(
        (at) => html`<tr class=${at === walk.weight.index[1] ? "chosen" : ""} @click=${() => walk.choose(`${answer.layer}.W`, [answer.unit, at])}>
          <th scope="row"><button class="plain">${names[at] ? featureName(names[at]) : at}</button></th><td>${figure(answer.x[at], "weight")}</td>
          <td>${figure(answer.dL_dz, "gradient")}</td><td>${figure(answer.product[at], "gradient")}</td><td>${figure(answer.gradient[at], "gradient")}</td>
        </tr>`,
      )}</tbody>
    </table>
    ${answer.x.length > order.length
      ? html`<p class="note">${_("The {count} of {all} inputs with the largest gradients.", { count: order.length, all: integer(answer.x.length) })}</p>`
      : ""}`;
}
