"""The dense layer: how it computes its output, and how the gradient of the loss goes back through it.

Everything else in the engine follows this pattern. The notation is that of `engine.layer`; all tensors of a minibatch
have one row an example.

    n         examples in the minibatch
    inputs    length of x for one example
    units     length of z and of a for one example
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import SpecError
from engine.initializers import Initializer
from engine.layer import Kept, Layer, Shape, kept_by_all
from engine.parameters import Layout, ParameterVector
from engine.spec import DenseSpec
from engine.tensors import Tensor


@dataclass(slots=True, kw_only=True)
class DenseKept(Kept):
    """What a pass leaves behind in a dense layer."""

    dL_dW: Tensor  # (units, inputs)   a view into the vector of all gradients
    dL_db: Tensor  # (units,)          likewise
    ones: Tensor  # (n,)


class Dense(Layer):
    """A fully connected layer: a = f(W x + b) for every example."""

    spec: DenseSpec

    def __init__(
        self, name: str, spec: DenseSpec, input_shape: Shape, parameters: ParameterVector, buffers: ParameterVector
    ) -> None:
        super().__init__(name, spec, input_shape, parameters, buffers)
        self.W = self.parameters["W"]
        self._W_T = self.W.T  # a view
        self.b = self.parameters["b"]

    @classmethod
    def shape_after(cls, spec: DenseSpec, input_shape: Shape, where: str) -> Shape:
        """Return (units,); refuse images, which have to be flattened first."""
        if len(input_shape) != 1:
            raise SpecError("row_expected", where)
        return (spec.units,)

    @classmethod
    def layout(cls, name: str, spec: DenseSpec, input_shape: Shape) -> Layout:
        """Return the shapes of the parameters, as in PyTorch: one row of W a unit."""
        return {f"{name}.W": (spec.units, *input_shape), f"{name}.b": (spec.units,)}

    def initialize(self, weights: Initializer, rng: np.random.Generator) -> None:
        """Draw W; b starts at zero."""
        # Drawn in float64 in every precision, so that a float64 run starts where the float32 run starts.
        self.W[...] = weights(self.spec.units, self.W.shape[1], rng)
        self.b.fill(0)

    def keep(
        self,
        n: int,
        x: Tensor,
        dL_dx: Tensor | None,
        gradient: ParameterVector,
        *,
        training: bool,
        below: Sequence[Kept],
    ) -> DenseKept:
        """Allocate, once, what passes of n examples leave behind."""
        fields = kept_by_all(self, n, x, dL_dx, gradient, training=training)
        dL_dW, dL_db = fields["gradients"]["W"], fields["gradients"]["b"]
        return DenseKept(**fields, dL_dW=dL_dW, dL_db=dL_db, ones=np.ones(n, x.dtype))

    def forward(self, kept: DenseKept) -> None:
        """Compute z and a from x.

        One unit j of one example is a weighted sum of its inputs, put through the activation function f:

            z_j = sum_i W_ji x_i + b_j        a_j = f(z_j)

        For all units of all examples that is one matrix product; row k of x is example k:

            z = x W^T + b                     (n, units) = (n, inputs) (inputs, units) + (units,)

        Source: Nielsen, Neural Networks and Deep Learning, chapter 2, equations 23 to 25.
        """
        z = kept.z
        # The method, here and below: before np.dot begins, it asks both arrays whether they would rather do it.
        kept.x.dot(self._W_T, out=z)
        np.add(z, self.b, out=z)
        if not self.activation.is_identity:
            self.activation.value(z, kept.a, kept.scratch)

    def backward(self, kept: DenseKept) -> None:
        """Compute the gradients by z, W, b and x from the upstream gradient dL_da.

        The chain rule, for one example. The loss depends on z_j only through a_j = f(z_j), so

            dL/dz_j = dL/da_j f'(z_j)

        z_j = sum_i W_ji x_i + b_j depends on W_ji with derivative x_i, and on b_j with derivative 1:

            dL/dW_ji = dL/dz_j x_i            dL/db_j = dL/dz_j

        x_i goes into *every* unit j, with derivative W_ji, so its effects on the loss add up:

            dL/dx_i = sum_j dL/dz_j W_ji

        W and b are shared by all examples of a minibatch, so theirs are sums over the examples (the mean over the
        minibatch is already in dL_da: the loss divides by n). As matrices, with * element by element:

            dL_dz = dL_da * f'(z)             (n, units)
            dL_dW = dL_dz^T x                 (units, inputs) = (units, n) (n, inputs)
            dL_db = dL_dz^T 1                 (units,) = (units, n) (n,)
            dL_dx = dL_dz W                   (n, inputs) = (n, units) (units, inputs)

        Forward reads W by rows (one unit), backward by columns (one input): the same W, transposed, not inverted.

        Source: Rumelhart, Hinton and Williams, Nature 323 (1986); Nielsen, chapter 2, equations BP1 to BP4.
        """
        dL_dz = kept.dL_dz
        if not self.activation.is_identity:
            self.activation.slope(kept.z, kept.a, kept.slope, kept.scratch)
            np.multiply(kept.dL_da, kept.slope, out=dL_dz)
        dL_dz.T.dot(kept.x, out=kept.dL_dW)
        kept.ones.dot(dL_dz, out=kept.dL_db)  # a product with ones is twice as fast as a sum over axis 0
        if kept.dL_dx is not None:
            dL_dz.dot(self.W, out=kept.dL_dx)
