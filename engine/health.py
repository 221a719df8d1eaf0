"""Health: what is wrong with a run, from what its last minibatch left behind, and why.

Nothing is guessed from a curve. A finding names a layer, a kind of trouble, its cause, and the measured numbers it was
concluded from, which are past a threshold that stands below, by name. Kinds and causes are codes; sentences are made of
them elsewhere.

    kind                 cause              when
    dead_units           negative_z         f'(z) = 0 for every example (at every place of a channel), where f is flat
                                            on the left only: nothing is learned until layers below move its z
                         saturation         ... where f is flat on both sides
    saturated_units      the same two       |f'(z)| < SATURATED of its largest value for every example, but not dead
    vanishing_gradient                      the gradient by z is shorter than LEAST_GRADIENT of that of the output
                                            layer, and most of it was lost at f':
                         dead_units         ... where f'(z) = 0 nearly everywhere
                         saturation         ... where most slopes are below SATURATED of the largest
                         small_slopes       ... where they are not, but f has no larger ones (sigmoid: 1/4 at most)
                         small_weights      or most of it was lost on the way through W
    exploding_gradient   large_weights      it is longer than MOST_GRADIENT of that of the output layer
                         not_finite         it is no number any more
    large_update         large_gradient     an update changes W by more than MOST_UPDATE of its size, for a gradient
                                            that is larger than W itself
                         large_rate         or for one that is not
    identical_units      symmetry           hidden units with equal weights and equal gradients: they stay copies

The length of a gradient is that of one example, sqrt(sum over its entries of squares), as root mean square over the
minibatch: the quantity that initializers are made to keep from layer to layer. On the way down each layer multiplies it
by its f' part, |dL_dz| / |dL_da|, and by its W part, |dL_dx| / |dL_dz|, so at any layer it is the product of all parts
above and of its own f' part; what lost more is the cause. No one layer is to blame for a product.

Sources: Glorot and Bengio, AISTATS 2010, section 4 (saturation); Pascanu, Mikolov and Bengio, ICML 2013, section 2
(vanishing and exploding as a product of factors); Lu, Shin, Su and Karniadakis, Dying ReLU and Initialization, 2019;
Karpathy, CS231n, "Ratio of weights:updates", whose rule of thumb for the last is 1e-3.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import Minibatcher
from engine.layer import Kept, Layer
from engine.network import Workspace
from engine.probes import root_mean_square
from engine.tensors import Indices, Tensor, frozen_copy
from engine.trainer import Trainer

SATURATED = 0.05
"""Of the largest slope of f: sigmoid is saturated from |z| = 4.4, tanh from 2.2, ELU left of -3."""

LARGEST_SLOPE = {
    "elu": 1.0,
    "gelu": 1.13,
    "hard_sigmoid": 1 / 6,
    "sigmoid": 0.25,
    "silu": 1.1,
    "softplus": 1.0,
    "tanh": 1.0,
}
"""Of the functions that can be saturated. A ReLU is dead or alive, a leaky one never flat."""

FLAT_ON_BOTH_SIDES = {"sigmoid", "tanh", "hard_sigmoid"}

LEAST_GRADIENT = 1e-3
MOST_GRADIENT = 1e2
MOST_UPDATE = 0.1

NEARLY_ALL = 0.9
"""From which share of zeros among slopes on nothing else has to be looked for."""

EQUAL = 1e-3
"""How much units may differ, relative to their size, and still be copies: rounding makes them differ a little."""


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """Something that is wrong with a layer, why, and from which numbers that was concluded."""

    kind: str
    layer: str
    cause: str
    evidence: Mapping[str, float]
    units: Indices = field(default_factory=lambda: _indices(()))
    """Which units, or channels; none where it is about the layer as a whole."""


class HealthCheck:
    """Examines one trainer, which it never changes.

    A unit that is silent for one minibatch may only be rare. With `held_out` examples of the test split a unit counts
    as dead or saturated only if it is so for all of them as well.
    """

    def __init__(self, trainer: Trainer, held_out: int = 0) -> None:
        self._trainer = trainer
        count = min(held_out, len(trainer.dataset.test))
        self._held_out: Workspace | None = None
        if count > 0:
            self._held_out = work = trainer.network.workspace(count)
            Minibatcher(trainer.dataset.test, work.x, work.loss).gather(np.arange(count))

    @np.errstate(over="ignore", invalid="ignore")  # after a divergence there are bad numbers to find
    def findings(self) -> tuple[Finding, ...]:
        """Return what is wrong after the last step, the lowest layer first; nothing before the first step."""
        trainer = self._trainer
        if trainer.last_record is None:
            return ()
        if self._held_out is not None:
            trainer.network.forward(self._held_out)
        return (
            *self._silent_units(),
            *_strange_gradients(trainer),
            *_large_updates(trainer),
            *_identical_units(trainer),
        )

    def _silent_units(self) -> Iterator[Finding]:
        trainer = self._trainer
        for position, layer in enumerate(trainer.network.layers):
            if layer.activation.is_identity:
                continue
            examples, steepest = len(trainer.work), _steepest(trainer.work.layers[position].slope)
            if self._held_out is not None:
                examples += len(self._held_out)
                kept = self._held_out.layers[position]
                layer.activation.slope(kept.z, kept.a, kept.slope, kept.scratch)
                steepest = np.maximum(steepest, _steepest(kept.slope))
            dead = steepest == 0
            limit = SATURATED * LARGEST_SLOPE.get(layer.activation.name, 0.0)
            saturated = (steepest < limit) & ~dead
            cause = "saturation" if layer.activation.name in FLAT_ON_BOTH_SIDES else "negative_z"
            for kind, silent in (("dead_units", dead), ("saturated_units", saturated)):
                if silent.any():
                    count = int(np.count_nonzero(silent))
                    evidence = {
                        "units": count,
                        "of_units": len(silent),
                        "examples": examples,
                        "largest_slope": float(steepest[silent].max()),
                    }
                    yield _finding(kind, layer, cause, evidence, np.flatnonzero(silent))


def _steepest(slope: Tensor) -> Tensor:
    """Return the largest |f'(z)| of each unit or channel."""
    others = tuple(axis for axis in range(slope.ndim) if axis != (1 if slope.ndim == 2 else 0))
    steepest: Tensor = np.abs(slope).max(axis=others)
    return steepest


