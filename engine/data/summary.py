"""A data set at a glance: how many of each class, what a class looks like on average, and a few of it to look at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import WHITE, Dataset, Split
from engine.tensors import Indices, frozen_copy

EXAMPLES = 10


@dataclass(frozen=True, slots=True, eq=False)
class SplitSummary:
    """One split: examples in each class, and the first few of them."""

    count: int
    counts: NDArray[np.int64]  # (classes,); empty for regression
    examples: tuple[Indices, ...]  # one a class, at most EXAMPLES long; empty for regression


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """Both splits; the means and bounds are of the training split alone, as what is learnt is."""

    train: SplitSummary
    test: SplitSummary
    means: NDArray[np.float32]  # (classes, inputs): the mean example of each class, grey values as 0 to 1
    least: NDArray[np.float32]  # (inputs,): the smallest number of each column, grey values as 0 to 1
    most: NDArray[np.float32]  # (inputs,)
    target_least: NDArray[np.float32]  # (outputs,); empty for classification
    target_most: NDArray[np.float32]  # (outputs,)


def summarize(dataset: Dataset) -> Summary:
    """Count and average; takes a pass over all examples."""
    train = dataset.train
    scale = 1 / WHITE if train.is_grey else 1.0
    none = np.zeros((1, 0), np.float32)
    targets = none if train.targets is None else train.targets
    means = np.zeros((len(dataset.classes), dataset.inputs), np.float32)
    for label, mean in enumerate(means):
        # In float64: a float32 sum of many thousands of numbers loses digits.
        mean[:] = train.inputs[train.of_class(label)].mean(axis=0, dtype=np.float64) * scale
    return Summary(
        _summarize(train, len(dataset.classes)),
        _summarize(dataset.test, len(dataset.classes)),
        frozen_copy(means),
        least=frozen_copy(train.inputs.min(axis=0) * np.float32(scale)),
        most=frozen_copy(train.inputs.max(axis=0) * np.float32(scale)),
        target_least=frozen_copy(targets.min(axis=0)),
        target_most=frozen_copy(targets.max(axis=0)),
    )


def _summarize(split: Split, classes: int) -> SplitSummary:
    of_class = [split.of_class(label) for label in range(classes)]
    counts = np.array([len(indices) for indices in of_class], np.int64)
    return SplitSummary(len(split), frozen_copy(counts), tuple(frozen_copy(indices[:EXAMPLES]) for indices in of_class))
