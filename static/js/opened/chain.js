/** The chain rule of one weight for one example: its factors, where the first of them comes from, and the whole sum. */
import { html, mathml, nothing, ref } from "lit";
import { integer } from "../format.js";
import { displayName } from "../configuration/names.js";
import { _, ngettext } from "../i18n.js";
import { scrolls } from "../scrolls.js";
import { addressed, addressText, figure, fullAddress, inMath, kindOf, largest, pull, significant, toneOf } from "./numbers.js";
import { shown } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */
/** @typedef {import("./answers").Product} Product */

const TERMS = 6;

/** @param {Walk} walk */
export function chain(walk) {
  const { address, index } = walk.weight;
  const reading = walk.asking.read({ about: "factors", address, index, example: walk.example });
  return shown(reading, (answer) => {
    const first = answer.products[0];
    if (!first) return html`<p class="refused">${_("This parameter is used nowhere.")}</p>`;
    return html`${formula(walk, first)} ${factors(walk, first)} ${places(answer)} ${sum(walk, answer)} ${source(walk, first)}`;
  });
}

/** @param {Walk} walk @param {Product} product */
function formula(walk, product) {
  const p = walk.weight.address.split(".")[1] ?? "W";
  return html`<div class="formula" ${ref(scrolls)}>
    <math display="block">
      ${over("L", p)}<mo>=</mo>${over("L", "a")}<mo>⋅</mo><mi>f</mi><mo>′</mo><mo>(</mo><mi>z</mi><mo>)</mo><mo>⋅</mo>${metSymbol(product)}
    </math>
    <math display="block">
      <mo>=</mo>${mathNumber(product.upstream.of.value, "gradient", addressText(product.upstream.of.address, product.upstream.of.index))}<mo>⋅</mo>
      ${mathNumber(product.slope.value, "plain", addressText(product.slope.address, product.slope.index))}<mo>⋅</mo>
      ${mathNumber(product.met_value, "weight", product.met ? addressText(product.met.address, product.met.index) : "")}<mo>=</mo>
      ${mathNumber(product.value, "gradient", _("what this example adds"), "result")}
    </math>
  </div>`;
}

/** @param {Walk} walk @param {Product} product */
function factors(walk, product) {
  const { upstream, slope, met, met_value: metValue } = product;
  const f = displayName(walk.manifest.layers.find(({ name }) => name === walk.layer)?.activation ?? "linear");
  const parameter = walk.weight.address.split(".")[1] ?? "W";
  return html`<ol class="factors">
    <li>
      <h3 aria-label="dL/da"><math>${over("L", "a")}</math></h3>
      <p class="value">${addressed(upstream.of, "gradient", "factor")}</p>
      <p class="address">${addressText(upstream.of.address, upstream.of.index)}</p>
      <p class="note">${_("what the layers above say about this unit")}</p>
    </li>
    <li>
      <h3 aria-label="f′(z)"><math><mi>f</mi><mo>′</mo><mo>(</mo><mi>z</mi><mo>)</mo></math></h3>
      <p class="value">${addressed(slope, "plain", "factor")}</p>
      <p class="address">${addressText(slope.address, slope.index)}</p>
      <p class="note">${slope.value === 0
        ? _("the slope of {f}: the gate is closed", { f })
        : _("the slope of {f}: whether the unit lets it through", { f })}</p>
    </li>
    <li>
      <h3 aria-label=${metName(product)}><math>${metSymbol(product)}</math></h3>
      <p class="value">${met ? addressed(met, "weight", "factor") : figure(metValue, "weight", _("what the parameter met"), "factor")}</p>
      <p class="address">${met ? addressText(met.address, met.index) : _("a constant")}</p>
      <p class="note">${met ? _("what the weight met on the way forward") : _("no number of the network: a bias always meets 1, a kernel meets 0 in the border")}</p>
    </li>
    <li class="product">
      <h3 aria-label="dL/d${parameter}"><math>${over("L", parameter)}</math></h3>
      <p class="value">${figure(product.value, "gradient", fullAddress(walk.weight.address, walk.weight.index, walk.example), "product")}</p>
      <p class="address">${_("of example #{example}", { example: walk.example })}</p>
      <p class="note">${_("how the loss changes with the weight, by this example")}</p>
    </li>
  </ol>`;
}

