/** What a question to the run is about, as a picture: the curve so far, the line that is asked about, and the step that decides. */
import { html, nothing, svg } from "lit";
import { roundUp, thin } from "../charts/curves.js";
import { chosen, integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

/**
 * @typedef {object} Drawn
 * @property {readonly (readonly { step: number, value: number | null }[])[]} curves  the last is what decides
 * @property {number} highest  of the scale
 * @property {(value: number) => string} format
 * @property {string} name
 * @property {boolean} yesAbove  whether above the line means yes
 */

const SIDE = 1000; // of the picture that the curves are drawn in, stretched to its place
const BEYOND = 1.14; // of the step that decides: room for the answers behind it
const ABOVE = 4; // lines that are asked about: how a loss began, far above, would press all that matters to the ground
const MOST_POINTS = 400;

class QuestionCurve extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["training", "heldOut"];

  /** @override @type {typeof Panel.urgent} */
  static urgent = ["vote"];

  /** @override */
  static rate = 8;

  /** @override */
  render() {
    const { vote } = store.state;
    const question = vote?.question;
    if (question?.about !== "loss_below" && question?.about !== "accuracy_above") return nothing;
    const { step, threshold } = question;
    const decision = vote?.decision;
    const last = step * BEYOND;
    const { curves, highest, format, name, yesAbove } = drawn(question, decision?.step ?? step);
    /** @param {number} at */
    const across = (at) => (100 * at) / last;
    /** @param {number} value */
    const down = (value) => 100 - (100 * value) / highest;
    const line = down(threshold);
    const [above, below] = yesAbove ? [_("Yes"), _("No")] : [_("No"), _("Yes")];
    const happened = decision ? (decision.option === 0) === yesAbove : null; // whether it came out above the line
    const about = { name, threshold: format(threshold), step: integer(step) };
    return html`<figure class="question-curve" data-testid="question-curve" data-points=${curves.at(-1)?.length ?? 0}>
      <svg class="curve-place" role="img" aria-label=${_("{name} over the steps so far; asked is whether it is above or below {threshold} at step {step}", about)}>
        <svg viewBox="0 0 ${SIDE} ${SIDE}" width="100%" height="100%" preserveAspectRatio="none">
          ${curves.map((curve, at) => svg`<polyline class=${at === curves.length - 1 ? "decides" : "besides"} points=${curve
            .map((point) => `${((SIDE * point.step) / last).toFixed(1)},${(10 * down(point.value ?? 0)).toFixed(1)}`)
            .join(" ")}></polyline>`)}
        </svg>
        <line class="asked" x1="0" x2="100%" y1="${line}%" y2="${line}%"></line>
        <line class="decisive" x1="${across(step)}%" x2="${across(step)}%" y1="0" y2="100%"></line>
        <text class="asked-value" x="4" y="${line}%" dy="-5">${format(threshold)}</text>
        <text class="side ${happened === true ? "came" : ""}" x="100%" y="${line}%" dx="-4" dy="-9">${above}</text>
        <text class="side ${happened === false ? "came" : ""}" x="100%" y="${line}%" dx="-4" dy="21">${below}</text>
        ${decision?.measured === null || decision?.measured === undefined ? nothing : svg`<circle cx="${across(decision.step ?? step)}%" cy="${down(decision.measured)}%" r="6"></circle>`}
      </svg>
      <figcaption><span>0</span><b>${name}</b><span class="decisive-step">${_("step {step}", { step: integer(step) })}</span></figcaption>
    </figure>`;
  }
}

/**
 * @param {import("../protocol").LossBelow | import("../protocol").AccuracyAbove} question
 * @param {number} last  step that is drawn
 * @returns {Drawn}
 */
function drawn({ about, threshold }, last) {
  const { training, heldOut } = store.state;
  /** @template {{ step: number }} Point @param {readonly Point[]} points @param {(point: Point) => number | null} value */
  const curve = (points, value) =>
    thin(points.filter((point) => point.step <= last), MOST_POINTS, value)
      .map((point) => ({ step: point.step, value: value(point) }))
      .filter((point) => Number.isFinite(point.value));
  if (about === "accuracy_above") {
    const tested = curve(heldOut, (point) => point.accuracy);
    return { curves: [curve(training, (point) => point.accuracy), tested], highest: 1, format: (value) => `${chosen(100 * value)}\u202f%`, name: _("held-out accuracy"), yesAbove: true };
  }
  const smoothed = curve(training, (point) => point.smoothed_loss);
  const reached = Math.max(ABOVE * threshold, 1.25 * (smoothed.at(-1)?.value ?? 0));
  const highest = Math.min(reached, roundUp(Math.max(threshold * 1.5, ...smoothed.map(({ value }) => value ?? 0))));
  return { curves: [curve(training, (point) => point.loss), smoothed], highest, format: chosen, name: _("loss, smoothed"), yesAbove: false };
}

customElements.define("question-curve", QuestionCurve);
