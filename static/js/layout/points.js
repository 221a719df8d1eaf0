/**
 * Where data lie: points of a line or a plane with their classes or targets, and the numbers a network is told of them.
 *
 * @typedef {import("../protocol").Manifest} Manifest
 *
 * @typedef {object} Points
 * @property {number} count
 * @property {Float32Array} at  `dimensions` numbers each
 * @property {Float32Array} answers  the class of each, or its target
 */

/** As in engine/data/features.py. @type {Record<string, (x1: number, x2: number) => number>} */
const FEATURES = {
  x: (x) => x,
  "x^2": (x) => x * x,
  "x^3": (x) => x ** 3,
  "sin(pi*x)": (x) => Math.sin(Math.PI * x),
  x1: (x1) => x1,
  x2: (_x1, x2) => x2,
  "x1^2": (x1) => x1 * x1,
  "x2^2": (_x1, x2) => x2 * x2,
  "x1*x2": (x1, x2) => x1 * x2,
  "sin(pi*x1)": (x1) => Math.sin(Math.PI * x1),
  "sin(pi*x2)": (_x1, x2) => Math.sin(Math.PI * x2),
};

const NAMES = new Map([
  ["x^2", "x²"],
  ["x^3", "x³"],
  ["sin(pi*x)", "sin πx"],
  ["x1", "x₁"],
  ["x2", "x₂"],
  ["x1^2", "x₁²"],
  ["x2^2", "x₂²"],
  ["x1*x2", "x₁x₂"],
  ["sin(pi*x1)", "sin πx₁"],
  ["sin(pi*x2)", "sin πx₂"],
]);

/** A feature's name as one writes it. @param {string} feature */
export function featureName(feature) {
  return NAMES.get(feature) ?? feature;
}

/**
 * A feature at every point of the grid, as parts of its largest; null: not one that is known.
 * @param {string} feature
 * @param {import("../protocol").Plane} plane
 * @returns {Int8Array | null}
 */
export function featureOver(feature, { dimensions, side, least, most }) {
  const of = FEATURES[feature];
  if (!of) return null;
  const step = (most - least) / side;
  const values = Float32Array.from({ length: side ** dimensions }, (_one, i) => {
    const x1 = least + step * ((i % side) + 0.5);
    return of(x1, most - step * (Math.floor(i / side) + 0.5));
  });
  const largest = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  return Int8Array.from(values, (value) => (127 * value) / (largest || 1));
}

/** @param {import("../protocol").Plane} plane @param {"train" | "test"} split @returns {Points} */
export function readPoints(plane, split) {
  const at = floats(split === "train" ? plane.train_points : plane.test_points);
  const answers = floats(split === "train" ? plane.train_answers : plane.test_answers);
  return { count: Math.min(answers.length, Math.floor(at.length / plane.dimensions)), at, answers };
}

/** @param {string} base64 */
function floats(base64) {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
  } catch {
    return new Float32Array(0);
  }
}