/** A kernel is used at many places. @param {import("./answers").Factors} answer */
function places({ products, places: count, rest, value }) {
  if (count < 2) return nothing;
  return html`<section class="part">
    <h3>${_("A shared weight: one product at each place")}</h3>
    <table class="numbers" ${ref(scrolls)}>
      <thead><tr><th>${_("place in z")}</th><th>dL/da</th><th>f′(z)</th><th>${_("met")}</th><th>${_("product")}</th></tr></thead>
      <tbody>${products.map(
        (one) => html`<tr><th scope="row">[${one.place.join(", ")}]</th><td>${addressed(one.upstream.of, "gradient")}</td><td>${addressed(one.slope)}</td>
          <td>${one.met ? addressed(one.met, "weight") : figure(one.met_value)}</td><td>${figure(one.value, "gradient")}</td></tr>`,
      )}</tbody>
      <tfoot>
        <tr><th colspan="4">${_("the other {count} places together", { count: integer(count - products.length) })}</th><td>${figure(rest, "gradient")}</td></tr>
        <tr><th colspan="4">${_("sum: what this example adds")}</th><td>${figure(value, "gradient")}</td></tr>
      </tfoot>
    </table>
  </section>`;
}

/** @param {Walk} walk @param {import("./answers").Factors} answer */
function sum(walk, { value, others, gradient }) {
  const limit = largest([value, others, gradient]);
  return html`<section class="part">
    <h3>${_("From this example to the gradient of the step")}</h3>
    <table class="numbers sum" ${ref(scrolls)}>
      <tbody>
        <tr><th scope="row">${_("this example adds")}</th><td class="wide">${pull(value, limit, "gradient")}</td><td>${figure(value, "gradient", "", "own-share")}</td></tr>
        <tr><th scope="row">${_("the other {count} examples add", { count: integer(walk.opened.batch_size - 1) })}</th>
          <td class="wide">${pull(others, limit, "gradient")}</td><td>${figure(others, "gradient", "", "others-share")}</td></tr>
      </tbody>
      <tfoot><tr><th scope="row">${_("gradient of the step")} <span class="address">${gradientAddress(walk)}</span></th>
        <td class="wide">${pull(gradient, limit, "gradient")}</td><td>${figure(gradient, "gradient", gradientAddress(walk), "gradient")}</td></tr></tfoot>
    </table>
  </section>`;
}

