/** The formulas of one unit in MathML, with the numbers of this very moment under them. */
import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { number } from "../format.js";
import { displayName } from "../configuration/names.js";
import { store } from "../store.js";
import { weightedSum } from "./inspection.js";

/** @typedef {import("./inspection.js").Exact} Exact */

/**
 * @param {Exact} exact
 * @param {import("../protocol").LayerInfo} layer
 * @param {boolean} backward  the way back too
 */
export function formulas(exact, layer, backward) {
  /** @param {string} quantity */
  const read = (quantity) => number(exact.values.get(quantity)?.[0]);
  if (layer.kind !== "dense") return rule(layer, backward, read);
  const input = store.state.manifest?.layers[0] === layer ? "x" : "a";
  const z = read("z");
  const b = exact.values.get("b")?.[0];
  const isOutput = layer.activation === "softmax";
  const sign = typeof b === "number" && b < 0 ? "−" : "+";
  const size = number(typeof b === "number" ? Math.abs(b) : null);
  const f = displayName(layer.activation);
  return html`
    <div class="formulas">
      <math display="block">
        <mi>z</mi><mo>=</mo><mo largeop="false">∑</mo><mi>W</mi><mi>${input}</mi><mo>+</mo><mi>b</mi>
        <mo>=</mo><mn>${number(weightedSum(exact))}</mn><mo>${sign}</mo><mn>${size}</mn>
        <mo>=</mo><mn class="result">${z}</mn>
      </math>
      ${isOutput
        ? html`<math display="block">
            <mi>p</mi><mo>=</mo><mi mathvariant="normal">softmax</mi><mo>(</mo><mi>z</mi><mo>)</mo>
            <mo>=</mo><mn class="result">${read("p")}</mn>
          </math>`
        : html`<math display="block">
            <mi>a</mi><mo>=</mo><mi mathvariant="normal">${f}</mi><mo>(</mo><mi>z</mi><mo>)</mo>
            <mo>=</mo><mi mathvariant="normal">${f}</mi><mo>(</mo><mn>${z}</mn><mo>)</mo>
            <mo>=</mo><mn class="result">${read("a")}</mn>
          </math>`}
      ${backward ? (isOutput ? outputGradient(exact) : hiddenGradient(read)) : nothing}
    </div>
  `;
}

/**
 * What a layer that is no dense one computes.
 * @param {import("../protocol").LayerInfo} layer
 * @param {boolean} backward
 * @param {(quantity: string) => string} read
 */
function rule(layer, backward, read) {
  const f = displayName(layer.activation);
  return html`<div class="formulas">
    <p class="formula-rule">${meaning(layer)}</p>
    ${layer.activation === "linear"
      ? nothing
      : html`<math display="block"><mi>a</mi><mo>=</mo><mi mathvariant="normal">${f}</mi><mo>(</mo><mi>z</mi><mo>)</mo></math>`}
    ${backward && layer.shape.length === 1 ? hiddenGradient(read) : nothing}
  </div>`;
}

/** @param {import("../protocol").LayerInfo} layer */
function meaning({ kind }) {
  switch (kind) {
    case "conv":
      return _("z is, at every place, the sum of kernel times what lies under it, plus b. One kernel serves all places.");
    case "max_pool":
      return _("The largest of each window; its gradient goes back to that one place.");
    case "average_pool":
      return _("The mean of each window; its gradient goes back to all of it in equal parts.");
    case "flatten":
      return _("The maps as one row of numbers, unchanged.");
    case "dropout":
      return _("While training, some units are silenced at random; the shown example passes unchanged.");
    case "batch_norm":
      return _("Scaled to mean 0 and variance 1 over the minibatch, then by a learned scale and shift.");
    case "layer_norm":
      return _("Scaled to mean 0 and variance 1 over the layer, then by a learned scale and shift.");
    default:
      return _("What came out of the layers it goes past, plus what went into them.");
  }
}

/** @param {Exact} exact */
function outputGradient({ values }) {
  const p = values.get("p")?.[0] ?? null;
  const gradient = values.get("dL_dz")?.[0] ?? null;
  // dL/dz is p - 1 for the true class and p for the others; the gradient itself tells which this is.
  const isTrue = p !== null && gradient !== null && Math.abs(p - 1 - gradient) < Math.abs(p - gradient);
  return html`<math display="block">
    <mfrac><mrow><mi>d</mi><mi>L</mi></mrow><mrow><mi>d</mi><mi>z</mi></mrow></mfrac>
    <mo>=</mo><mi>p</mi><mo>−</mo><mn>${isTrue ? 1 : 0}</mn>
    <mo>=</mo><mn class="result">${number(gradient)}</mn>
  </math>`;
}

/** @param {(quantity: string) => string} read */
function hiddenGradient(read) {
  return html`<math display="block">
    <mfrac><mrow><mi>d</mi><mi>L</mi></mrow><mrow><mi>d</mi><mi>z</mi></mrow></mfrac>
    <mo>=</mo>
    <mfrac><mrow><mi>d</mi><mi>L</mi></mrow><mrow><mi>d</mi><mi>a</mi></mrow></mfrac>
    <mo>·</mo><mi>f</mi><mo>′</mo><mo>(</mo><mi>z</mi><mo>)</mo>
    <mo>=</mo><mn>${read("dL_da")}</mn><mo>·</mo><mn>${read("slope")}</mn>
    <mo>=</mo><mn class="result">${read("dL_dz")}</mn>
  </math>`;
}
