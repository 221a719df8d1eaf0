"""The layers of a network as plain data. `kind` tells them apart; what a kind computes is in the module of its name."""

from dataclasses import dataclass, field
from typing import Any

from engine.activations import ACTIVATIONS
from engine.errors import SpecError
from engine.spec.fields import choice, fields_of, integer, items, number

MOST_LAYERS = 16
MOST_UNITS = 1024
MOST_CHANNELS = 64
MOST_KERNEL = 15
MOST_STRIDE = 8
MOST_DROPOUT = 0.95


def _kind(name: str) -> str:
    kind: str = field(default=name, init=False)
    return kind


@dataclass(frozen=True, slots=True)
class DenseSpec:
    """Every unit is connected to every input: `engine.layers`."""

    units: int
    activation: str = "relu"
    kind: str = _kind("dense")


@dataclass(frozen=True, slots=True)
class Conv2DSpec:
    """One small kernel a channel slides over the image: `engine.convolution`."""

    channels: int
    kernel: int = 5
    stride: int = 1
    padding: int = 0
    activation: str = "relu"
    kind: str = _kind("conv")


@dataclass(frozen=True, slots=True)
class MaxPool2DSpec:
    """The largest of each window: `engine.pooling`."""

    size: int = 2
    stride: int = 2
    kind: str = _kind("max_pool")


@dataclass(frozen=True, slots=True)
class AveragePool2DSpec:
    """The mean of each window: `engine.pooling`."""

    size: int = 2
    stride: int = 2
    kind: str = _kind("average_pool")


@dataclass(frozen=True, slots=True)
class FlattenSpec:
    """An image becomes a row of numbers, channel by channel, line by line: `engine.reshaping`."""

    kind: str = _kind("flatten")


@dataclass(frozen=True, slots=True)
class DropoutSpec:
    """While training, each number is dropped with this probability: `engine.dropout`."""

    rate: float = 0.5
    kind: str = _kind("dropout")


@dataclass(frozen=True, slots=True)
class BatchNormSpec:
    """Each unit or channel gets mean 0 and variance 1 over the minibatch, then a scale and shift of its own."""

    activation: str = "linear"
    kind: str = _kind("batch_norm")


@dataclass(frozen=True, slots=True)
class LayerNormSpec:
    """Each example gets mean 0 and variance 1 over its numbers, then each number a scale and shift of its own."""

    activation: str = "linear"
    kind: str = _kind("layer_norm")


@dataclass(frozen=True, slots=True)
class ResidualSpec:
    """Adds what went into the last `skip` layers to what came out of them: `engine.residual`."""

    skip: int = 2
    activation: str = "linear"
    kind: str = _kind("residual")


LayerSpec = (
    DenseSpec
    | Conv2DSpec
    | MaxPool2DSpec
    | AveragePool2DSpec
    | FlattenSpec
    | DropoutSpec
    | BatchNormSpec
    | LayerNormSpec
    | ResidualSpec
)
"""Any layer."""

SPEC_OF_KIND: dict[str, type[LayerSpec]] = {
    "dense": DenseSpec,
    "conv": Conv2DSpec,
    "max_pool": MaxPool2DSpec,
    "average_pool": AveragePool2DSpec,
    "flatten": FlattenSpec,
    "dropout": DropoutSpec,
    "batch_norm": BatchNormSpec,
    "layer_norm": LayerNormSpec,
    "residual": ResidualSpec,
}

RANGE_OF_FIELD: dict[str, tuple[int, int]] = {
    "units": (1, MOST_UNITS),
    "channels": (1, MOST_CHANNELS),
    "kernel": (1, MOST_KERNEL),
    "size": (1, MOST_KERNEL),
    "stride": (1, MOST_STRIDE),
    "padding": (0, MOST_KERNEL // 2),
    "skip": (1, MOST_LAYERS),
}


def read_layers(plain: object, where: str) -> tuple[LayerSpec, ...]:
    """Read the hidden layers of a run spec; raise SpecError at the first thing that is not acceptable."""
    return tuple(
        _read_layer(layer, f"{where}[{position}]")
        for position, layer in enumerate(items(plain, where, MOST_LAYERS, "too_many_layers"))
    )


def _read_layer(plain: object, where: str) -> LayerSpec:
    if not isinstance(plain, dict):
        raise SpecError("not_an_object", where)
    if "kind" not in plain:
        raise SpecError("missing_field", f"{where}.kind")
    spec_type = SPEC_OF_KIND[choice(plain["kind"], f"{where}.kind", SPEC_OF_KIND)]
    read: dict[str, Any] = {}
    for name, value in fields_of(plain, where, spec_type).items():
        at = f"{where}.{name}"
        if name == "activation":
            read[name] = choice(value, at, ACTIVATIONS)
        elif name == "rate":
            read[name] = number(value, at, 0.0, MOST_DROPOUT)
        elif name != "kind":
            read[name] = integer(value, at, *RANGE_OF_FIELD[name])
    return spec_type(**read)
