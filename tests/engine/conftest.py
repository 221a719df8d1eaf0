"""What the engine's tests share: a small learnable data set, the real one, and short runs."""

import numpy as np
import pytest

from engine.data.dataset import Dataset, Split
from engine.data.mnist import load_mnist
from engine.spec import DenseSpec, OptimizerSpec, RunSpec


@pytest.fixture(scope="session")
def toy() -> Dataset:
    """A stand-in for MNIST: ten random pictures, each seen through noise."""
    rng = np.random.default_rng(7)
    prototypes = rng.integers(0, 256, (10, 784))

    def split(count: int) -> Split:
        labels = rng.integers(0, 10, count).astype(np.uint8)
        noise = rng.integers(-80, 81, (count, 784))
        return Split(np.clip(prototypes[labels] + noise, 0, 255).astype(np.uint8), labels)

    return Dataset("mnist", split(203), split(57), (1, 28, 28), tuple("0123456789"))


@pytest.fixture(scope="session")
def mnist() -> Dataset:
    return load_mnist()


@pytest.fixture
def small_spec() -> RunSpec:
    layers = (DenseSpec(12, "relu"), DenseSpec(9, "tanh"))
    return RunSpec(layers=layers, optimizer=OptimizerSpec("momentum", 0.01, 0.9), batch_size=16, seed=3)
