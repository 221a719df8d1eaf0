/** The words in and around the picture: heads, captions, legend, summary. */
import { _, ngettext } from "../i18n.js";
import { fixed, integer, number, percent } from "../format.js";
import { displayName } from "../configuration/names.js";
import { hasWeights, isDrawn, tileOf } from "../layout/kinds.js";
import { distinctName, layerName, outputName, quantityName, shownOf } from "./layer-names.js";

/**
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../protocol").LayerInfo} LayerInfo
 * @typedef {import("../layout/picture.js").Picture} Picture
 * @typedef {import("../layout/picture.js").Column} Column
 * @typedef {import("../frame.js").DecodedFrame} DecodedFrame
 * @typedef {import("../store.js").Lens} Lens
 * @typedef {import("../layout/edges.js").Edges} Edges
 * @typedef {import("../render/lenses.js").LensTable} LensTable
 * @typedef {import("../render/ground.js").Head} Head
 */

/** One a column. @param {Manifest} manifest @param {Picture} picture @param {LensTable} lens @returns {Head[]} */
export function heads(manifest, picture, lens) {
  return picture.columns.map((column) => {
    const layer = manifest.layers[column.layer];
    if (layer) return { title: layerName(layer), details: details(manifest, layer, column, lens) };
    if (column.kind === "plane") return { title: _("Data"), details: [`● ${_("training")}`, `○ ${_("held-out")}`] };
    const shape = manifest.image_shape?.join(" × ") ?? ngettext("{count} number", "{count} numbers", manifest.input_shape[0] ?? 0, { count: manifest.input_shape[0] ?? 0 });
    return { title: _("Input"), details: [shape] };
  });
}

/** @param {Manifest} manifest @param {LayerInfo} layer @param {Column} column @param {LensTable} lens */
function details(manifest, layer, column, lens) {
  const shown = shownOf(layer);
  if (column.kind === "thin") return shown ? [`${layer.shown.length} / ${integer(layer.units)}`] : [integer(layer.units)];
  const activates = layer.kind !== "max_pool" && layer.kind !== "average_pool" && !(layer.activation === "linear" && layer.kind !== "dense");
  const found = activates ? [displayName(layer.activation)] : [];
  if (shown) found.push(shown);
  const quantity = quantityName(lens.matrix);
  if (column.tile === "weights") found.push(_("tile = {shape} {quantity}", { shape: manifest.image_shape?.join(" × ") ?? "", quantity }));
  if (column.tile !== "map") return found;
  const passing = lens.unit === "a" || lens.unit === "dL_dz";
  found.unshift(`${integer(layer.shape[0])} × ${layer.shape.slice(1).join("×")}`);
  if (passing) return [...found, _("tile = {quantity}", { quantity: quantityName(lens.unit ?? "a") })];
  return hasWeights(layer) ? [...found, kernelDetail(manifest, layer, quantity)] : [found[0] ?? "", _("no weights")];
}

/** @param {Manifest} manifest @param {LayerInfo} layer @param {string} quantity */
function kernelDetail(manifest, layer, quantity) {
  const [, inputs = 1, rows = 1, columns = 1] = manifest.tensors.find(({ name }) => name === `${layer.name}.W`)?.shape ?? [];
  const shape = `${rows}×${columns}`;
  return inputs > 1
    ? _("tile = {shape} {quantity}, mean of {count}", { shape, quantity, count: integer(inputs) })
    : _("tile = {shape} {quantity}", { shape, quantity });
}

/** Under the picture of what the network says everywhere. @param {Manifest} manifest @param {number} reach  the largest target */
export function viewCaption(manifest, reach) {
  if (manifest.task === "classification") return _("what it says everywhere: the likeliest class");
  return manifest.plane?.dimensions === 1
    ? _("what it says for every x; the frame reaches ±{end}", { end: short(reach * 1.2) })
    : _("what it says everywhere: full colour at ±{end}", { end: short(reach) });
}

/** What the ribbon under the columns shows. @param {Lens} lens */
export function ribbonCaption(lens) {
  switch (lens) {
    case "activations":
      return _("forward: mean activation");
    case "gradients":
      return _("backward: RMS of dL/dz");
    case "weights":
      return _("RMS of W");
    case "updates":
      return _("RMS of ΔW");
  }
}

