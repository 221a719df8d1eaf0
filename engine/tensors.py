"""The kinds of array the engine speaks of, and how one of them becomes an immutable copy."""

from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

type_of_precision = {"float32": np.float32, "float64": np.float64}

Tensor = NDArray[np.floating[Any]]
"""Real numbers of the run's precision: float32, or float64 for gradient checks."""

Bytes = NDArray[np.uint8]
"""Grey values of images, or labels, as they are in the data set."""

Indices = NDArray[np.intp]
"""Positions of examples, units or classes."""

Precision = Literal["float32", "float64"]


ALIGNMENT = 64
"""Bytes of a cache line, and of the widest registers."""


def zeros(shape: int | tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return an array of zeros that begins at the start of a cache line.

    NumPy promises 16 bytes only. Then every second or fourth read of a vector instruction straddles two cache lines,
    and a pass over a long vector takes up to 1.4 times as long - or not, as the memory happens to lie.
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.zeros(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(dtype).reshape(shape)


def frozen_copy(array: NDArray[Any]) -> NDArray[Any]:
    """Return a contiguous copy that nobody can write to."""
    copy = np.array(array, order="C", copy=True)
    copy.flags.writeable = False
    return copy
