"""One layer by itself, as the tests of the kinds of layers need it, and the law that all of them obey."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import assume

from engine.layer import Kept, Layer, Shape, batch_shape
from engine.parameters import ParameterVector
from engine.tensors import Precision, Tensor

H = 1e-6


@dataclass
class Single:
    """A layer with random parameters, and what passes of n random examples leave behind in it."""

    layer: Layer
    kept: Any  # what this layer keeps
    parameters: ParameterVector
    buffers: ParameterVector
    gradient: ParameterVector
    dL_dx: Tensor

    def forward_and_backward(self) -> None:
        self.layer.forward(self.kept)
        self.layer.backward(self.kept)

    def loss(self) -> float:
        """A loss whose gradient by a is dL_da: the sum of both, multiplied."""
        self.layer.forward(self.kept)
        return float(np.vdot(self.kept.a, self.kept.dL_da))


def single(
    layer_type: type[Layer],
    spec: Any,
    input_shape: Shape,
    n: int,
    *,
    precision: Precision = "float64",
    training: bool = True,
    seed: int = 0,
    wants_dL_dx: bool = True,
) -> Single:
    rng = np.random.default_rng(seed)
    layer_type.shape_after(spec, input_shape, "layer")
    layout = layer_type.layout("layer", spec, input_shape)
    parameters, gradient = ParameterVector(layout, precision), ParameterVector(layout, precision)
    buffers = ParameterVector(layer_type.buffer_layout("layer", spec, input_shape), precision)
    layer = layer_type("layer", spec, input_shape, parameters, buffers)
    parameters.flat[:] = rng.standard_normal(parameters.flat.shape)
    buffers.flat[:] = rng.uniform(0.5, 2, buffers.flat.shape)
    gradient.flat.fill(np.nan)  # what backward forgets to write stays so
    dtype = parameters.flat.dtype
    x = rng.standard_normal(batch_shape(input_shape, n)).astype(dtype)
    dL_dx = np.full_like(x, np.nan)
    kept = layer.keep(n, x, dL_dx if wants_dL_dx else None, gradient, training=training, below=())
    kept.dL_da[...] = rng.standard_normal(kept.dL_da.shape)
    return Single(layer, kept, parameters, buffers, gradient, dL_dx)


def assert_gradients_equal_central_differences(one: Single, rng: np.random.Generator) -> None:
    """Along a random direction v: (L(p + h v) - L(p - h v)) / 2h against gradient . v, for parameters and x."""
    one.forward_and_backward()
    for variable, gradient in ((one.parameters.flat, one.gradient.flat), (one.kept.x, one.dL_dx)):
        if variable.size == 0:
            continue
        direction = rng.standard_normal(variable.shape)
        direction /= np.linalg.norm(direction)
        analytic = float(np.vdot(gradient, direction))
        start = variable.copy()
        variable[...] = start + H * direction
        above, choices_above = one.loss(), choices(one.kept)
        variable[...] = start - H * direction
        below, choices_below = one.loss(), choices(one.kept)
        variable[...] = start
        # No difference across the kink of a ReLU or a tie in a window.
        assume(all((x == y).all() for x, y in zip(choices_above, choices_below, strict=True)))
        numeric = (above - below) / (2 * H)
        assert analytic == pytest.approx(numeric, rel=1e-6, abs=1e-7), f"analytic {analytic}, numeric {numeric}"


def choices(kept: Kept) -> list[np.ndarray]:
    """Return what changes by leaps: the sign of each z, and the winner of each window."""
    found = [np.sign(kept.z)]
    if hasattr(kept, "won"):
        found.append(kept.won.copy())
    return found


def in_pytorch(tensor: Tensor) -> Tensor:
    """Return a minibatch as PyTorch has it, with the batch first."""
    return np.array(tensor if tensor.ndim == 2 else tensor.transpose(3, 0, 1, 2), order="C")


def from_pytorch(array: np.ndarray) -> np.ndarray:
    """Return a minibatch as the engine has it, images with the batch innermost."""
    return array if array.ndim == 2 else array.transpose(1, 2, 3, 0)
