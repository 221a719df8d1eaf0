/** Ten probabilities as bars; their heights are attributes of SVG, because the page allows no inline style. */
import { html, svg } from "lit";
import { percent } from "../format.js";

/**
 * @typedef {object} Bars
 * @property {readonly number[]} probs
 * @property {readonly string[]} classes
 * @property {number} read  the likeliest; -1: none
 * @property {number} taught  what it is said to be; -1: not said
 * @property {boolean} quiet  what they say is not to be trusted
 */

/** @param {Bars} bars */
export function bars({ probs, classes, read, taught, quiet }) {
  return html`<ol class="bars ${quiet ? "quiet-bars" : ""}" aria-hidden="true">
    ${classes.map((name, i) => {
      const prob = probs[i];
      const kind = i === read ? (taught < 0 ? "read" : i === taught ? "read right" : "read wrong") : i === taught ? "taught" : "";
      return html`<li class=${kind} data-testid="bar-${i}">
        <span class="bar-value">${prob !== undefined && prob >= 0.005 ? percent(prob, 0) : "\u00a0"}</span>
        ${bar(prob ?? 0)}
        <span class="bar-name">${name}</span>
      </li>`;
    })}
  </ol>`;
}

/** @param {number} prob */
function bar(prob) {
  const height = (100 * prob).toFixed(1);
  return html`<svg class="bar" preserveAspectRatio="none" viewBox="0 0 10 100">
    ${svg`<rect class="bar-fill" x="0" width="10" y=${(100 - Number(height)).toFixed(1)} height=${height}></rect>`}
  </svg>`;
}

/** The same, small: before and after. @param {readonly number[]} probs @param {number} read @param {number} taught */
export function miniBars(probs, read, taught) {
  return svg`<svg class="mini-bars" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
    ${probs.map((prob, i) => {
      const height = Math.max(1, 38 * prob);
      const kind = i === taught ? "taught" : i === read ? "wrong" : "";
      return svg`<rect class=${kind} x=${i * 10 + 1} width="8" y=${(40 - height).toFixed(1)} height=${height.toFixed(1)}></rect>`;
    })}
  </svg>`;
}
