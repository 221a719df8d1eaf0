"""The loss: how wrong a minibatch of predictions is, as one number, and its gradient by the logits."""

import numpy as np

from engine.tensors import Bytes, Indices, Tensor


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
        self.probs: Tensor = np.zeros_like(logits)
        self.example_losses: Tensor = np.zeros(n, dtype)
        self.predictions: Indices = np.zeros(n, np.intp)
        self._one_hot = np.eye(classes, dtype=dtype)
        self._targets: Tensor = np.zeros_like(logits)
        self._row: Tensor = np.zeros((n, 1), dtype)
        self._true_logits: Tensor = np.zeros(n, dtype)
        self._ones = np.ones(classes, dtype)
        self._first_of_row: Indices = np.arange(0, n * classes, classes, dtype=np.intp)
        self._true_positions: Indices = np.zeros(n, np.intp)

    def forward(self) -> float:
        """Fill `probs`, `predictions` and `example_losses`; return the mean loss of the minibatch."""
        row, probs = self._row, self.probs
        flat_row = row[:, 0]
        # Subtracting the largest logit of each row changes no probability (numerator and denominator shrink by
        # the same factor) and keeps exp from overflowing: the largest term is exp(0) = 1, so the sum is at least 1
        # and its logarithm is safe too ("log-sum-exp"; Goodfellow, Bengio and Courville, Deep Learning, 4.1).
        np.maximum.reduce(self.logits, axis=1, out=row, keepdims=True)
        np.subtract(self.logits, row, out=probs)
        np.add(self._first_of_row, self.labels, out=self._true_positions)
        probs.reshape(-1).take(self._true_positions, out=self._true_logits, mode="clip")
        np.exp(probs, out=probs)
        np.dot(probs, self._ones, out=flat_row)
        np.divide(probs, row, out=probs)
        np.log(flat_row, out=self.example_losses)
        np.subtract(self.example_losses, self._true_logits, out=self.example_losses)
        self.logits.argmax(axis=1, out=self.predictions)
        return float(np.add.reduce(self.example_losses)) / len(self.example_losses)

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
        return int(np.count_nonzero(self.predictions == self.labels))
