"""What a network is told of a point on a line or in a plane: its coordinates, or numbers derived from them.

A network with one layer can only cut the plane along a straight line. Told x1^2 and x2^2 as well, the same network
separates two circles, because a circle x1^2 + x2^2 = r^2 is a straight line in those two. Every feature keeps points of
-1 to 1 within -1 to 1.

Source of the choice: D. Smilkov, S. Carter, TensorFlow Playground. Its points reach from -6 to 6 and sin(x1) makes a
wave there; ours reach from -1 to 1, where sin(pi*x1) is the wave.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Places: (N, 1) on a line, (N, 2) in a plane."""

Numbers = NDArray[np.float64]
"""One number for each point, (N,)."""

LEAST, MOST = -1.25, 1.25
"""What is drawn of each coordinate: the problems lie within -1 to 1, noise carries some points beyond."""

LINE: Mapping[str, Callable[[Points], Numbers]] = {
    "x": lambda at: at[:, 0],
    "x^2": lambda at: at[:, 0] ** 2,
    "x^3": lambda at: at[:, 0] ** 3,
    "sin(pi*x)": lambda at: np.sin(np.pi * at[:, 0]),
}
PLANE: Mapping[str, Callable[[Points], Numbers]] = {
    "x1": lambda at: at[:, 0],
    "x2": lambda at: at[:, 1],
    "x1^2": lambda at: at[:, 0] ** 2,
    "x2^2": lambda at: at[:, 1] ** 2,
    "x1*x2": lambda at: at[:, 0] * at[:, 1],
    "sin(pi*x1)": lambda at: np.sin(np.pi * at[:, 0]),
    "sin(pi*x2)": lambda at: np.sin(np.pi * at[:, 1]),
}


def of_points(points: Points, names: tuple[str, ...]) -> NDArray[np.float32]:
    """Return the named features of each point, (N, features)."""
    known = LINE if points.shape[1] == 1 else PLANE
    return np.stack([known[name](points) for name in names], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Points in even steps over all that is drawn, for a picture of what a network answers everywhere."""

    points: Points  # (size, 1), or (size * size, 2) row by row from the top left, as pixels of a picture
    inputs: NDArray[np.float32]  # (size or size * size, features)


def grid(names: tuple[str, ...], size: int) -> Grid:
    """Return `size` points along each coordinate, in the middles of as many equal parts of LEAST to MOST."""
    steps = LEAST + (MOST - LEAST) * (np.arange(size) + 0.5) / size
    if names[0] in LINE:
        points = steps[:, np.newaxis]
    else:
        x2, x1 = np.meshgrid(steps[::-1], steps, indexing="ij")  # x2 points upwards, rows go down
        points = np.stack([x1.reshape(-1), x2.reshape(-1)], axis=1)
    return Grid(points, of_points(points, names))
