"""Problems that fit on a line or in a plane, made from a seed: small enough to see all a network does about them.

A problem is a rule without noise, and noise is added after: where noise is 1, every coordinate (of a classification) or
target (of a regression) is off by a normal number of standard deviation `NOISE_DEVIATION`. The same seed gives the same
points bit for bit, and changing only the noise moves the same points less or more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import Dataset, Split
from engine.data.features import LINE, PLANE, Numbers, Points, of_points
from engine.data.minibatches import PROBLEM_STREAM, random_stream
from engine.errors import SpecError
from engine.spec.data import DatasetSpec
from engine.tensors import Indices

NOISE_DEVIATION = 0.5
"""Half of a problem's reach: with so much noise hardly anything of it can be told."""

SPIRAL_TURNS = 3.5
"""Turns of all arms together, so that neighbouring arms are equally far apart however many there are."""


@dataclass(frozen=True, slots=True)
class Classification:
    """Points in a plane, each of the class whose region it was drawn from."""

    place: Callable[[Indices, int, np.random.Generator], Points]  # labels (N,), classes, rng -> (N, 2)
    has_arms: bool = False  # else there are two classes
    features: ClassVar = PLANE

    def classes(self, spec: DatasetSpec) -> int:
        """Return the number of classes."""
        return spec.arms if self.has_arms else 2

    def make(self, spec: DatasetSpec) -> Dataset:
        """Draw the points: as many of each class as of any other, give or take one, in both splits."""
        classes = self.classes(spec)
        rng = random_stream(spec.seed, PROBLEM_STREAM)
        # Classes take turns, and the points of one class are drawn independently: any stretch is a fair sample.
        labels = np.arange(spec.count) % classes
        points = self.place(labels, classes, rng)
        points += NOISE_DEVIATION * spec.noise * rng.standard_normal(points.shape)
        return _dataset(spec, points, tuple(str(label) for label in range(classes)), labels.astype(np.uint8), None)


@dataclass(frozen=True, slots=True)
class Regression:
    """Points evenly spread, each with one target value: a function of its place."""

    function: Callable[[Points], Numbers]  # (N, dimensions) -> (N,)
    dimensions: int

    @property
    def features(self) -> Mapping[str, Callable[[Points], Numbers]]:
        """What may be derived from a point."""
        return LINE if self.dimensions == 1 else PLANE

    def make(self, spec: DatasetSpec) -> Dataset:
        """Draw the points and measure the function there, with noise."""
        rng = random_stream(spec.seed, PROBLEM_STREAM)
        points = rng.uniform(-1, 1, (spec.count, self.dimensions))
        values = self.function(points)
        values += NOISE_DEVIATION * spec.noise * rng.standard_normal(values.shape)
        return _dataset(spec, points, (), None, values[:, np.newaxis].astype(np.float32))


def held_out(spec: DatasetSpec) -> int:
    """Return how many of the examples are held out."""
    return round(spec.count * spec.test_share)


def _dataset(
    spec: DatasetSpec,
    points: Points,
    classes: tuple[str, ...],
    labels: NDArray[np.uint8] | None,
    targets: NDArray[np.float32] | None,
) -> Dataset:
    inputs = of_points(points, spec.features)
    test = held_out(spec)

    def split(part: slice) -> Split:
        return Split(
            inputs[part],
            None if labels is None else labels[part],
            None if targets is None else targets[part],
            points=points[part].astype(np.float32),
        )

    return Dataset(
        spec.name,
        split(slice(test, None)),
        split(slice(test)),
        (len(spec.features),),
        classes,
        feature_names=spec.features,
        target_names=() if targets is None else ("y",),
    )


def _polar(radius: Numbers, angle: Numbers) -> Points:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _circles(labels: Indices, classes: int, rng: np.random.Generator) -> Points:
    """Place class 0 in a disc and class 1 in a ring around it."""
    inner, outer = np.where(labels == 0, 0.0, 0.7), np.where(labels == 0, 0.4, 1.0)
    angle = rng.uniform(0, 2 * np.pi, len(labels))
    # An even spread over a ring needs radii whose squares are evenly spread: its area grows with the square.
    radius = np.sqrt(rng.uniform(inner**2, outer**2))
    return _polar(radius, angle)


