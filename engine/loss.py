"""What every loss is: how wrong a minibatch of outputs is, as one number, and its gradient by the outputs."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.errors import SpecError
from engine.spec import LossSpec
from engine.tensors import Bytes, Indices, Tensor, zeros


class Loss(ABC):
    """Compares the outputs of n examples, (n, k), with their targets, (n, k); what a pass found stays readable.

    Classification: `labels` (n,) say the class of each example and `targets` follow from them, one-hot: 1 at the class,
    else 0. Regression: `targets` themselves are filled, before `forward`.

    `example_losses` (n,) are averaged over the minibatch to one number, the loss; that is why `backward` divides by n.
    """

    needs_classes: ClassVar[bool] = False
    """Whether the loss means anything for classes only."""

    gives_probabilities: ClassVar[bool] = False
    """Whether `probs` are probabilities; where a loss takes the outputs as they are, `probs` is `outputs`."""

    def __init__(self, settings: LossSpec, outputs: Tensor, dL_doutputs: Tensor, *, classification: bool) -> None:
        if self.needs_classes and not classification:
            raise SpecError("loss_needs_classes", "loss.name", name=settings.name)
        n, k = outputs.shape
        dtype = outputs.dtype
        self.settings = settings
        self.outputs = outputs
        self.dL_doutputs = dL_doutputs
        self.classification = classification
        self.labels: Bytes = np.zeros(n, np.uint8)
        self.targets: Tensor = zeros((n, k), dtype)
        self.probs: Tensor = zeros((n, k), dtype) if self.gives_probabilities else outputs
        self.predictions: Indices = np.zeros(n, np.intp)
        """The class with the largest output; the first of several. Zeros for regression."""
        self.example_losses: Tensor = np.zeros(n, dtype)
        self._over_examples = np.ones(n, dtype)
        self._classes: Indices = np.zeros(n, np.intp)
        # Positions in the flattened outputs of each row's first, largest and true entry.
        self._first: Indices = np.arange(0, n * k, k, dtype=np.intp)
        self._predicted: Indices = np.zeros(n, np.intp)
        self._true: Indices = np.zeros(n, np.intp)
        self._is_correct: NDArray[np.bool_] = np.zeros(n, np.bool_)
        self._target_of_label: Tensor = self._targets_of_labels(k, dtype) if classification else zeros((0, k), dtype)

    @abstractmethod
    def forward(self) -> float:
        """Fill `probs`, `predictions` and `example_losses`; return the mean loss of the minibatch."""

    @abstractmethod
    def backward(self) -> None:
        """Fill `dL_doutputs` after `forward`."""

    @property
    def correct(self) -> int | None:
        """How many predictions of the last pass are right; None for regression, where nothing is right or wrong."""
        if not self.classification:
            return None
        np.equal(self._predicted, self._true, out=self._is_correct)
        return int(np.count_nonzero(self._is_correct))

    def _targets_of_labels(self, k: int, dtype: np.dtype[np.floating]) -> Tensor:
        return np.eye(k, dtype=dtype)

    def _predict(self) -> None:
        self.outputs.argmax(1, self.predictions)
        np.add(self._first, self.predictions, out=self._predicted)
        # NumPy would convert the labels whenever they are used as indices, each time into new memory.
        np.copyto(self._classes, self.labels)
        np.add(self._first, self._classes, out=self._true)

    def _fill_targets(self) -> None:
        # NumPy's default mode would copy the output first, to leave it untouched where an index is wrong.
        self._target_of_label.take(self._classes, axis=0, out=self.targets, mode="clip")

    def _mean(self) -> float:
        # A product with ones: for a vector this short BLAS is several times as fast as a reduction.
        return float(self.example_losses.dot(self._over_examples)) / len(self.example_losses)
