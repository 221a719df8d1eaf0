/** What steps of other lengths along the same gradient would make of the taught digit's probability; each was really taken. */
import { html, svg } from "lit";
import { number, percent } from "../format.js";
import { _ } from "../i18n.js";
import { RATES } from "./lesson.js";

const WIDTH = 300;
const HEIGHT = 70;
const STOPS = 120; // of the slider, evenly over the powers of ten

/** Where a rate is, 0 to 1. @param {number} rate */
function along(rate) {
  return Math.log(rate / RATES.least) / Math.log(RATES.most / RATES.least);
}

/**
 * @param {readonly import("../protocol").RatePoint[]} curve
 * @param {number} rate  that is chosen
 * @param {number} label
 * @param {(rate: number) => void} choose
 */
export function rateCurve(curve, rate, label, choose) {
  const points = curve.filter((point) => point.learning_rate >= RATES.least && point.learning_rate <= RATES.most);
  /** @param {import("../protocol").RatePoint} point */
  const place = (point) => `${(along(point.learning_rate) * WIDTH).toFixed(1)},${((1 - point.prob) * (HEIGHT - 4) + 2).toFixed(1)}`;
  const at = (along(rate) * WIDTH).toFixed(1);
  return html`<div class="rate-curve" data-testid="rate-curve">
    <span class="rate-end">${percent(1, 0)}</span>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${_("Probability of {label} by the learning rate of the step", { label })}>
      <line class="rate-ground" x1="0" x2=${WIDTH} y1=${HEIGHT - 2} y2=${HEIGHT - 2}></line>
      ${svg`<line class="rate-chosen" x1=${at} x2=${at} y1="0" y2=${HEIGHT}></line>
      <polyline class="rate-line" points=${points.map(place).join(" ")}></polyline>`}
    </svg>
    <input type="range" data-testid="rate" min="0" max=${STOPS} step="1" .value=${String(Math.round(along(rate) * STOPS))}
      aria-label=${_("Learning rate of the step")} aria-valuetext=${number(rate)}
      @input=${(/** @type {InputEvent} */ event) => choose(rateAt(Number(/** @type {HTMLInputElement} */ (event.target).value) / STOPS))} />
    <span class="rate-words">${_("learning rate {rate}", { rate: number(rate) })}</span>
  </div>`;
}

/** @param {number} part */
function rateAt(part) {
  return Number((RATES.least * (RATES.most / RATES.least) ** part).toPrecision(3));
}
