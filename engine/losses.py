"""The loss: how wrong a minibatch of predictions is, as one number, and its gradient by the logits."""

import numpy as np
from numpy.typing import NDArray

from engine.tensors import Bytes, Indices, Tensor, zeros


class MeanSoftmaxCrossEntropy:
    """Softmax and cross-entropy in one, averaged over the minibatch.

    For one example with logits z and true class y, softmax turns logits into probabilities and the loss is the
    surprise at the true class:

        p_j = exp(z_j) / sum_k exp(z_k)       L = -log p_y = log sum_k exp(z_k) - z_y

    The arrays of the last pass stay readable: `labels` and `probs`, `example_losses` (n,), `dL_dlogits`.
    """

    def __init__(self, logits: Tensor, dL_dlogits: Tensor) -> None:
        n, classes = logits.shape
        dtype = logits.dtype
        self.logits = logits
        self.dL_dlogits = dL_dlogits
        self.labels: Bytes = np.zeros(n, np.uint8)
        self.probs: Tensor = zeros(logits.shape, dtype)
        self.example_losses: Tensor = np.zeros(n, dtype)
        self.predictions: Indices = np.zeros(n, np.intp)
        self._one_hot = np.eye(classes, dtype=dtype)
        self._targets: Tensor = zeros(logits.shape, dtype)
        self._largest: Tensor = np.zeros((n, 1), dtype)
        self._sums: Tensor = np.zeros((n, 1), dtype)
        self._true_logits: Tensor = np.zeros(n, dtype)
        self._over_classes = np.ones(classes, dtype)
        self._over_examples = np.ones(n, dtype)
        # Positions in the flattened logits of each row's first, largest and true entry.
        self._first: Indices = np.arange(0, n * classes, classes, dtype=np.intp)
        self._predicted: Indices = np.zeros(n, np.intp)
        self._true: Indices = np.zeros(n, np.intp)
        self._is_correct: NDArray[np.bool_] = np.zeros(n, np.bool_)
        self._flat_logits = logits.reshape(-1)
        self._flat_probs = self.probs.reshape(-1)
        self._flat_largest = self._largest.reshape(-1)
        self._flat_sums = self._sums.reshape(-1)

    def forward(self) -> float:
        """Fill `probs`, `predictions` and `example_losses`; return the mean loss of the minibatch."""
        probs, losses = self.probs, self.example_losses
        self.logits.argmax(1, self.predictions)
        np.add(self._first, self.predictions, out=self._predicted)
        np.add(self._first, self.labels, out=self._true)
        # Subtracting the largest logit of each row changes no probability (numerator and denominator shrink by
        # the same factor) and keeps exp from overflowing: the largest term is exp(0) = 1, so the sum is at least 1
        # and its logarithm is safe too ("log-sum-exp"; Goodfellow, Bengio and Courville, Deep Learning, 4.1).
        self._flat_logits.take(self._predicted, out=self._flat_largest, mode="clip")
        np.subtract(self.logits, self._largest, out=probs)
        self._flat_probs.take(self._true, out=self._true_logits, mode="clip")
        np.exp(probs, out=probs)
        # Sums as products with ones: for rows this short BLAS is several times as fast as a reduction.
        probs.dot(self._over_classes, out=self._flat_sums)
        np.divide(probs, self._sums, out=probs)
        np.log(self._flat_sums, out=losses)
        np.subtract(losses, self._true_logits, out=losses)
        return float(losses.dot(self._over_examples)) / len(losses)

    def backward(self) -> None:
        """Fill `dL_dlogits`.

        By the quotient rule the derivative of softmax is dp_k/dz_j = p_k (1[k = j] - p_j), so the chain rule
        through L = -log p_y gives, for one example,

            dL/dz_j = -1/p_y dp_y/dz_j = -1/p_y p_y (1[y = j] - p_j) = p_j - 1[y = j]

        and the mean over n examples divides that by n. As matrices, with Y one-hot:

            dL_dlogits = (probs - Y) / n      (n, classes)

        Source: Bishop, Pattern Recognition and Machine Learning, 4.3.4, equation 4.109.
        """
        self._one_hot.take(self.labels, axis=0, out=self._targets, mode="clip")
        np.subtract(self.probs, self._targets, out=self.dL_dlogits)
        np.multiply(self.dL_dlogits, 1 / len(self.labels), out=self.dL_dlogits)

    @property
    def correct(self) -> int:
        """How many predictions of the last pass are right."""
        np.equal(self._predicted, self._true, out=self._is_correct)
        return int(np.count_nonzero(self._is_correct))
