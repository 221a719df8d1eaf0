"""Digits as people draw them, as recipes: strokes that a pointer can follow, varied by numbers drawn from a seed.

Each digit has several ways in which hands make it, as strokes through a few points in a unit box, x to the right and y
downwards; so do some letters, which are there to see what a network says about something that is no digit. A drawing is
one of them with an aspect, a slant, a rotation, a wobble, a thickness, a size from 15 to 95 % of the pad and a place on
it, its corners among them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Way = tuple[str, ...]
"""Strokes, each as text: points "x y" in hundredths of the box, joined by a smooth curve; "|" makes a corner."""

DIGITS: dict[str, tuple[Way, ...]] = {
    "0": (
        ("50 0, 18 12, 2 50, 18 88, 50 100, 82 88, 98 50, 82 12, 50 0",),
        ("62 2, 30 8, 8 45, 20 88, 52 100, 86 80, 94 42, 78 8, 52 1",),
        ("45 0, 80 10, 97 48, 82 90, 48 100, 14 86, 3 48, 20 10, 50 1, 62 5",),
        ("58 0, 22 18, 12 58, 30 96, 62 92, 84 52, 76 12, 56 2",),
    ),
    "1": (
        ("50 0 | 50 100",),
        ("22 22 | 52 0 | 52 100",),
        ("20 24, 38 14, 54 0 | 54 100", "20 100 | 86 100"),
        ("60 0 | 44 100",),
        ("28 18 | 55 0 | 50 100",),
    ),
    "2": (
        ("6 24, 24 4, 56 0, 86 16, 84 42, 50 72, 4 100 | 98 100",),
        ("10 20, 30 2, 66 2, 88 24, 74 52, 38 82, 10 98, 8 84, 30 82, 62 96, 98 92",),
        ("4 12, 40 0, 82 12, 86 40, 56 68, 8 98 | 60 94, 98 98",),
        ("12 30, 22 6, 54 0, 80 20, 70 48, 14 100 | 92 100",),
    ),
    "3": (
        ("10 12, 42 0, 80 10, 82 34, 42 48 | 84 58, 92 82, 58 100, 22 98, 4 84",),
        ("8 0 | 88 0 | 44 40, 84 52, 94 78, 62 100, 24 98, 4 86",),
        ("12 8, 48 0, 78 16, 70 38, 36 48, 74 56, 86 80, 54 100, 8 92",),
        ("16 14, 40 2, 70 8, 76 28, 48 46 | 72 56, 80 82, 48 100, 10 94",),
    ),
    "4": (
        ("18 0, 14 30, 6 58 | 96 58", "72 6 | 70 100"),
        ("66 0 | 4 68 | 98 68", "68 26 | 66 100"),
        ("24 0 | 10 52 | 88 50", "76 0 | 68 100"),
        ("72 100 | 72 0 | 4 66 | 96 66",),
        ("12 4, 10 34, 20 52, 54 54, 78 46", "82 0, 76 50, 68 100"),
    ),
    "5": (
        ("22 2 | 16 42, 52 36, 88 54, 86 84, 50 100, 8 90", "20 2 | 88 0"),
        ("86 0 | 24 0 | 14 44, 50 36, 88 52, 90 82, 54 100, 8 92",),
        ("82 2, 50 0, 24 4 | 20 44 | 56 42, 82 62, 74 90, 40 100, 8 92",),
        ("30 0 | 20 40, 56 40, 80 58, 78 84, 46 100, 10 96", "30 0 | 78 2"),
    ),
    "6": (
        ("74 0, 38 20, 12 58, 16 88, 48 100, 84 86, 84 64, 54 50, 22 60, 12 76",),
        ("62 2, 26 32, 6 70, 26 98, 66 96, 84 74, 62 54, 28 62, 14 80",),
        ("54 0, 22 30, 10 66, 22 94, 54 100, 82 82, 74 58, 42 54, 16 70",),
        ("86 6, 50 6, 18 38, 8 74, 34 98, 70 92, 80 68, 52 54, 16 70",),
    ),
    "7": (
        ("4 4 | 92 4 | 38 100",),
        ("6 16 | 8 2 | 94 2, 62 44, 44 100",),
        ("4 4, 50 6, 94 2 | 66 42, 40 100", "34 52 | 86 50"),
        ("8 0 | 90 2 | 46 100",),
        ("6 6, 40 2, 92 4, 78 34, 54 66, 46 100",),
    ),
    "8": (
        ("82 14, 50 0, 18 12, 22 36, 52 50, 84 68, 84 90, 50 100, 16 90, 16 70, 48 50, 78 34, 82 14",),
        ("50 48, 20 34, 22 8, 52 0, 80 10, 78 36, 50 48, 16 62, 10 86, 48 100, 88 88, 84 62, 50 48",),
        ("52 0, 24 8, 24 36, 50 46, 76 36, 78 10, 52 0", "50 46, 14 62, 14 90, 50 100, 86 90, 86 60, 50 46"),
        ("74 10, 44 0, 20 16, 34 40, 66 58, 76 82, 48 100, 18 86, 30 60, 62 38, 76 12",),
    ),
    "9": (
        ("86 18, 54 0, 18 12, 14 38, 46 50, 80 36, 88 14 | 82 60, 76 100",),
        ("84 26, 68 2, 30 2, 10 26, 28 48, 64 42, 84 14, 82 56, 60 92, 24 100",),
        ("76 12, 40 0, 12 22, 22 46, 56 46, 78 20 | 80 100",),
        ("80 20, 56 0, 22 10, 14 36, 40 50, 72 38, 80 16, 74 60, 50 100",),
    ),
}

LETTERS: dict[str, tuple[Way, ...]] = {
    "A": (("4 100 | 50 0 | 96 100", "22 62 | 80 62"),),
    "C": (("92 16, 56 0, 14 20, 4 56, 24 92, 62 100, 94 84",),),
    "E": (("88 0 | 10 0 | 10 100 | 90 100", "10 48 | 72 48"),),
    "F": (("12 100 | 12 0 | 90 0", "12 46 | 70 46"),),
    "H": (("8 0 | 8 100", "92 0 | 92 100", "8 48 | 92 48"),),
    "K": (("10 0 | 10 100", "88 0 | 14 54 | 92 100"),),
    "M": (("4 100 | 10 0 | 50 64 | 90 0 | 96 100",),),
    "N": (("8 100 | 8 0 | 92 100 | 92 0",),),
    "P": (("12 100 | 12 0", "12 2, 60 0, 88 16, 84 42, 50 54, 14 52"),),
    "R": (("12 100 | 12 0", "12 2, 60 0, 86 16, 80 42, 46 52, 14 52", "44 52 | 92 100"),),
    "T": (("4 2 | 96 2", "50 2 | 50 100"),),
    "U": (("8 0, 8 60, 24 94, 50 100, 78 94, 92 60, 92 0",),),
    "V": (("4 0 | 50 100 | 96 0",),),
    "W": (("2 0 | 26 100 | 50 24 | 74 100 | 98 0",),),
    "X": (("6 0 | 94 100", "94 0 | 6 100"),),
    "Y": (("6 0 | 50 48", "94 0 | 50 48 | 50 100"),),
}

PLACES = ("middle", "anywhere", "anywhere", "corner")
LEAST_SIZE, MOST_SIZE = 0.15, 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Strokes on a pad whose side is 1, and how thick the pen is there."""

    label: str
    strokes: tuple[Points, ...]  # (n, 2): x, y
    thickness: float


