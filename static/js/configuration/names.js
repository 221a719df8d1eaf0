/** What the field calls its activations, optimizers and initializers. Proper names stay as they are in every language. */
import { _ } from "../i18n.js";

const NAMES = new Map([
  ["linear", "linear"],
  ["relu", "ReLU"],
  ["leaky_relu", "leaky ReLU"],
  ["elu", "ELU"],
  ["gelu", "GELU"],
  ["silu", "SiLU"],
  ["softplus", "softplus"],
  ["hard_sigmoid", "hard sigmoid"],
  ["sigmoid", "sigmoid"],
  ["tanh", "tanh"],
  ["softmax", "softmax"],
  ["sgd", "SGD"],
  ["adam", "Adam"],
  ["adagrad", "AdaGrad"],
  ["adamw", "AdamW"],
  ["rmsprop", "RMSProp"],
  ["nesterov", "Nesterov"],
  ["he", "He"],
  ["glorot", "Glorot"],
  ["lecun", "LeCun"],
]);

/** @param {string} name  as in a run spec */
export function displayName(name) {
  if (name === "momentum") return _("Momentum");
  if (name === "zeros") return _("zeros");
  if (name === "constant") return _("constant");
  if (name === "orthogonal") return _("orthogonal");
  return NAMES.get(name) ?? name;
}