def _xor(labels: Indices, classes: int, rng: np.random.Generator) -> Points:
    """Place class 0 where both coordinates have one sign and class 1 where their signs differ."""
    sign = rng.choice([-1.0, 1.0], len(labels))
    points = rng.uniform(0.08, 1, (len(labels), 2))
    points[:, 0] *= sign
    points[:, 1] *= np.where(labels == 0, sign, -sign)
    return points


def _gaussians(labels: Indices, classes: int, rng: np.random.Generator) -> Points:
    """Place each class in a normal cloud around a centre of its own."""
    centre = np.where(labels == 0, -0.5, 0.5)[:, np.newaxis]
    return centre + 0.15 * rng.standard_normal((len(labels), 2))


def _moons(labels: Indices, classes: int, rng: np.random.Generator) -> Points:
    """Place each class on a half circle, one bent up, one bent down, each reaching into the other."""
    half = _polar(np.ones(len(labels)), rng.uniform(0, np.pi, len(labels)))
    half[labels == 1] = (1.0, 0.5) - half[labels == 1]
    return (half - (0.5, 0.25)) / 1.5  # from -1..2 and -0.5..1 to the middle


def _spirals(labels: Indices, classes: int, rng: np.random.Generator) -> Points:
    """Place each class on an arm of its own: the further out, the further round (Archimedes' spiral)."""
    radius = rng.uniform(0.08, 1, len(labels))
    turns = SPIRAL_TURNS / classes * radius + labels / classes
    return _polar(radius, 2 * np.pi * turns)


def _sine(points: Points) -> Numbers:
    """Return y = sin(pi x): one whole wave."""
    wave: Numbers = np.sin(np.pi * points[:, 0])
    return wave


def _plane(points: Points) -> Numbers:
    """Return y = (x1 + x2) / 2."""
    plane: Numbers = points.mean(axis=1)
    return plane


HILLS = ((-0.6, 0.5, 1.0), (0.0, -0.55, 1.0), (0.6, 0.5, 1.0), (-0.6, -0.5, -1.0), (0.0, 0.55, -1.0), (0.6, -0.5, -1.0))
"""Where the hills are, and their heights."""


def _hills(points: Points) -> Numbers:
    """Return the sum of three hills and three hollows, each height * exp(-distance^2 / (2 * 0.2^2))."""
    x1, x2 = points[:, 0], points[:, 1]
    y = np.zeros(len(points))
    for at1, at2, height in HILLS:
        y += height * np.exp(-((x1 - at1) ** 2 + (x2 - at2) ** 2) / (2 * 0.2**2))
    return y


PROBLEMS: Mapping[str, Classification | Regression] = {
    "circles": Classification(_circles),
    "xor": Classification(_xor),
    "gaussians": Classification(_gaussians),
    "moons": Classification(_moons),
    "spiral": Classification(_spirals),
    "spirals": Classification(_spirals, has_arms=True),
    "sine": Regression(_sine, 1),
    "plane": Regression(_plane, 2),
    "hills": Regression(_hills, 2),
}


def check(spec: DatasetSpec, where: str) -> None:
    """Refuse a made data set that can't be: raise SpecError for unknown or repeated features and for empty classes."""
    problem = PROBLEMS[spec.name]
    if not spec.features:
        raise SpecError("no_features", f"{where}.features")
    for position, feature in enumerate(spec.features):
        if feature not in problem.features:
            raise SpecError("unknown_choice", f"{where}.features[{position}]", choices=", ".join(problem.features))
        if feature in spec.features[:position]:
            raise SpecError("repeated_feature", f"{where}.features[{position}]", feature=feature)
    classes = problem.classes(spec) if isinstance(problem, Classification) else 1
    test = held_out(spec)
    if min(test, spec.count - test) < classes:
        raise SpecError("too_few_for_classes", f"{where}.count", count=spec.count, test=test, classes=classes)
