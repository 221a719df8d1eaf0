"""Images made smaller or larger without stairs: each new pixel is a mean of those it covers.

Along one axis `count` pixels become `size`. Made smaller, a new pixel covers count / size old ones, and takes each by
the share of it that it covers ("area averaging"): no ink is lost. Made larger, it takes the two whose middles it is
between, by nearness (linear interpolation); beyond the outermost middles it takes the outermost pixel. Both are a
matrix of `size` rows that add up to 1, and an image is a product with one from each side.
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def resampled(image: Numbers, height: int, width: int) -> Numbers:
    """Return an image (rows, columns) with so many rows and columns."""
    rows, columns = image.shape
    if columns != width:
        image = image @ weights(columns, width).T
    if rows != height:
        image = weights(rows, height) @ image
    return image


def weights(count: int, size: int) -> Numbers:
    """Return the shares (size, count) of the old pixels in the new ones."""
    return _covering(count, size) if size <= count else _between(count, size)


def _covering(count: int, size: int) -> Numbers:
    ratio = count / size
    start = np.arange(size)[:, None] * ratio
    at = np.arange(count)
    covered = np.minimum(start + ratio, at + 1) - np.maximum(start, at)
    result: Numbers = np.maximum(covered, 0) / ratio
    return result


def _between(count: int, size: int) -> Numbers:
    middle = np.clip((np.arange(size) + 0.5) * count / size - 0.5, 0, count - 1)
    before = np.minimum(middle.astype(np.intp), max(count - 2, 0))
    part = middle - before
    result = np.zeros((size, count))
    at = np.arange(size)
    result[at, before] = 1 - part
    result[at, np.minimum(before + 1, count - 1)] += part
    return result
