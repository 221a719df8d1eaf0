"""What the engine trains on and is tested with: examples as rows, each with its class or its target values.

There are two kinds of rows. Grey images keep their bytes, 0 to 255, and are scaled to 0..1 where they enter a network;
any other numbers are float32 and enter as they are. And there are two kinds of answers: a label (the number of a
class) or, for regression, a row of target values.
"""

from dataclasses import dataclass, field
from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError
from engine.tensors import Bytes, Indices, Tensor, zeros

WHITE = 255
"""The largest grey value; dividing by it brings an image into the range 0 to 1."""

MOST_CLASSES = 256
"""A label is one byte."""

Rows = Bytes | NDArray[np.float32]
"""Inputs of examples, one example a row: grey values, or numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Examples, read-only: their inputs and either their labels or their targets."""

    inputs: Rows  # (N, inputs)
    labels: Bytes | None  # (N,)
    targets: NDArray[np.float32] | None = None  # (N, outputs)
    points: NDArray[np.float32] | None = field(default=None, kw_only=True)  # (N, 1 or 2), where inputs derive from them

    def __post_init__(self) -> None:
        if (self.labels is None) == (self.targets is None):
            raise ValueError("expected either labels or targets")
        _check("inputs", self.inputs, (np.uint8, np.float32), (len(self), -1))
        if self.labels is not None:
            _check("labels", self.labels, (np.uint8,), (len(self),))
        if self.targets is not None:
            _check("targets", self.targets, (np.float32,), (len(self), -1))
        if self.points is not None:
            _check("points", self.points, (np.float32,), (len(self), -1))
        # A plain read-only view: for a memory map it skips the bookkeeping of np.memmap on every access.
        for name in ("inputs", "labels", "targets", "points"):
            array = getattr(self, name)
            if array is not None:
                view = np.asarray(array).view()
                view.flags.writeable = False
                object.__setattr__(self, name, view)

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def answers(self) -> Bytes | NDArray[np.float32]:
        """What there is of the two: labels or targets."""
        if self.labels is not None:
            return self.labels
        if self.targets is not None:
            return self.targets
        raise AssertionError("a split has labels or targets")

    @property
    def is_grey(self) -> bool:
        """Whether the inputs are grey values 0 to 255, which enter a network as 0 to 1."""
        return self.inputs.dtype == np.uint8

    @property
    def grey(self) -> Bytes:
        """The inputs as grey values 0 to 255, of images."""
        if not self.is_grey:
            raise TypeError("expected grey values, got other numbers")
        return self.inputs.view(np.uint8)

    def x_of(self, indices: Indices) -> NDArray[np.float32]:
        """Return a copy of the inputs of some examples as they enter a network, (n, inputs)."""
        x: NDArray[np.float32] = self.inputs[indices].astype(np.float32)
        if self.is_grey:
            np.multiply(x, 1 / WHITE, out=x)
        return x

    def label(self, index: int) -> int:
        """Return the number of the class of one example."""
        if self.labels is None:
            raise TypeError("examples of a regression have targets, not labels")
        return int(self.labels[index])

    def of_class(self, label: int) -> Indices:
        """Return the indices of all examples of a class, in order."""
        if self.labels is None:
            raise TypeError("examples of a regression have targets, not labels")
        return np.flatnonzero(self.labels == label)


