/** What practice is at, in a sentence: on the pad's page and at the class wall. */
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";

/** @param {import("../protocol").PracticeProgress | null} progress */
export function practiceWords(progress) {
  if (progress?.before) return ngettext("{count} practice of somebody else comes first…", "{count} practices of others come first…", progress.before, { count: integer(progress.before) });
  const step = progress?.curve.at(-1)?.step;
  if (!progress || step === undefined) return _("Testing what it can before it practises…");
  if (step === progress.steps) return _("Testing what it can now…");
  return _("After step {step} of {steps}, tested on the way:", { step: integer(step), steps: integer(progress.steps) });
}
