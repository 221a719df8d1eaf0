/** What a copy gained and lost by training on the wall: shares read rightly before and after, and on the way. */
import { html, nothing, svg } from "lit";
import { integer, percent } from "../format.js";
import { _ } from "../i18n.js";
import { linePoints } from "../practice/practice-curve.js";

/** @typedef {import("../protocol").WallTrained} WallTrained */

const WIDTH = 100;
const HEIGHT = 40;

/** @param {WallTrained} trained */
export function trainedResult(trained) {
  const rows = /** @type {const} */ ([
    [_("the drawings it was trained on"), trained.trained_on, trained.trained_on_after],
    [_("the class’s other drawings"), trained.held_out, trained.held_out_after],
    [_("MNIST’s held-out digits"), trained.mnist, trained.mnist_after],
  ]);
  return html`<table class="wall-result" data-testid="wall-result">
      <caption>${_("Read rightly before and after {steps} steps, from step {step} of the run", { steps: integer(trained.steps), step: integer(trained.step) })}</caption>
      <tbody>${rows.filter(([, before]) => before.count > 0).map(([name, before, after]) => html`<tr>
        <th scope="row">${name} <span class="note">(${integer(after.count)})</span></th>
        <td>${percent(before.correct / before.count)}</td><td aria-hidden="true">→</td>
        <td class=${after.correct < before.correct ? "worse" : "better"}><b>${percent(after.correct / after.count)}</b></td></tr>`)}</tbody>
    </table>
    ${trainingCurves(trained)}`;
}

/**
 * Both shares over the steps, on one axis from 0 to all: what is learned, and what is forgotten.
 * @param {{ curve: readonly import("../protocol").PracticePoint[], steps: number }} trained  with what is known of the curve so far
 */
export function trainingCurves({ curve, steps }) {
  if (curve.length === 0) return nothing;
  /** @param {"held_out" | "mnist"} key */
  const line = (key) => linePoints(curve, key, (step) => (WIDTH * step) / steps, (share) => HEIGHT * (1 - share));
  const lines = svg`<polyline class="of-mnist" points=${line("mnist")}></polyline><polyline class="of-class" points=${line("held_out")}></polyline>`;
  return html`<figure class="wall-curves">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${_("Shares read rightly over the steps, from 0 to 100 %")}>${lines}</svg>
    <figcaption><span class="of-class">${_("the class’s other drawings")}</span> <span class="of-mnist">${_("the first of MNIST’s held-out digits")}</span></figcaption>
  </figure>`;
}
