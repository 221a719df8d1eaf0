"""What is ink in a picture of something written, and how much: 0 where the paper is bare, 1 in full ink.

There are two kinds of pictures. A drawing, from a sketchpad or a program, has paper of one grey value: ink is what
differs from it. A photo has no such value, as light falls unevenly and every pixel has noise. There the paper under the
ink is estimated by "opening": with the ink lighter than the paper, the least of each neighbourhood, then the most of
each; that takes away everything light that is narrower than the neighbourhood, and leaves shadows and gradients. Ink is
what is above it, from what noise can do up to the strongest ink there is; specks are taken out.

Whether ink is lighter or darker than the paper is seen as well. The paper is most of the picture, so in a drawing the
most frequent value is the paper; and in a photo the differences from the surrounding mean have their long tail where
the ink is: the sign of the sum of their cubes.

`static/js/sketch/finding-ink.js` does the same in the browser, operation by operation.

Source of opening as an estimate of the ground ("top-hat"): J. Serra, Image Analysis and Mathematical Morphology, 1982;
F. Meyer, 1979.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.data.resampling import resampled
from engine.errors import DataError
from engine.tensors import Bytes

Ink = Literal["light", "dark"]
Numbers = NDArray[np.float64]

WHITE = 255
NEAR = 4
"""Grey values this close to a drawing's paper are rare: it has no noise."""

MOST_NEAR = 0.02
LEAST_PAPER = 0.25
"""Shares of the pixels: what is near the paper's value in a drawing, and what has that very value."""

LEAST_CONTRAST = 8
"""Grey values between paper and ink; anything fainter is no ink."""

PHOTO_SIDE = 256
"""Longest side that a photo is looked at with, by averaging, which takes noise away too."""

NEIGHBOURHOOD = 1 / 8
"""Reach of the opening to each side, as a share of the photo's longest side: no stroke is wider than two of it."""

TOP = 0.999
"""Quantile of a photo's ink that is its strongest; a digit that is small in its photo has half a percent of ink."""

LEAST_PEAK = 6.0
"""Of the strongest ink in a photo, in standard deviations of its noise."""

CORE = 0.4
LEAST_PART = 0.04
"""What makes a connected part of the ink in a photo, and how small beside the largest one it is a speck."""


@dataclass(frozen=True, slots=True, eq=False)
class Inked:
    """How much ink there is at each pixel."""

    ink: Ink
    amount: Numbers  # (height, width), 0 to 1; smaller than the picture where that is a large photo


