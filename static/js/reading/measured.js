/**
 * How strongly each layer answers to the drawing, and how much blame reaches it: of one example, where a run's frames
 * hold the same of a minibatch.
 *
 * @typedef {import("../frame.js").DecodedFrame} DecodedFrame
 * @typedef {import("../protocol").Manifest} Manifest
 */

/**
 * A frame whose statistics are those of its own units, of the shown ones where not all are.
 * @param {DecodedFrame} units
 * @param {Manifest} manifest
 * @returns {DecodedFrame}
 */
export function withMeasures(units, manifest) {
  const statistics = units.tensors.get("statistics");
  if (!statistics) return units;
  const width = manifest.statistics.length;
  const values = Float32Array.from(statistics.values);
  manifest.layers.forEach((layer, index) => {
    const a = units.tensors.get(`${layer.name}.a`);
    const blame = units.tensors.get(`${layer.name}.dL_dz`);
    const isLogits = layer.activation === "softmax";
    const told = isLogits ? units.tensors.get(`${layer.name}.z`) : a;
    if (told) values[index * width + manifest.statistics.indexOf("a_mean")] = mean(told.values, (value) => value) * told.scale;
    if (blame) values[index * width + manifest.statistics.indexOf("dL_dz_rms")] = Math.sqrt(mean(blame.values, (value) => value * value)) * blame.scale;
  });
  return { ...units, tensors: new Map(units.tensors).set("statistics", { ...statistics, values }) };
}

/** @param {Int8Array | Uint8Array | Float32Array} values @param {(value: number) => number} what */
function mean(values, what) {
  let sum = 0;
  for (const value of values) sum += what(value);
  return values.length ? sum / values.length : NaN;
}
