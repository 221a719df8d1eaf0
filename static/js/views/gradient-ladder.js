/** How large the gradients are from layer to layer, output on top: where they vanish or explode is seen at once. */
import { html, svg } from "lit";
import { scientific } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { hasWeights } from "../layout/kinds.js";
import { store } from "../store.js";
import { layerName } from "./layer-names.js";

const LEAST = -5; // decades the bars span; smaller values stand at the left end, their number says what they are
const MOST = 0;
const HEALTHY = 1e-3;
const ARRANGING = new Set(["images", "flatten"]); // they only arrange numbers anew: their gradient is the next layer's

class GradientLadder extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["units", "manifest", "run"];

  /** @override */
  static rate = 10;

  /** @override */
  render() {
    const { manifest } = store.state;
    const layers = manifest ? manifest.layers.map((layer, position) => ({ layer, position })).filter(({ layer }) => !ARRANGING.has(layer.kind)).reverse() : [];
    return html`<section class="ladder" aria-labelledby="ladder-title">
      <h2 id="ladder-title">${_("Gradient ladder")} <small>${_("RMS, log scale")}</small></h2>
      <svg class="patterns" aria-hidden="true" width="0" height="0">
        <pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6"></line>
        </pattern>
      </svg>
      <table>
        <thead class="visually-hidden"><tr><th>${_("layer")}</th><th>${_("RMS of each quantity")}</th></tr></thead>
        <tbody>${layers.map(({ layer, position }) => rung(layer, position))}</tbody>
      </table>
      <p class="scale" aria-hidden="true"><span>10⁻⁵</span><span>10⁻³</span><span>10⁻¹</span></p>
      <p class="note keys">
        <span class="key dz"><i></i>dL/dz</span> <span class="key dw"><i></i>dL/dW</span>
        <span class="key step"><i></i>${_("update ÷ weight")}</span>
        ${layers.some(({ layer }) => !hasWeights(layer)) ? _("Layers without weights have only dL/dz.") : ""}
        ${_("Updates of about a thousandth of the weights are healthy.")}
      </p>
    </section>`;
  }
}

/**
 * @param {import("../protocol").LayerInfo} layer
 * @param {number} position
 */
function rung(layer, position) {
  const update = statistic(position, "update_rms");
  const weight = statistic(position, "W_rms");
  const ratio = update === null || !weight ? null : update / weight;
  return html`<tr>
    <th scope="row" title=${layer.name}>${layerName(layer)}</th>
    <td>
      ${bar("dz", "dL/dz", statistic(position, "dL_dz_rms"))}
      ${hasWeights(layer) ? html`${bar("dw", "dL/dW", statistic(position, "dL_dW_rms"))} ${bar("step", _("update ÷ weight"), ratio)}` : ""}
    </td>
  </tr>`;
}

/**
 * @param {string} kind
 * @param {string} name
 * @param {number | null} value  null: not computed yet
 */
function bar(kind, name, value) {
  const share = value ? (Math.log10(value) - LEAST) / (MOST - LEAST) : 0;
  const width = `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`;
  const healthy = `${((100 * (Math.log10(HEALTHY) - LEAST)) / (MOST - LEAST)).toFixed(1)}%`;
  return html`<div class="rung ${kind}" title=${name}>
    <span class="visually-hidden">${name}</span>
    <svg aria-hidden="true">
      <rect class="track" width="100%" height="100%"></rect>
      ${value === null
        ? svg`<rect class="unknown" width="100%" height="100%" fill="url(#hatched)"></rect>`
        : svg`<rect class="value" width=${width} height="100%"></rect>`}
      ${kind === "step" ? svg`<line class="healthy" x1=${healthy} x2=${healthy} y1="0" y2="100%"></line>` : ""}
    </svg>
    <span class="number">${value === null ? missing() : scientific(value)}</span>
  </div>`;
}

/** A run that diverged has computed it, but not as a number. */
function missing() {
  return store.state.run?.status === "diverged" ? _("not finite") : _("not yet");
}

/**
 * @param {number} layer
 * @param {string} name
 * @returns {number | null} null: not computed yet
 */
function statistic(layer, name) {
  const { manifest, units } = store.state;
  const column = manifest?.statistics.indexOf(name) ?? -1;
  const tensor = units?.tensors.get("statistics");
  if (!manifest || !tensor || column < 0) return null;
  const value = tensor.values[layer * manifest.statistics.length + column];
  return value !== undefined && Number.isFinite(value) ? value : null;
}

customElements.define("gradient-ladder", GradientLadder);
