"""A run as plain, validated data; a module each for its parts: layers, loss, optimizer, data, and the run itself."""

from engine.spec.data import AugmentationSpec, DatasetSpec
from engine.spec.layers import (
    AveragePool2DSpec,
    BatchNormSpec,
    Conv2DSpec,
    DenseSpec,
    DropoutSpec,
    FlattenSpec,
    LayerNormSpec,
    LayerSpec,
    MaxPool2DSpec,
    ResidualSpec,
)
from engine.spec.loss import LossSpec
from engine.spec.optimizer import OptimizerSpec
from engine.spec.run import DEFAULT_SPEC, RunSpec

__all__ = [
    "DEFAULT_SPEC",
    "AugmentationSpec",
    "AveragePool2DSpec",
    "BatchNormSpec",
    "Conv2DSpec",
    "DatasetSpec",
    "DenseSpec",
    "DropoutSpec",
    "FlattenSpec",
    "LayerNormSpec",
    "LayerSpec",
    "LossSpec",
    "MaxPool2DSpec",
    "OptimizerSpec",
    "ResidualSpec",
    "RunSpec",
]
