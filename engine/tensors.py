"""The kinds of array the engine speaks of, and how one of them becomes an immutable copy."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

type_of_precision = {"float32": np.float32, "float64": np.float64}

Tensor = NDArray[np.floating[Any]]
"""Real numbers of the run's precision: float32, or float64 for gradient checks."""

Bytes = NDArray[np.uint8]
"""Grey values of images, or labels, as they are in the data set."""

Indices = NDArray[np.intp]
"""Positions of examples, units or classes."""

Precision = Literal["float32", "float64"]


def frozen_copy(array: NDArray[Any]) -> NDArray[Any]:
    """Return a contiguous copy that nobody can write to."""
    copy = np.array(array, order="C", copy=True)
    copy.flags.writeable = False
    return copy
