/** How layers, activation functions and quantities are called on the page: the field's own names, the same in every language. */
import { _, ngettext } from "../i18n.js";
import { integer } from "../format.js";
import { featureName } from "../layout/points.js";

/** @typedef {import("../protocol").LayerInfo} LayerInfo */

/** @type {Record<string, string>} */
const QUANTITIES = { W: "W", dL_dW: "dL/dW", update: "ΔW", a: "a", b: "b", dL_dz: "dL/dz", z: "z" };

/** With how many units or channels, for those that choose it. @param {LayerInfo} layer */
export function layerName(layer) {
  switch (layer.kind) {
    case "dense":
      return `Dense ${integer(layer.units)}`;
    case "conv":
      return `Conv ${integer(layer.units)}`;
    case "max_pool":
      return "Max pool";
    case "average_pool":
      return "Average pool";
    case "batch_norm":
      return "Batch norm";
    case "layer_norm":
      return "Layer norm";
    default:
      return layer.kind.charAt(0).toUpperCase() + layer.kind.slice(1);
  }
}

/**
 * A layer's name that no other layer of the network has.
 * @param {LayerInfo} layer
 * @param {readonly LayerInfo[]} layers
 */
export function distinctName(layer, layers) {
  const alike = layers.filter((one) => layerName(one) === layerName(layer));
  return alike.length < 2 ? layerName(layer) : `${layerName(layer)} (${layer.name})`;
}

/** @param {string} quantity */
export function quantityName(quantity) {
  return QUANTITIES[quantity] ?? quantity;
}

/** How a class is called, or the output that stands for it. @param {import("../protocol").Manifest} manifest @param {number} output */
export function outputName(manifest, output) {
  if (manifest.task === "regression") return manifest.outputs === 1 ? "ŷ" : `ŷ${output + 1}`;
  return manifest.classes[output] ?? String(output);
}

/** Whether examples are handwritten digits. @param {import("../protocol").Manifest} manifest */
export function areDigits(manifest) {
  return manifest.dataset === "mnist";
}

/** "64 of 512 units shown", or null where all are. @param {LayerInfo} layer */
export function shownOf(layer) {
  if (layer.shown.length === layer.units) return null;
  const shown = integer(layer.shown.length);
  const all = integer(layer.units);
  return ngettext("{shown} of {all} unit shown", "{shown} of {all} units shown", layer.units, { shown, all });
}

/** @param {import("../store.js").Selection} selection @param {import("../protocol").Manifest} manifest */
export function unitName(selection, manifest) {
  if (selection.layer === "x") {
    if (!manifest.image_shape) return _("Input {name}", { name: featureName(manifest.features[selection.unit] ?? `x${selection.unit + 1}`) });
    const side = manifest.image_shape[1] ?? 1;
    const row = Math.floor(selection.unit / side);
    return _("Pixel, row {row}, column {column}", { row, column: selection.unit % side });
  }
  const layer = manifest.layers.find((one) => one.name === selection.layer);
  if (!layer) return "";
  const values = { layer: distinctName(layer, manifest.layers), unit: selection.unit };
  if (layer === manifest.layers.at(-1)) return _("{layer} · output {digit}", { ...values, digit: outputName(manifest, selection.unit) });
  return layer.shape.length === 3 ? _("{layer} · channel {unit}", values) : _("{layer} · unit {unit}", values);
}
