/** How a new run learns: what cannot be changed while it goes on. */
import { html } from "lit";
import { _ } from "../i18n.js";
import { numberRow, selectRow } from "./rows.js";

const MOST_SEED = 2 ** 32 - 1;

/**
 * @param {import("./rows.js").Editing} editing
 * @param {(name: string) => void} choose  another optimizer
 */
export function optimizerRows({ draft, limits, off, edit, refusal }, choose) {
  return html`<p class="caption">${_("Starts a new run")}</p>
    ${selectRow({
      label: _("Optimizer"),
      testid: "optimizer",
      names: limits.optimizers,
      chosen: draft.optimizer.name,
      off,
      refusal,
      field: "optimizer.name",
      choose,
    })}
    ${numberRow({
      label: _("Minibatch"),
      testid: "minibatch",
      value: draft.batch_size,
      least: 1,
      most: limits.batch_size,
      off,
      refusal,
      field: "batch_size",
      title: _("Examples whose gradients are averaged for one step"),
      change: (size) => edit((spec) => void (spec.batch_size = size)),
    })}
    ${numberRow({
      label: _("Seed"),
      testid: "seed",
      value: draft.seed,
      least: 0,
      most: MOST_SEED,
      off,
      refusal,
      field: "seed",
      title: _("Decides the first weights and the order of the examples: same seed, same run"),
      change: (seed) => edit((spec) => void (spec.seed = seed)),
    })}`;
}
