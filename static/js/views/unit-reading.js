/** What the newest frame says about one unit, in a sentence: for a screen reader and while exact values are on their way. */
import { fixed, number } from "../format.js";
import { _ } from "../i18n.js";

/**
 * @param {{ layer: string, unit: number }} address
 * @param {Readonly<import("../store.js").State>} state
 */
export function unitReading(address, { manifest, units }) {
  if (!manifest || !units) return "";
  if (address.layer === "x") {
    const tensor = units.tensors.get("x");
    const value = tensor?.values[address.unit];
    const white = tensor?.values instanceof Uint8Array ? 255 : 1;
    return value === undefined ? "" : _("x is {value}", { value: fixed(value / white, 3) });
  }
  const layer = manifest.layers.find((one) => one.name === address.layer);
  const position = layer?.shown.indexOf(address.unit) ?? -1;
  /** @param {string} quantity */
  const read = (quantity) => {
    const tensor = units.tensors.get(`${address.layer}.${quantity}`);
    const value = tensor?.values[position];
    return tensor && value !== undefined ? number(value * tensor.scale) : "–";
  };
  if (layer?.shape.length === 3) return mapReading(layer, position, units);
  if (!units.tensors.has(`${address.layer}.b`)) return _("a is {a}, dL/dz is {gradient}", { a: read("a"), gradient: read("dL_dz") });
  return _("a is {a}, dL/dz is {gradient}, b is {b}", { a: read("a"), gradient: read("dL_dz"), b: read("b") });
}

/**
 * @param {import("../protocol").LayerInfo} layer
 * @param {number} position
 * @param {import("../frame.js").DecodedFrame} units
 */
function mapReading(layer, position, units) {
  const tensor = units.tensors.get(`${layer.name}.a`);
  const area = layer.shape.slice(1).reduce((product, size) => product * size, 1);
  const map = tensor ? [...tensor.values.subarray(position * area, (position + 1) * area)].map((value) => value * tensor.scale) : [];
  return _("a is {least} to {most} in its map", { least: number(Math.min(...map)), most: number(Math.max(...map)) });
}
