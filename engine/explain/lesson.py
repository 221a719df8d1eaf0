"""A lesson: steps of plain gradient descent on one example alone, and a look at what one would do before it is taken.

    W <- W - rate * dL/dW

L is the loss of this example with this label, whatever else the network knows. Nothing else has a part in it: no
momentum, no weight decay, no other examples. The network is taken as it is used, not as it is trained: nothing is
dropped, and batch normalization goes by its running statistics, which stay as they are.

A preview takes the very same step, in the same arrays, looks, and puts every bit back.

Source: one step of gradient descent, Rumelhart, Hinton and Williams, Learning representations by back-propagating
errors, Nature 1986, equation 8 without its momentum.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.divergence import first_bad_tensor
from engine.errors import Diverged
from engine.network import Network, Workspace
from engine.parameters import ParameterVector
from engine.probes import root_mean_square
from engine.tensors import Tensor, frozen_copy

MOST_WEIGHTS = 8
"""Weights that a preview names."""

FACTORS = tuple(10.0 ** (power / 4) for power in range(-8, 5))
"""Steps of other lengths that a preview takes, as multiples of its learning rate: a hundredth to ten times."""

MOST_LEARNING_RATE = 10.0


@dataclass(frozen=True, slots=True)
class RatePoint:
    """What a step of some length makes of the network's answer."""

    learning_rate: float
    prob: float  # of the taught label
    prediction: int


@dataclass(frozen=True, slots=True)
class LayerMove:
    """How far one step moves one layer."""

    layer: str
    parameters: int
    moved: int  # how many of them change at all
    gradient_rms: float
    share: float  # of the squared length of the whole step; 0 where there is no step


