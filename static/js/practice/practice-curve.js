/** What practice gained and what it forgot, on the way: two curves over its steps, each point a real test. */
import { html, svg } from "lit";
import { integer, percent } from "../format.js";
import { _ } from "../i18n.js";

const WIDTH = 300;
const HEIGHT = 90;
const LEAST_SPAN = 0.02; // of the scale, so that a change of a digit or two is no cliff

/** @param {import("../protocol").Score} score */
export function part({ correct, count }) {
  return count ? correct / count : NaN;
}

/**
 * The points of a line, for SVG; a line of one point is a dot.
 * @param {readonly import("../protocol").PracticePoint[]} curve
 * @param {"held_out" | "mnist"} name  what was tested
 * @param {(step: number) => number} across
 * @param {(share: number) => number} down
 */
export function linePoints(curve, name, across, down) {
  const tested = curve.filter((point) => point[name].count);
  const places = tested.map((point) => `${across(point.step).toFixed(1)},${down(part(point[name])).toFixed(1)}`);
  return (places.length === 1 ? [...places, ...places] : places).join(" ");
}

/**
 * @param {readonly import("../protocol").PracticePoint[]} curve  so far
 * @param {number} last  step of the whole practice
 */
export function practiceCurve(curve, last) {
  const all = curve.flatMap(({ held_out: held, mnist }) => [part(held), part(mnist)]).filter(Number.isFinite);
  const least = Math.floor(100 * Math.min(1 - LEAST_SPAN, ...all)) / 100;
  /** @param {number} share */
  const height = (share) => ((1 - share) / (1 - least)) * (HEIGHT - 4) + 2;
  /** @param {"held_out" | "mnist"} name */
  const points = (name) => linePoints(curve, name, (step) => (step / last) * WIDTH, height);
  const first = curve[0]?.mnist.count ?? 0;
  return html`<figure class="practice-curve" data-testid="practice-curve">
    <span class="curve-most">${percent(1, 0)}</span><span class="curve-least">${percent(least, 0)}</span>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${_("Share read rightly, by the steps of practice")}>
      ${svg`<line class="rate-ground" x1="0" x2=${WIDTH} y1=${HEIGHT - 2} y2=${HEIGHT - 2}></line>
      <polyline class="curve-mnist" points=${points("mnist")}></polyline>
      <polyline class="curve-held" points=${points("held_out")}></polyline>`}
    </svg>
    <span class="curve-first">0</span><span class="curve-last">${_("step {step}", { step: integer(last) })}</span>
    <figcaption><span class="key-held">${_("your held-out drawings")}</span> <span class="key-mnist">${_("MNIST, its first {count} held-out digits", { count: integer(first) })}</span></figcaption>
  </figure>`;
}
