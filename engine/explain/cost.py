"""What a step costs, counted: the arithmetic of forward, backward and update, and of getting a gradient without them.

Two kinds of arithmetic are counted apart. `products`: the multiply-adds in products with weights, one for each time
that a weight meets a number. `elementwise`: everything else that is done number by number, an operation each. For a
minibatch of n examples:

                    products                            elementwise
    dense           forward   n U I                     forward   n U   for the biases, and f
                    backward  n U I for W,              backward  n U   for b, and f'
                              n U I for x
    conv            as dense, with P = U V places of    as dense, and to collect dL_dx from the patches,
                    F channels for U units, and         n P C K K for x
                    C K K for I
    max pool        0                                   forward   4 (S S - 1) a window
                                                        backward  2 S S a window, 3 S S if windows overlap, for x
    average pool    0                                   forward   S S a window
                                                        backward  1 a window, and S S if windows overlap, for x
    norms           0                                   forward   7 a number, and f
                                                        backward  3 a number for gamma and beta, 8 for x, and f'
    residual        0                                   forward   1 a number, and f
                                                        backward  1 a number, for x of the first layer skipped, and f'
    dropout         0                                   forward   1 a number
                                                        backward  1 a number, for x

f counts as one operation a number, f' as two (the slope and the product with it), whatever they are made of. "For x"
is work that the lowest layer that learns, and all below it, need not do. Not counted are moving numbers, drawing random
ones, the loss, and what is done once for a weight, a channel or a group. `products` are half of what PyTorch's counter
of floating-point operations says, which takes a multiplication and an addition for two.

A backward pass costs about two forward passes, however many weights there are. Finite differences find the same
gradient by moving one weight at a time, and need two forward passes for *each*: that is why one uses backpropagation.

Source: Griewank and Walther, Evaluating Derivatives (2008), section 3.3 (the cheap gradient principle); Nielsen, Neural
Networks and Deep Learning, chapter 2, "In what sense is backpropagation a fast algorithm?".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from engine.architecture import Architecture
from engine.checkpoint import Checkpoint
from engine.data.dataset import Dataset
from engine.layer import Shape
from engine.optimizers import OPTIMIZER_OF
from engine.spec import OptimizerSpec, ResidualSpec
from engine.tensors import Tensor
from engine.trainer import Trainer


@dataclass(frozen=True, slots=True)
class Count:
    """Operations of arithmetic."""

    products: int = 0  # multiply-adds in products with weights
    elementwise: int = 0  # everything else, number by number

    @property
    def total(self) -> int:
        """Both kinds together."""
        return self.products + self.elementwise

    def __add__(self, other: "Count") -> "Count":
        return Count(self.products + other.products, self.elementwise + other.elementwise)

    def __mul__(self, times: int) -> "Count":
        return Count(self.products * times, self.elementwise * times)


@dataclass(frozen=True, slots=True)
class LayerCost:
    """What one layer costs in a pass of a minibatch."""

    name: str
    kind: str
    forward: Count
    backward: Count


@dataclass(frozen=True, slots=True)
class StepCost:
    """What one step costs, and what its gradient would cost by finite differences."""

    examples: int
    parameters: int
    layers: tuple[LayerCost, ...]
    forward: Count  # the sum over the layers
    backward: Count  # likewise
    update: Count  # the optimizer, and adding its update to the parameters
    finite_differences: Count  # forward, twice for each parameter


def step_cost(architecture: Architecture, examples: int, optimizer: OptimizerSpec) -> StepCost:
    """Count what one step of training costs with minibatches of so many examples."""
    for_x = _gradient_by_x_is_needed(architecture)
    layers = []
    for position, (name, spec, shape) in enumerate(architecture):
        # A residual addition sends its gradient past the layers it skips, to the x of the first of them.
        asked = for_x[position - spec.skip] if isinstance(spec, ResidualSpec) else for_x[position]
        forward, backward = COUNTS[spec.kind](spec, shape, architecture.shapes[position + 1], asked)
        if getattr(spec, "activation", "linear") != "linear":
            numbers = prod(architecture.shapes[position + 1])
            forward, backward = forward + Count(0, numbers), backward + Count(0, 2 * numbers)
        layers.append(LayerCost(name, spec.kind, forward * examples, backward * examples))
    all_forward = sum((layer.forward for layer in layers), Count())
    count = architecture.parameter_count
    return StepCost(
        examples=examples,
        parameters=count,
        layers=tuple(layers),
        forward=all_forward,
        backward=sum((layer.backward for layer in layers), Count()),
        update=Count(0, update_operations(optimizer) * count),
        finite_differences=all_forward * (2 * count),
    )


def update_operations(settings: OptimizerSpec) -> int:
    """Return how many operations a parameter the update takes, in a step in which the gradient is clipped if it may be.

    Besides the optimizer's rule: the squares of the gradient and of the update are summed, by which a number that is
    not finite is found, and the update is added to the parameters.
    """
    penalized = settings.weight_decay > 0 or settings.l1 > 0
    operations = 2 + RULE_OPERATIONS[settings.name]
    if settings.name != "sgd" or penalized:  # otherwise the squares of the update follow from those of the gradient
        operations += 1
    if settings.clip_norm > 0:
        operations += 1
    if penalized:
        operations += 1 if settings.l1 == 0 else 2 if settings.weight_decay == 0 else 4
        operations += 1 if OPTIMIZER_OF[settings.name].penalty_in_gradient else 2
    return operations


RULE_OPERATIONS = {"sgd": 1, "momentum": 3, "nesterov": 5, "adagrad": 7, "rmsprop": 8, "adam": 11, "adamw": 11}
"""What each rule does with every parameter, one operation after the other: see `engine.optimizers`."""


def _gradient_by_x_is_needed(architecture: Architecture) -> tuple[bool, ...]:
    """Return, for each layer, whether one below it learns, so that the gradient has to be carried down to it."""
    layout, needed, learns_below = architecture.layout(), [], False
    for name, _, _ in architecture:
        needed.append(learns_below)
        learns_below = learns_below or any(address.startswith(f"{name}.") for address in layout)
    return tuple(needed)


# One function a kind of layer: the operations of forward and of backward for one example, f and f' apart.


def _dense(spec: Any, shape: Shape, out: Shape, for_x: bool) -> tuple[Count, Count]:
    products = out[0] * shape[0]
    return Count(products, out[0]), Count(products * (1 + for_x), out[0])


def _conv(spec: Any, shape: Shape, out: Shape, for_x: bool) -> tuple[Count, Count]:
    places, patch = out[1] * out[2], shape[0] * spec.kernel**2
    products, numbers = out[0] * places * patch, prod(out)
    return Count(products, numbers), Count(products * (1 + for_x), numbers + places * patch * for_x)


def _max_pool(spec: Any, shape: Shape, out: Shape, for_x: bool) -> tuple[Count, Count]:
    windows, area, overlap = prod(out), spec.size**2, spec.stride < spec.size
    return Count(0, windows * 4 * (area - 1)), Count(0, windows * area * (2 + overlap) * for_x)


def _average_pool(spec: Any, shape: Shape, out: Shape, for_x: bool) -> tuple[Count, Count]:
    windows, area, overlap = prod(out), spec.size**2, spec.stride < spec.size
    return Count(0, windows * area), Count(0, windows * (1 + area * overlap) * for_x)


def _normalization(spec: Any, shape: Shape, out: Shape, for_x: bool) -> tuple[Count, Count]:
    return Count(0, 7 * prod(out)), Count(0, (3 + 8 * for_x) * prod(out))


def _residual(spec: Any, shape: Shape, out: Shape, for_x: bool) -> tuple[Count, Count]:
    return Count(0, prod(out)), Count(0, prod(out) * for_x)


def _dropout(spec: Any, shape: Shape, out: Shape, for_x: bool) -> tuple[Count, Count]:
    return Count(0, prod(out)), Count(0, prod(out) * for_x)


def _nothing(spec: Any, shape: Shape, out: Shape, for_x: bool) -> tuple[Count, Count]:
    return Count(), Count()


COUNTS: dict[str, Callable[[Any, Shape, Shape, bool], tuple[Count, Count]]] = {
    "images": _nothing,
    "dense": _dense,
    "conv": _conv,
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "flatten": _nothing,
    "dropout": _dropout,
    "batch_norm": _normalization,
    "layer_norm": _normalization,
    "residual": _residual,
}
"""The formulas above, by the kind of layer."""


class StepPieces:
    """The step after a checkpoint, cut into pieces that can each be run again and again, by whoever has a clock.

    Everything is private: no run is disturbed. Each piece does what the step does at that place, on the same numbers.
    """

    def __init__(self, before: Checkpoint, dataset: Dataset) -> None:
        self._trainer = trainer = Trainer.from_checkpoint(before, dataset)
        self._after: Tensor = np.empty_like(trainer.network.parameters.flat)
        self._weight = 0
        trainer.load(trainer.step_count)
        self.forward()
        self.loss()
        self.backward()

    def forward(self) -> None:
        """Carry the minibatch to the outputs."""
        self._trainer.network.forward(self._trainer.work)

    def loss(self) -> None:
        """Compute the loss and its gradient by the outputs."""
        self._trainer.work.loss.forward()
        self._trainer.work.loss.backward()

    def backward(self) -> None:
        """Carry the gradient back."""
        self._trainer.network.backward(self._trainer.work)

    def update(self) -> None:
        """Make the update and add it to the parameters; the sum goes elsewhere, so that the pieces stay as they are."""
        trainer, gradient = self._trainer, self._trainer.work.gradient.flat
        trainer.optimizer.step(gradient, float(gradient.dot(gradient)), out=trainer.update.flat)
        np.add(trainer.network.parameters.flat, trainer.update.flat, out=self._after)

    def finite_difference(self) -> None:
        """Do what finite differences do for *one* parameter, each time the next one: the loss on both sides of it."""
        trainer, parameters = self._trainer, self._trainer.network.parameters.flat
        at, start = self._weight, parameters[self._weight]
        for moved in (start + DISTANCE, start - DISTANCE):
            parameters[at] = moved
            trainer.network.forward(trainer.work)
            trainer.work.loss.forward()
        parameters[at] = start
        self._weight = (at + 1) % len(parameters)

    @property
    def pieces(self) -> Mapping[str, Callable[[], None]]:
        """The pieces by name; `finite_difference` has to be done as often as there are parameters."""
        return {
            "forward": self.forward,
            "loss": self.loss,
            "backward": self.backward,
            "update": self.update,
            "finite_difference": self.finite_difference,
        }


DISTANCE = 1e-3
"""How far a parameter is moved; for what it costs any distance would do."""
