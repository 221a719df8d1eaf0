"""The residual addition: what went into some layers is added to what came out of them.

Those layers, F, then learn what to *change* about x instead of what to make of it, and the gradient has a way past
them on which nothing weakens it.

Source: He, Zhang, Ren and Sun, Deep Residual Learning for Image Recognition, CVPR 2016, section 3.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import SpecError
from engine.layer import Kept, Layer, Shape, kept_by_all
from engine.parameters import ParameterVector
from engine.spec import ResidualSpec
from engine.tensors import Tensor


@dataclass(slots=True, kw_only=True)
class ResidualKept(Kept):
    """What a pass leaves behind in a residual addition; its x is F(x) of the formulas."""

    skipped: Tensor  # of the shape of x: what went into the first of the layers that are skipped


class Residual(Layer):
    """A residual addition: a = f(F(x) + x), with F the last `skip` layers."""

    spec: ResidualSpec

    @classmethod
    def shape_after(cls, spec: ResidualSpec, input_shape: Shape, where: str) -> Shape:
        """Return the shape of x; whether the addition is possible is for `check_skip` to say, which sees more."""
        return input_shape

    @classmethod
    def check_skip(cls, spec: ResidualSpec, shapes: Sequence[Shape], where: str) -> None:
        """Refuse a skip that goes back too far, or whose two ends differ in shape.

        `shapes` are what goes into each layer below and, last, what comes out of the last of them.
        """
        if spec.skip > len(shapes) - 1:
            raise SpecError("skip_too_long", where, skip=spec.skip, count=len(shapes) - 1)
        skipped, added = shapes[-1 - spec.skip], shapes[-1]
        if skipped != added:
            raise SpecError("residual_shapes", where, skipped=_written(skipped), added=_written(added))

    def keep(
        self,
        n: int,
        x: Tensor,
        dL_dx: Tensor | None,
        gradient: ParameterVector,
        *,
        training: bool,
        below: Sequence[Kept],
    ) -> ResidualKept:
        """Allocate, once, what a pass of n examples leaves behind; announce the second way of the gradient."""
        first = below[-self.spec.skip]
        kept = ResidualKept(**kept_by_all(self, n, x, dL_dx, gradient, training=training), skipped=first.x)
        first.branches.append(kept.dL_dz)
        return kept

    def forward(self, kept: ResidualKept) -> None:
        """Compute z and a.

            z_i = F_i(x) + x_i        a_i = f(z_i)

        Where F is zero the signal passes as it came; F has to learn only the difference.
        """
        np.add(kept.x, kept.skipped, out=kept.z)
        if not self.activation.is_identity:
            self.activation.value(kept.z, kept.a, kept.scratch)

    def backward(self, kept: ResidualKept) -> None:
        """Compute the gradient by z, which is the gradient by both summands.

        dz_i/dF_i = 1, so what comes back through f goes on unchanged to the layers F. And x_i changes the loss through
        F and through the addition itself:

            dL/dF_i = dL/dz_i        dL/dx_i = dL/dz_i + sum_k dL/dF_k dF_k/dx_i

        The sum is what the layers F send back, each by its own rule; the first summand is dL_dz of this layer, a branch
        that the network adds to dL_dx of the first of them. However small the dF_k/dx_i, it arrives whole.

        Source: He, Zhang, Ren and Sun, Identity Mappings in Deep Residual Networks, ECCV 2016, equation 5.
        """
        if not self.activation.is_identity:
            self.activation.slope(kept.z, kept.a, kept.slope, kept.scratch)
            np.multiply(kept.dL_da, kept.slope, out=kept.dL_dz)
        if kept.dL_dx is not None:
            np.copyto(kept.dL_dx, kept.dL_dz)


def _written(shape: Shape) -> str:
    return " × ".join(str(side) for side in shape)
