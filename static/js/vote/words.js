/**
 * What is asked, what may be answered and what came out, in words.
 *
 * @typedef {import("../protocol").Asked} Asked
 * @typedef {import("../protocol").AnyClassQuestion} AnyClassQuestion
 * @typedef {Pick<Asked, "question" | "decision" | "answers">} Outcome  of a question that is asked now, or was before
 */
import { chosen, integer, number, percent } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { addressText } from "../opened/numbers.js";
import { lossRevealed, weightRevealed } from "./revealed.js";

const DIGITS = 10;

/** @param {AnyClassQuestion} question */
export function sentence(question) {
  switch (question.about) {
    case "own_words":
      return question.text;
    case "loss_below":
      return _("Will the loss at step {step} be below {threshold}?", { step: integer(question.step), threshold: chosen(question.threshold) });
    case "accuracy_above":
      return _("Will the held-out accuracy at step {step} be above {threshold}?", { step: integer(question.step), threshold: `${chosen(100 * question.threshold)}\u202f%` });
    case "weight_moves":
      return _("Which way will step {step} move {weight}?", { step: integer(question.step), weight: addressText(question.address, question.index) });
    case "loss_falls":
      return _("Will the loss on the minibatch of step {step} fall with it?", { step: integer(question.step) });
    default:
      return _("Which digit will be misread most at step {step}?", { step: integer(question.step) });
  }
}

/** The answers there are, in order. @param {AnyClassQuestion} question @returns {string[]} */
export function optionsOf(question) {
  switch (question.about) {
    case "own_words":
      return question.options;
    case "most_confused":
      return Array.from({ length: DIGITS }, (_unused, digit) => String(digit));
    case "weight_moves":
      return [_("Up"), _("Down"), _("Not at all")];
    default:
      return [_("Yes"), _("No")];
  }
}

/** How it was decided, with what was measured. @param {Outcome} asked @param {string} host */
export function decided(asked, host) {
  const { decision, question } = asked;
  if (!decision) return "";
  const option = decision.option === null ? "" : (optionsOf(question)[decision.option] ?? "");
  if (question.about === "own_words") {
    return decision.option === null ? _("{name} says: none of these.", { name: host }) : _("{name} says: {option}.", { name: host, option });
  }
  const step = integer(decision.step ?? 0);
  const measured = decision.measured ?? 0;
  switch (question.about) {
    case "weight_moves":
      return weightRevealed(question, decision);
    case "loss_falls":
      return lossRevealed(decision);
    case "loss_below":
      return _("At step {step} the loss was {loss}: {option}.", { step, loss: number(measured), option });
    case "accuracy_above":
      return _("At step {step} the held-out accuracy was {accuracy}: {option}.", { step, accuracy: percent(measured), option });
    default:
      return ngettext("At step {step} it was {option}: {count} of them was misread.", "At step {step} it was {option}: {count} of them were misread.", measured, {
        step,
        option,
        count: integer(measured),
      });
  }
}

/** Whether a question is about the opened step, whose numbers are there already. @param {AnyClassQuestion} question */
export function isOfStep({ about }) {
  return about === "weight_moves" || about === "loss_falls";
}

/** How many were right. @param {Outcome} asked */
export function foreseen(asked) {
  const { decision, answers } = asked;
  if (!decision || answers === 0 || decision.option === null) return "";
  return ngettext("{right} of {count} answer was right.", "{right} of {count} answers were right.", answers, {
    right: integer(decision.right),
    count: integer(answers),
  });
}
