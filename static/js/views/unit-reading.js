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
    const grey = units.tensors.get("x")?.values[address.unit];
    return grey === undefined ? "" : _("x is {value}", { value: fixed(grey / 255, 3) });
  }
  const layer = manifest.layers.find((one) => one.name === address.layer);
  const position = layer?.shown.indexOf(address.unit) ?? -1;
  /** @param {string} quantity */
  const read = (quantity) => {
    const tensor = units.tensors.get(`${address.layer}.${quantity}`);
    const value = tensor?.values[position];
    return tensor && value !== undefined ? number(value * tensor.scale) : "–";
  };
  return _("a is {a}, dL/dz is {gradient}, b is {b}", { a: read("a"), gradient: read("dL_dz"), b: read("b") });
}
