/**
 * The hidden layers in a link: 32.elu for a dense one, conv.8.5.relu, max.2, avg.3.2, flat, drop.0.2, bn.relu, ln, res.2.
 *
 * What is left out at the end is what the layer begins with: conv.8.5.relu.1.2 has a stride of 1 and a padding of 2. Pure.
 *
 * @typedef {import("../protocol").LayerFields} LayerFields
 */

/** @param {readonly LayerFields[]} layers */
export function writeLayers(layers) {
  return layers.map(writeLayer).join("-");
}

/**
 * @param {string} text
 * @param {readonly string[]} activations  that there are
 * @returns {LayerFields[] | null} null: it cannot be read
 */
export function readLayers(text, activations) {
  const layers = text.split("-").filter(Boolean).map(readLayer);
  const readable = layers.every((layer) => layer && (!("activation" in layer) || activations.includes(layer.activation)));
  return readable ? /** @type {LayerFields[]} */ (layers) : null;
}

/** @param {LayerFields} layer */
function writeLayer(layer) {
  switch (layer.kind) {
    case "dense":
      return `${layer.units}.${layer.activation}`;
    case "conv": {
      const rest = layer.padding ? `.${layer.stride}.${layer.padding}` : layer.stride === 1 ? "" : `.${layer.stride}`;
      return `conv.${layer.channels}.${layer.kernel}.${layer.activation}${rest}`;
    }
    case "max_pool":
    case "average_pool":
      return `${layer.kind === "max_pool" ? "max" : "avg"}.${layer.size}${layer.stride === layer.size ? "" : `.${layer.stride}`}`;
    case "flatten":
      return "flat";
    case "dropout":
      return `drop.${Number(layer.rate.toFixed(4))}`;
    case "batch_norm":
    case "layer_norm":
      return `${layer.kind === "batch_norm" ? "bn" : "ln"}${unlessLinear(layer.activation)}`;
    default:
      return `res.${layer.skip}${unlessLinear(layer.activation)}`;
  }
}

/** @param {string} text @returns {LayerFields | null} */
function readLayer(text) {
  const [first = "", ...rest] = text.split(".");
  /** A whole number out of the text; NaN where there is none. */
  const whole = (/** @type {number} */ at, /** @type {number} */ otherwise) => (rest[at] === undefined ? otherwise : integer(rest[at]));
  /** @type {LayerFields} */
  let layer;
  if (first === "conv") {
    layer = { kind: "conv", channels: whole(0, 8), kernel: whole(1, 5), activation: rest[2] ?? "relu", stride: whole(3, 1), padding: whole(4, 0) };
  } else if (first === "max" || first === "avg") {
    const size = whole(0, 2);
    layer = { kind: first === "max" ? "max_pool" : "average_pool", size, stride: whole(1, size) };
  } else if (first === "flat") {
    layer = { kind: "flatten" };
  } else if (first === "drop") {
    layer = { kind: "dropout", rate: rest.length ? Number(rest.join(".")) : 0.2 };
  } else if (first === "bn" || first === "ln") {
    layer = { kind: first === "bn" ? "batch_norm" : "layer_norm", activation: rest[0] ?? "linear" };
  } else if (first === "res") {
    layer = { kind: "residual", skip: whole(0, 1), activation: rest[1] ?? "linear" };
  } else {
    layer = { kind: "dense", units: integer(first), activation: rest[0] ?? "relu" };
  }
  return Object.values(layer).some((value) => typeof value === "number" && Number.isNaN(value)) ? null : layer;
}

/** @param {string | undefined} text */
function integer(text) {
  return text && /^\d+$/.test(text) ? Number(text) : NaN;
}

/** @param {string} activation */
function unlessLinear(activation) {
  return activation === "linear" ? "" : `.${activation}`;
}
