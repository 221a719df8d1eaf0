/**
 * The gradient by the weights for one drawing, made of what its frame holds: what went into a layer, times dL/dz of its units.
 *
 * dL/dW[u, i] = dL/dz[u] · x[i] for a dense layer; for a convolution the same, summed over the places of the kernel. It is
 * as exact as the frame's numbers are, which have 127 steps each way.
 *
 * @typedef {import("../frame.js").DecodedFrame} DecodedFrame
 * @typedef {import("../frame.js").DecodedTensor} DecodedTensor
 * @typedef {import("../protocol").Manifest} Manifest
 */
import { hasWeights, sourceOf } from "../layout/kinds.js";

const WHITE = 255;

/**
 * @param {DecodedFrame} units
 * @param {Manifest} manifest
 * @returns {DecodedFrame} with dL_dW of each layer where that can be said
 */
export function blameOf(units, manifest) {
  /** @type {Map<string, DecodedTensor>} */
  const tensors = new Map();
  manifest.layers.forEach((layer, index) => {
    const name = `${layer.name}.dL_dW`;
    const info = manifest.tensors.find((one) => one.name === name);
    const blame = units.tensors.get(`${layer.name}.dL_dz`);
    const source = sourceOf(manifest, index);
    const from = manifest.layers[source];
    const told = units.tensors.get(from ? `${from.name}.a` : "x");
    if (!hasWeights(layer) || !info || !blame || !told) return;
    const product = layer.kind === "conv" ? kernels(info.shape, layer, from?.shape ?? manifest.input_shape, blame.values, told.values) : outer(info.shape, blame.values, told.values);
    if (!product) return;
    const scale = blame.scale * (from ? told.scale : told.scale / WHITE);
    tensors.set(name, quantized(info, product, scale));
  });
  return { frame: { ...units.frame, part: "matrices" }, tensors };
}

/** @typedef {Int8Array | Uint8Array | Float32Array} Values */

/** @param {readonly number[]} shape @param {Values} blame @param {Values} told @returns {Float32Array | null} */
function outer([rows = 0, columns = 0], blame, told) {
  if (blame.length !== rows || told.length !== columns) return null;
  const product = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const value = blame[row] ?? 0;
    if (value === 0) continue;
    for (let i = 0; i < columns; i += 1) product[row * columns + i] = value * (told[i] ?? 0);
  }
  return product;
}

/**
 * With stride 1 only: of others a frame does not say how they are padded.
 * @param {readonly number[]} shape  of W
 * @param {import("../protocol").LayerInfo} layer
 * @param {readonly number[]} inputs  channels, height, width
 * @param {Values} blame
 * @param {Values} told
 * @returns {Float32Array | null}
 */
function kernels([rows = 0, channels = 0, tall = 0, wide = 0], layer, inputs, blame, told) {
  const [, height = 0, width = 0] = layer.shape;
  const [, high = 0, broad = 0] = inputs;
  const padding = (height - 1 + tall - high) / 2;
  if (!Number.isInteger(padding) || padding < 0 || padding >= tall || width - 1 + wide - broad !== 2 * padding) return null;
  if (blame.length !== rows * height * width || told.length !== channels * high * broad) return null;
  const product = new Float32Array(rows * channels * tall * wide);
  for (let row = 0; row < rows; row += 1) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const value = blame[(row * height + y) * width + x] ?? 0;
        if (value === 0) continue;
        for (let channel = 0; channel < channels; channel += 1) {
          for (let i = Math.max(0, padding - y); i < tall && y + i - padding < high; i += 1) {
            const line = (channel * high + y + i - padding) * broad + x - padding;
            const out = ((row * channels + channel) * tall + i) * wide;
            for (let j = Math.max(0, padding - x); j < wide && x + j - padding < broad; j += 1) {
              product[out + j] = (product[out + j] ?? 0) + value * (told[line + j] ?? 0);
            }
          }
        }
      }
    }
  }
  return product;
}

/** @param {import("../protocol").TensorInfo} info @param {Float32Array} product @param {number} scale @returns {DecodedTensor} */
function quantized(info, product, scale) {
  const most = product.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const values = new Int8Array(product.length);
  if (most > 0) for (let i = 0; i < values.length; i += 1) values[i] = Math.round((127 * (product[i] ?? 0)) / most);
  return { info, scale: (most * scale) / 127, values };
}
