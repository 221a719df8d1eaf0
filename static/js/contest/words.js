/** Set-ups and standings of a challenge in words. */
import { chosen, integer } from "../format.js";
import { _ } from "../i18n.js";

/** @param {import("../protocol").Entry} entry */
export function setUp({ layers, optimizer, learning_rate: rate, batch_size: batch }) {
  return _("{layers} · {optimizer} {rate} · minibatch {batch}", { layers: layers.join(" – ") || _("no hidden layer"), optimizer, rate: chosen(rate), batch: integer(batch) });
}

/** @param {import("../protocol").OwnAttempt["failed"]} failed */
export function whyNot(failed) {
  if (failed === "diverged") return _("Your last attempt diverged. Try a smaller learning rate.");
  if (failed === "changed") return _("Your last attempt did not count: the run was stopped or begun anew on the way.");
  return "";
}
