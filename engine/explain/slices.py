"""Slices of the loss: along one direction, or over the plane of two, on the minibatch of a frozen step.

The loss is a function of all N parameters. Nobody can draw that; what can be drawn is a slice,

    L(p + s u)                 a line: one direction u of N
    L(p + s u + t v)           a plane: two directions of N

with p the parameters before the step. A slice is true, every point of it is measured, but it is a slice: what looks
like a bowl in two directions can be a saddle in the others, and there is no ball that rolls. So each one says which
directions it has and how many there are.

Directions:

    update      what the step added. s = 0 is before the step, s = 1 after it, both exactly.
    gradient    dL/dp, upwards, as long as the update, so that both scales can be compared.
    random      normally distributed, then every row of a W (a unit, or a channel: a "filter") made as long as the row
                of the weights it is added to; biases and the parameters of normalization stay. Networks that compute
                the same can have weights of very different sizes, and only then do their slices look alike ("filter
                normalization": Li, Xu, Taylor, Studer and Goldstein, Visualizing the Loss Landscape of Neural Nets,
                NeurIPS 2018, section 4).

Every point is computed in the run's precision, so a float32 run shows its rounding where one looks closely enough.
"""

from dataclasses import dataclass

import numpy as np

from engine.explain.frozen import FrozenStep
from engine.parameters import ParameterVector
from engine.tensors import Tensor, frozen_copy

MOST_POINTS = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """A way to go from the parameters before the step."""

    name: str  # update, gradient or random
    vector: Tensor  # as long as the parameters, in the run's precision
    seed: int | None = None  # of a random one


@dataclass(frozen=True, slots=True)
class Place:
    """Where the point after the step lies in a slice: at its foot, if the slice misses it."""

    coordinates: tuple[float, ...]  # along each direction, by least squares
    distance: float  # from the slice, as a share of the length of the update; 0 where the slice goes through it
    loss: float  # of the point itself, not of its foot


@dataclass(frozen=True, slots=True, eq=False)
class LineSlice:
    """The loss along one direction; infinite or NaN where the network's numbers are."""

    direction: Direction
    of_directions: int  # how many parameters there are
    shares: Tensor  # (m,) float64, ascending: how far along; 0 is always among them, 1 too along the update
    losses: Tensor  # (m,) float64
    loss_before: float
    after: Place


@dataclass(frozen=True, slots=True, eq=False)
class PlaneSlice:
    """The loss over the plane of two directions; infinite or NaN where the network's numbers are."""

    directions: tuple[Direction, Direction]
    of_directions: int
    shares: tuple[Tensor, Tensor]  # (m,) along the first, (k,) along the second; evenly spaced
    losses: Tensor  # (k, m) float64: a row for each share of the second
    loss_before: float  # at (0, 0), whether that is a point of the grid or not
    after: Place


def update_direction(frozen: FrozenStep) -> Direction:
    """Return what the step added to the parameters."""
    return Direction("update", frozen_copy(frozen.trainer.update.flat))


def gradient_direction(frozen: FrozenStep) -> Direction:
    """Return the gradient of the loss, unclipped and without penalties, as long as the update."""
    gradient, update = frozen.work.gradient.flat, frozen.trainer.update.flat
    length = float(np.linalg.norm(gradient))
    scale = float(np.linalg.norm(update)) / length if length > 0 else 0.0
    return Direction("gradient", frozen_copy(gradient * gradient.dtype.type(scale)))


def random_direction(frozen: FrozenStep, seed: int) -> Direction:
    """Return a random direction, each row of each W as long as that of the weights; the same for the same seed."""
    vector = ParameterVector(frozen.network.parameters.layout, frozen.before.spec.precision)
    rng = np.random.default_rng(seed)
    for address in vector.layout:
        if address.endswith(".W"):
            W = frozen.parameter(address)
            rows = rng.standard_normal((len(W), W[0].size))
            lengths = np.linalg.norm(W.reshape(len(W), -1).astype(np.float64), axis=1)
            rows *= (lengths / np.linalg.norm(rows, axis=1))[:, None]
            vector[address][...] = rows.reshape(W.shape)
    return Direction("random", frozen_copy(vector.flat), seed)


def line_slice(
    frozen: FrozenStep, direction: Direction, *, low: float = -1.0, high: float = 3.0, points: int = 41
) -> LineSlice:
    """Measure the loss at evenly spread points along a direction, and at the exact ones besides."""
    exact = [0.0, 1.0] if direction.name == "update" else [0.0]
    shares = np.unique([*_spread(low, high, points), *exact])
    losses = np.array([_loss_at(frozen, (direction,), (share,)) for share in shares])
    return LineSlice(
        direction=direction,
        of_directions=len(direction.vector),
        shares=frozen_copy(shares),
        losses=frozen_copy(losses),
        loss_before=frozen.loss_of(frozen.before.parameters),
        after=_after(frozen, (direction,)),
    )


def plane_slice(
    frozen: FrozenStep,
    first: Direction,
    second: Direction,
    *,
    low: float = -1.0,
    high: float = 3.0,
    points: int = 17,
) -> PlaneSlice:
    """Measure the loss on a grid of points * points over the plane of two directions."""
    shares = _spread(low, high, points)
    losses = np.array([[_loss_at(frozen, (first, second), (s, t)) for s in shares] for t in shares])
    return PlaneSlice(
        directions=(first, second),
        of_directions=len(first.vector),
        shares=(frozen_copy(shares), frozen_copy(shares)),
        losses=frozen_copy(losses),
        loss_before=frozen.loss_of(frozen.before.parameters),
        after=_after(frozen, (first, second)),
    )


def _spread(low: float, high: float, points: int) -> Tensor:
    if not (2 <= points <= MOST_POINTS and low < high):
        raise ValueError(f"expected 2 to {MOST_POINTS} points from low to high, got {points} from {low} to {high}")
    return np.linspace(low, high, points)


def _loss_at(frozen: FrozenStep, directions: tuple[Direction, ...], shares: tuple[float, ...]) -> float:
    # Shares in the run's precision: a float64 number would turn the parameters into float64 before they are rounded.
    # At share 1 of the update this is the very addition of the step, and at 0 nothing is added.
    with np.errstate(over="ignore", invalid="ignore"):
        parameters = frozen.before.parameters
        for direction, share in zip(directions, shares, strict=True):
            parameters = parameters + direction.vector * parameters.dtype.type(share)
        return frozen.loss_of(parameters)


def _after(frozen: FrozenStep, directions: tuple[Direction, ...]) -> Place:
    """Return where the update ends, seen from the slice: its foot is the nearest point, by least squares."""
    update = frozen.trainer.update.flat.astype(np.float64)
    loss = frozen.loss_of(frozen.network.parameters.flat)
    if directions[0].name == "update":  # exactly
        return Place((1.0, *(0.0 for _ in directions[1:])), 0.0, loss)
    axes = np.stack([direction.vector.astype(np.float64) for direction in directions], axis=1)
    coordinates = np.linalg.lstsq(axes, update, rcond=None)[0]
    length = float(np.linalg.norm(update))
    distance = float(np.linalg.norm(update - axes @ coordinates)) / length if length > 0 else 0.0
    return Place(tuple(float(coordinate) for coordinate in coordinates), distance, loss)
