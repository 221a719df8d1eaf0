"""Frozen steps of small networks of every kind, for the tests of all that opens one."""

from dataclasses import replace
from typing import Any

import numpy as np

from engine.data.catalogue import make
from engine.data.dataset import Dataset, Split
from engine.explain.frozen import FrozenStep
from engine.spec import (
    AugmentationSpec,
    AveragePool2DSpec,
    BatchNormSpec,
    Conv2DSpec,
    DatasetSpec,
    DenseSpec,
    DropoutSpec,
    FlattenSpec,
    LayerNormSpec,
    LayerSpec,
    LossSpec,
    MaxPool2DSpec,
    OptimizerSpec,
    ResidualSpec,
    RunSpec,
)
from engine.trainer import Trainer

DENSE = (DenseSpec(7, "relu"), DenseSpec(6, "tanh"), DenseSpec(5, "leaky_relu"))
IMAGES = (
    Conv2DSpec(3, 3, padding=1, activation="relu"),
    BatchNormSpec("tanh"),
    Conv2DSpec(3, 3, stride=1, padding=1, activation="linear"),
    ResidualSpec(2, "relu"),
    MaxPool2DSpec(3, 2),
    Conv2DSpec(4, 2, stride=2, activation="elu"),
    LayerNormSpec(),
    FlattenSpec(),
    DenseSpec(6, "hard_sigmoid"),
    DropoutSpec(0.3),
)
NETWORKS = {
    "dense": DENSE,
    "images": IMAGES,
    "averages": (Conv2DSpec(2, 3), AveragePool2DSpec(), FlattenSpec(), DenseSpec(5, "sigmoid")),
    "normalized": (
        DenseSpec(6, "linear"),
        BatchNormSpec("relu"),
        DropoutSpec(0.5),
        DenseSpec(6, "silu"),
        LayerNormSpec("tanh"),
        DenseSpec(6, "linear"),
        ResidualSpec(2, "softplus"),
    ),
}
REGRESSION = DatasetSpec("plane", count=60)


def pictures(seed: int = 0, channels: int = 1, side: int = 8, classes: int = 4) -> Dataset:
    """Small random pictures under the name of the real data set."""
    rng = np.random.default_rng(seed)
    shape = (channels, side, side)

    def split(count: int) -> Split:
        labels = rng.integers(0, classes, count).astype(np.uint8)
        return Split(rng.integers(0, 256, (count, channels * side * side)).astype(np.uint8), labels)

    return Dataset("mnist", split(40), split(20), shape, tuple("0123456789")[:classes])


def spec_of(network: str = "dense", **changes: Any) -> RunSpec:
    """A run of a small network; every parameter can be moved, as biases are not 0 after a few steps."""
    spec = RunSpec(
        layers=NETWORKS[network],
        augmentation=AugmentationSpec(shift=1.0, rotation=10.0, noise=0.05),
        optimizer=OptimizerSpec("momentum", learning_rate=0.1, momentum=0.9),
        batch_size=6,
        seed=5,
    )
    return replace(spec, **changes)


def freeze(spec: RunSpec, dataset: Dataset | None = None, *, steps: int = 3) -> FrozenStep:
    """Train for a few steps and freeze the next one."""
    trainer = Trainer(spec, dataset or pictures())
    for _ in range(steps):
        trainer.step()
    return FrozenStep(trainer.checkpoint(), trainer.dataset)


def frozen_of(network: str = "dense", *, steps: int = 3, **changes: Any) -> FrozenStep:
    return freeze(spec_of(network, **changes), steps=steps)


def frozen_regression(layers: tuple[LayerSpec, ...] = DENSE, *, steps: int = 3, **changes: Any) -> FrozenStep:
    """A step of a network that learns target values."""
    spec = spec_of(
        dataset=REGRESSION,
        augmentation=AugmentationSpec(),
        loss=LossSpec("mean_squared_error"),
        layers=layers,
        **changes,
    )
    return freeze(spec, make(REGRESSION), steps=steps)
