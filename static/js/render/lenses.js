/**
 * What each lens shows: one table that the picture, its legend and the inspector read.
 *
 * Weights and gradients are told apart by colour, and the direction of travel by what moves along the edges: forward
 * left to right, backward right to left, and nothing where nothing travels.
 *
 * @typedef {import("../store.js").Lens} Lens
 *
 * @typedef {object} LensTable
 * @property {"W" | "dL_dW" | "update"} matrix  of edges and first-layer tiles
 * @property {"a" | "dL_dz" | "b" | null} unit  of circles; null: the root mean square of the unit's row of the matrix
 * @property {"weights" | "gradients"} colours
 * @property {-1 | 0 | 1} direction  1: forward
 * @property {string} statistic  of the ribbon
 * @property {boolean} dashed
 * @property {boolean} glyphs  on the strongest edges
 * @property {number} unclipped  share of values within the scale; gradients have longer tails than weights
 */

/** @type {Record<Lens, LensTable>} */
export const LENSES = {
  activations: {
    matrix: "W",
    unit: "a",
    colours: "weights",
    direction: 1,
    statistic: "a_mean",
    dashed: false,
    glyphs: true,
    unclipped: 0.997,
  },
  gradients: {
    matrix: "dL_dW",
    unit: "dL_dz",
    colours: "gradients",
    direction: -1,
    statistic: "dL_dz_rms",
    dashed: false,
    glyphs: true,
    unclipped: 0.985,
  },
  weights: {
    matrix: "W",
    unit: "b",
    colours: "weights",
    direction: 0,
    statistic: "W_rms",
    dashed: false,
    glyphs: false,
    unclipped: 0.997,
  },
  updates: {
    matrix: "update",
    unit: null,
    colours: "weights",
    direction: 0,
    statistic: "update_rms",
    dashed: true,
    glyphs: true,
    unclipped: 0.985,
  },
};
