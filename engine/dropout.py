"""Dropout: while a network is trained, a random share of its numbers is left out, others at each step.

No unit can then rely on one other unit being there, and what is learned is spread over many of them.

Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Journal of Machine Learning Research 15 (2014).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.layer import Kept, Layer, Shape, kept_by_all
from engine.parameters import ParameterVector
from engine.spec import DropoutSpec
from engine.tensors import Tensor, zeros


@dataclass(slots=True, kw_only=True)
class DropoutKept(Kept):
    """What a pass leaves behind in a dropout layer."""

    mask: Tensor  # of the shape of x: 0 where a number is dropped, 1 / (1 - rate) where it stays
    chances: NDArray[np.float64]  # of the shape of x, from 0 to 1
    stays: NDArray[np.bool_]  # of the shape of x


class Dropout(Layer):
    """A dropout layer: a = x * mask in training, a = x otherwise."""

    spec: DropoutSpec

    @classmethod
    def shape_after(cls, spec: DropoutSpec, input_shape: Shape, where: str) -> Shape:
        """Return the shape of x."""
        return input_shape

    def keep(
        self,
        n: int,
        x: Tensor,
        dL_dx: Tensor | None,
        gradient: ParameterVector,
        *,
        training: bool,
        below: Sequence[Kept],
    ) -> DropoutKept:
        """Allocate, once, what a pass of n examples leaves behind. Outside of training a *is* x."""
        mask = zeros(x.shape, x.dtype)
        mask.fill(1)  # until `draw`, and outside of training, nothing is dropped
        fields = kept_by_all(self, n, x, dL_dx, gradient, training=training)
        if not training:
            fields["z"] = fields["a"] = x
        return DropoutKept(
            **fields,
            mask=mask,
            chances=zeros(x.shape, np.float64),
            stays=zeros(x.shape, np.bool_),
        )

    def draw(self, kept: DropoutKept, rng: np.random.Generator) -> None:
        """Draw a new mask: each number stays with probability 1 - rate, whatever the others do."""
        if not kept.training:
            return
        # Drawn in float64 in every precision, so that a float64 run drops what the float32 run drops.
        rng.random(out=kept.chances)
        np.greater_equal(kept.chances, self.spec.rate, out=kept.stays)
        np.copyto(kept.mask, kept.stays)
        np.multiply(kept.mask, 1 / (1 - self.spec.rate), out=kept.mask)

    def forward(self, kept: DropoutKept) -> None:
        """Compute a from x.

            a_i = m_i x_i        m_i = 0 with probability `rate`, else 1 / (1 - rate)

        Why those that stay grow: the next layer shall see the same sums on average as without dropout, and so

            E[a_i] = rate * 0 + (1 - rate) * x_i / (1 - rate) = x_i

        Then nothing has to be scaled when the network is used ("inverted" dropout; the paper's section 10 shrinks the
        weights afterwards instead, which comes to the same).
        """
        if kept.training:
            np.multiply(kept.x, kept.mask, out=kept.a)

    def backward(self, kept: DropoutKept) -> None:
        """Compute the gradient by x, with the same mask: what did not go through gets nothing back.

        dL/dx_i = dL/da_i m_i
        """
        if kept.dL_dx is None:
            return
        if kept.training:
            np.multiply(kept.dL_da, kept.mask, out=kept.dL_dx)
        else:
            np.copyto(kept.dL_dx, kept.dL_da)
