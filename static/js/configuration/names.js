/** What the field calls what a set-up is made of. Proper names stay as they are in every language. */
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
  ["mnist", "MNIST"],
  ["xor", "XOR"],
]);

/** @type {Record<string, () => string>} */
const WORDS = {
  momentum: () => _("Momentum"),
  zeros: () => _("zeros"),
  orthogonal: () => _("orthogonal"),

  circles: () => _("Circles"),
  gaussians: () => _("Gauss"),
  moons: () => _("Moons"),
  spiral: () => _("Spiral"),
  spirals: () => _("Spirals"),
  sine: () => _("Sine"),
  plane: () => _("Plane"),
  hills: () => _("Hills"),

  dense: () => _("Dense"),
  conv: () => _("Conv"),
  max_pool: () => _("Max pool"),
  average_pool: () => _("Average pool"),
  flatten: () => _("Flatten"),
  dropout: () => _("Dropout"),
  batch_norm: () => _("Batch norm"),
  layer_norm: () => _("Layer norm"),
  residual: () => _("Residual"),

  constant: () => _("constant"),
  inverse_time: () => _("inverse time"),
  step: () => _("staircase"),
  exponential: () => _("exponential"),
  cosine: () => _("cosine"),
  one_cycle: () => _("one cycle"),

  mean_softmax_cross_entropy: () => _("Cross-entropy with softmax"),
  mean_binary_cross_entropy: () => _("Cross-entropy with sigmoids"),
  mean_squared_error: () => _("Squared error"),
  mean_absolute_error: () => _("Absolute error"),
  mean_huber: () => _("Huber"),
  mean_hinge: () => _("Hinge"),
  mean_quadratic: () => _("Half squared distance"),
};

/** What each loss is averaged over. @type {Record<string, () => string>} */
const MEANS = {
  mean_softmax_cross_entropy: () => _("mean over the minibatch"),
  mean_hinge: () => _("mean over the minibatch"),
  mean_quadratic: () => _("mean over the minibatch"),
};

/** @type {Record<string, () => string>} */
const PRESETS = {
  small: () => _("Small ({sizes})"),
  lenet: () => _("LeNet (conv)"),
  wide: () => _("Wide enough for a spiral"),
  squares: () => _("One line with x₁² and x₂²"),
  batch_norm: () => _("Batch norm"),
  dropout: () => _("Dropout"),
  residual: () => _("Residual"),
  line: () => _("One line (logistic regression)"),
  vanishing: () => _("Vanishing (8 sigmoid layers)"),
  zeros: () => _("Zeros (symmetry)"),
  too_fast: () => _("Too fast (rate 10)"),
};

/** What one is to see in those that are broken on purpose. @type {Record<string, () => string>} */
const FAULTS = {
  vanishing: () => _("Broken on purpose: each sigmoid passes on a quarter of the gradient at most, so the first layers hardly learn."),
  zeros: () => _("Broken on purpose: all weights begin at zero, so no unit can become different from its neighbour."),
  too_fast: () => _("Broken on purpose: with a learning rate of 10 every step goes far beyond its goal."),
};

/** @param {string} name  as in a run spec */
export function displayName(name) {
  return WORDS[name]?.() ?? NAMES.get(name) ?? name;
}

/** @param {string} loss */
export function meanOf(loss) {
  return MEANS[loss]?.() ?? _("mean over the minibatch and the outputs");
}

/** A loss in a word, and what else it is. @param {string} loss @returns {[word: string, rest: string]} */
export function lossWords(loss) {
  if (loss === "mean_softmax_cross_entropy") return [_("Cross-entropy"), _("with softmax, mean")];
  if (loss === "mean_binary_cross_entropy") return [_("Cross-entropy"), _("with sigmoids, mean")];
  return [displayName(loss), _("mean")];
}

/**
 * @param {string} name
 * @param {string} sizes  of its layers
 * @param {boolean} regression
 */
export function presetName(name, sizes, regression) {
  if (name === "line" && regression) return _("One line (linear regression)");
  return (PRESETS[name]?.() ?? name).replace("{sizes}", sizes);
}

/** @param {string} preset */
export function faultOf(preset) {
  return FAULTS[preset]?.() ?? "";
}

/** As one writes it on a board: x₁², sin(πx₁). @param {string} feature */
export function featureName(feature) {
  return feature
    .replaceAll("pi*", "π")
    .replaceAll("*", "·")
    .replace(/x([12])/g, (_x, digit) => (digit === "1" ? "x₁" : "x₂"))
    .replaceAll("^2", "²")
    .replaceAll("^3", "³");
}

/** What a rarer field of a layer is called. @param {import("./kinds.js").NumberName} name */
export function numberName(name) {
  switch (name) {
    case "units":
      return _("Units");
    case "channels":
      return _("Channels");
    case "kernel":
      return _("Kernel");
    case "size":
      return _("Window");
    case "stride":
      return _("Stride");
    case "padding":
      return _("Padding");
    case "rate":
      return _("Share dropped");
    default:
      return _("Layers skipped");
  }
}

/** What was changed along with what was asked for. @param {import("./fitting.js").AlsoChanged} what */
export function alsoChanged(what) {
  switch (what) {
    case "network":
      return _("The network did not fit these data: here is a small one that does.");
    case "loss":
      return _("The loss was changed to one that fits these data.");
    case "augmentation":
      return _("Only images can be varied: that was switched off.");
    case "batch_size":
      return _("The minibatch was made as small as the data.");
    default:
      return _("A flatten layer was put behind it, to make rows of images.");
  }
}
