"""Losses by which outputs of several classes compete: what lowers the loss of one class raises it of the others."""

import numpy as np
from numpy.typing import NDArray

from engine.loss import Loss
from engine.spec import LossSpec
from engine.tensors import Tensor, zeros


class MeanSoftmaxCrossEntropy(Loss):
    """Softmax and cross-entropy in one, averaged over the minibatch.

    For one example with logits z and true class y, softmax turns logits into probabilities and the loss is the
    surprise at the true class:

        p_j = exp(z_j) / sum_k exp(z_k)       L = -log p_y = log sum_k exp(z_k) - z_y

    With label smoothing e, the targets t are not quite one-hot: the true class has 1 - e, and e is shared out evenly
    among all K classes, itself included (Szegedy et al., CVPR 2016, section 7). Then no logit gains by growing without
    bound, and

        t_j = (1 - e) 1[j = y] + e / K        L = -sum_j t_j log p_j = log sum_k exp(z_k) - sum_j t_j z_j

    `probs` are p. `targets` are t, filled by `backward`.
    """

    needs_classes = True
    gives_probabilities = True

    def __init__(self, settings: LossSpec, outputs: Tensor, dL_doutputs: Tensor, *, classification: bool) -> None:
        super().__init__(settings, outputs, dL_doutputs, classification=classification)
        n, classes = outputs.shape
        dtype = outputs.dtype
        self._largest: Tensor = np.zeros((n, 1), dtype)
        self._sums: Tensor = np.zeros((n, 1), dtype)
        self._true_logits: Tensor = np.zeros(n, dtype)
        self._mean_logits: Tensor = np.zeros(n, dtype)
        self._over_classes = np.ones(classes, dtype)
        self._smoothing = np.full(classes, settings.label_smoothing / classes, dtype)
        self._flat_logits = outputs.reshape(-1)
        self._flat_probs = self.probs.reshape(-1)
        self._flat_largest = self._largest.reshape(-1)
        self._flat_sums = self._sums.reshape(-1)

    def forward(self) -> float:
        """Fill `probs`, `predictions` and `example_losses`; return the mean loss of the minibatch."""
        probs, losses, smoothing = self.probs, self.example_losses, self.settings.label_smoothing
        self._predict()
        # Subtracting the largest logit of each row changes no probability (numerator and denominator shrink by
        # the same factor) and keeps exp from overflowing: the largest term is exp(0) = 1, so the sum is at least 1
        # and its logarithm is safe too ("log-sum-exp"; Goodfellow, Bengio and Courville, Deep Learning, 4.1).
        self._flat_logits.take(self._predicted, out=self._flat_largest, mode="clip")
        np.subtract(self.outputs, self._largest, out=probs)
        self._flat_probs.take(self._true, out=self._true_logits, mode="clip")
        if smoothing > 0:
            probs.dot(self._smoothing, out=self._mean_logits)
            np.multiply(self._true_logits, 1 - smoothing, out=self._true_logits)
            np.add(self._true_logits, self._mean_logits, out=self._true_logits)
        np.exp(probs, out=probs)
        # Sums as products with ones: for rows this short BLAS is several times as fast as a reduction.
        probs.dot(self._over_classes, out=self._flat_sums)
        np.divide(probs, self._sums, out=probs)
        np.log(self._flat_sums, out=losses)
        np.subtract(losses, self._true_logits, out=losses)
        return self._mean()

    def backward(self) -> None:
        """Fill `dL_doutputs`, the gradient by the logits.

        By the quotient rule the derivative of softmax is dp_k/dz_j = p_k (1[k = j] - p_j), so the chain rule
        through L = -sum_k t_k log p_k gives, for one example, with targets that sum to 1,

            dL/dz_j = -sum_k t_k/p_k dp_k/dz_j = -sum_k t_k (1[k = j] - p_j) = p_j - t_j

        which for a one-hot target is p_j - 1[j = y]. The mean over n examples divides that by n. As matrices:

            dL_doutputs = (probs - targets) / n      (n, classes)

        Source: Bishop, Pattern Recognition and Machine Learning, 4.3.4, equation 4.109.
        """
        self._fill_targets()
        np.subtract(self.probs, self.targets, out=self.dL_doutputs)
        np.multiply(self.dL_doutputs, 1 / len(self.labels), out=self.dL_doutputs)

    def _targets_of_labels(self, k: int, dtype: np.dtype[np.floating]) -> Tensor:
        smoothing = self.settings.label_smoothing
        return (np.eye(k) * (1 - smoothing) + smoothing / k).astype(dtype)


class MeanHinge(Loss):
    """The true class should win by a margin of 1; averaged over the minibatch.

    For one example with scores z of K classes, true class y, every other class pays for what it lacks to that margin:

        L = 1/K sum_{j != y} max(0, 1 - z_y + z_j)

    (Weston and Watkins, ESANN 1999; with the 1/K of PyTorch's MultiMarginLoss.) Once all margins are kept the example
    teaches nothing more. The scores are no probabilities: `probs` is `outputs`.
    """

    needs_classes = True

    def __init__(self, settings: LossSpec, outputs: Tensor, dL_doutputs: Tensor, *, classification: bool) -> None:
        super().__init__(settings, outputs, dL_doutputs, classification=classification)
        n, classes = outputs.shape
        dtype = outputs.dtype
        self._lacking: Tensor = zeros(outputs.shape, dtype)
        self._true_scores: Tensor = np.zeros((n, 1), dtype)
        self._counts: Tensor = np.zeros((n, 1), dtype)
        self._scratch: Tensor = zeros(outputs.shape, dtype)
        self._zeros: Tensor = zeros(outputs.shape, dtype)
        self._pays: NDArray[np.bool_] = np.zeros(outputs.shape, np.bool_)
        self._over_classes = np.full(classes, 1 / classes, dtype)
        self._ones = np.ones(classes, dtype)
        self._flat_outputs = outputs.reshape(-1)
        self._flat_true_scores = self._true_scores.reshape(-1)
        self._flat_counts = self._counts.reshape(-1)

    def forward(self) -> float:
        """Fill `predictions` and `example_losses`; return the mean loss of the minibatch."""
        lacking = self._lacking
        self._predict()
        self._fill_targets()
        self._flat_outputs.take(self._true, out=self._flat_true_scores, mode="clip")
        np.subtract(self.outputs, self._true_scores, out=lacking)
        np.add(lacking, 1, out=lacking)
        # At the true class itself stands 0 + 1, exactly; the one-hot target takes it away again.
        np.subtract(lacking, self.targets, out=lacking)
        np.maximum(lacking, self._zeros, out=lacking)
        lacking.dot(self._over_classes, out=self.example_losses)
        return self._mean()

    def backward(self) -> None:
        """Fill `dL_doutputs`.

        With m_j = 1 where class j != y pays (1 - z_y + z_j > 0; at the kink there is no derivative and 0 is taken) and
        0 elsewhere, for one example,

            dL/dz_j = m_j / K  for j != y              dL/dz_y = -1/K sum_j m_j

        and the mean over n examples divides that by n. As matrices, with Y the targets and M (n, K):

            dL_doutputs = (M - Y * rowsums(M)) / (n K)      (n, K)
        """
        gradient = self.dL_doutputs
        n, classes = gradient.shape
        np.greater(self._lacking, self._zeros, out=self._pays)
        np.copyto(gradient, self._pays)
        gradient.dot(self._ones, out=self._flat_counts)
        np.multiply(self.targets, self._counts, out=self._scratch)
        np.subtract(gradient, self._scratch, out=gradient)
        np.multiply(gradient, 1 / (n * classes), out=gradient)
