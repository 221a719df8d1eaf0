"""Optimizers: from the gradient to the update, the vector that is then added to the parameters.

An optimizer knows no layers, only flat vectors. `step` writes the update into an array it is given; what it needs from
step to step is its `state` (vectors as long as the parameters) and its `scalars`, together all that a checkpoint saves.
"""

from math import sqrt
from typing import Protocol

import numpy as np

from engine.spec import OptimizerSpec
from engine.tensors import Tensor


class Optimizer(Protocol):
    """Turns gradients into updates."""

    settings: OptimizerSpec
    state: dict[str, Tensor]
    scalars: dict[str, float]

    def step(self, gradient: Tensor, *, out: Tensor) -> None:
        """Write the update for this gradient into `out`."""


class SGD:
    """Stochastic gradient descent: a step against the gradient (Robbins and Monro, 1951).

    update = -learning_rate * gradient
    """

    def __init__(self, settings: OptimizerSpec, parameters: Tensor) -> None:
        self.settings = settings
        self.state: dict[str, Tensor] = {}
        self.scalars: dict[str, float] = {}

    def step(self, gradient: Tensor, *, out: Tensor) -> None:
        """Write the update for this gradient into `out`."""
        np.multiply(gradient, -self.settings.learning_rate, out=out)


class Momentum:
    """SGD with a memory: the velocity is a decaying sum of past gradients (Polyak, 1964).

        v <- momentum * v + gradient
        update = -learning_rate * v

    In the form of Sutskever et al. (ICML 2013) with the learning rate outside of the velocity, as in PyTorch, so that
    a change of the learning rate acts at once.
    """

    def __init__(self, settings: OptimizerSpec, parameters: Tensor) -> None:
        self.settings = settings
        self._velocity: Tensor = np.zeros_like(parameters)
        self.state: dict[str, Tensor] = {"velocity": self._velocity}
        self.scalars: dict[str, float] = {}

    def step(self, gradient: Tensor, *, out: Tensor) -> None:
        """Write the update for this gradient into `out`."""
        velocity = self._velocity
        np.multiply(velocity, self.settings.momentum, out=velocity)
        np.add(velocity, gradient, out=velocity)
        np.multiply(velocity, -self.settings.learning_rate, out=out)


class Adam:
    """Steps scaled for each parameter by the recent size of its gradient (Kingma and Ba, ICLR 2015, algorithm 1).

        m <- beta1 m + (1 - beta1) gradient               mean of recent gradients
        v <- beta2 v + (1 - beta2) gradient^2             mean of their squares
        update = -learning_rate (m / c1) / (sqrt(v / c2) + epsilon)

    m and v start at zero, which makes them too small at first by the factors c1 = 1 - beta1^t and c2 = 1 - beta2^t.
    Here beta1^t is kept as a running product, which stays right when beta1 is changed during a run.
    """

    def __init__(self, settings: OptimizerSpec, parameters: Tensor) -> None:
        self.settings = settings
        self._m: Tensor = np.zeros_like(parameters)
        self._v: Tensor = np.zeros_like(parameters)
        self._scratch: Tensor = np.zeros_like(parameters)
        self.state: dict[str, Tensor] = {"m": self._m, "v": self._v}
        self.scalars: dict[str, float] = {"beta1_product": 1.0, "beta2_product": 1.0}

    def step(self, gradient: Tensor, *, out: Tensor) -> None:
        """Write the update for this gradient into `out`."""
        settings, scalars = self.settings, self.scalars
        m, v, scratch = self._m, self._v, self._scratch
        scalars["beta1_product"] *= settings.beta1
        scalars["beta2_product"] *= settings.beta2
        np.multiply(m, settings.beta1, out=m)
        np.multiply(gradient, 1 - settings.beta1, out=scratch)
        np.add(m, scratch, out=m)
        np.multiply(v, settings.beta2, out=v)
        np.multiply(gradient, gradient, out=scratch)
        np.multiply(scratch, 1 - settings.beta2, out=scratch)
        np.add(v, scratch, out=v)
        # Numerator and denominator are both multiplied by sqrt(c2): one pass over the vector less.
        root_c2 = sqrt(1 - scalars["beta2_product"])
        np.sqrt(v, out=scratch)
        np.add(scratch, settings.epsilon * root_c2, out=scratch)
        np.divide(m, scratch, out=out)
        np.multiply(out, -settings.learning_rate * root_c2 / (1 - scalars["beta1_product"]), out=out)


def create_optimizer(settings: OptimizerSpec, parameters: Tensor) -> Optimizer:
    """Return a fresh optimizer for a vector of parameters."""
    optimizer_of: dict[str, type[SGD] | type[Momentum] | type[Adam]] = {"sgd": SGD, "momentum": Momentum, "adam": Adam}
    return optimizer_of[settings.name](settings, parameters)
