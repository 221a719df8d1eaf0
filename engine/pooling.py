"""Pooling: each window of an image becomes one number, its largest or its mean.

A window of `size` x `size` pixels moves over each channel in steps of `stride`. The pixel at place (i, j) of *every*
window at once is one view of the image, a slice with steps of `stride`; so pooling is size * size operations on whole
images, and no loop over pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import SpecError
from engine.layer import Kept, Layer, Shape, kept_by_all
from engine.parameters import ParameterVector
from engine.spec import AveragePool2DSpec, MaxPool2DSpec
from engine.tensors import Bytes, Tensor, zeros


@dataclass(slots=True, kw_only=True)
class PoolingKept(Kept):
    """What a pass leaves behind in a pooling layer."""

    places: tuple[Tensor, ...]  # size*size views (C, U, V, n) of x: one place in the window, of all windows
    dL_dplaces: tuple[Tensor, ...]  # the same views of dL_dx; none if nobody asks
    part: Tensor  # (C, U, V, n)   what dL_dx gets at one place


@dataclass(slots=True, kw_only=True)
class MaxPoolKept(PoolingKept):
    """What a pass leaves behind in a layer of maximum pooling."""

    won: Bytes  # (C, U, V, n)   the place of the largest pixel: 0 is top left, then line by line
    is_larger: NDArray[np.bool_]  # (C, U, V, n)
    larger: Bytes  # the same memory, as numbers 0 and 1


class Pooling(Layer):
    """What maximum and average pooling have in common: the windows."""

    spec: MaxPool2DSpec | AveragePool2DSpec

    @classmethod
    def shape_after(cls, spec: MaxPool2DSpec | AveragePool2DSpec, input_shape: Shape, where: str) -> Shape:
        """Return (C, U, V) for as many whole windows as fit; refuse rows of numbers, and windows that do not fit."""
        if len(input_shape) != 3:
            raise SpecError("image_expected", where)
        C, height, width = input_shape
        if spec.size > min(height, width):
            raise SpecError("pool_larger_than_image", where, size=spec.size, height=height, width=width)
        return (C, *((side - spec.size) // spec.stride + 1 for side in (height, width)))

    def places(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return, for each place in the window, the view of the pixels that lie there in some window."""
        size, s = self.spec.size, self.spec.stride
        _, height, width = self.output_shape
        return tuple(
            image[:, i : i + (height - 1) * s + 1 : s, j : j + (width - 1) * s + 1 : s]
            for i in range(size)
            for j in range(size)
        )

    @property
    def windows_overlap(self) -> bool:
        """Whether a pixel can lie in several windows."""
        return self.spec.stride < self.spec.size

    @property
    def windows_tile(self) -> bool:
        """Whether each pixel lies in exactly one window."""
        return self.spec.stride == self.spec.size and all(side % self.spec.size == 0 for side in self.input_shape[1:])


class MaxPool2D(Pooling):
    """Maximum pooling: each window becomes its largest pixel."""

    def keep(
        self,
        n: int,
        x: Tensor,
        dL_dx: Tensor | None,
        gradient: ParameterVector,
        *,
        training: bool,
        below: Sequence[Kept],
    ) -> MaxPoolKept:
        """Allocate, once, what a pass of n examples leaves behind."""
        shape = (*self.output_shape, n)
        is_larger = zeros(shape, np.bool_)
        return MaxPoolKept(
            **kept_by_all(self, n, x, dL_dx, gradient, training=training),
            places=self.places(x),
            dL_dplaces=() if dL_dx is None else self.places(dL_dx),
            part=zeros(shape, x.dtype),
            won=zeros(shape, np.uint8),
            is_larger=is_larger,
            larger=is_larger.view(np.uint8),
        )

    def forward(self, kept: MaxPoolKept) -> None:
        """Compute a, and which pixel of each window won.

            a_cuv = max_ij x_c(us+i)(vs+j)        won_cuv = the first place, line by line, at which x is that large

        One place after the other is compared with the largest so far, for all windows at once. Where it is larger, its
        number goes into `won`; as the numbers rise, that is the maximum of `won` and (larger ? number : 0).

        Source: Zhou and Chellappa, IEEE International Conference on Neural Networks (1988); Goodfellow, Bengio and
        Courville, Deep Learning, 9.3.
        """
        largest, *others = kept.places
        kept.won.fill(0)
        if not others:
            np.copyto(kept.a, largest)
        for place, pixels in enumerate(others, start=1):
            np.greater(pixels, largest, out=kept.is_larger)  # not >=: of equal pixels the first wins
            np.maximum(pixels, largest, out=kept.a)
            np.multiply(kept.larger, place, out=kept.larger)
            np.maximum(kept.won, kept.larger, out=kept.won)
            largest = kept.a

    def backward(self, kept: MaxPoolKept) -> None:
        """Compute the gradient by x: all of it goes to the pixel that won, for the others changed nothing.

        As long as x moves too little to change the winner, a is x at that place and no other:

            da_cuv/dx_crt = 1 if (r, t) is the place that won in window (u, v), else 0

            dL/dx_crt = sum of dL/da_cuv over the windows (u, v) in which (r, t) won

        At a tie there is no derivative; the first place gets it all, as it won. A gate for each pixel, open or closed,
        as with a ReLU; it is `won` that says which is open.
        """
        if kept.dL_dx is None:
            return
        if not self.windows_tile:
            kept.dL_dx.fill(0)
        for place, pixels in enumerate(kept.dL_dplaces):
            np.equal(kept.won, place, out=kept.is_larger)
            np.multiply(kept.dL_da, kept.is_larger, out=kept.part if self.windows_overlap else pixels)
            if self.windows_overlap:  # otherwise nothing else comes to this pixel
                np.add(pixels, kept.part, out=pixels)


class AveragePool2D(Pooling):
    """Average pooling: each window becomes the mean of its pixels."""

    def keep(
        self,
        n: int,
        x: Tensor,
        dL_dx: Tensor | None,
        gradient: ParameterVector,
        *,
        training: bool,
        below: Sequence[Kept],
    ) -> PoolingKept:
        """Allocate, once, what a pass of n examples leaves behind."""
        return PoolingKept(
            **kept_by_all(self, n, x, dL_dx, gradient, training=training),
            places=self.places(x),
            dL_dplaces=() if dL_dx is None else self.places(dL_dx),
            part=zeros((*self.output_shape, n), x.dtype),
        )

    def forward(self, kept: PoolingKept) -> None:
        """Compute a, the mean of each window.

            a_cuv = 1/size^2 sum_i sum_j x_c(us+i)(vs+j)

        Source: LeCun et al., Proceedings of the IEEE 86 (1998), section II.B, there with a weight and a bias.
        """
        first, *others = kept.places
        np.copyto(kept.a, first)
        for pixels in others:
            np.add(kept.a, pixels, out=kept.a)
        np.multiply(kept.a, 1 / self.spec.size**2, out=kept.a)

    def backward(self, kept: PoolingKept) -> None:
        """Compute the gradient by x: every pixel of a window gets an equal share.

            dL/dx_crt = 1/size^2 sum of dL/da_cuv over the windows (u, v) in which (r, t) lies

        for a_cuv depends on each of its pixels with derivative 1/size^2.
        """
        if kept.dL_dx is None:
            return
        if not self.windows_tile:
            kept.dL_dx.fill(0)
        np.multiply(kept.dL_da, 1 / self.spec.size**2, out=kept.part)
        for pixels in kept.dL_dplaces:
            if self.windows_overlap:
                np.add(pixels, kept.part, out=pixels)
            else:
                np.copyto(pixels, kept.part)
