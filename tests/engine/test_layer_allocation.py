"""A pass through any kind of layer allocates nothing that grows with the images or with the minibatch."""

import tracemalloc

import numpy as np
import pytest

from engine.convolution import Conv2D
from engine.dropout import Dropout
from engine.normalization import BatchNorm, LayerNorm
from engine.pooling import AveragePool2D, MaxPool2D
from engine.reshaping import Flatten
from engine.spec import (
    AveragePool2DSpec,
    BatchNormSpec,
    Conv2DSpec,
    DropoutSpec,
    FlattenSpec,
    LayerNormSpec,
    MaxPool2DSpec,
)
from tests.engine.single_layer import single

LAYERS = {
    "convolution": (Conv2D, Conv2DSpec(8, kernel=3)),
    "convolution, padded, with steps": (Conv2D, Conv2DSpec(8, kernel=3, stride=2, padding=1, activation="tanh")),
    "maximum pooling": (MaxPool2D, MaxPool2DSpec()),
    "maximum pooling, overlapping": (MaxPool2D, MaxPool2DSpec(3, 2)),
    "average pooling": (AveragePool2D, AveragePool2DSpec()),
    "flatten": (Flatten, FlattenSpec()),
    "dropout": (Dropout, DropoutSpec()),
    "batch normalization": (BatchNorm, BatchNormSpec("relu")),
    "layer normalization": (LayerNorm, LayerNormSpec("relu")),
}

BUFFERS = 3 * np.getbufsize() * 4 + 8192
"""NumPy goes through images that are not contiguous by way of buffers, one for each operand; the rest is Python's."""


def peak_of_a_pass(layer, spec, shape, n) -> int:
    """Return the most bytes that were allocated, by NumPy or Python, at any moment of a pass."""
    one = single(layer, spec, shape, n, precision="float32")
    rng = np.random.default_rng(0)

    def pass_() -> None:
        one.layer.draw(one.kept, rng)
        one.forward_and_backward()
        one.layer.track(one.kept)

    for _ in range(3):
        pass_()
    tracemalloc.start()
    try:
        pass_()
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        pass_()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak - before


@pytest.mark.parametrize("kind", LAYERS)
def test_a_pass_allocates_no_more_than_numpys_own_buffers(kind):
    peak = peak_of_a_pass(*LAYERS[kind], (4, 44, 44), 40)
    assert peak <= BUFFERS < 4 * 44 * 44 * 40 * 4 / 10
