/** The gradient check: backpropagation's gradient beside central differences, for this weight or for some at random. */
import { html, nothing, ref } from "lit";
import { integer, scientific } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { scrolls } from "../scrolls.js";
import { addressText, figure, inMath } from "./numbers.js";
import { shown, stat } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */
/** @typedef {import("./answers").GradientCheck} GradientCheck */

const COUNT = 20;
const GOOD = 1e-4; // in float64 a right gradient is far below, a wrong one far above

/** @param {Walk} walk */
export function check(walk) {
  const { address, index } = walk.weight;
  const { seed } = walk;
  const question = /** @type {const} */ ({ about: "check", count: COUNT, seed: seed ?? 0 });
  const reading = walk.asking.read(seed === null ? { ...question, count: 1, address, index } : { ...question, address: null, index: [] });
  return html`<p class="choices">
      <button aria-pressed=${seed === null ? "true" : "false"} data-testid="check-one" @click=${() => walk.set({ seed: null })}>${_("This weight")}</button>
      <button aria-pressed=${seed === null ? "false" : "true"} data-testid="check-many" @click=${() => walk.set({ seed: (seed ?? -1) + 1 })}>
        ${seed === null ? _("{count} random ones", { count: COUNT }) : _("{count} other random ones", { count: COUNT })}</button>
    </p>
    ${shown(reading, ({ checks }) => html`${verdict(checks)} ${checks[0] && checks.length === 1 ? one(checks[0]) : many(walk, checks)}`, _("Computing both losses in float64…"))}`;
}

/** @param {GradientCheck} found */
function agrees({ relative_error: error, numeric, analytic, noise }) {
  return error <= GOOD || Math.abs(numeric - analytic) <= 10 * noise;
}

/** @param {GradientCheck[]} checks */
function verdict(checks) {
  const bad = checks.filter((found) => !agrees(found));
  const unsure = bad.filter(({ kinks }) => kinks.length > 0).length;
  const wrong = bad.length - unsure;
  const text = wrong
    ? ngettext("{count} gradient does not agree, and no kink explains it.", "{count} gradients do not agree, and no kink explains it.", wrong, { count: wrong })
    : unsure
      ? ngettext("All agree but {count}, where a kink lies between.", "All agree but {count}, where kinks lie between.", unsure, { count: unsure })
      : checks.length === 1
        ? _("Both agree.")
        : _("All {count} agree.", { count: checks.length });
  return html`<p class="verdict ${wrong ? "wrong" : "right"}" data-testid="verdict">${text}</p>`;
}

/** @param {GradientCheck} found */
function one(found) {
  return html`<div class="equation check">
      <div class="plate number"><p class="value">${figure(found.analytic, "gradient", _("by the chain rule, in float64"), "analytic")}</p><p class="caption">${_("backpropagation")}</p></div>
      <span class="operator">≈</span>
      <div class="plate number"><p class="value">${figure(found.numeric, "gradient", "", "numeric")}</p><p class="caption">${_("finite differences")}</p></div>
    </div>
    <div class="scroll" ${ref(scrolls)}><math display="block" class="line">
      <mfrac><mrow><mi>L</mi><mo>(</mo><mi>W</mi><mo>+</mo><mi>h</mi><mo>)</mo><mo>−</mo><mi>L</mi><mo>(</mo><mi>W</mi><mo>−</mo><mi>h</mi><mo>)</mo></mrow><mrow><mn>2</mn><mi>h</mi></mrow></mfrac>
      <mo>=</mo><mfrac><mrow><mn>${found.loss_above}</mn><mo>−</mo><mn>${found.loss_below}</mn></mrow><mrow><mn>2</mn><mo>⋅</mo><mn>${inMath(scientific(found.h, 3))}</mn></mrow></mfrac>
      <mo>=</mo><mn class="result">${inMath(scientific(found.numeric, 6))}</mn>
    </math></div>
    <dl class="stats">
      ${stat(_("relative error"), html`<data value=${found.relative_error} data-testid="relative-error">${scientific(found.relative_error, 1)}</data>`, _("in float64"))}
      ${stat(_("of the run's own gradient"), html`<data value=${found.relative_error_of_run}>${scientific(found.relative_error_of_run, 1)}</data>`, _("in the precision it trains in"))}
      ${stat(_("noise"), scientific(found.noise, 1), _("rounding alone can be off by this much"))}
    </dl>
    ${crossings(found)}`;
}

/** @param {GradientCheck} found */
function crossings({ kinks: crossed }) {
  if (crossed.length === 0) return html`<p class="so">${_("No kink lies between W − h and W + h, so the two have to agree.")}</p>`;
  return html`<ul class="kinks">${crossed.map(({ where, count }) => html`<li>${kinkText(where, count)}</li>`)}</ul>`;
}

/** @param {string} where @param {number} count */
function kinkText(where, count) {
  return ngettext(
    "{where}: {count} number goes over a kink in between, where there is no derivative; the difference is then a mean of both slopes.",
    "{where}: {count} numbers go over a kink in between, where there is no derivative; the difference is then a mean of both slopes.",
    count,
    { where, count: integer(count) },
  );
}

/** @param {Walk} walk @param {GradientCheck[]} checks */
function many(walk, checks) {
  return html`<table class="numbers" ${ref(scrolls)} data-testid="checks">
    <thead><tr><th>${_("parameter")}</th><th>${_("backpropagation")}</th><th>${_("finite differences")}</th><th>${_("relative error")}</th><td></td></tr></thead>
    <tbody>${checks.map(
      (found) => html`<tr>
        <th scope="row"><button class="plain" @click=${() => {
          walk.set({ seed: null });
          walk.choose(found.address, found.index);
        }}>${addressText(found.address, found.index)}</button></th>
        <td>${figure(found.analytic, "gradient")}</td><td>${figure(found.numeric, "gradient")}</td>
        <td><data value=${found.relative_error} data-testid="relative-error">${scientific(found.relative_error, 1)}</data></td>
        <td class=${agrees(found) ? "right" : "wrong"}>${agrees(found) ? "✓" : found.kinks.length ? _("kink") : "✗"}${found.kinks.length && agrees(found) ? html` <small>${_("kink")}</small>` : nothing}</td>
      </tr>`,
    )}</tbody>
  </table>
  <p class="note">${_("Where both are zero, a dead gate or a dark pixel is on the way. Click a parameter to look at it.")}</p>`;
}
