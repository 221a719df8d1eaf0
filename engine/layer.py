"""What every layer is: a way forward, a way back, and the arrays that both leave behind.

Notation, the same everywhere: `x` what comes in, `W` weights, `b` biases, `z` pre-activation, `a` activation, and
`dL_dz` for the partial derivative of the loss L by z.

    n         examples in the minibatch
    rows      (n, units): one row an example, wherever an example is a list of numbers
    images    (channels, height, width, n): the batch innermost, so that every slice of an image is contiguous
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.activations import ACTIVATIONS, Activation, Scratch
from engine.initializers import Initializer
from engine.parameters import Layout, ParameterVector
from engine.tensors import Tensor, zeros

Shape = tuple[int, ...]
"""The shape of one example: (units,) or (channels, height, width)."""


def batch_shape(shape: Shape, n: int) -> Shape:
    """Return the shape of a minibatch of n examples."""
    return (n, *shape) if len(shape) == 1 else (*shape, n)


def example_of(tensor: Tensor, index: int) -> Tensor:
    """Return the view of one example in a tensor of a minibatch."""
    view: Tensor = tensor[index] if tensor.ndim == 2 else tensor[..., index]
    return view


@dataclass(slots=True, kw_only=True)
class Kept:
    """What one pass of a minibatch leaves behind in one layer: all that backward needs, all that is shown.

    Layers are wired by sharing arrays: `a` of one layer *is* `x` of the next, and `dL_dx` of the next *is* `dL_da`
    of this one. Where f is the identity, `a` is `z` and `dL_dz` is `dL_da`.
    """

    x: Tensor  # what came in
    z: Tensor  # pre-activation
    a: Tensor  # activation, what goes out
    slope: Tensor  # f'(z)
    dL_da: Tensor  # the upstream gradient, what comes back
    dL_dz: Tensor
    dL_dx: Tensor | None  # what goes back to the layer below; None when nobody asks
    gradients: dict[str, Tensor]  # by each parameter, such as "W": views into the vector of all gradients
    scratch: Scratch  # nothing to look at: helping arrays of the activation function
    training: bool  # whether this is a pass of training; dropout and batch normalization then do something else
    branches: list[Tensor] = field(default_factory=list)
    """Gradients by x that come past the layers above, from residual additions; added to dL_dx after `backward`."""


class Layer(ABC):
    """One layer of a network. It holds views of its parameters; what a pass computes goes into a `Kept`."""

    def __init__(
        self, name: str, spec: Any, input_shape: Shape, parameters: ParameterVector, buffers: ParameterVector
    ) -> None:
        self.name = name
        self.spec = spec
        self.input_shape = input_shape
        self.output_shape = self.shape_after(spec, input_shape, name)
        self.activation: Activation = ACTIVATIONS[getattr(spec, "activation", "linear")]
        self.parameters: dict[str, Tensor] = {
            address.removeprefix(f"{name}."): parameters[address] for address in self.layout(name, spec, input_shape)
        }

    @property
    def units(self) -> int:
        """How many units the layer has; those of an image are its channels, each a whole map."""
        return self.output_shape[0]

    @classmethod
    @abstractmethod
    def shape_after(cls, spec: Any, input_shape: Shape, where: str) -> Shape:
        """Return the shape of what goes out for what comes in; raise SpecError for what the layer cannot take."""

    @classmethod
    def layout(cls, name: str, spec: Any, input_shape: Shape) -> Layout:
        """Return the shapes of the layer's parameters by their addresses."""
        return {}

    @classmethod
    def buffer_layout(cls, name: str, spec: Any, input_shape: Shape) -> Layout:
        """Return the shapes of what the layer remembers without learning it by the gradient."""
        return {}

    @abstractmethod
    def keep(
        self,
        n: int,
        x: Tensor,
        dL_dx: Tensor | None,
        gradient: ParameterVector,
        *,
        training: bool,
        below: Sequence[Kept],
    ) -> Kept:
        """Allocate, once, what passes of n examples leave behind."""

    @abstractmethod
    def forward(self, kept: Any) -> None:
        """Compute z and a from x."""

    @abstractmethod
    def backward(self, kept: Any) -> None:
        """Compute the gradients by z, the parameters and, if somebody asks, x from the upstream gradient dL_da."""

    def initialize(self, weights: Initializer, rng: np.random.Generator) -> None:  # noqa: B027 - most have nothing
        """Set the parameters to where training starts."""

    def draw(self, kept: Any, rng: np.random.Generator) -> None:  # noqa: B027 - only dropout is random
        """Draw what is random in the next pass."""

    def track(self, kept: Any) -> None:  # noqa: B027 - only batch normalization has buffers
        """Fold what the last pass of training found into the buffers."""


def kept_by_all(
    layer: Layer, n: int, x: Tensor, dL_dx: Tensor | None, gradient: ParameterVector, *, training: bool
) -> dict[str, Any]:
    """Allocate the fields that every kind of layer keeps.

    Where f is the identity, `a` is `z` and `dL_dz` is `dL_da`: the same array, not a copy.
    """
    shape, dtype = batch_shape(layer.output_shape, n), x.dtype
    z, dL_da, slope = zeros(shape, dtype), zeros(shape, dtype), zeros(shape, dtype)
    slope.fill(1)  # which it stays where f is the identity
    identity = layer.activation.is_identity
    return {
        "x": x,
        "z": z,
        "a": z if identity else zeros(shape, dtype),
        "slope": slope,
        "dL_da": dL_da,
        "dL_dz": dL_da if identity else zeros(shape, dtype),
        "dL_dx": dL_dx,
        "gradients": {name: gradient[f"{layer.name}.{name}"] for name in layer.parameters},
        "scratch": Scratch(shape, dtype),
        "training": training,
    }
