/** What runs through the whole walk: one example and one weight, each can be exchanged at any place. */
import { html } from "lit";
import { _ } from "../i18n.js";
import { picture, reading } from "./examples.js";
import { isSecret } from "../vote/step-question.js";
import { figure } from "./numbers.js";

/** @typedef {import("./walk.js").Walk} Walk */

/** @param {Walk} walk */
export function subject(walk) {
  return html`<div class="subject">
    <div class="of-example">
      <button class="quiet icon" aria-label=${_("Previous example")} ?disabled=${walk.example === 0} @click=${() => walk.set({ example: walk.example - 1 })}>‹</button>
      ${picture(walk, walk.example, "thumb medium")}
      <button class="quiet icon" aria-label=${_("Next example")} ?disabled=${walk.example >= walk.opened.examples.length - 1}
        @click=${() => walk.set({ example: walk.example + 1 })}>›</button>
      <p><small>${_("the example")} <span class="address">#${walk.example}</span></small><b data-testid="subject-example">${reading(walk, walk.example)}</b></p>
    </div>
    <div class="of-weight">
      <p><small>${_("the weight")}</small>${weightValue(walk)}</p>
      <div class="fields">${address(walk)} ${walk.weight.index.map((position, axis) => place(walk, position, axis))}</div>
    </div>
  </div>`;
}

/** @param {Walk} walk */
function weightValue(walk) {
  const { address: at, index } = walk.weight;
  const { answer } = walk.asking.read({ about: "anatomy", address: at, index });
  if (!answer) return html`<b>…</b>`;
  return walk.idea.phase === "update" && !isSecret(walk.opened.step)
    ? html`<b>${figure(answer.parameter_before, "weight", _("before the step"))} → ${figure(answer.parameter_after, "weight", _("after the step"))}</b>`
    : html`<b>${figure(answer.parameter_before, "weight", _("before the step"))} <i class="stamp">${_("before")}</i></b>`;
}

/** @param {Walk} walk */
function address(walk) {
  return html`<label class="field">${_("tensor")}
    <select data-testid="weight-tensor" @change=${(/** @type {Event} */ event) => {
      const chosen = walk.opened.parameters.find((one) => one.address === /** @type {HTMLSelectElement} */ (event.target).value);
      if (chosen) walk.choose(chosen.address, chosen.shape.map((size, axis) => Math.min(size - 1, walk.weight.index[axis] ?? 0)));
    }}>
      ${walk.opened.parameters.map((one) => html`<option value=${one.address} ?selected=${one.address === walk.weight.address}>${one.address}</option>`)}
    </select></label>`;
}

/** @param {Walk} walk @param {number} position @param {number} axis */
function place(walk, position, axis) {
  const shape = walk.opened.parameters.find((one) => one.address === walk.weight.address)?.shape ?? [];
  const most = Math.max(0, (shape[axis] ?? 1) - 1);
  return html`<label class="field">${axisName(shape.length, axis)}
    <input type="number" min="0" max=${most} .value=${String(position)} data-testid="weight-index-${axis}" title=${_("0 to {most}", { most })}
      @change=${(/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target);
        const chosen = Math.max(0, Math.min(most, Math.round(Number(input.value)) || 0));
        input.value = String(chosen); // not by drawing anew: answers that come while one types would undo the typing
        walk.choose(walk.weight.address, walk.weight.index.map((old, at) => (at === axis ? chosen : old)));
      }} /></label>`;
}

/** @param {number} axes @param {number} axis */
function axisName(axes, axis) {
  if (axes < 3) return axis === 0 ? _("unit") : _("input");
  return [_("channel"), _("of input"), _("row"), _("column")][axis] ?? "";
}