def drawings(ways: dict[str, tuple[Way, ...]], count: int, *, seed: int) -> Iterator[Drawing]:
    """Yield so many drawings, the labels and the ways to make them in turn, all else drawn from the seed."""
    rng = np.random.default_rng(seed)
    labels = list(ways)
    for number in range(count):
        label = labels[number % len(labels)]
        made = ways[label]
        yield _varied(label, made[number // len(labels) % len(made)], rng)


def _varied(label: str, way: Way, rng: np.random.Generator) -> Drawing:
    strokes = [_path(stroke) for stroke in way]
    aspect = rng.uniform(0.5, 0.85)  # width by height
    slant = rng.uniform(-0.1, 0.4)
    angle = np.deg2rad(rng.uniform(-10, 10))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    wobbled = []
    for stroke in strokes:
        points = (_wobbled(stroke, rng) - 0.5) * (aspect, 1)
        points[:, 0] -= slant * points[:, 1]
        wobbled.append(points @ turn.T)
    everything = np.concatenate(wobbled)
    low, high = everything.min(axis=0), everything.max(axis=0)
    size = rng.uniform(LEAST_SIZE, MOST_SIZE)
    # From a hair line to a broad brush, but never so broad that it fills the loops of a small digit.
    thickness = min(float(np.exp(rng.uniform(np.log(0.012), np.log(0.075)))), 0.2 * size)
    scale = (size - thickness) / float((high - low).max())
    room = 1 - (high - low) * scale - thickness
    place = PLACES[rng.integers(len(PLACES))]
    share = {"middle": np.full(2, 0.5), "anywhere": rng.uniform(0, 1, 2), "corner": rng.integers(0, 2, 2)}[place]
    return Drawing(label, tuple((points - low) * scale + thickness / 2 + room * share for points in wobbled), thickness)


def _path(stroke: str) -> Points:
    """Return many points on a stroke: each part between two corners is a Catmull-Rom curve through its points."""
    parts = [np.array([point.split() for point in part.split(",")], float) / 100 for part in stroke.split("|")]
    lines = []
    for number, part in enumerate(parts):
        points = part if number == 0 else np.concatenate([parts[number - 1][-1:], part])
        if len(points) == 1:
            continue
        ends = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
        t = np.linspace(0, 1, 12, endpoint=False)[:, None]
        for p0, p1, p2, p3 in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
            bend = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            lines.append(bend / 2)
    return np.concatenate([*lines, parts[-1][-1:]])


def _wobbled(points: Points, rng: np.random.Generator) -> Points:
    """Move a stroke as an unsure hand does: a few slow waves and a little tremor."""
    along = np.linspace(0, 1, len(points))[:, None]
    result = points + rng.normal(0, 0.004, points.shape)
    for waves in (1, 2, 3):
        phase = rng.uniform(0, 2 * np.pi, 2)
        result = result + rng.normal(0, 0.018, 2) * np.sin(2 * np.pi * waves * along + phase)
    return result


def rasterized(drawing: Drawing, side: int = 280) -> Bytes:
    """Return a drawing as light ink on a dark pad (side, side), as a round brush without pressure leaves it."""
    row, column = np.mgrid[:side, :side] + 0.5
    amount = np.zeros((side, side))
    reach = drawing.thickness * side / 2
    for stroke in drawing.strokes:
        points = stroke * side
        for start, end in pairwise(points):
            low = np.maximum(np.minimum(start, end) - reach - 1, 0).astype(int)
            high = np.minimum(np.maximum(start, end) + reach + 2, side).astype(int)
            window = np.s_[low[1] : high[1], low[0] : high[0]]
            x, y, way = column[window] - start[0], row[window] - start[1], end - start
            share = np.clip((x * way[0] + y * way[1]) / max(float(way @ way), 1e-12), 0, 1)
            distance = np.hypot(x - share * way[0], y - share * way[1])
            np.maximum(amount[window], np.clip(reach + 0.5 - distance, 0, 1), out=amount[window])
    raster: Bytes = np.floor(amount * 255 + 0.5).astype(np.uint8)
    return raster


def photographed(drawn: Bytes, rng: np.random.Generator) -> Bytes:
    """Return a drawing as a photo of dark ink on paper: light that falls off, a shadow, and the noise of a sensor."""
    side = len(drawn)
    down, right = np.mgrid[:side, :side] / side - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    light = rng.uniform(150, 235) * (1 + rng.uniform(0.1, 0.5) * (np.cos(angle) * right + np.sin(angle) * down))
    light *= 1 - rng.uniform(0, 0.3) * (down**2 + right**2) * 2
    edge = np.cos(angle * 2) * right + np.sin(angle * 2) * down - rng.uniform(-0.3, 0.3)
    light *= 1 - rng.uniform(0, 0.25) / (1 + np.exp(-np.clip(edge * 30, -50, 50)))
    absorbed = rng.uniform(0.45, 0.85) * drawn / 255
    grey = light * (1 - absorbed) + rng.normal(0, rng.uniform(1, 8), drawn.shape)
    photo: Bytes = np.clip(grey + 0.5, 0, 255).astype(np.uint8)
    return photo
