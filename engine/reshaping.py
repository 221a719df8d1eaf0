"""Layers that only move numbers: rows become images at the bottom of a network, images become rows further up.

Examples come as rows, (n, C*H*W), and images are computed with the batch innermost, (C, H, W, n). Either way the
numbers of one example are in the same order, channel by channel, line by line; only rows and columns are exchanged. So
the gradient takes the same way back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from engine.errors import SpecError
from engine.layer import Kept, Layer, Shape, kept_by_all
from engine.parameters import ParameterVector
from engine.spec import FlattenSpec
from engine.tensors import Tensor


@dataclass(frozen=True, slots=True)
class ImagesSpec:
    """The shape of the images that the inputs of a network are."""

    shape: Shape
    kind: str = "images"


@dataclass(slots=True, kw_only=True)
class ReshapingKept(Kept):
    """What a pass leaves behind in a layer that moves numbers."""

    x_moved: Tensor  # of the shape of a: x seen in the other order, a view
    dL_dx_moved: Tensor | None  # of the shape of dL_da: dL_dx likewise


class Images(Layer):
    """Rows of numbers become images: the bottom of every network that has a layer for images."""

    spec: ImagesSpec

    @classmethod
    def shape_after(cls, spec: ImagesSpec, input_shape: Shape, where: str) -> Shape:
        """Return (C, H, W)."""
        if prod(spec.shape) != prod(input_shape):
            raise SpecError("image_expected", where)
        return spec.shape

    def keep(
        self,
        n: int,
        x: Tensor,
        dL_dx: Tensor | None,
        gradient: ParameterVector,
        *,
        training: bool,
        below: Sequence[Kept],
    ) -> ReshapingKept:
        """Allocate, once, what a pass of n examples leaves behind."""
        shape = (*self.output_shape, n)
        return ReshapingKept(
            **kept_by_all(self, n, x, dL_dx, gradient, training=training),
            x_moved=x.T.reshape(shape),
            dL_dx_moved=None if dL_dx is None else dL_dx.T.reshape(shape),
        )

    def forward(self, kept: ReshapingKept) -> None:
        """Compute a: a_crt = x_i with i = (c H + r) W + t, the order in which images are stored."""
        np.copyto(kept.a, kept.x_moved)

    def backward(self, kept: ReshapingKept) -> None:
        """Compute the gradient by x: each number went to one place only, and gets the gradient of that place back."""
        if kept.dL_dx_moved is not None:
            np.copyto(kept.dL_dx_moved, kept.dL_da)


class Flatten(Layer):
    """Images become rows of numbers: what a dense layer takes."""

    spec: FlattenSpec

    @classmethod
    def shape_after(cls, spec: FlattenSpec, input_shape: Shape, where: str) -> Shape:
        """Return (C * H * W,); refuse what is flat already."""
        if len(input_shape) != 3:
            raise SpecError("image_expected", where)
        return (prod(input_shape),)

    def keep(
        self,
        n: int,
        x: Tensor,
        dL_dx: Tensor | None,
        gradient: ParameterVector,
        *,
        training: bool,
        below: Sequence[Kept],
    ) -> ReshapingKept:
        """Allocate, once, what a pass of n examples leaves behind."""
        return ReshapingKept(
            **kept_by_all(self, n, x, dL_dx, gradient, training=training),
            x_moved=x.reshape(-1, n).T,
            dL_dx_moved=None if dL_dx is None else dL_dx.reshape(-1, n).T,
        )

    def forward(self, kept: ReshapingKept) -> None:
        """Compute a: a_i = x_crt with i = (c H + r) W + t, the order in which images are stored."""
        np.copyto(kept.a, kept.x_moved)

    def backward(self, kept: ReshapingKept) -> None:
        """Compute the gradient by x: each number went to one place only, and gets the gradient of that place back."""
        if kept.dL_dx_moved is not None:
            np.copyto(kept.dL_dx_moved, kept.dL_da)
