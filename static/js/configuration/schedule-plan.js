/** The learning rate that a schedule plans, as a small line over the steps: a plan, not a measurement, and it says so. */
import { html, svg } from "lit";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { shortNumber } from "./rows.js";
import { horizon, planPoints, shareAt } from "./schedule.js";

const WIDTH = 200;
const HEIGHT = 40;

/** @param {import("../protocol").OptimizerFields} optimizer */
export function planPicture(optimizer) {
  const steps = horizon(optimizer);
  const last = shortNumber(Number((optimizer.learning_rate * shareAt(optimizer, steps)).toPrecision(2)));
  const words = _("Plan of the learning rate over {steps} steps from when it was set: at most {rate}, {last} at the end.", {
    steps: integer(steps),
    last,
    rate: shortNumber(optimizer.learning_rate),
  });
  return html`<figure class="plan" data-testid="plan">
    <svg viewBox="0 -3 ${WIDTH} ${HEIGHT + 6}" preserveAspectRatio="none" role="img" aria-label=${words}>
      ${svg`<path class="ground" d="M0 ${HEIGHT}H${WIDTH}" /><polyline points=${planPoints(optimizer, WIDTH, HEIGHT)} />`}
    </svg>
    <figcaption><span>${_("plan, from when it was set")}</span><span>${_("{count} steps", { count: integer(steps) })}</span></figcaption>
  </figure>`;
}

/** The same line without words, for the closed part. @param {import("../protocol").OptimizerFields} optimizer */
export function planGlyph(optimizer) {
  return html`<svg class="glyph" viewBox="-2 -4 24 24" aria-hidden="true">${svg`<polyline class="stroke" points=${planPoints(optimizer, 20, 16)} />`}</svg>`;
}
