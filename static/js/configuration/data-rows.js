/** The data: which set, how a made one is made, and how images are varied. */
import { html, live, nothing } from "lit";
import { _ } from "../i18n.js";
import { store } from "../store.js";
import { chooseDataset, hasImages, settle, shrinkBatch } from "./fitting.js";
import { glyph } from "./glyphs.js";
import { displayName, featureName } from "./names.js";
import { numberRow, refusalBeside } from "./rows.js";

/**
 * @typedef {import("./rows.js").Editing} Editing
 * @typedef {import("../protocol").DatasetChoice} DatasetChoice
 */

const COUNTS = { least: 20, most: 20_000 };
const HELD_OUT = { least: 5, most: 90 };
const ARMS = { least: 2, most: 6 };
const MOST_SEED = 2 ** 32 - 1;

/** @param {Editing} editing */
export function dataRows(editing) {
  const { limits, problem, refusal } = editing;
  return html`<div class="tiles" role="group" aria-label=${_("Data set")}>
      ${limits.datasets.map((choice) => tile(editing, choice))}
    </div>
    ${refusalBeside(refusal, "dataset.name")}
    ${editing.draft.dataset.name === store.state.manifest?.dataset ? html`<data-classes></data-classes>` : nothing}
    ${problem.choice.made ? madeRows(editing) : nothing}
    ${hasImages(problem) ? augmentationRows(editing) : nothing}`;
}

/**
 * @param {Editing} editing
 * @param {DatasetChoice} choice
 */
function tile({ draft, limits, off, edit }, { name, task }) {
  const chosen = draft.dataset.name === name;
  const meaning = task === "regression" ? _("Regression: a number is to be found") : _("Classification: a class is to be found");
  return html`<button class="tile" data-testid="dataset-${name}" aria-pressed=${chosen ? "true" : "false"} ?disabled=${off} title=${meaning}
    @click=${() => edit((spec) => chooseDataset(spec, name, limits))}>
    ${glyph(name)}<span>${displayName(name)}</span>
  </button>`;
}

/** @param {Editing} editing */
function madeRows({ draft, limits, problem, off, edit, refusal }) {
  const { dataset } = draft;
  const { choice } = problem;
  return html`<label class="field" title=${_("0: none; 1: hardly anything can be told")}>
      <span>${_("Noise")}</span><output>${dataset.noise}</output>
    </label>
    <input type="range" data-testid="data-noise" min="0" max="1" step="0.05" .value=${live(String(dataset.noise))} ?disabled=${off} aria-label=${_("Noise")}
      @input=${(/** @type {Event} */ event) => edit((spec) => void (spec.dataset.noise = Number(/** @type {HTMLInputElement} */ (event.target).value)))} />
    ${refusalBeside(refusal, "dataset.noise")}
    ${numberRow({
      label: _("Examples"),
      testid: "data-count",
      value: dataset.count,
      ...COUNTS,
      off,
      refusal,
      field: "dataset.count",
      change: (count) =>
        edit((spec) => {
          spec.dataset.count = count;
          return shrinkBatch(spec, choice) ? ["batch_size"] : [];
        }),
    })}
    ${numberRow({
      label: _("Held out"),
      unit: "%",
      testid: "data-held-out",
      value: Math.round(dataset.test_share * 100),
      ...HELD_OUT,
      off,
      refusal,
      field: "dataset.test_share",
      change: (share) =>
        edit((spec) => {
          spec.dataset.test_share = share / 100;
          return shrinkBatch(spec, choice) ? ["batch_size"] : [];
        }),
    })}
    ${choice.has_arms
      ? numberRow({
          label: _("Arms"),
          testid: "data-arms",
          value: dataset.arms,
          ...ARMS,
          off,
          refusal,
          field: "dataset.arms",
          change: (arms) => edit((spec) => void (spec.dataset.arms = arms)),
        })
      : nothing}
    ${numberRow({
      label: _("Seed of the data"),
      testid: "data-seed",
      value: dataset.seed,
      least: 0,
      most: MOST_SEED,
      off,
      refusal,
      field: "dataset.seed",
      change: (seed) => edit((spec) => void (spec.dataset.seed = seed)),
    })}
    ${choice.features.length
      ? html`<p class="caption">${_("What the network is told of a point")}</p>
          <div class="chips" role="group" aria-label=${_("Features")}>
            ${choice.features.map((feature) => {
              const chosen = dataset.features.includes(feature);
              const last = chosen && dataset.features.length === 1;
              return html`<button class="chip" data-testid="feature-${feature}" aria-pressed=${chosen ? "true" : "false"} ?disabled=${off || last}
                title=${last ? _("One feature at least") : nothing}
                @click=${() =>
                  edit((spec) => {
                    // In the order of the data set, so that the same features are the same network.
                    spec.dataset.features = choice.features.filter((name) => (name === feature ? !chosen : spec.dataset.features.includes(name)));
                    return settle(spec, limits);
                  })}>${featureName(feature)}</button>`;
            })}
          </div>
          ${refusalBeside(refusal, "dataset.features")}`
      : nothing}`;
}

/** @param {Editing} editing */
function augmentationRows({ draft, off, edit, refusal }) {
  const row = (/** @type {keyof import("../protocol").AugmentationFields} */ name, /** @type {string} */ label, /** @type {string} */ unit, /** @type {number} */ most, share = 1) =>
    numberRow({
      label,
      unit,
      testid: `augment-${name}`,
      value: Number((draft.augmentation[name] / share).toPrecision(6)),
      least: 0,
      most,
      whole: false,
      off,
      refusal,
      field: `augmentation.${name}`,
      change: (value) => edit((spec) => void (spec.augmentation[name] = Number((value * share).toPrecision(6)))),
    });
  return html`<p class="caption" title=${_("Each training image anew, at random, by no more than this")}>${_("Vary training images by up to")}</p>
    ${row("shift", _("Shift"), _("pixels"), 14)} ${row("rotation", _("Rotation"), "°", 180)} ${row("scale", _("Size"), "%", 50, 0.01)}
    ${row("noise", _("Noise"), "%", 100, 0.01)}`;
}
