/** A small picture of each data set that is always there: what it looks like, not its points. */
import { html, nothing, svg } from "lit";

/** @typedef {readonly [x: number, y: number, classOf: number]} Dot */

const TURN = 2 * Math.PI;

/** @type {Record<string, () => unknown>} */
const GLYPHS = {
  mnist: () => svg`<path class="stroke" d="M7 6.5h10.5L11 18.5" />`,
  circles: () => dots([...around(4, 2.4, 0, 0), ...around(10, 8.4, 0, 1)]),
  xor: () => dots([-1, 1].flatMap((x) => [-1, 1].flatMap((y) => around(3, 2.4, x * y, x * y < 0 ? 1 : 0, 12 + 5 * x, 12 + 5 * y)))),
  gaussians: () => dots([...around(6, 3, 0, 0, 7.5, 16), ...around(6, 3, 0, 1, 16.5, 8), [7.5, 16, 0], [16.5, 8, 1]]),
  moons: () => dots([...arc(7, 9.5, 14, 1, 0), ...arc(7, 14.5, 10, -1, 1)]),
  spiral: () => dots([...arm(0, 0, 0.9), ...arm(0.5, 1, 0.9)]),
  spirals: () => dots([...arm(0, 0, 0.7), ...arm(1 / 3, 1, 0.7), ...arm(2 / 3, 2, 0.7)]),
  sine: () => svg`<path class="stroke" d="M3 12c3-11 6-11 9 0s6 11 9 0" />`,
  plane: () => svg`<path class="class-0" d="M4 20V4h16Z" opacity=".35" /><path class="class-1" d="M4 20h16V4Z" opacity=".7" /><path class="stroke" d="M4 20 20 4" />`,
  hills: () => dots([0, 1, 2].flatMap((column) => [0, 1].map((row) => /** @type {Dot} */ ([6 + 6 * column, 8 + 8 * row, (row + column) % 2]))), 2.6),
};

/** @param {string} name  of a data set */
export function glyph(name) {
  const draw = GLYPHS[name];
  return html`<svg class="glyph" viewBox="0 0 24 24" aria-hidden="true">${draw ? draw() : brought()}</svg>`;
}

/** A table, for data that somebody brought. */
function brought() {
  return svg`<path class="stroke" d="M4.5 5.5h15v13h-15zM4.5 10h15M10 5.5v13" />`;
}

/** @param {readonly Dot[]} places @param {number} [radius] */
function dots(places, radius = 1.15) {
  return places.map(([x, y, classOf]) => svg`<circle class="class-${classOf}" cx=${x.toFixed(1)} cy=${y.toFixed(1)} r=${radius} />`);
}

/**
 * @param {number} count
 * @param {number} radius
 * @param {number} phase
 * @param {number} classOf
 * @returns {Dot[]}
 */
function around(count, radius, phase, classOf, x = 12, y = 12) {
  return Array.from({ length: count }, (_dot, at) => {
    const angle = (TURN * at) / count + phase;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle), classOf];
  });
}

/** @param {number} count @param {number} x @param {number} y @param {1 | -1} up @param {number} classOf @returns {Dot[]} */
function arc(count, x, y, up, classOf) {
  return Array.from({ length: count }, (_dot, at) => {
    const angle = (Math.PI * at) / (count - 1);
    return [x + 6.5 * Math.cos(angle), y - up * 6.5 * Math.sin(angle), classOf];
  });
}

/** @param {number} phase  in turns @param {number} classOf @param {number} turns @returns {Dot[]} */
function arm(phase, classOf, turns) {
  return Array.from({ length: 8 }, (_dot, at) => {
    const radius = 1.5 + (8 * at) / 7;
    const angle = TURN * (phase + (turns * at) / 7);
    return [12 + radius * Math.cos(angle), 12 + radius * Math.sin(angle), classOf];
  });
}

/** Columns of a network, each as high as its layer is large. @param {readonly number[]} sizes */
export function networkGlyph(sizes) {
  const shown = sizes.length > 7 ? [...sizes.slice(0, 6), sizes.at(-1) ?? 1] : sizes;
  const step = 20 / Math.max(1, shown.length - 1);
  const bars = shown.map((size, at) => {
    const half = Math.min(9.5, 1.5 + 0.85 * Math.log2(Math.max(1, size)));
    const x = shown.length === 1 ? 12 : 2 + at * step;
    return svg`<path class="bar" d="M${x.toFixed(1)} ${(12 - half).toFixed(1)}V${(12 + half).toFixed(1)}" />`;
  });
  return html`<svg class="glyph" viewBox="0 0 24 24" aria-hidden="true">${bars.length ? bars : nothing}</svg>`;
}

/** The loss by the distance from the target. @param {string} loss */
export function lossGlyph(loss) {
  /** @type {Record<string, string>} */
  const paths = {
    mean_squared_error: "M4 4q8 32 16 0",
    mean_quadratic: "M4 4q8 32 16 0",
    mean_absolute_error: "M4 5l8 14 8-14",
    mean_huber: "M3 5l5.5 10q3.5 7 7 0L21 5",
    mean_hinge: "M4 4l11 14h6",
  };
  return html`<svg class="glyph" viewBox="0 0 24 24" aria-hidden="true"><path class="stroke" d=${paths[loss] ?? "M4 4c1 11 6 14 17 15"} /></svg>`;
}
