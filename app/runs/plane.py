"""Made data lie on a line or in a plane, and what a network makes of every place there can be drawn."""

import base64

import numpy as np
from numpy.typing import NDArray

from app.protocol import values
from engine.data.dataset import Dataset, Split
from engine.data.features import LEAST, LINE, MOST, Grid, grid

SIDE_OF_LINE, SIDE_OF_PLANE = 64, 32
"""Points of the grid along each coordinate: a plane of 32 by 32 is a smooth picture in a kilobyte."""

MOST_POINTS = 500
"""Examples of a split that are drawn: more would only cover each other."""


def plane_of(dataset: Dataset) -> values.Plane | None:
    """Describe the line or plane that a data set's examples lie on; None where they lie on none."""
    if dataset.train.points is None:
        return None
    dimensions = dataset.train.points.shape[1]
    train_points, train_answers = _some(dataset.train)
    test_points, test_answers = _some(dataset.test)
    return values.Plane(
        dimensions=dimensions,
        side=SIDE_OF_LINE if dimensions == 1 else SIDE_OF_PLANE,
        least=LEAST,
        most=MOST,
        coordinates=["x"] if dataset.feature_names[0] in LINE else ["x1", "x2"],
        train_points=train_points,
        train_answers=train_answers,
        test_points=test_points,
        test_answers=test_answers,
    )


def grid_of(dataset: Dataset, plane: values.Plane) -> Grid:
    """Return the points of the grid, with the inputs the network gets for each."""
    return grid(dataset.feature_names, plane.side)


def _some(split: Split) -> tuple[str, str]:
    assert split.points is not None  # noqa: S101 - the caller looked; narrows the type
    return _text(split.points[:MOST_POINTS]), _text(np.asarray(split.answers[:MOST_POINTS]).reshape(-1))


def _text(numbers: NDArray[np.generic]) -> str:
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode()
