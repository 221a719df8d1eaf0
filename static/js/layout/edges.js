/**
 * Which edges are drawn: the strongest few of all, by a rule that can be said in a sentence.
 *
 * The strength of an edge is its |value| on its layer's scale, the same scale its colour has, so that every layer is
 * heard and not just the one with the largest numbers. Strengths are bytes, so counting them finds the strongest without
 * sorting, and nothing is allocated twice.
 *
 * @typedef {object} Matrix  one layer's values between the units that are shown
 * @property {number} layer  its place in manifest.layers
 * @property {number} source  the layer whose numbers go into it; -1: the input
 * @property {Int8Array} bytes  row by row: one row a unit, one column for each unit of the layer before
 * @property {number} rows
 * @property {number} columns
 * @property {number} limit  the byte at which full colour is reached
 *
 * @typedef {object} Edges  from the weakest to the strongest
 * @property {number} count
 * @property {number} total  of all between the units that are shown
 * @property {Uint8Array} layer  the layer it leads to
 * @property {Uint16Array} from  position among the shown units of the layer before
 * @property {Uint16Array} to
 * @property {Float32Array} strength  -1 to 1, 1 is the end of its layer's scale
 */

export const MOST_EDGES = 240;

/** @param {number} capacity @returns {Edges} */
export function makeEdges(capacity = MOST_EDGES) {
  return {
    count: 0,
    total: 0,
    layer: new Uint8Array(capacity),
    from: new Uint16Array(capacity),
    to: new Uint16Array(capacity),
    strength: new Float32Array(capacity),
  };
}

const counts = new Uint32Array(128);
const starts = new Uint32Array(128);

/**
 * @param {Edges} edges  is overwritten
 * @param {readonly Matrix[]} matrices
 */
export function chooseStrongest(edges, matrices) {
  counts.fill(0);
  edges.total = 0;
  for (const matrix of matrices) {
    edges.total += matrix.bytes.length;
    for (let i = 0; i < matrix.bytes.length; i += 1) bump(counts, sizeOf(matrix, i), 1);
  }
  let left = edges.strength.length;
  let weakest = 128;
  while (weakest > 1 && left > 0) {
    weakest -= 1;
    left -= /** @type {number} */ (counts[weakest]);
  }
  // Of those that are just strong enough there may be too many: the first ones are taken.
  const spare = Math.max(0, -left);
  edges.count = edges.strength.length - Math.max(0, left);
  let place = 0;
  for (let size = weakest; size < 128; size += 1) {
    starts[size] = place;
    place += /** @type {number} */ (counts[size]) - (size === weakest ? spare : 0);
  }
  const weakestEnd = weakest < 127 ? /** @type {number} */ (starts[weakest + 1]) : edges.count;
  for (const matrix of matrices) gather(edges, matrix, weakest, weakestEnd);
}

/** @param {Edges} edges @param {Matrix} matrix @param {number} weakest @param {number} weakestEnd */
function gather(edges, matrix, weakest, weakestEnd) {
  for (let i = 0; i < matrix.bytes.length; i += 1) {
    const size = sizeOf(matrix, i);
    if (size < weakest) continue;
    const place = /** @type {number} */ (starts[size]);
    if (place >= (size === weakest ? weakestEnd : edges.count)) continue;
    bump(starts, size, 1);
    const to = Math.floor(i / matrix.columns);
    edges.layer[place] = matrix.layer;
    edges.to[place] = to;
    edges.from[place] = i - to * matrix.columns;
    edges.strength[place] = (size / 127) * Math.sign(/** @type {number} */ (matrix.bytes[i]));
  }
}

/**
 * All edges of one unit, to it and from it.
 * @param {Edges} edges  is overwritten; made with a capacity of twice the most units shown
 * @param {readonly Matrix[]} matrices
 * @param {number} layer  the unit's, in manifest.layers
 * @param {number} position  the unit's, among those shown
 */
export function chooseOf(edges, matrices, layer, position) {
  edges.count = 0;
  edges.total = 0;
  for (const matrix of matrices) {
    if (matrix.layer === layer) {
      for (let from = 0; from < matrix.columns; from += 1) add(edges, matrix, position, from);
    } else if (matrix.source === layer) {
      for (let to = 0; to < matrix.rows; to += 1) add(edges, matrix, to, position);
    }
  }
}

/** @param {Edges} edges @param {Matrix} matrix @param {number} to @param {number} from */
function add(edges, matrix, to, from) {
  const i = to * matrix.columns + from;
  const place = edges.count;
  if (place >= edges.strength.length || i >= matrix.bytes.length) return;
  edges.layer[place] = matrix.layer;
  edges.to[place] = to;
  edges.from[place] = from;
  edges.strength[place] = (sizeOf(matrix, i) / 127) * Math.sign(/** @type {number} */ (matrix.bytes[i]));
  edges.count += 1;
  edges.total += 1;
}

/** @param {Matrix} matrix @param {number} i @returns {number} 0 to 127 */
function sizeOf(matrix, i) {
  const size = Math.abs(/** @type {number} */ (matrix.bytes[i]));
  if (size === 0) return 0;
  return Math.max(1, Math.min(127, Math.round((size * 127) / matrix.limit)));
}

/** @param {Uint32Array} array @param {number} i @param {number} by */
function bump(array, i, by) {
  array[i] = /** @type {number} */ (array[i]) + by;
}

/**
 * One number for each kernel, so that two columns of maps are joined by edges as two columns of units are: the sum of the
 * sizes of a kernel's weights, with the sign of their sum.
 * @param {Int8Array} kernels  [channels, inputs, K, K]
 * @param {number} pairs  channels times inputs
 * @returns {Int8Array} the largest is 127
 */
export function sumKernels(kernels, pairs) {
  const area = kernels.length / pairs;
  const sizes = new Float32Array(pairs);
  const signs = new Int8Array(pairs);
  let largest = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    let size = 0;
    let sum = 0;
    for (let i = pair * area; i < (pair + 1) * area; i += 1) {
      const weight = /** @type {number} */ (kernels[i]);
      size += Math.abs(weight);
      sum += weight;
    }
    sizes[pair] = size;
    signs[pair] = sum < 0 ? -1 : 1;
    largest = Math.max(largest, size);
  }
  return Int8Array.from(sizes, (size, pair) => (largest > 0 ? Math.round((127 * size) / largest) * (signs[pair] ?? 1) : 0));
}