/** Where dL/da comes from. @param {Walk} walk @param {Product} product */
function source(walk, { upstream }) {
  const { loss, terms, count, rest } = upstream;
  if (loss) {
    return html`<section class="part">
      <h3>${_("Where dL/da comes from: the loss itself")}</h3>
      <math display="block" class="line"><mfrac><mn>1</mn><mi>n</mi></mfrac><mo>⋅</mo><mfrac><mrow><mi>d</mi><msub><mi>L</mi><mi>e</mi></msub></mrow><mrow><mi>d</mi><mi>o</mi></mrow></mfrac>
        <mo>=</mo><mfrac><mn>1</mn><mn>${integer(walk.opened.batch_size)}</mn></mfrac><mo>⋅</mo><mn>${inMath(significant(loss.own))}</mn><mo>=</mo><mn class="result">${inMath(significant(upstream.of.value))}</mn></math>
      <p class="note">${_("The mean over the minibatch divides by {count} here, and nowhere else.", { count: integer(walk.opened.batch_size) })}</p>
    </section>`;
  }
  const shownTerms = terms.slice(0, TERMS);
  const limit = largest(terms.map(({ value }) => value));
  const hidden = rest + terms.slice(TERMS).reduce((total, { value }) => total + value, 0);
  return html`<section class="part">
    <h3>${_("Where dL/da comes from: a weighted sum of what the units above were told")}</h3>
    <table class="numbers" ${ref(scrolls)}>
      <tbody>${shownTerms.map(
        (term) => html`<tr>
          <th scope="row" class="terms">${term.coefficient === 1 ? nothing : html`${significant(term.coefficient)} · `}${term.factors.map(
            (factor, at) => html`${at ? " · " : ""}${followed(walk, factor)}`,
          )}</th>
          <td class="wide">${pull(term.value, limit, "gradient")}</td><td>${figure(term.value, "gradient")}</td>
        </tr>`,
      )}
      ${count > shownTerms.length
        ? html`<tr><th scope="row">${ngettext("{count} more together", "{count} more together", count - shownTerms.length, { count: integer(count - shownTerms.length) })}</th>
            <td class="wide">${pull(hidden, limit, "gradient")}</td><td>${figure(hidden, "gradient")}</td></tr>`
        : nothing}</tbody>
      <tfoot><tr><th colspan="2">dL/da <span class="address">${addressText(upstream.of.address, upstream.of.index)}</span></th><td>${addressed(upstream.of, "gradient")}</td></tr></tfoot>
    </table>
    <p class="note">${_("No hidden unit has a target of its own. Click a number to follow it up.")}</p>
  </section>`;
}

/** A factor that leads on to the parameter it belongs to. @param {Walk} walk @param {import("./answers").Addressed} factor */
function followed(walk, factor) {
  const target = targetOf(walk, factor);
  const text = html`<data class="num ${toneOf(kindOf(factor.address), factor.value)}" value=${factor.value}>${significant(factor.value)}</data> <span class="address">${addressText(factor.address, factor.index)}</span>`;
  return target
    ? html`<button class="follow" title=${fullAddress(factor.address, factor.index, factor.example)} @click=${() => walk.choose(target.address, target.index)}>${text}</button>`
    : html`<span title=${fullAddress(factor.address, factor.index, factor.example)}>${text}</span>`;
}

/** @param {Walk} walk @param {import("./answers").Addressed} factor */
function targetOf(walk, { address, index }) {
  const { parameters } = walk.opened;
  if (parameters.some((one) => one.address === address)) return { address, index };
  const [layer = "", quantity = ""] = address.split(".");
  const bias = parameters.find((one) => one.address === `${layer}.b`);
  return bias && /^(dL_d[za]|slope)$/.test(quantity) ? { address: bias.address, index: index.slice(0, 1) } : null;
}

/** @param {Walk} walk */
function gradientAddress({ weight }) {
  const [layer, quantity] = weight.address.split(".");
  return addressText(`${layer}.dL_d${quantity}`, weight.index);
}

/** @param {string} top @param {string} bottom */
function over(top, bottom) {
  return mathml`<mfrac><mrow><mi>d</mi><mi>${top}</mi></mrow><mrow><mi>d</mi><mi>${bottom}</mi></mrow></mfrac>`;
}

/** As a heading it is called by its letter: what a screen reader lists has no fractions and no hats. @param {Product} product */
function metName({ met, met_value: value }) {
  if (!met) return String(value);
  return met.address.endsWith("x_hat") ? "x̂" : met.address === "x" ? "x" : "a";
}

/** @param {Product} product */
function metSymbol({ met, met_value: value }) {
  if (!met) return mathml`<mn>${value}</mn>`;
  return met.address.endsWith("x_hat") ? mathml`<mover><mi>x</mi><mo>^</mo></mover>` : mathml`<mi>${met.address === "x" ? "x" : "a"}</mi>`;
}

/** @param {number} value @param {import("./numbers.js").Kind} kind @param {string} title @param {string} [className] */
function mathNumber(value, kind, title, className = "") {
  return mathml`<mn class="${toneOf(kind, value)} ${className}" title=${title}>${inMath(significant(value))}</mn>`;
}
