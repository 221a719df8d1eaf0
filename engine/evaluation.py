"""Testing a network on a split of the data, a chunk at a time, so that training can go on in between.

All chunks are evaluated with the same parameters: those of the moment of `start`, which are copied.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import Minibatcher, Split
from engine.network import Network
from engine.tensors import frozen_copy


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationResult:
    """How a network does on a whole split."""

    step: int  # the step whose parameters were tested
    loss: float  # mean over the split
    accuracy: float | None  # None for regression, like the next two
    correct: int | None
    count: int
    confusion: NDArray[np.int64] | None  # (classes, classes): row the label, column the prediction


class Evaluation:
    """Tests copies of one network's parameters on one split; its arrays are allocated once and reused."""

    def __init__(self, network: Network, split: Split, *, chunk: int = 1000) -> None:
        if len(split) == 0 or chunk < 1:
            raise ValueError(f"expected examples in chunks of at least one, got {len(split)} in chunks of {chunk}")
        self._source = network
        self._network = network.copy()
        self._split = split
        self._chunk = min(chunk, len(split))
        self._work = self._network.workspace(self._chunk)
        self._minibatcher = Minibatcher(split, self._work.x, self._work.loss)
        classes = self._work.loss.probs.shape[1]
        self._confusion = np.zeros((classes, classes), np.int64)
        self._loss_sum = 0.0
        self._step = 0
        self._position = len(split)  # of the next example; past the last one nothing is left to do
        self.result: EvaluationResult | None = None
        """The last finished result; it stays while the next one is under way."""

    @property
    def running(self) -> bool:
        """Whether chunks remain of what `start` began."""
        return self._position < len(self._split)

    def start(self, step: int) -> None:
        """Copy the network's parameters and buffers, those after `step` updates, and begin with the first chunk."""
        self._network.copy_from(self._source)
        self._confusion.fill(0)
        self._loss_sum = 0.0
        self._step = step
        self._position = 0

    def advance(self) -> bool:
        """Evaluate one chunk; return whether the evaluation is now finished (or none was under way)."""
        if not self.running:
            return True
        count = len(self._split)
        # The last chunk may be short: the pass then looks at some earlier examples again, and they aren't counted.
        stop = min(self._position + self._chunk, count)
        counted = stop - self._position
        loss = self._work.loss
        with np.errstate(over="ignore", invalid="ignore"):
            self._minibatcher.gather(np.arange(stop - self._chunk, stop))
            self._network.forward(self._work)
            loss.forward()
            # Summed in float64: a float32 sum over many chunks would lose digits of the mean.
            self._loss_sum += float(loss.example_losses[-counted:].sum(dtype=np.float64))
        if loss.classification:
            np.add.at(self._confusion, (loss.labels[-counted:], loss.predictions[-counted:]), 1)
        self._position = stop
        if stop == count:
            self.result = self._summary()
        return not self.running

    def run(self, step: int) -> EvaluationResult:
        """Start and evaluate all chunks at once."""
        self.start(step)
        while not self.advance():
            pass
        return self._summary()

    def _summary(self) -> EvaluationResult:
        count = len(self._split)
        correct = int(self._confusion.trace()) if self._work.loss.classification else None
        return EvaluationResult(
            step=self._step,
            loss=self._loss_sum / count,
            accuracy=None if correct is None else correct / count,
            correct=correct,
            count=count,
            confusion=None if correct is None else frozen_copy(self._confusion),
        )
