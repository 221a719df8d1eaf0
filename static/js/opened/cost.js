/** What the step cost, counted, and what its gradient would have cost without backpropagation. */
import { html, ref } from "lit";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { scrolls } from "../scrolls.js";
import { bar } from "./numbers.js";
import { shown } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */
/** @typedef {import("./answers").Count} Count */

/** @param {Walk} walk */
export function cost(walk) {
  return shown(walk.asking.read({ about: "cost" }), (answer) => {
    const whole = (/** @type {Count} */ count) => count.products + count.elementwise;
    const most = Math.log10(whole(answer.finite_differences));
    /** @type {[string, Count, string][]} */
    const rows = [
      [_("forward"), answer.forward, "accent"],
      [_("backward"), answer.backward, "gradient-positive"],
      [_("update"), answer.update, "weight-positive"],
      [_("finite differences instead of backward"), answer.finite_differences, "wrong"],
    ];
    const times = whole(answer.finite_differences) / whole(answer.backward);
    return html`<p class="verdict" data-testid="cost">${_("Backpropagation finds all {count} gradients {times} times cheaper than moving one weight after the other.", {
        count: integer(answer.parameters),
        times: integer(times),
      })}</p>
      <table class="numbers" ${ref(scrolls)}>
        <thead><tr><td></td><th class="wide">${_("operations, log scale")}</th><th>${_("multiply-adds with weights")}</th><th>${_("number by number")}</th></tr></thead>
        <tbody>${rows.map(
          ([name, count, tone]) => html`<tr><th scope="row">${name}</th><td class="wide">${bar(Math.log10(Math.max(1, whole(count))) / most, tone)}</td>
            <td><data value=${count.products}>${integer(count.products)}</data></td><td><data value=${count.elementwise}>${integer(count.elementwise)}</data></td></tr>`,
        )}</tbody>
      </table>
      <section class="part"><h3>${_("Layer by layer")}</h3>
        <table class="numbers" ${ref(scrolls)}>
          <thead><tr><th>${_("layer")}</th><th>${_("forward")}</th><th>${_("backward")}</th></tr></thead>
          <tbody>${answer.layers
            .filter((layer) => whole(layer.forward) + whole(layer.backward) > 0)
            .map((layer) => html`<tr><th scope="row">${layer.name}</th><td>${integer(whole(layer.forward))}</td><td>${integer(whole(layer.backward))}</td></tr>`)}</tbody>
        </table>
      </section>
      <p class="so">${_("Counted for {count} examples, not timed. The lowest layer need not say what its inputs should have been, so backward is less than twice forward.", { count: integer(answer.examples) })}</p>`;
  });
}