def _strange_gradients(trainer: Trainer) -> Iterator[Finding]:
    """Follow the gradient from the output down; say what became too short or too long, and where it was lost."""
    found = []
    pairs = _learning(trainer)
    output, slope_part, weight_part = _length(pairs[-1][1].dL_dz), 1.0, 1.0
    lost: tuple[float, Layer, Kept] | None = None  # the f' part that let least through
    arrived = output  # the length that the last layer looked at passed on
    for layer, kept in reversed(pairs):
        coming, going = _length(kept.dL_da), _length(kept.dL_dz)
        if kept is not pairs[-1][1]:  # the output layer's own f' is above where the comparison begins
            weight_part *= _part(coming, arrived)
            slope_part *= (part := _part(going, coming))
            if lost is None or part < lost[0]:
                lost = (part, layer, kept)
        arrived = going
        if not layer.parameters:
            continue
        if not all(math.isfinite(root_mean_square(gradient)) for gradient in (kept.dL_dz, *kept.gradients.values())):
            found.append(_finding("exploding_gradient", layer, "not_finite", {}))
        elif output > 0 and lost is not None:
            ratio = going / output
            evidence = {"ratio": ratio, "slope_part": slope_part, "weight_part": weight_part, "dL_dz": going}
            if ratio < LEAST_GRADIENT:
                cause = _cause_at_slopes(*lost[1:]) if slope_part <= weight_part else "small_weights"
                found.append(_finding("vanishing_gradient", layer, cause, evidence))
            elif ratio > MOST_GRADIENT:
                found.append(_finding("exploding_gradient", layer, "large_weights", evidence))
    yield from reversed(found)


