/** The walk through a step: four phases, each of one or more ideas that are looked at one by one. */
import { _ } from "../i18n.js";

/**
 * @typedef {"forward" | "loss" | "backward" | "update"} Phase
 * @typedef {import("../protocol").StepPlace["idea"]} IdeaName
 * @typedef {object} Idea
 * @property {IdeaName} name
 * @property {Phase} phase
 * @property {() => string} title
 * @property {() => string} lead  what one sees, in two or three sentences
 */

/** @type {readonly Phase[]} */
export const PHASES = ["forward", "loss", "backward", "update"];

/** @type {readonly [Idea, ...Idea[]]} */
export const IDEAS = [
  {
    name: "minibatch",
    phase: "forward",
    title: () => _("The minibatch"),
    lead: () => _("These examples went through the network together, with the weights as they were before the step. Each has a loss of its own. Choose one to follow it."),
  },
  {
    name: "forces",
    phase: "loss",
    title: () => _("Ropes at the outputs"),
    lead: () => _("How should each output change so that the loss of this example shrinks? The loss pulls at every one of them, not only at the true one."),
  },
  {
    name: "chain",
    phase: "backward",
    title: () => _("The chain rule"),
    lead: () => _("How does the loss change with one weight? Three numbers, multiplied: what the layers above say, whether the unit lets it through, and what the weight met on the way forward."),
  },
  {
    name: "votes",
    phase: "backward",
    title: () => _("Votes of the batch"),
    lead: () => _("Each example pulls this weight its own way. The gradient is the sum of these votes; where they pull against each other, they cancel."),
  },
  {
    name: "outer",
    phase: "backward",
    title: () => _("Outer product"),
    lead: () => _("For all weights of one unit at once: what the unit saw, times the one number it was told. So an example writes its own picture into the gradient."),
  },
  {
    name: "blame",
    phase: "backward",
    title: () => _("Paths of blame"),
    lead: () => _("Written out, the chain rule is a sum over all paths through the network. These are the strongest to one input, and what all the others add up to."),
  },
  {
    name: "ladder",
    phase: "backward",
    title: () => _("Gradient ladder"),
    lead: () => _("On its way down the gradient is changed twice in each layer: by f′, the slope of the activation, and by W. Gains below 1, layer after layer, are a gradient that vanishes."),
  },
  {
    name: "check",
    phase: "backward",
    title: () => _("Check my gradient"),
    lead: () => _("A derivative can be had without any chain rule: move one weight a little to either side and look at the loss. Both must agree."),
  },
  {
    name: "anatomy",
    phase: "update",
    title: () => _("Anatomy of the update"),
    lead: () => _("Only now does the weight move. The gradient points to where the loss grows, so the step goes the other way, as far as the optimizer says."),
  },
  {
    name: "promise",
    phase: "update",
    title: () => _("Promise and delivery"),
    lead: () => _("The gradient promises a change of the loss, but for small moves only. This is what it promised for this step, and what came, on the same minibatch."),
  },
  {
    name: "slice",
    phase: "update",
    title: () => _("The loss along the step"),
    lead: () => _("The loss of this minibatch, measured along one direction through all parameters. The straight line is what the gradient promised."),
  },
  {
    name: "cost",
    phase: "update",
    title: () => _("What did this cost?"),
    lead: () => _("All gradients together cost about two passes forward, however many weights there are. Finite differences need two passes for each weight."),
  },
];

/** @param {Phase} phase */
export function phaseName(phase) {
  switch (phase) {
    case "forward":
      return _("Forward");
    case "loss":
      return _("Loss");
    case "backward":
      return _("Backward");
    default:
      return _("Update");
  }
}