@dataclass(frozen=True, slots=True)
class WeightMove:
    """One weight that a step moves far."""

    address: str
    index: tuple[int, ...]
    before: float
    after: float


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What one step would do."""

    loss: float  # before it
    before: Tensor  # (classes,) probabilities
    after: Tensor
    curve: tuple[RatePoint, ...]  # those steps that are finite
    layers: tuple[LayerMove, ...]  # that have parameters, first to last
    weights: tuple[WeightMove, ...]  # the farthest first


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """What a lesson did."""

    steps: int
    agrees: bool
    before: Tensor
    after: Tensor


class Lesson:
    """Teaches one network of classes. Only `teach` changes its parameters for good."""

    def __init__(self, network: Network) -> None:
        if not network.classification:
            raise ValueError("expected a network of classes")
        self._network = network
        self._work: Workspace = network.workspace(1)
        self._saved = ParameterVector(network.parameters.layout, network.precision)
        self._update = ParameterVector(network.parameters.layout, network.precision)

    @np.errstate(over="ignore", invalid="ignore")
    def preview(self, x: Tensor, label: int, rate: float) -> Preview:
        """Return what one step at this learning rate would do, for an example x (inputs,) as it enters the network.

        Raises Diverged if the step, or what the network then says, is not finite.
        """
        parameters, saved = self._network.parameters, self._saved
        saved.copy_from(parameters)
        loss = self._begin(x, label)
        before = frozen_copy(self._work.loss.probs[0])
        self._backward(loss)
        try:
            self._descend(saved.flat, rate)
            self._forward()
            after = frozen_copy(self._work.loss.probs[0])
            layers, weights = self._layers(), self._weights()
            curve = tuple(self._points(label, rate))
        finally:
            parameters.copy_from(saved)
        return Preview(loss, before, after, curve, layers, weights)

    @np.errstate(over="ignore", invalid="ignore")
    def teach(self, x: Tensor, label: int, rate: float, *, steps: int = 1, until_agrees: bool = False) -> Taught:
        """Take so many steps; or, until the network agrees, only as many as it takes until it reads the label.

        Raises Diverged, with every parameter as it was, if a number is not finite.
        """
        parameters = self._network.parameters
        self._saved.copy_from(parameters)
        taken = 0
        loss = self._begin(x, label)
        before = frozen_copy(self._work.loss.probs[0])
        try:
            while taken < steps and not (until_agrees and self._reads(label)):
                self._backward(loss)
                self._descend(parameters.flat, rate)
                loss = self._forward()
                taken += 1
        except Diverged:
            parameters.copy_from(self._saved)
            raise
        return Taught(taken, self._reads(label), before, frozen_copy(self._work.loss.probs[0]))

    def _begin(self, x: Tensor, label: int) -> float:
        classes = self._work.loss.outputs.shape[1]
        if not 0 <= label < classes:
            raise ValueError(f"expected a label from 0 to {classes - 1}, got {label}")
        np.copyto(self._work.x[0], x)
        self._work.loss.labels[0] = label
        return self._forward()

    def _forward(self) -> float:
        """Send the example forward; return its loss, or raise Diverged."""
        work = self._work
        self._network.forward(work)
        loss = work.loss.forward()
        if not (math.isfinite(loss) and np.isfinite(work.loss.probs).all()):
            raise Diverged(0, first_bad_tensor(self._network, work, loss))
        return loss

    def _backward(self, loss: float) -> None:
        work = self._work
        work.loss.backward()
        self._network.backward(work)
        if not math.isfinite(_squares(work.gradient.flat)):
            raise Diverged(0, first_bad_tensor(self._network, work, loss))

    def _descend(self, start: Tensor, rate: float) -> None:
        """Set the parameters to a step down the gradient from `start`, which may be the parameters themselves."""
        parameters, update = self._network.parameters.flat, self._update.flat
        np.multiply(self._work.gradient.flat, -rate, out=update)
        np.add(start, update, out=parameters)
        # Training relies on parameters that are small enough to be squared (see Trainer.step).
        if not math.isfinite(_squares(parameters)):
            raise Diverged(0, "update")

    def _reads(self, label: int) -> bool:
        return int(self._work.loss.predictions[0]) == label

    def _points(self, label: int, rate: float) -> Iterator[RatePoint]:
        """Take steps of other lengths from the same place along the same gradient."""
        for other in sorted({min(rate * factor, MOST_LEARNING_RATE) for factor in FACTORS}):
            try:
                self._descend(self._saved.flat, other)
                self._forward()
            except Diverged:
                continue
            loss = self._work.loss
            yield RatePoint(other, float(loss.probs[0, label]), int(loss.predictions[0]))

    def _layers(self) -> tuple[LayerMove, ...]:
        whole = _squares(self._update.flat)
        moves = []
        for layer in self._network.layers:
            addresses = [f"{layer.name}.{name}" for name in layer.parameters]
            if not addresses:
                continue
            update, gradient, before, after = (
                np.concatenate([vector[address].reshape(-1) for address in addresses])
                for vector in (self._update, self._work.gradient, self._saved, self._network.parameters)
            )
            moves.append(
                LayerMove(
                    layer=layer.name,
                    parameters=len(update),
                    moved=int(np.count_nonzero(before != after)),
                    gradient_rms=root_mean_square(gradient),
                    share=_squares(update) / whole if whole else 0.0,
                )
            )
        return tuple(moves)

    def _weights(self) -> tuple[WeightMove, ...]:
        """Return the weights that move farthest; biases are none."""
        found: list[tuple[float, str, int]] = []
        for address in self._saved.layout:
            if not address.endswith(".W"):
                continue
            moved = np.abs(self._network.parameters[address] - self._saved[address]).reshape(-1)
            count = min(MOST_WEIGHTS, moved.size)
            farthest = np.argpartition(moved, moved.size - count)[moved.size - count :]
            found += [(float(moved[at]), address, int(at)) for at in farthest if moved[at] > 0]
        found.sort(key=lambda move: (-move[0], move[1], move[2]))
        return tuple(self._weight(address, at) for _, address, at in found[:MOST_WEIGHTS])

    def _weight(self, address: str, at: int) -> WeightMove:
        before, after = self._saved[address], self._network.parameters[address]
        index = tuple(int(position) for position in np.unravel_index(at, before.shape))
        return WeightMove(address, index, float(before[index]), float(after[index]))


def _squares(vector: Tensor) -> float:
    return float(vector.dot(vector))
