/** The anatomy of one weight's update: every number between its gradient and its new value. */
import { html, nothing, ref } from "lit";
import { displayName } from "../configuration/names.js";
import { _ } from "../i18n.js";
import { scrolls } from "../scrolls.js";
import { addressText, figure, largest, pull } from "./numbers.js";
import { questionOf } from "./outer.js";
import { signedImage } from "./thumbnails.js";
import { shown } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */
/** @typedef {import("./answers").Anatomy} Anatomy */
/** @typedef {import("./thumbnails.js").ImageShape} ImageShape */

/** @param {Walk} walk */
export function anatomy(walk) {
  const { address, index } = walk.weight;
  return shown(walk.asking.read({ about: "anatomy", address, index }), (answer) => html`${move(answer)} ${parts(answer)} ${shares(answer)} ${picture(walk)}`);
}

/** @param {Anatomy} answer */
function move({ parameter_before: before, parameter_after: after, update }) {
  return html`<div class="equation move">
    <div class="plate number"><p class="value">${figure(before, "weight", _("before the step"), "before")}</p><p class="caption">${_("before")}</p></div>
    <span class="operator">+</span>
    <div class="plate number"><p class="value">${figure(update, "weight", _("as the step made it"), "update")}</p><p class="caption">${_("update")}</p></div>
    <span class="operator">=</span>
    <div class="plate number strong"><p class="value">${figure(after, "weight", _("after the step"), "after")}</p><p class="caption">${_("after")}</p></div>
  </div>`;
}

/** From the gradient to the update, one line after the other. @param {Anatomy} answer */
function parts(answer) {
  const clipped = answer.clip_factor !== 1;
  const states = Object.keys(answer.state_after);
  return html`<section class="part"><h3>${displayName(answer.optimizer)} · ${addressText(answer.address, answer.index)}</h3>
    <table class="numbers sum" ${ref(scrolls)}>
      <tbody>
        <tr><th scope="row">${_("gradient of the loss")}</th><td></td><td>${figure(answer.dL_dp, "gradient", "dL/dp", "anatomy-gradient")}</td></tr>
        ${clipped ? html`<tr><th scope="row">${_("shortened by clipping")}</th><td>×</td><td>${figure(answer.clip_factor)}</td></tr>` : nothing}
        ${answer.l2 ? html`<tr><th scope="row">${_("L2 penalty")} ${outside(answer)}</th><td>+</td><td>${figure(answer.l2, "gradient")}</td></tr>` : nothing}
        ${answer.l1 ? html`<tr><th scope="row">${_("L1 penalty")} ${outside(answer)}</th><td>+</td><td>${figure(answer.l1, "gradient")}</td></tr>` : nothing}
        <tr><th scope="row">${_("what the optimizer's rule sees: g")}</th><td>=</td><td>${figure(answer.g, "gradient")}</td></tr>
        ${states.map(
          (name) => html`<tr><th scope="row">${_("its memory, {name}: before → after", { name })}</th><td></td><td>${figure(answer.state_before[name])} → ${figure(answer.state_after[name])}</td></tr>`,
        )}
        ${Object.entries(answer.bias_corrections).map(
          ([name, value]) => html`<tr><th scope="row">${_("bias correction {name}", { name })}</th><td></td><td>${figure(value)}</td></tr>`,
        )}
        <tr><th scope="row">${_("learning rate")}${answer.schedule_factor === 1 ? "" : html` <span class="address">${_("{rate}, and the schedule leaves {share} of it", { rate: answer.learning_rate, share: Number(answer.schedule_factor.toPrecision(4)) })}</span>`}</th><td></td><td>${figure(answer.rate)}</td></tr>
      </tbody>
    </table></section>`;
}

/** @param {Anatomy} answer */
function outside({ penalty_in_gradient: within }) {
  return within ? nothing : html`<span class="address">${_("beside the rule, not in g")}</span>`;
}

/** @param {Anatomy} answer */
function shares({ shares: made, update }) {
  const limit = largest([made.loss, made.memory, made.l2, made.l1, update]);
  /** @type {[string, number][]} */
  const rows = [
    [_("this step's gradient"), made.loss],
    [_("memory of former gradients"), made.memory],
    [_("L2 penalty"), made.l2],
    [_("L1 penalty"), made.l1],
  ];
  return html`<section class="part"><h3>${_("What the update is made of")}</h3>
    <table class="numbers sum" ${ref(scrolls)}>
      <tbody>${rows
        .filter(([, value], at) => at === 0 || value !== 0)
        .map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="wide">${pull(value, limit, "weight")}</td><td>${figure(value, "weight", "", "share")}</td></tr>`)}</tbody>
      <tfoot><tr><th scope="row">${_("update")}</th><td class="wide">${pull(update, limit, "weight")}</td><td>${figure(update, "weight")}</td></tr></tfoot>
    </table></section>`;
}

/** All weights of the unit, where they are a picture. @param {Walk} walk */
function picture(walk) {
  const question = questionOf(walk);
  if (!question) return nothing;
  return shown(walk.asking.read(question), (answer) => {
    if (!answer.image_shape) return nothing;
    const shape = /** @type {ImageShape} */ (answer.image_shape);
    const limit = largest(answer.before);
    const at = walk.weight.index[1] ?? null;
    return html`<section class="part"><h3>${_("All weights of this unit")}</h3><div class="equation">
      ${plate(signedImage(answer.before, shape, "weights", limit, at), _("before"))}<span class="operator">+</span>
      ${plate(signedImage(answer.update, shape, "weights", largest(answer.update), at), _("update, on its own scale"))}<span class="operator">=</span>
      ${plate(signedImage(answer.after, shape, "weights", limit, at), _("after"))}
    </div></section>`;
  });
}

/** @param {unknown} image @param {string} caption */
function plate(image, caption) {
  return html`<figure class="plate"><div class="frame">${image}</div><figcaption>${caption}</figcaption></figure>`;
}
