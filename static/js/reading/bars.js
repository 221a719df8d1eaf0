/** Ten probabilities as bars; their heights are attributes of SVG, because the page allows no inline style. */
import { html, svg } from "lit";
import { surely } from "./certainty.js";

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
        ${bar(prob ?? 0, prob !== undefined && prob >= 0.005 ? surely(prob) : "")}
        <span class="bar-name">${name}</span>
      </li>`;
    })}
  </ol>`;
}

/** @param {number} prob @param {string} value  over the bar */
function bar(prob, value) {
  const top = `${(100 - 100 * prob).toFixed(1)}%`;
  return html`<svg class="bar">
    ${svg`<rect class="bar-fill" width="100%" y=${top} height=${`${(100 * prob).toFixed(1)}%`}></rect>
    <text class="bar-value" x="50%" y=${top} dy="-5" text-anchor="middle">${value}</text>`}
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