/**
 * What stands at the outputs.
 * @param {DecodedFrame | null} frame
 * @param {Manifest} manifest
 * @param {LensTable} lens
 * @param {boolean} isFinite
 * @param {number} reach  the largest target that is known; 0: none is
 * @returns {import("../render/answer.js").Answer}
 */
export function answerOf(frame, manifest, lens, isFinite, reach) {
  const layer = manifest.layers.at(-1);
  const isAnswer = lens.unit === "a" || lens.unit === null;
  const tensor = frame?.tensors.get(isAnswer ? "probs" : `${layer?.name}.${lens.unit}`);
  const outputs = Array.from({ length: manifest.outputs }, (_one, output) => output);
  const values = outputs.map((output) => (isFinite ? (tensor?.values[output] ?? NaN) * (tensor?.scale ?? 1) : NaN));
  const example = frame?.frame.example;
  const targets = example?.targets ?? [];
  const said = frame?.tensors.get("probs")?.values ?? [];
  const largest = [...said, ...targets].reduce((/** @type {number} */ most, one) => Math.max(most, Math.abs(one)), reach || 1e-6);
  const isProbability = isAnswer && manifest.probabilities;
  return {
    labels: outputs.map((output) => outputName(manifest, output)),
    texts: values.map((value) => (isProbability ? percent(value, value < 0.0995 ? 1 : 0) : brief(value))),
    signs: values.map((value) => (isAnswer || !(Math.abs(value) >= 5e-5) ? 0 : Math.sign(value))),
    label: example?.label ?? -1,
    prediction: isFinite ? (example?.prediction ?? -1) : -1,
    reach: manifest.probabilities ? 0 : reach || largest,
    targets,
    swatches: manifest.plane !== null && manifest.task === "classification",
  };
}

/** "W, one scale a layer: ±0.21 · ±0.4" @param {Manifest} manifest @param {LensTable} lens @param {readonly (number | null)[]} limits @param {boolean} isFinite */
export function matrixLegend(manifest, lens, limits, isFinite) {
  const quantity = quantityName(lens.matrix);
  if (!isFinite && limits.every((limit) => limit === null)) return _("{quantity}: no longer finite, so hatched", { quantity });
  if (limits.every((limit) => limit === null)) return _("{quantity}: not computed yet, so hatched", { quantity });
  if (limits.every((limit) => !limit)) return _("{quantity} is 0 everywhere", { quantity });
  const known = manifest.layers.flatMap((layer, index) => (hasWeights(layer) ? [limits[index]] : []));
  const ends = known.map((limit) => (limit ? `±${short(limit)}` : short(limit))).join(" · ");
  return ngettext("{quantity}: {ends}", "{quantity}, one scale a layer: {ends}", known.length, { quantity, ends });
}

/** What maps and responses show. @param {Manifest} manifest @param {LensTable} lens @param {readonly number[]} limits */
export function tileLegend(manifest, lens, limits) {
  const tiled = manifest.layers.flatMap((layer, index) => (isDrawn(layer) ? [{ layer, index, tile: tileOf(manifest, index) }] : []));
  const responses = tiled.filter(({ tile }) => tile === "response");
  if (responses.length) return _("tiles: what each unit answers everywhere (a), orange +, blue −: ±{ends}", { ends: joined(responses, limits) });
  const maps = tiled.filter(({ tile }) => tile === "map");
  if (!maps.length) return "";
  const edges = maps.filter(({ layer }) => hasWeights(layer)).length > 1 ? _("an edge between maps is Σ|{quantity}| of its kernel, in the colour of the sum", { quantity: quantityName(lens.matrix) }) : "";
  if (lens.unit !== "a" && lens.unit !== "dL_dz") return edges;
  const scales = _("maps: {quantity} of the shown example, up to {ends}", { quantity: quantityName(lens.unit), ends: joined(maps, limits) });
  return edges ? `${scales}; ${edges}` : scales;
}

/** @param {{ index: number }[]} layers @param {readonly number[]} limits */
function joined(layers, limits) {
  return layers.map(({ index }) => short(limits[index])).join(" · ");
}

/** @param {LensTable} lens @param {readonly number[]} limits @param {boolean} signed */
export function unitLegend(lens, limits, signed) {
  const sign = signed ? "±" : "";
  const ends = limits.map((limit) => (limit > 0 ? sign : "") + short(limit)).join(" · ");
  if (lens.unit === null) return _("units: RMS of their ΔW, up to {ends}", { ends });
  const quantity = quantityName(lens.unit);
  return signed
    ? _("units: {quantity}, {ends}", { quantity, ends })
    : _("units: {quantity}, up to {ends}", { quantity, ends });
}

