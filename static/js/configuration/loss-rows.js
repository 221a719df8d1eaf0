/** The loss: which, its settings, and the activation of the outputs it compares. */
import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { meanOf } from "./names.js";
import { numberRow, selectRow } from "./rows.js";

/** Losses that make their own of the outputs: what reaches them are logits or scores, as they are. */
const OF_LOGITS = new Set(["mean_softmax_cross_entropy", "mean_binary_cross_entropy", "mean_hinge"]);

/** @param {import("./rows.js").Editing} editing */
export function lossRows({ draft, limits, problem, off, edit, refusal }) {
  const { loss } = draft;
  const numbers = problem.choice.task === "regression";
  const names = limits.losses.filter((name) => !numbers || !limits.losses_of_classes.includes(name));
  return html`${selectRow({
      label: _("Loss"),
      alone: true,
      testid: "loss-name",
      names,
      chosen: loss.name,
      off,
      refusal,
      field: "loss.name",
      choose: (name) =>
        edit((spec) => {
          spec.loss.name = name;
          if (OF_LOGITS.has(name)) spec.output_activation = "linear";
        }),
    })}
    <p class="note">${meanOf(loss.name)}</p>
    ${loss.name === "mean_softmax_cross_entropy"
      ? numberRow({
          label: _("Label smoothing"),
          testid: "label-smoothing",
          value: loss.label_smoothing,
          least: 0,
          most: 0.9,
          whole: false,
          off,
          refusal,
          field: "loss.label_smoothing",
          title: _("So much of each target is shared out among all classes"),
          change: (share) => edit((spec) => void (spec.loss.label_smoothing = share)),
        })
      : nothing}
    ${loss.name === "mean_huber"
      ? numberRow({
          label: _("Straight beyond"),
          testid: "huber-delta",
          value: loss.huber_delta,
          least: 1e-3,
          most: 1e3,
          whole: false,
          off,
          refusal,
          field: "loss.huber_delta",
          title: _("δ: differences up to it count by their square, larger ones by their size"),
          change: (delta) => edit((spec) => void (spec.loss.huber_delta = delta)),
        })
      : nothing}
    ${OF_LOGITS.has(loss.name) && draft.output_activation === "linear"
      ? nothing
      : selectRow({
          label: _("Output activation"),
          testid: "output-activation",
          names: limits.activations,
          chosen: draft.output_activation,
          off,
          refusal,
          field: "output_activation",
          choose: (name) => edit((spec) => void (spec.output_activation = name)),
        })}`;
}
