"""The dense layer: how it computes its output, and how the gradient of the loss goes back through it.

Notation, the same everywhere: `x` what comes in, `W` weights, `b` biases, `z` pre-activation, `a` activation, and
`dL_dz` for the partial derivative of the loss L by z. All tensors of a minibatch have one row an example.

    n         examples in the minibatch
    inputs    length of x for one example
    units     length of z and of a for one example
"""

from dataclasses import dataclass

import numpy as np

from engine.activations import Activation, Scratch
from engine.parameters import Layout, ParameterVector
from engine.tensors import Tensor, zeros


@dataclass(slots=True)
class Kept:
    """What one pass of a minibatch leaves behind in one dense layer: all that backward needs, all that is shown.

    Layers are wired by sharing arrays: `a` of one layer *is* `x` of the next, and `dL_dx` of the next *is* `dL_da`
    of this one. Where f is the identity, `a` is `z` and `dL_dz` is `dL_da`.
    """

    x: Tensor  # (n, inputs)   what came in
    z: Tensor  # (n, units)    pre-activation
    a: Tensor  # (n, units)    activation, what goes out
    slope: Tensor  # (n, units)    f'(z)
    dL_da: Tensor  # (n, units)    the upstream gradient, what comes back
    dL_dz: Tensor  # (n, units)
    dL_dW: Tensor  # (units, inputs)   a view into the vector of all gradients
    dL_db: Tensor  # (units,)          likewise
    dL_dx: Tensor | None  # (n, inputs)   what goes back to the layer below; None when nobody asks
    ones: Tensor  # (n,)
    scratch: Scratch  # nothing to look at: helping arrays of the activation function


class Dense:
    """A fully connected layer: a = f(W x + b) for every example."""

    def __init__(self, name: str, inputs: int, units: int, activation: Activation, parameters: ParameterVector) -> None:
        self.name = name
        self.inputs = inputs
        self.units = units
        self.activation = activation
        self.W = parameters[f"{name}.W"]
        self._W_T = self.W.T  # a view
        self.b = parameters[f"{name}.b"]

    @staticmethod
    def layout(name: str, inputs: int, units: int) -> Layout:
        """Return the shapes of the parameters, as in PyTorch: one row of W a unit."""
        return {f"{name}.W": (units, inputs), f"{name}.b": (units,)}

    def keep(self, x: Tensor, dL_dx: Tensor | None, gradient: ParameterVector) -> Kept:
        """Allocate, once, what a pass of minibatches of len(x) examples leaves behind."""
        n, dtype = len(x), self.W.dtype
        shape = (n, self.units)
        z, dL_da = zeros(shape, dtype), zeros(shape, dtype)
        identity = self.activation.is_identity
        slope = zeros(shape, dtype)
        slope.fill(1)  # which it stays where f is the identity
        return Kept(
            x=x,
            z=z,
            a=z if identity else zeros(shape, dtype),
            slope=slope,
            dL_da=dL_da,
            dL_dz=dL_da if identity else zeros(shape, dtype),
            dL_dW=gradient[f"{self.name}.W"],
            dL_db=gradient[f"{self.name}.b"],
            dL_dx=dL_dx,
            ones=np.ones(n, dtype),
            scratch=Scratch(shape, dtype),
        )

    def forward(self, kept: Kept) -> None:
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

    def backward(self, kept: Kept) -> None:
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