/** @param {Edges} edges @param {boolean} sampled  some layer shows only some of its units */
export function edgeSentence(edges, sampled) {
  const shown = integer(edges.count);
  const all = integer(edges.total);
  if (edges.total === 0) return "";
  if (edges.count === 0) return _("none of {all} edges differs from 0", { all });
  if (edges.count === edges.total) return ngettext("{all} edge drawn", "all {all} edges drawn", edges.total, { all });
  return sampled
    ? _("strongest {shown} of {all} edges between shown units drawn", { shown, all })
    : _("strongest {shown} of {all} edges drawn", { shown, all });
}

/** What a screen reader is told about the picture. @param {Manifest} manifest @param {Lens} lens @param {DecodedFrame | null} frame */
export function summary(manifest, lens, frame) {
  const layers = manifest.layers
    .filter(isDrawn)
    .map((layer) => `${distinctName(layer, manifest.layers)} (${layer.kind === "dense" || layer.kind === "conv" ? displayName(layer.activation) : layer.shape.join(" × ")})`)
    .join(", ");
  const picture = _("Network with {count} inputs and the layers {layers}.", {
    count: integer(manifest.input_shape.reduce((product, one) => product * one, 1)),
    layers,
  });
  const example = frame?.frame.example;
  if (!example) return picture;
  const said = frame.tensors.get("probs")?.values;
  if (example.label === null || example.prediction === null) {
    const answer = _("At step {step} it says {said}; the target is {target}.", {
      step: integer(frame.frame.step),
      said: [...(said ?? [])].map(number).join(", "),
      target: example.targets.map(number).join(", "),
    });
    return `${picture} ${answer} ${ribbonSummary(manifest, lens, frame)}`;
  }
  const reading = _("At step {step} it reads a {label} as {prediction} with {confidence}.", {
    step: integer(frame.frame.step),
    label: outputName(manifest, example.label),
    prediction: outputName(manifest, example.prediction),
    confidence: confidence(manifest, said?.[example.prediction]),
  });
  return `${picture} ${reading} ${ribbonSummary(manifest, lens, frame)}`;
}

/** A probability as a share; of other outputs the number itself. @param {Manifest} manifest @param {number | undefined} value */
export function confidence(manifest, value) {
  return manifest.probabilities ? percent(value, 0) : number(value);
}

/** @param {Manifest} manifest @param {Lens} lens @param {DecodedFrame} frame */
function ribbonSummary(manifest, lens, frame) {
  const names = { activations: "a_mean", gradients: "dL_dz_rms", weights: "W_rms", updates: "update_rms" };
  const column = manifest.statistics.indexOf(names[lens]);
  const values = frame.tensors.get("statistics")?.values;
  const parts = manifest.layers.flatMap((layer, index) => {
    const value = values?.[index * manifest.statistics.length + column];
    return isDrawn(layer) && Number.isFinite(value) ? [`${distinctName(layer, manifest.layers)} ${number(value)}`] : [];
  });
  return `${ribbonCaption(lens)}: ${parts.join(", ")}.`;
}

/** @param {number} value */
function brief(value) {
  const size = Math.abs(value);
  return fixed(value, size >= 0.1 ? 2 : size >= 0.01 ? 3 : 4);
}

/**
 * The number under each ribbon; empty: not computed yet; null: there is none, as the layer has no weights.
 * @param {Manifest} manifest
 * @param {Float32Array} measured
 * @param {Lens} lens
 */
export function ribbonNumbers(manifest, measured, lens) {
  return [...measured].map((value, index) => {
    const layer = manifest.layers[index];
    if (layer && !hasWeights(layer) && (lens === "weights" || lens === "updates")) return null;
    if (!Number.isFinite(value)) return "";
    // The output layer's activation is its logits; the softmax after it always has the mean 1 / classes.
    return lens === "activations" && layer?.activation === "softmax" ? `z  ${short(value)}` : short(value);
  });
}

/** Two digits that matter. @param {number | null | undefined} value */
function short(value) {
  if (value === undefined || value === null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 0.1) return fixed(value, size >= 10 ? 0 : size >= 1 ? 1 : 2);
  return size >= 0.001 ? fixed(value, size >= 0.01 ? 3 : 4) : number(value);
}
