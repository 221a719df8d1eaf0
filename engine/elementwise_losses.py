"""Losses that compare each output with its own target, whatever the other outputs are."""

from abc import abstractmethod

import numpy as np

from engine.loss import Loss
from engine.spec import LossSpec
from engine.tensors import Tensor, zeros


class Elementwise(Loss):
    """A loss l(o, t) of an output and its target, summed over the k outputs with the same weight each.

        L = 1/n sum_i sum_j weight * l(o_ij, t_ij)           dL/do_ij = weight / n * l'(o_ij, t_ij)

    with weight 1/k where the loss is a mean over examples and outputs, and 1 where it is a sum over the outputs. For
    classes the targets are one-hot. `probs` is `outputs`, unless the loss says otherwise.
    """

    def __init__(self, settings: LossSpec, outputs: Tensor, dL_doutputs: Tensor, *, classification: bool) -> None:
        super().__init__(settings, outputs, dL_doutputs, classification=classification)
        n, k = outputs.shape
        self._weight = self._weight_of_output(k)
        self._over_outputs = np.full(k, self._weight, outputs.dtype)
        self._losses: Tensor = zeros((n, k), outputs.dtype)
        self._difference: Tensor = zeros((n, k), outputs.dtype)

    def forward(self) -> float:
        """Fill `predictions` and `example_losses`; return the loss of the minibatch."""
        if self.classification:
            self._predict()
            self._fill_targets()
        np.subtract(self.outputs, self.targets, out=self._difference)
        self._compare(self._difference, self._losses)
        self._losses.dot(self._over_outputs, out=self.example_losses)
        return self._mean()

    def backward(self) -> None:
        """Fill `dL_doutputs` with weight / n * l'(o, t)."""
        gradient = self.dL_doutputs
        self._slopes(self._difference, gradient)
        np.multiply(gradient, self._weight / len(gradient), out=gradient)

    def _weight_of_output(self, k: int) -> float:
        return 1 / k

    @abstractmethod
    def _compare(self, difference: Tensor, out: Tensor) -> None:
        """Write l(o, t) for each output, given o - t."""

    @abstractmethod
    def _slopes(self, difference: Tensor, out: Tensor) -> None:
        """Write l'(o, t) = dl/do for each output."""


class MeanSquaredError(Elementwise):
    """The mean over examples and outputs of the squared difference (Legendre, 1805; Gauss, 1809).

    With d = o - t:

        l = d^2           dl/do = 2 d           dL_doutputs = 2 (outputs - targets) / (n k)
    """

    def _compare(self, difference: Tensor, out: Tensor) -> None:
        np.multiply(difference, difference, out=out)

    def _slopes(self, difference: Tensor, out: Tensor) -> None:
        np.multiply(difference, 2, out=out)


class MeanQuadratic(Elementwise):
    """Half the squared length of the difference, o - t, averaged over the minibatch: a sum over the outputs.

    The factor one half is there for the gradient, which becomes the difference itself:

        L = 1/n sum_i 1/2 sum_j (o_ij - t_ij)^2           dL_doutputs = (outputs - targets) / n

    Source: Nielsen, Neural Networks and Deep Learning, chapter 1, equation 6 (the quadratic cost).
    """

    def _weight_of_output(self, k: int) -> float:
        return 1.0

    def _compare(self, difference: Tensor, out: Tensor) -> None:
        np.multiply(difference, difference, out=out)
        np.multiply(out, 0.5, out=out)

    def _slopes(self, difference: Tensor, out: Tensor) -> None:
        np.copyto(out, difference)


class MeanAbsoluteError(Elementwise):
    """The mean over examples and outputs of the absolute difference: an outlier pulls no harder than its neighbour.

    With d = o - t, and 0 for the derivative at the kink d = 0, where there is none:

        l = |d|           dl/do = sign(d)           dL_doutputs = sign(outputs - targets) / (n k)

    (Laplace, 1774; the output that minimizes it is the median of the targets, not their mean.)
    """

    def _compare(self, difference: Tensor, out: Tensor) -> None:
        np.absolute(difference, out=out)

    def _slopes(self, difference: Tensor, out: Tensor) -> None:
        np.sign(difference, out=out)


class MeanHuber(Elementwise):
    """Quadratic near the target and straight beyond `huber_delta`; the mean over examples and outputs.

    With d = o - t and c = d clipped to [-delta, delta], both branches are one formula:

        l = c (d - c / 2)      = d^2 / 2                        where |d| <= delta: c is d
                               = delta (|d| - delta / 2)        elsewhere: c is delta with the sign of d
        dl/do = c                                               for d changes l by c on either side

    Source: Huber, Annals of Mathematical Statistics 35, 1964; as PyTorch's HuberLoss.
    """

    def _compare(self, difference: Tensor, out: Tensor) -> None:
        delta = self.settings.huber_delta
        clipped = self.dL_doutputs  # which is free until backward fills it
        np.clip(difference, -delta, delta, out=clipped)
        np.multiply(clipped, -0.5, out=out)
        np.add(out, difference, out=out)
        np.multiply(out, clipped, out=out)

    def _slopes(self, difference: Tensor, out: Tensor) -> None:
        delta = self.settings.huber_delta
        np.clip(difference, -delta, delta, out=out)


class MeanBinaryCrossEntropy(Elementwise):
    """Each output its own question, yes or no: sigmoid and cross-entropy in one, the mean over examples and outputs.

    A logit z says yes with the probability p = 1 / (1 + exp(-z)), and the loss is the surprise at the target t:

        l = -t log p - (1 - t) log(1 - p)

    As log p = -log(1 + exp(-z)) and log(1 - p) = -z - log(1 + exp(-z)), this is (1 - t) z + log(1 + exp(-z)), which
    overflows for negative z; with exp(-|z|), which cannot, it is

        l = max(z, 0) - t z + log(1 + exp(-|z|))

    As dp/dz = p (1 - p), the gradient is as simple as that of softmax:

        dl/dz = (-t / p + (1 - t) / (1 - p)) p (1 - p) = p - t           dL_doutputs = (probs - targets) / (n k)

    `probs` are p: K classes are K questions, and their answers need not sum to 1. Targets that are no answers, but any
    numbers, have no cross-entropy. Source: Bishop, Pattern Recognition and Machine Learning, 4.3.2, equation 4.90.
    """

    needs_classes = True
    gives_probabilities = True

    def __init__(self, settings: LossSpec, outputs: Tensor, dL_doutputs: Tensor, *, classification: bool) -> None:
        super().__init__(settings, outputs, dL_doutputs, classification=classification)
        # NumPy compares two arrays of one shape faster than an array and a number.
        self._zeros: Tensor = zeros(outputs.shape, outputs.dtype)

    def _compare(self, difference: Tensor, out: Tensor) -> None:
        z, p, free = self.outputs, self.probs, difference  # o - t means nothing here
        np.absolute(z, out=out)
        np.negative(out, out=out)
        np.exp(out, out=out)
        # p = exp(min(z, 0)) / (1 + exp(-|z|)) is the sigmoid on either side of 0, without overflow.
        np.minimum(z, self._zeros, out=p)
        np.exp(p, out=p)
        np.add(out, 1, out=free)
        np.divide(p, free, out=p)
        np.log1p(out, out=out)
        np.maximum(z, self._zeros, out=free)
        np.add(out, free, out=out)
        np.multiply(z, self.targets, out=free)
        np.subtract(out, free, out=out)

    def _slopes(self, difference: Tensor, out: Tensor) -> None:
        np.subtract(self.probs, self.targets, out=out)
