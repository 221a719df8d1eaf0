/** How layers, activation functions and quantities are called on the page: the field's own names, the same in every language. */
import { _, ngettext } from "../i18n.js";
import { integer } from "../format.js";

/** @typedef {import("../protocol").LayerInfo} LayerInfo */

/** @type {Record<string, string>} */
const QUANTITIES = { W: "W", dL_dW: "dL/dW", update: "ΔW", a: "a", b: "b", dL_dz: "dL/dz", z: "z" };

/** @param {LayerInfo} layer */
export function layerName(layer) {
  return `Dense ${integer(layer.units)}`;
}

/**
 * A layer's name that no other layer of the network has.
 * @param {LayerInfo} layer
 * @param {readonly LayerInfo[]} layers
 */
export function distinctName(layer, layers) {
  const alike = layers.filter((one) => one.units === layer.units);
  return alike.length < 2 ? layerName(layer) : `${layerName(layer)} (${layer.name})`;
}

/** @param {string} quantity */
export function quantityName(quantity) {
  return QUANTITIES[quantity] ?? quantity;
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
    const side = manifest.image_shape[1] ?? 1;
    const row = Math.floor(selection.unit / side);
    return _("Pixel, row {row}, column {column}", { row, column: selection.unit % side });
  }
  const layer = manifest.layers.find((one) => one.name === selection.layer);
  if (!layer) return "";
  if (layer === manifest.layers.at(-1)) {
    return _("{layer} · output {digit}", {
      layer: distinctName(layer, manifest.layers),
      digit: manifest.classes[selection.unit] ?? selection.unit,
    });
  }
  return _("{layer} · unit {unit}", { layer: distinctName(layer, manifest.layers), unit: selection.unit });
}
