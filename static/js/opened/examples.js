/** The examples of the minibatch: as thumbnails, or as points where they are no images. */
import { html, nothing } from "lit";
import { integer, number } from "../format.js";
import { featureName } from "../configuration/names.js";
import { _ } from "../i18n.js";
import { figure, largest, significant } from "./numbers.js";
import { greyImage } from "./thumbnails.js";
import { shown } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */

/** An example's picture, or its number. @param {Walk} walk @param {number} example @param {string} [className] */
export function picture(walk, example, className = "thumb") {
  const pixels = walk.images[example];
  return pixels && walk.imageShape
    ? greyImage(pixels, walk.imageShape, className)
    : html`<span class="${className} point" aria-hidden="true">#${example}</span>`;
}

/** "9, read as 4". @param {Walk} walk @param {number} example */
export function reading(walk, example) {
  const one = walk.opened.examples[example];
  const { classes } = walk.manifest;
  if (!one || one.label === null || one.prediction === null) return _("Example #{example}", { example });
  const label = classes[one.label] ?? one.label;
  const prediction = classes[one.prediction] ?? one.prediction;
  return one.label === one.prediction
    ? _("{label}, read as {prediction}: right", { label, prediction })
    : _("{label}, read as {prediction}: wrong", { label, prediction });
}

/** @param {Walk} walk */
export function minibatch(walk) {
  const { examples, batch_size: size, loss } = walk.opened;
  const right = examples.filter(({ label, prediction }) => label !== null && label === prediction).length;
  const limit = largest(examples.map((one) => one.loss));
  return html`<dl class="stats">
      <div><dt>${_("loss of the step")}</dt><dd>${figure(loss, "plain", _("mean over the minibatch, before the update"), "opened-loss")}</dd></div>
      <div><dt>${_("examples")}</dt><dd>${integer(size)}</dd></div>
      ${walk.manifest.task === "classification"
        ? html`<div><dt>${_("read right")}</dt><dd>${_("{right} of {count}", { right: integer(right), count: integer(examples.length) })}</dd></div>`
        : nothing}
    </dl>
    <div class="minibatch" role="group" aria-label=${_("Examples of the minibatch")}>
      ${examples.map((one, at) => {
        const state = one.label === null ? "" : one.label === one.prediction ? "right" : "wrong";
        return html`<button class="example ${state}" data-testid="example-${at}" aria-pressed=${at === walk.example ? "true" : "false"}
          aria-label="${reading(walk, at)}, ${_("loss {loss}", { loss: number(one.loss) })}"
          title=${_("training example {index}", { index: integer(one.index) })} @click=${() => walk.set({ example: at })}>
          ${picture(walk, at)}
          <span class="read">${readShort(walk, one)}</span>
          <span class="own-loss">${figure(one.loss, "plain", _("its own loss"), "", 3)}</span>
          <svg class="pull" aria-hidden="true"><rect class="track" width="100%" height="100%"></rect><rect class="loss"
            width="${(100 * (limit ? (one.loss ?? 0) / limit : 0)).toFixed(1)}%" height="100%"></rect></svg>
        </button>`;
      })}
    </div>
    ${size > examples.length
      ? html`<p class="note">${_("The first {count} of {size} are shown.", { count: integer(examples.length), size: integer(size) })}</p>`
      : nothing}
    ${walk.imageShape ? nothing : coordinates(walk)}
    <p class="so">${_("The mean of all these losses is the loss of the step; its gradient is the mean of theirs.")}</p>`;
}

/** @param {Walk} walk @param {import("../protocol").OpenedExample} one */
function readShort(walk, { label, prediction, index }) {
  const { classes } = walk.manifest;
  if (label === null || prediction === null) return html`<b>${integer(index)}</b>`;
  return html`<b>${classes[label] ?? label}</b><i aria-hidden="true">→</i><b class="prediction">${classes[prediction] ?? prediction}</b>`;
}

/** What the chosen point is, as the lowest layer saw it. @param {Walk} walk */
export function coordinates(walk) {
  const first = walk.dense()[0];
  const layer = first?.address.split(".")[0];
  if (!first || !layer || first.shape[1] !== walk.manifest.features.length) return nothing;
  const answer = walk.asking.read({ about: "outer_product", layer, unit: 0, example: walk.example });
  return shown(
    answer,
    ({ x }) => html`<p class="coordinates" data-testid="coordinates">
      ${_("The chosen point:")}
      ${x.map((value, at) => html`<span><i>${featureName(walk.manifest.features[at] ?? `x${at + 1}`)}</i> = ${significant(value)}</span>`)}
    </p>`,
  );
}
