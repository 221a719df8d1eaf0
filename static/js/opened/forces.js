/** The ropes at the outputs: what the loss of one example pulls every output with, and the terms that is made of. */
import { html, mathml, ref } from "lit";
import { percent } from "../format.js";
import { _ } from "../i18n.js";
import { scrolls } from "../scrolls.js";
import { addressed, bar, figure, inMath, largest, pull, significant } from "./numbers.js";
import { shown } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */

const MOST_OUTPUTS = 12; // of those that are asked for one by one

/** @param {Walk} walk */
export function forces(walk) {
  if (walk.spec.loss.name !== "mean_softmax_cross_entropy") return slopes(walk);
  const reading = walk.asking.read({ about: "forces", example: walk.example });
  return shown(reading, (answer) => ropes(walk, answer));
}

/** @param {Walk} walk @param {import("./answers").Forces} answer */
function ropes(walk, { logits, probs, targets, dL_dz, dL_dp, dp_dz, terms }) {
  const { classes } = walk.manifest;
  const limit = largest(dL_dz);
  const label = walk.opened.examples[walk.example]?.label ?? 0;
  const chosen = walk.rope ?? label;
  const total = dL_dz.reduce((sum, force) => sum - force, 0);
  return html`<table class="numbers ropes" ${ref(scrolls)} data-testid="ropes">
      <thead><tr>
        <th>${_("class")}</th><th>z</th><th class="wide">p</th><th>p</th><th>${_("target")}</th>
        <th class="wide">${_("◀ down · rope · up ▶")}</th><th>${_("force")} t − p</th>
      </tr></thead>
      <tbody>${dL_dz.map(
        (slope, at) => html`<tr class=${at === chosen ? "chosen" : ""} @click=${() => walk.set({ rope: at })}>
          <th scope="row"><button class="plain" aria-pressed=${at === chosen ? "true" : "false"}>${classes[at] ?? at}</button></th>
          <td>${figure(logits[at], "plain", `logits[${at}]`)}</td>
          <td class="wide">${bar(probs[at] ?? 0, "probability")}</td>
          <td title=${probs[at] ?? ""}>${percent(probs[at], 1)}</td>
          <td>${figure(targets[at], "plain", `targets[${at}]`)}</td>
          <td class="wide">${pull(-slope, limit, "gradient")}</td>
          <td>${figure(-slope, "gradient", `−dL_dz[${at}]`, "force")}</td>
        </tr>`,
      )}</tbody>
      <tfoot><tr><th colspan="6">${_("all forces together")}</th><td>${Math.abs(total) < 1e-12 ? "0" : figure(total, "gradient")}</td></tr></tfoot>
    </table>
    ${jacobian(walk, label, chosen, { dL_dp, dp_dz, terms, dL_dz })}
    <p class="so">${_("The gradient by an output is p − t, and the force is its opposite: the true class is pulled up, every other down by just as much as it was believed. This is no definition: it follows from the chain rule through softmax.")}</p>`;
}

/**
 * The term of the true class, the only one for a one-hot target, with what the others add.
 * @param {Walk} walk
 * @param {number} label
 * @param {number} chosen
 * @param {Pick<import("./answers").Forces, "dL_dp" | "dp_dz" | "terms" | "dL_dz">} answer
 */
function jacobian(walk, label, chosen, { dL_dp, dp_dz, terms, dL_dz }) {
  const name = (/** @type {number} */ at) => walk.manifest.classes[at] ?? String(at);
  const term = terms[label]?.[chosen] ?? 0;
  const gradient = dL_dz[chosen] ?? 0;
  const others = gradient - term;
  return html`<math display="block" class="line">
    ${fraction("L", "z", name(chosen))}<mo>=</mo>${fraction("L", "p", name(label))}<mo>⋅</mo>
    <mfrac><mrow><mi>d</mi><msub><mi>p</mi><mn>${name(label)}</mn></msub></mrow><mrow><mi>d</mi><msub><mi>z</mi><mn>${name(chosen)}</mn></msub></mrow></mfrac>
    ${Math.abs(others) > 1e-12 ? mathml`<mo>+</mo><mi mathvariant="normal">…</mi>` : ""}
    <mo>=</mo><mn>${inMath(significant(dL_dp[label]))}</mn><mo>⋅</mo><mn>${inMath(significant(dp_dz[label]?.[chosen]))}</mn>
    ${Math.abs(others) > 1e-12 ? mathml`<mo>+</mo><mn>${inMath(significant(others))}</mn>` : ""}
    <mo>=</mo><mn class="result">${inMath(significant(gradient))}</mn>
  </math>`;
}

/** @param {string} top @param {string} bottom @param {string} index */
function fraction(top, bottom, index) {
  return mathml`<mfrac><mrow><mi>d</mi><mi>${top}</mi></mrow><mrow><mi>d</mi><msub><mi>${bottom}</mi><mn>${index}</mn></msub></mrow></mfrac>`;
}

/** Losses without softmax: the slope at every output, by the factors of its bias. @param {Walk} walk */
function slopes(walk) {
  const layer = walk.dense().at(-1)?.address.split(".")[0] ?? "";
  const count = Math.min(walk.manifest.outputs, MOST_OUTPUTS);
  const readings = Array.from({ length: count }, (_output, at) =>
    walk.asking.read({ about: "factors", address: `${layer}.b`, index: [at], example: walk.example }),
  );
  const missing = readings.find(({ answer }) => !answer);
  if (missing) return shown(missing, () => "");
  const all = readings.flatMap(({ answer }) => answer?.products[0]?.upstream.loss ?? []);
  const limit = largest(all.map(({ own }) => own));
  return html`<table class="numbers ropes" ${ref(scrolls)} data-testid="ropes">
      <thead><tr>
        <td></td><th>${_("output")}</th><th>${_("target")}</th><th>${_("difference")}</th>
        <th class="wide">${_("◀ down · rope · up ▶")}</th><th>${_("force")}</th>
      </tr></thead>
      <tbody>${all.map(
        ({ output, prob, target, difference, own }, at) => html`<tr>
          <th scope="row">${walk.manifest.classes[at] ?? at}</th>
          <td>${addressed(prob.address === "probs" ? prob : output)}</td><td>${addressed(target)}</td><td>${figure(difference)}</td>
          <td class="wide">${pull(-own, limit, "gradient")}</td>
          <td>${figure(-own, "gradient", `−dL/d ${output.address}[${output.index.join(", ")}]`, "force")}</td>
        </tr>`,
      )}</tbody>
    </table>
    <p class="so">${_("The force is the opposite of the gradient by the output: the loss of this example shrinks if the output goes that way. How it depends on the difference, the loss function says.")}</p>`;
}
