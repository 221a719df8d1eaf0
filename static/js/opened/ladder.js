/** The gradient ladder of the opened step: the size of the gradient on its way down, and what f′ and W made of it. */
import { html, nothing, ref } from "lit";
import { scientific } from "../format.js";
import { _ } from "../i18n.js";
import { scrolls } from "../scrolls.js";
import { bar, figure } from "./numbers.js";
import { shown } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */
/** @typedef {import("./answers").LayerGain} LayerGain */

/** @param {Walk} walk */
export function ladder(walk) {
  return shown(walk.asking.read({ about: "ladder" }), ({ layers, whole }) => {
    const sizes = layers.flatMap(({ dL_da, dL_dz, dL_dx }) => [dL_da, dL_dz, dL_dx]).filter((size) => size > 0);
    const least = Math.floor(Math.log10(Math.min(...sizes))) - 0.5;
    const most = Math.ceil(Math.log10(Math.max(...sizes)));
    /** @param {number} size */
    const share = (size) => (size > 0 ? (Math.log10(size) - least) / (most - least) : 0);
    return html`<table class="numbers rungs" ${ref(scrolls)}>
        <thead><tr><th>${_("layer")}</th><td></td><th class="wide">${_("RMS, log scale")}</th><th>${_("RMS")}</th><th>${_("gain")}</th></tr></thead>
        ${layers.filter(({ layer }) => walk.manifest.layers.some(({ name }) => name === layer)).map((layer) => rung(layer, share))}
        <tbody><tr><th scope="row">${_("inputs")}</th><td>dL/dx</td><td class="wide">${bar(share(layers.at(-1)?.dL_dx ?? 0), "gradient-negative")}</td>
          <td>${figure(layers.at(-1)?.dL_dx, "plain", _("root mean square"))}</td><td></td></tr></tbody>
        <tfoot><tr><th colspan="4">${_("from the outputs down to the inputs: the product of all gains")}</th><td>× ${figure(whole)}</td></tr></tfoot>
      </table>
      ${ratios(layers)}`;
  });
}

/** @param {LayerGain} layer @param {(size: number) => number} share */
function rung(layer, share) {
  return html`<tbody>
    <tr><th scope="row" rowspan="2">${layer.layer}</th><td>dL/da</td><td class="wide">${bar(share(layer.dL_da), "above")}</td>
      <td>${figure(layer.dL_da, "plain", `RMS ${layer.layer}.dL_da`)}</td><td>f′ × ${figure(layer.slope_gain, "plain", "RMS dL_dz / RMS dL_da")}</td></tr>
    <tr><td>dL/dz</td><td class="wide">${bar(share(layer.dL_dz), "gradient-negative")}</td>
      <td>${figure(layer.dL_dz, "plain", `RMS ${layer.layer}.dL_dz`)}</td><td>W × ${figure(layer.weight_gain, "plain", "RMS dL_dx / RMS dL_dz")}</td></tr>
  </tbody>`;
}

/** @param {LayerGain[]} layers */
function ratios(layers) {
  const tensors = layers.flatMap((layer) => layer.tensors);
  if (tensors.length === 0) return nothing;
  return html`<section class="part"><h3>${_("What it means for the parameters")}</h3>
    <table class="numbers" ${ref(scrolls)}>
      <thead><tr><th>${_("tensor")}</th><th>${_("RMS of its values")}</th><th>${_("of the gradient")}</th><th>${_("of the update")}</th><th>${_("update ÷ weight")}</th></tr></thead>
      <tbody>${tensors.map(
        (one) => html`<tr><th scope="row">${one.address}</th><td>${figure(one.value)}</td><td>${figure(one.gradient)}</td><td>${figure(one.update)}</td>
          <td title=${one.update_ratio ?? ""}>${scientific(one.update_ratio, 1)}</td></tr>`,
      )}</tbody>
    </table><p class="note">${_("Updates of about a thousandth of the weights are healthy.")}</p></section>`;
}
