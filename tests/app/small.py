"""Small things to train: ten pictures seen through noise, a small network, and a clock that tests wind."""

import functools

import numpy as np

from engine.data.dataset import Dataset, Split
from engine.spec import DenseSpec, OptimizerSpec, RunSpec


@functools.cache
def make_toy() -> Dataset:
    """Return a stand-in for MNIST with every class in equal number."""
    rng = np.random.default_rng(11)
    prototypes = rng.integers(0, 256, (10, 784))

    def split(count: int) -> Split:
        labels = rng.permutation(np.arange(count) % 10).astype(np.uint8)
        noise = rng.integers(-80, 81, (count, 784))
        return Split(np.clip(prototypes[labels] + noise, 0, 255).astype(np.uint8), labels)

    return Dataset("mnist", split(200), split(60), (1, 28, 28), tuple("0123456789"))


SMALL = RunSpec(
    layers=(DenseSpec(6), DenseSpec(5, "tanh")), optimizer=OptimizerSpec("momentum", 0.02), batch_size=16, seed=5
)

RUNAWAY = RunSpec(
    layers=(DenseSpec(8, "leaky_relu"), DenseSpec(8, "leaky_relu")),
    optimizer=OptimizerSpec("sgd", 10.0),
    batch_size=16,
    seed=1,
)
"""Diverges within some steps."""


class Clock:
    """Stands still, but for what each look at it takes."""

    def __init__(self, *, a_look: float = 0.0) -> None:
        self.now = 1000.0
        self._a_look = a_look

    def __call__(self) -> float:
        """Return the time."""
        self.now += self._a_look
        return self.now
