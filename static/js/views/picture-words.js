/** The words in and around the picture: heads, captions, legend, summary. */
import { _, ngettext } from "../i18n.js";
import { fixed, integer, number, percent } from "../format.js";
import { displayName } from "../configuration/names.js";
import { distinctName, layerName, quantityName, shownOf } from "./layer-names.js";

/**
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../protocol").Example} Example
 * @typedef {import("../frame.js").DecodedFrame} DecodedFrame
 * @typedef {import("../store.js").Lens} Lens
 * @typedef {import("../layout/edges.js").Edges} Edges
 * @typedef {import("../render/lenses.js").LensTable} LensTable
 * @typedef {import("../render/ground.js").Head} Head
 */

/** @param {Manifest} manifest @param {LensTable} lens @returns {Head[]} */
export function heads(manifest, lens) {
  const shape = manifest.image_shape.join(" × ");
  return [
    { title: _("Input"), details: [shape] },
    ...manifest.layers.map((layer, index) => {
      const tile = index === 0 && manifest.image_shape.length === 2;
      const details = [displayName(layer.activation)];
      const shown = shownOf(layer);
      if (tile) details.push(_("tile = {shape} {quantity}", { shape, quantity: quantityName(lens.matrix) }));
      if (shown) details.splice(1, 0, shown);
      return { title: layerName(layer), details };
    }),
  ];
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

/** The number under each output, with its sign. @param {DecodedFrame | null} frame @param {Manifest} manifest @param {LensTable} lens */
export function outputNumbers(frame, manifest, lens) {
  const layer = manifest.layers.at(-1);
  const isProbability = lens.unit === "a" || lens.unit === null;
  const tensor = frame?.tensors.get(isProbability ? "probs" : `${layer?.name}.${lens.unit}`);
  const lost = frame?.tensors.get("probs")?.values.some((/** @type {number} */ p) => !Number.isFinite(p));
  const values = manifest.classes.map((_label, i) => (lost ? NaN : (tensor?.values[i] ?? NaN) * (tensor?.scale ?? 1)));
  return {
    texts: values.map((value) => (isProbability ? percent(value, value < 0.0995 ? 1 : 0) : brief(value))),
    signs: values.map((value) => (isProbability || !(Math.abs(value) >= 5e-5) ? 0 : Math.sign(value))),
  };
}

/** "W, one scale a layer: ±0.21 · ±0.4" @param {Manifest} manifest @param {LensTable} lens @param {readonly (number | null)[]} limits @param {boolean} isFinite */
export function matrixLegend(manifest, lens, limits, isFinite) {
  const quantity = quantityName(lens.matrix);
  if (!isFinite && limits.every((limit) => limit === null)) return _("{quantity}: no longer finite, so hatched", { quantity });
  if (limits.every((limit) => limit === null)) return _("{quantity}: not computed yet, so hatched", { quantity });
  if (limits.every((limit) => !limit)) return _("{quantity} is 0 everywhere", { quantity });
  const ends = manifest.layers.map((_layer, index) => (limits[index] ? `±${short(limits[index])}` : short(limits[index]))).join(" · ");
  return ngettext("{quantity}: {ends}", "{quantity}, one scale a layer: {ends}", manifest.layers.length, { quantity, ends });
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
    .map((layer) => `${distinctName(layer, manifest.layers)} (${displayName(layer.activation)})`)
    .join(", ");
  const picture = _("Network with {count} inputs and the layers {layers}.", {
    count: integer(manifest.layers[0]?.inputs),
    layers,
  });
  const example = frame?.frame.example;
  if (!example) return picture;
  const probs = frame.tensors.get("probs")?.values;
  const reading = _("At step {step} it reads a {label} as {prediction} with {confidence}.", {
    step: integer(frame.frame.step),
    label: manifest.classes[example.label] ?? example.label,
    prediction: manifest.classes[example.prediction] ?? example.prediction,
    confidence: percent(probs?.[example.prediction], 0),
  });
  return `${picture} ${reading} ${ribbonSummary(manifest, lens, frame)}`;
}

/** @param {Manifest} manifest @param {Lens} lens @param {DecodedFrame} frame */
function ribbonSummary(manifest, lens, frame) {
  const names = { activations: "a_mean", gradients: "dL_dz_rms", weights: "W_rms", updates: "update_rms" };
  const column = manifest.statistics.indexOf(names[lens]);
  const values = frame.tensors.get("statistics")?.values;
  const parts = manifest.layers.map(
    (layer, index) =>
      `${distinctName(layer, manifest.layers)} ${number(values?.[index * manifest.statistics.length + column])}`,
  );
  return `${ribbonCaption(lens)}: ${parts.join(", ")}.`;
}

/** @param {number} value */
function brief(value) {
  const size = Math.abs(value);
  return fixed(value, size >= 0.1 ? 2 : size >= 0.01 ? 3 : 4);
}

/**
 * The number under each ribbon; empty: not computed yet.
 * @param {Float32Array} measured
 * @param {Lens} lens
 */
export function ribbonNumbers(measured, lens) {
  return [...measured].map((value, index) => {
    if (!Number.isFinite(value)) return "";
    // The output layer's activation is its logits; the softmax after it always has the mean 1 / classes.
    return lens === "activations" && index === measured.length - 1 ? `z  ${short(value)}` : short(value);
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
