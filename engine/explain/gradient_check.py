"""The gradient check: backpropagation's gradient beside one that knows nothing of it.

A derivative can be had without any chain rule, by moving one parameter a little and looking at the loss:

    dL/dp  ~  (L(p + h) - L(p - h)) / 2h                      central differences

It is off by h^2/6 times the third derivative, and by the rounding of the two losses, about epsilon L / h, with epsilon
= 2.2e-16 in float64. The two meet near h = epsilon^(1/3), 6e-6, for numbers of size 1: that is h here, times |p| where
that is larger. In float32 the best h would leave three digits only, so the frozen minibatch is computed in float64, by
a twin of the network with the very same parameters, inputs and masks.

Between p - h and p + h there may be a **kink**, where f has no derivative: z of a ReLU unit changes sign, another pixel
of a pooling window becomes the largest, the margin of a hinge is just kept. Then central differences give some mean of
the slopes on both sides, and no agreement is to be expected; so each kink in between is counted and named.

Sources: Goodfellow, Bengio and Courville, Deep Learning, 11.5 (debugging by finite differences); Nocedal and Wright,
Numerical Optimization, 8.1 (the choice of h).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.activations import HARD_SIGMOID_END
from engine.explain.addresses import Index, check_index
from engine.explain.frozen import FrozenPass, FrozenStep
from engine.parameters import ParameterVector
from engine.pooling import MaxPoolKept

EPSILON = float(np.finfo(np.float64).eps)

KINKS: dict[str, tuple[float, ...]] = {
    "relu": (0.0,),
    "leaky_relu": (0.0,),
    "hard_sigmoid": (-HARD_SIGMOID_END, HARD_SIGMOID_END),
}
"""Where an activation function has no derivative; the others have one everywhere."""

At = tuple[str, Index]
"""One parameter: the address of its tensor, and its index there."""


@dataclass(frozen=True, slots=True)
class Kink:
    """Numbers that went over a kink of one kind, in one layer, between p - h and p + h."""

    where: str  # the layer, or "loss"
    kind: str  # "activation", "pooling" or "loss"
    kink: float | None  # the z of an activation's kink
    count: int  # of numbers that went over it, in the whole minibatch
    index: Index  # the first of them,
    example: int  # and whose it is


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """Two gradients of one parameter that should be one."""

    address: str
    index: Index
    value: float  # p
    h: float
    loss_above: float  # L(p + h), in float64
    loss_below: float  # L(p - h)
    numeric: float  # (loss_above - loss_below) / 2h
    analytic: float  # by backpropagation in float64
    of_run: float  # by backpropagation in the step itself, in its own precision
    relative_error: float  # |numeric - analytic| / the larger of both; 0 where both are 0
    relative_error_of_run: float  # the same with `of_run`
    noise: float
    """How far `numeric` may be off by rounding alone, epsilon L / h: of a gradient this small, little can be said."""
    kinks: tuple[Kink, ...]  # none: the two have to agree


def check_gradient(frozen: FrozenStep, at: Sequence[At], *, h: float | None = None) -> tuple[GradientCheck, ...]:
    """Check the gradient of a frozen step by some parameters, each with two passes forward.

    `h` is the step to either side; without it, one is chosen for each parameter as the module says. Raises KeyError or
    IndexError for what is not there, ValueError for an h that is not positive or is lost in rounding.
    """
    for address, index in at:
        check_index(address, index, frozen.parameter(address).shape)
    passed = frozen.in_float64()
    gradient = ParameterVector(passed.network.parameters.layout, "float64")
    gradient.copy_from(passed.work.gradient)
    parameters = ParameterVector(passed.network.parameters.layout, "float64")
    parameters.copy_from(passed.parameters_before)
    sides = _sides(passed)
    return tuple(_check(frozen, passed, gradient, parameters, sides, address, index, h) for address, index in at)


def random_parameters(frozen: FrozenStep, count: int, seed: int) -> tuple[At, ...]:
    """Choose `count` different parameters at random, each as likely as any other; all, where there are fewer."""
    vector = frozen.network.parameters
    size = vector.flat.size
    rng = np.random.default_rng(seed)
    chosen = rng.choice(size, min(count, size), replace=False)
    starts, start = {}, 0
    for address in vector.layout:
        starts[start] = address
        start += vector[address].size
    ends = np.array(list(starts))
    found = []
    for position in chosen:
        first = int(ends[np.searchsorted(ends, position, side="right") - 1])
        address = starts[first]
        index = np.unravel_index(int(position) - first, vector.layout[address])
        found.append((address, tuple(int(i) for i in index)))
    return tuple(found)


def _check(
    frozen: FrozenStep,
    passed: FrozenPass,
    gradient: ParameterVector,
    parameters: ParameterVector,
    sides: "list[_Side]",
    address: str,
    index: Index,
    h: float | None,
) -> GradientCheck:
    tensor = parameters[address]
    value = float(tensor[index])
    wanted = EPSILON ** (1 / 3) * max(1.0, abs(value)) if h is None else h
    above, below = value + wanted, value - wanted
    if not below < value < above:
        raise ValueError(f"expected a step that {value} can be moved by, got {wanted}")
    tensor[index] = above
    loss_above, sides_above = passed.loss_of(parameters.flat), _sides(passed)
    tensor[index] = below
    loss_below, sides_below = passed.loss_of(parameters.flat), _sides(passed)
    tensor[index] = value
    # p + h is rounded, so the distance is taken of what was in fact used.
    step = (above - below) / 2
    numeric = (loss_above - loss_below) / (2 * step)
    analytic, of_run = float(gradient[address][index]), float(frozen.gradient(address)[index])
    return GradientCheck(
        address=address,
        index=index,
        value=value,
        h=step,
        loss_above=loss_above,
        loss_below=loss_below,
        numeric=numeric,
        analytic=analytic,
        of_run=of_run,
        relative_error=_relative_error(numeric, analytic),
        relative_error_of_run=_relative_error(numeric, of_run),
        noise=EPSILON * max(abs(loss_above), abs(loss_below)) / step,
        kinks=tuple(_crossed(sides, sides_above, sides_below)),
    )


def _relative_error(one: float, other: float) -> float:
    largest = max(abs(one), abs(other))
    return 0.0 if largest == 0 else abs(one - other) / largest


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """On which side of its kinks each number of one tensor is, as copied after a pass."""

    where: str
    kind: str
    kink: float | None
    side: NDArray[Any]  # of a minibatch's shape


def _sides(passed: FrozenPass) -> list[_Side]:
    """Look on which side of every kink the last pass was."""
    sides = []
    for layer, kept in zip(passed.network.layers, passed.work.layers, strict=True):
        kinks = KINKS.get(layer.activation.name, ())
        sides += [_Side(layer.name, "activation", kink, kept.z > kink) for kink in kinks]
        if isinstance(kept, MaxPoolKept):
            sides.append(_Side(layer.name, "pooling", None, kept.won.copy()))
    loss = passed.work.loss
    if loss.settings.name == "mean_absolute_error":
        sides.append(_Side("loss", "loss", 0.0, loss.outputs > loss.targets))
    if loss.settings.name == "mean_hinge":
        true = loss.outputs[np.arange(len(loss.labels)), loss.labels][:, np.newaxis]
        sides.append(_Side("loss", "loss", 0.0, loss.outputs - true + 1 > 0))
    return sides


def _crossed(at: list[_Side], above: list[_Side], below: list[_Side]) -> Iterator[Kink]:
    """Compare the sides at p - h, p and p + h."""
    for here, up, down in zip(at, above, below, strict=True):
        crossed = (up.side != here.side) | (down.side != here.side)
        count = int(np.count_nonzero(crossed))
        if count:
            first = tuple(int(i) for i in np.unravel_index(int(crossed.argmax()), crossed.shape))
            is_row = crossed.ndim == 2
            index, example = (first[1:], first[0]) if is_row else (first[:-1], first[-1])
            yield Kink(here.where, here.kind, here.kink, count, index, example)