def _check(name: str, array: NDArray[np.generic], types: tuple[type, ...], shape: tuple[int, ...]) -> None:
    """Check type and shape (-1 stands for any size), and that every number is one."""
    if array.dtype not in types:
        expected = " or ".join("bytes" if kind is np.uint8 else kind.__name__ for kind in types)
        raise TypeError(f"expected {name} as {expected}, got {array.dtype}")
    if array.ndim != len(shape) or any(size not in (-1, there) for size, there in zip(shape, array.shape, strict=True)):
        raise ValueError(f"expected {name} of shape {shape}, got {array.shape}")
    if array.dtype == np.float32 and not np.isfinite(array).all():
        bad = ~np.isfinite(array).reshape(len(array), -1).all(axis=1)
        raise DataError("row_not_finite", name, row=int(bad.argmax()) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Standardization:
    """What was done to each column of raw numbers: (number - mean) / deviation, both of the training split."""

    mean: NDArray[np.float32]  # (inputs,)
    deviation: NDArray[np.float32]  # (inputs,); 1 for a column that is constant


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A training and a held-out split, and what their rows mean."""

    name: str
    train: Split
    test: Split
    input_shape: tuple[int, ...]  # (channels, height, width) of an image, else (inputs,)
    classes: tuple[str, ...] = ()  # none for regression
    feature_names: tuple[str, ...] = field(default=(), kw_only=True)  # of inputs that are no image
    target_names: tuple[str, ...] = field(default=(), kw_only=True)  # of a regression
    standardization: Standardization | None = field(default=None, kw_only=True)  # None where inputs are as they were
    target_standardization: Standardization | None = field(default=None, kw_only=True)  # likewise for targets

    def __post_init__(self) -> None:
        for split in (self.train, self.test):
            if split.inputs.shape[1] != self.inputs:
                raise ValueError(f"expected {self.inputs} inputs, got {split.inputs.shape[1]}")
            if (split.labels is None) == bool(self.classes):
                raise ValueError("expected labels with classes, or targets without")
        if self.train.is_grey != self.test.is_grey or self._targets(self.train) != self._targets(self.test):
            raise ValueError("expected two splits of one kind")

    @staticmethod
    def _targets(split: Split) -> int:
        return 0 if split.targets is None else split.targets.shape[1]

    @property
    def inputs(self) -> int:
        """Numbers of one example: the inputs of a network for this data set."""
        return prod(self.input_shape)

    @property
    def outputs(self) -> int:
        """Outputs of a network for this data set: one a class, or one a target value."""
        return len(self.classes) or self._targets(self.train)

    @property
    def is_regression(self) -> bool:
        """Whether examples have target values instead of a class."""
        return not self.classes

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """Height and width of an image; None where examples are none."""
        return (self.input_shape[1], self.input_shape[2]) if len(self.input_shape) == 3 else None


class Answers(Protocol):
    """Where the answers of a minibatch go; a loss has both, and reads those that its task has."""

    labels: Bytes  # (n,)
    targets: Tensor  # (n, outputs)


class Minibatcher:
    """Copies chosen examples into the arrays of a pass, grey values scaled to 0..1, without allocating."""

    def __init__(self, split: Split, x: Tensor, answers: Answers) -> None:
        self._is_grey = split.is_grey
        self._x, self._rows = x, _taken_into(x, split.inputs.dtype)
        self._take_rows = split.inputs.take
        out: NDArray[Any] = answers.targets if split.labels is None else answers.labels
        self._out, self._answers = out, _taken_into(out, split.answers.dtype)
        self._take_answers = split.answers.take

    def gather(self, indices: Indices) -> None:
        """Copy the examples with these indices."""
        # With mode="clip" take writes straight to `out`; the default would go through a buffer.
        self._take_rows(indices, axis=0, out=self._rows, mode="clip")
        self._take_answers(indices, axis=0, out=self._answers, mode="clip")
        if self._is_grey:
            scale_grey(self._rows, out=self._x)
        elif self._rows is not self._x:
            np.copyto(self._x, self._rows)
        if self._answers is not self._out:
            np.copyto(self._out, self._answers)


def _taken_into(out: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return where rows of a type are taken to on their way into `out`: `out` itself if it is of that type."""
    return out if out.dtype == dtype else zeros(out.shape, dtype)


def scale_grey(grey: Bytes, *, out: Tensor) -> None:
    """Write grey values 0..255 as numbers 0..1."""
    np.copyto(out, grey)  # a plain conversion, then a product in place: faster than one mixed-type product
    np.multiply(out, 1 / WHITE, out=out)
