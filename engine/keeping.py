"""The arrays that every layer keeps, whatever its kind, allocated in one place."""

from typing import Any

from engine.activations import Scratch
from engine.layers import Layer, batch_shape
from engine.parameters import ParameterVector
from engine.tensors import Tensor, zeros


def kept_by_all(
    layer: Layer, n: int, x: Tensor, dL_dx: Tensor | None, gradient: ParameterVector, *, training: bool
) -> dict[str, Any]:
    """Return the fields of `Kept` for passes of n examples.

    Where f is the identity, `a` is `z` and `dL_dz` is `dL_da`: the same array, not a copy.
    """
    shape = batch_shape(layer.output_shape, n)
    z, dL_da, slope = zeros(shape, x.dtype), zeros(shape, x.dtype), zeros(shape, x.dtype)
    slope.fill(1)  # which it stays where f is the identity
    identity = layer.activation.is_identity
    return {
        "x": x,
        "z": z,
        "a": z if identity else zeros(shape, x.dtype),
        "slope": slope,
        "dL_da": dL_da,
        "dL_dz": dL_da if identity else zeros(shape, x.dtype),
        "dL_dx": dL_dx,
        "gradients": {name: gradient[f"{layer.name}.{name}"] for name in layer.parameters},
        "scratch": Scratch(shape, x.dtype),
        "training": training,
    }
