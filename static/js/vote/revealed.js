/**
 * What the opened step says to a question about it, in words: its own numbers, and what those who answered otherwise may have thought.
 *
 * @typedef {import("../protocol").Decision} Decision
 * @typedef {import("../protocol").WeightMoves} WeightMoves
 */
import { _ } from "../i18n.js";
import { addressText, significant } from "../opened/numbers.js";

/** @param {WeightMoves} question @param {Decision} decision */
export function weightRevealed(question, { before, measured, gradient }) {
  const values = { weight: addressText(question.address, question.index), gradient: significant(gradient), before: significant(before), after: significant(measured) };
  const move = Math.sign((measured ?? 0) - (before ?? 0));
  const slope = Math.sign(gradient ?? 0);
  if (move === 0) {
    return slope === 0
      ? _("The gradient is 0, so {weight} stays at {before}: no example of this minibatch asks for a change.", values)
      : _("The gradient is {gradient}, but the move is too small for the weight’s precision: {weight} stays at {before}.", values);
  }
  if (slope === 0) return _("The gradient is 0, and still {weight} goes from {before} to {after}: what former steps or a penalty left in the optimizer moves it.", values);
  if (move === slope) {
    return _("The gradient is {gradient}, and yet {weight} goes the same way, from {before} to {after}: what former steps or a penalty left in the optimizer is stronger.", values);
  }
  const words = slope > 0
    ? _("The gradient is positive ({gradient}), so {weight} goes down, from {before} to {after}.", values)
    : _("The gradient is negative ({gradient}), so {weight} goes up, from {before} to {after}.", values);
  return `${words} ${misread(slope)}`;
}

/** What the two other answers come from. @param {number} slope */
function misread(slope) {
  const follows = slope > 0
    ? _("“Up” takes the gradient for the way to go: it points to where the loss grows, and the step goes against it.")
    : _("“Down” takes the gradient for the way to go: it points to where the loss grows, and the step goes against it.");
  return `${follows} ${_("“Not at all” is true of backpropagation alone: it only computes, the update moves.")}`;
}

/** @param {Decision} decision */
export function lossRevealed({ before, measured }) {
  const values = { before: significant(before), after: significant(measured) };
  return (measured ?? Infinity) < (before ?? 0)
    ? _("The loss on this minibatch falls, from {before} to {after}: the step went against its gradient. On other examples it may have grown.", values)
    : _("The loss on this minibatch does not fall: {before} before, {after} after. A gradient promises for small moves only, and this one was too large, or was not its own.", values);
}