def find_ink(grey: Bytes, ink: Ink | None) -> Inked:
    """Find the ink in grey values (height, width); raises DataError no_ink or all_ink where there is nothing to see."""
    counts = np.bincount(grey.reshape(-1), minlength=WHITE + 1)
    values = np.flatnonzero(counts)
    lowest, highest = int(values[0]), int(values[-1])
    if lowest == highest:
        full = (ink == "light" and lowest > WHITE // 2) or (ink == "dark" and lowest <= WHITE // 2)
        raise DataError("all_ink" if full else "no_ink", "sketch")
    paper = lowest if ink == "light" else highest if ink == "dark" else int(counts.argmax())
    near = counts[max(0, paper - NEAR) : paper + NEAR + 1].sum() - counts[paper]
    if counts[paper] >= LEAST_PAPER * grey.size and near <= MOST_NEAR * grey.size:
        return _in_drawing(grey, counts, paper, ink)
    return _in_photo(grey, ink)


def _in_drawing(grey: Bytes, counts: NDArray[np.intp], paper: int, ink: Ink | None) -> Inked:
    differences = counts * (np.arange(WHITE + 1) - paper)
    if ink is None:
        ink = "light" if differences.sum() > 0 else "dark"
    strongest = int(np.flatnonzero(counts)[-1 if ink == "light" else 0]) - paper
    if abs(strongest) < LEAST_CONTRAST:
        raise DataError("no_ink", "sketch")
    amount = np.clip((grey.astype(np.float64) - paper) / strongest, 0, 1)
    return Inked(ink, amount)


def _in_photo(grey: Bytes, ink: Ink | None) -> Inked:
    height, width = grey.shape
    share = min(1.0, PHOTO_SIDE / max(height, width))
    seen = resampled(grey.astype(np.float64), _scaled(height, share), _scaled(width, share))
    reach = max(1, int(max(seen.shape) * NEIGHBOURHOOD))
    if ink is None:
        ink = "light" if float(((seen - _means(seen, 2 * reach)) ** 3).sum()) > 0 else "dark"
    if ink == "dark":
        seen = WHITE - seen
    opened = _extremes(_extremes(seen, reach, np.minimum), reach, np.maximum)
    above = np.maximum(seen - _means(opened, max(1, reach // 2)), 0)
    ordered = np.sort(above, axis=None)
    usual = float(ordered[len(ordered) // 2])
    noise = 1.4826 * float(np.sort(np.abs(above - usual), axis=None)[len(ordered) // 2])
    peak = float(ordered[int((len(ordered) - 1) * TOP)]) - usual
    if peak < max(LEAST_CONTRAST, LEAST_PEAK * noise):
        raise DataError("no_ink", "sketch")
    least = usual + max(3 * noise, peak / 4)
    amount = np.clip((above - least) / ((usual + peak - least) * 0.7), 0, 1)
    return Inked(ink, _without_specks(amount))


def _scaled(size: int, share: float) -> int:
    return max(1, int(size * share + 0.5))


def _extremes(values: Numbers, reach: int, of: np.ufunc) -> Numbers:
    """Return the least or most of each square neighbourhood, which ends at the picture's edges."""
    for axis in (0, 1):
        lines = np.moveaxis(values, axis, 0)
        result = lines.copy()
        for offset in range(1, min(reach, len(lines) - 1) + 1):
            of(result[offset:], lines[:-offset], out=result[offset:])
            of(result[:-offset], lines[offset:], out=result[:-offset])
        values = np.moveaxis(result, 0, axis)
    return values


def _means(values: Numbers, reach: int) -> Numbers:
    """Return the mean of each square neighbourhood, which ends at the picture's edges."""
    for axis in (0, 1):
        lines = np.moveaxis(values, axis, 0)
        count = len(lines)
        sums = np.zeros((count + 1, lines.shape[1]))
        np.cumsum(lines, axis=0, out=sums[1:])
        at = np.arange(count)
        start, stop = np.maximum(at - reach, 0), np.minimum(at + reach + 1, count)
        values = np.moveaxis((sums[stop] - sums[start]) / (stop - start)[:, None], 0, axis)
    return values


def _without_specks(amount: Numbers) -> Numbers:
    """Keep the parts of the ink that are not small beside the largest, each with the pixels that touch it."""
    height, width = amount.shape
    part_of = np.where(amount >= CORE, 0, -1).reshape(-1).tolist()  # 0: not visited yet
    weights = amount.reshape(-1).tolist()
    masses: list[float] = [0.0]
    for first in range(len(part_of)):
        if part_of[first] != 0:
            continue
        part = len(masses)
        masses.append(0.0)
        part_of[first] = part
        waiting = [first]
        while waiting:
            at = waiting.pop()
            masses[part] += weights[at]
            row, column = divmod(at, width)
            for down in range(max(0, row - 1), min(height, row + 2)):
                for right in range(max(0, column - 1), min(width, column + 2)):
                    beside = down * width + right
                    if part_of[beside] == 0:
                        part_of[beside] = part
                        waiting.append(beside)
    largest = max(masses)
    kept = np.array([False, *(mass >= LEAST_PART * largest for mass in masses[1:]), False])
    core = kept[np.array(part_of)].reshape(height, width)  # -1, no part, finds the last entry
    return np.where(_extremes(core.astype(np.float64), 1, np.maximum) > 0, amount, 0)