def _learning(trainer: Trainer) -> list[tuple[Layer, Kept]]:
    """Return the layers from the lowest one that learns: below it no gradient is computed."""
    pairs = list(zip(trainer.network.layers, trainer.work.layers, strict=True))
    lowest = next(position for position, (layer, _) in enumerate(pairs) if layer.parameters)
    return pairs[lowest:]


def _length(gradient: Tensor) -> float:
    """Return the length of one example's gradient, as root mean square over the minibatch."""
    flat = gradient.reshape(-1)
    return math.sqrt(float(flat.dot(flat)) / (len(gradient) if gradient.ndim == 2 else gradient.shape[-1]))


def _part(after: float, before: float) -> float:
    return after / before if before > 0 else 1.0  # what nothing comes to cannot lose any


def _cause_at_slopes(layer: Layer, kept: Kept) -> str:
    """Say why so little came through f' in a layer."""
    if np.mean(kept.slope == 0) > NEARLY_ALL:
        return "dead_units"
    limit = SATURATED * LARGEST_SLOPE.get(layer.activation.name, 0.0)
    return "saturation" if np.mean(np.abs(kept.slope) < limit) > 0.5 else "small_slopes"


def _large_updates(trainer: Trainer) -> Iterator[Finding]:
    """Compare the last update of each W with the W that it was added to."""
    for layer, kept in zip(trainer.network.layers, trainer.work.layers, strict=True):
        if "W" not in layer.parameters:
            continue
        update = trainer.update[f"{layer.name}.W"]
        size, gradient = root_mean_square(layer.parameters["W"] - update), root_mean_square(kept.gradients["W"])
        changed = root_mean_square(update)
        if size > 0 and changed > MOST_UPDATE * size and math.isfinite(changed + gradient):
            rate = trainer.last_record.learning_rate if trainer.last_record is not None else 0.0
            evidence = {"ratio": changed / size, "W": size, "dL_dW": gradient, "rate": rate}
            yield _finding("large_update", layer, "large_gradient" if gradient > size else "large_rate", evidence)


def _identical_units(trainer: Trainer) -> Iterator[Finding]:
    """Look for units that have equal weights and get equal gradients; those of the output have each its own target."""
    for layer, kept in zip(trainer.network.layers[:-1], trainer.work.layers[:-1], strict=True):
        if "W" not in layer.parameters or layer.units < 2:
            continue
        rows, gradients = (_rows(tensors["W"], tensors["b"]) for tensors in (layer.parameters, kept.gradients))
        copies = _copies(rows, gradients)
        if copies.any():
            evidence = {"units": int(np.count_nonzero(copies)), "of_units": layer.units}
            yield _finding("identical_units", layer, "symmetry", evidence, np.flatnonzero(copies))


def _rows(W: Tensor, b: Tensor) -> Tensor:
    return np.concatenate([W.reshape(len(W), -1), b[:, None]], axis=1)


def _copies(*tables: Tensor) -> NDArray[np.bool_]:
    """Return which rows are, in every table, equal to some other one.

    Equal rows have equal products with any vector, so they are neighbours when rows are sorted by that: one pass over
    the rows instead of one over all pairs of them.
    """
    first = tables[0]
    order = np.argsort(first @ np.cos(np.arange(first.shape[1])).astype(first.dtype), kind="stable")
    equal = np.ones(len(first) - 1, np.bool_)
    for table in tables:
        rows = table[order]
        equal &= np.abs(rows[1:] - rows[:-1]).max(axis=1) <= EQUAL * np.abs(rows[1:]).max(axis=1)
    copies = np.zeros(len(first), np.bool_)
    copies[order[1:]] |= equal
    copies[order[:-1]] |= equal
    return copies


def _finding(
    kind: str, layer: Layer, cause: str, evidence: Mapping[str, float], units: Indices | tuple[()] = ()
) -> Finding:
    return Finding(kind, layer.name, cause, MappingProxyType(dict(evidence)), _indices(units))


def _indices(units: Indices | tuple[()]) -> Indices:
    return frozen_copy(np.asarray(units, np.intp))
