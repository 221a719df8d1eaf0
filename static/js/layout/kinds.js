/**
 * How the layers of a network are drawn, by their kinds and by what the data are: pure facts of a manifest.
 *
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../protocol").LayerInfo} LayerInfo
 *
 * @typedef {"weights" | "map" | "response" | null} Tile  what the picture of a unit is of; null: it has none
 */

/** Kinds that pass numbers on one by one or only arrange them anew. */
const THIN = new Set(["flatten", "dropout", "batch_norm", "layer_norm"]);

/** Kinds whose outputs have the signs of their inputs. */
const PASSING = new Set(["images", "max_pool", "average_pool", "flatten", "dropout"]);

const NEVER_NEGATIVE = new Set(["relu", "sigmoid", "hard_sigmoid", "softplus", "softmax"]);

/** Whether the layer's output is one map a channel. @param {LayerInfo} layer */
export function hasMaps(layer) {
  return layer.shape.length === 3;
}

/** @param {LayerInfo} layer */
export function hasWeights(layer) {
  return layer.inputs > 0;
}

/** The layer that only arranges the input's numbers as an image is the input itself. @param {LayerInfo} layer */
export function isDrawn(layer) {
  return layer.kind !== "images";
}

/** A layer of rows that is only a strip of cells. @param {LayerInfo} layer */
export function isThin(layer) {
  return THIN.has(layer.kind) && !hasMaps(layer);
}

/** The layer whose numbers go into this one; -1: the input. @param {Manifest} manifest @param {number} index */
export function sourceOf(manifest, index) {
  const before = manifest.layers[index - 1];
  return before && isDrawn(before) ? index - 1 : -1;
}

/** The first layer that is drawn. @param {Manifest} manifest */
export function firstDrawn(manifest) {
  return Math.max(0, manifest.layers.findIndex(isDrawn));
}

/** The first layer with weights. @param {Manifest} manifest */
export function firstWeighted(manifest) {
  return Math.max(0, manifest.layers.findIndex(hasWeights));
}

/** @param {Manifest} manifest @param {number} index @returns {Tile} */
export function tileOf(manifest, index) {
  const layer = manifest.layers[index];
  if (!layer) return null;
  if (hasMaps(layer)) return "map";
  if (manifest.image_shape && index === 0 && layer.kind === "dense") return "weights";
  return manifest.plane && index < manifest.layers.length - 1 && !isThin(layer) ? "response" : null;
}

/** Whether the first layer's tiles are its weights, laid out as the image. @param {Manifest} manifest */
export function hasWeightTiles(manifest) {
  return tileOf(manifest, 0) === "weights";
}

/** Whether a layer can give negative numbers. @param {Manifest} manifest @param {number} index @returns {boolean} */
export function isSignedLayer(manifest, index) {
  const layer = manifest.layers[index];
  if (!layer) return !manifest.image_shape; // grey values are never negative
  if (PASSING.has(layer.kind)) return isSignedLayer(manifest, index - 1);
  return !NEVER_NEGATIVE.has(layer.activation);
}

/**
 * How many layers each residual addition goes past, by its place in the manifest; 0 for all other layers.
 * @param {Manifest} manifest
 * @param {import("../protocol").RunSpec | undefined} spec
 * @returns {number[]}
 */
export function skipsOf(manifest, spec) {
  const arranged = manifest.layers.length - 1 - (spec?.layers.length ?? 0);
  return manifest.layers.map((layer, index) => {
    const fields = spec?.layers[index - arranged];
    return layer.kind === "residual" && fields?.kind === "residual" ? fields.skip : 0;
  });
}
