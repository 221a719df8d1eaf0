"""Varied examples: each time an image is seen it is moved, turned, scaled and spoiled a little, otherwise each time.

A network that saw a digit a pixel further left should know it there as well; showing it so is cheaper than labelling
more digits. What is drawn is a function of (seed, step) and of nothing else, as the order of the examples is: the
augmented minibatch of any step can be made again, to look at it or to replay the step.

Source: P. Simard, D. Steinkraus, J. Platt, Best Practices for Convolutional Neural Networks Applied to Visual Document
Analysis (2003), section 2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import Dataset
from engine.data.minibatches import AUGMENTATION_STREAM, Minibatches, random_stream
from engine.errors import SpecError
from engine.spec.data import AugmentationSpec
from engine.tensors import Indices, Tensor, frozen_copy, zeros

Numbers = NDArray[np.float64]


class Warp:
    """Moves, turns and scales each image of a minibatch by numbers of its own; its arrays are allocated once.

    An image is scaled by a factor s and turned by an angle t (against the clock) around its centre c, then shifted by
    d: what was at p comes to q = c + s R(t) (p - c) + d. To fill every pixel of the result exactly once one goes the
    other way ("inverse warping") and asks for each pixel q where it came from:

        p = c + R(-t) (q - c - d) / s

    For a point at `right` and `up` of the centre, R(t) is

        right' = right cos t - up sin t        up' = right sin t + up cos t

    Rows of an image count downwards, down = -up, and so with t turned into -t:

        right = (right' cos t - down' sin t) / s        down = (right' sin t + down' cos t) / s

    That is linear in (down', right', 1), so for n images and all pixels at once it is one product of (n, 3) and
    (3, pixels) each for rows and columns. A place p between four pixels has a mixture of the four, weighted by
    nearness along rows and columns (bilinear interpolation); outside the image there is black.

    Source: R. Szeliski, Computer Vision: Algorithms and Applications, 2.1 (2D transformations) and 3.6.1 (inverse
    warping, bilinear interpolation).
    """

    def __init__(self, n: int, input_shape: tuple[int, ...], dtype: np.dtype[np.floating]) -> None:
        self._channels, self._height, self._width = channels, height, width = _image_shape(input_shape)
        self._centre = ((height - 1) / 2, (width - 1) / 2)
        down, right = np.mgrid[:height, :width].reshape(2, -1)
        self._pixels = np.stack([down - self._centre[0], right - self._centre[1], np.ones(height * width)]).astype(
            dtype
        )
        # Black around each image, one pixel before and two after: every place there is black, however far outside,
        # and has four neighbours.
        padded = zeros((channels, n, height + 3, width + 3), dtype)
        self._inside = padded[:, :, 1 : height + 1, 1 : width + 1]
        self._stride = width + 3
        flat = padded.reshape(channels, -1)
        self._corners = [
            [channel[start:] for start in (0, 1, self._stride, self._stride + 1)]  # here, right, below, below right
            for channel in flat
        ]
        self._first = (np.arange(n, dtype=np.intp) * (height + 3) * self._stride)[:, np.newaxis]
        shape = (n, height * width)
        self._row, self._column, self._row_part, self._column_part, *self._taken = (
            zeros(shape, dtype) for _ in range(8)
        )
        self._index: Indices = zeros(shape, np.intp)

    def apply(self, x: Tensor, *, degrees: Numbers, factor: Numbers, down: Numbers, right: Numbers) -> None:
        """Warp the images in the rows of `x` (n, channels * height * width), in place; all else is (n,)."""
        self._aim(np.deg2rad(degrees), factor, down, right)
        images = x.reshape(len(x), self._channels, self._height, self._width)
        here, beside, below, across = self._taken
        for channel, corners in enumerate(self._corners):
            np.copyto(self._inside[channel], images[:, channel])
            for corner, taken in zip(corners, self._taken, strict=True):
                corner.take(self._index, out=taken, mode="clip")
            _mix(here, beside, self._column_part)
            _mix(below, across, self._column_part)
            _mix(here, below, self._row_part)
            np.copyto(images[:, channel], here.reshape(images[:, channel].shape))

    def _aim(self, angle: Numbers, factor: Numbers, down: Numbers, right: Numbers) -> None:
        """Find for every pixel the one above and left of where it came from, and how far from it that is."""
        cos, sin = np.cos(angle) / factor, np.sin(angle) / factor
        for along_down, along_right, centre, size, whole, part in (
            (cos, sin, self._centre[0], self._height, self._row, self._row_part),
            (-sin, cos, self._centre[1], self._width, self._column, self._column_part),
        ):
            start = centre - along_down * down - along_right * right + 1  # 1 for the black before
            matrix = np.stack([along_down, along_right, start], axis=1).astype(part.dtype)
            np.matmul(matrix, self._pixels, out=part)
            np.clip(part, 0, size + 1, out=part)
            np.floor(part, out=whole)
            np.subtract(part, whole, out=part)
        np.multiply(self._row, self._stride, out=self._row)
        np.add(self._row, self._column, out=self._row)
        np.copyto(self._index, self._row, casting="unsafe")  # whole numbers already
        np.add(self._index, self._first, out=self._index)


def _mix(near: Tensor, far: Tensor, part: Tensor) -> None:
    """Go from `near` towards `far` by a part of the way: near + part (far - near), in place."""
    np.subtract(far, near, out=far)
    np.multiply(far, part, out=far)
    np.add(near, far, out=near)


def _image_shape(input_shape: tuple[int, ...]) -> tuple[int, int, int]:
    channels, height, width = input_shape
    return channels, height, width


class Augmentation:
    """Varies a minibatch of images as a spec says, in place, by what is drawn for its step."""

    def __init__(
        self, spec: AugmentationSpec, input_shape: tuple[int, ...], n: int, dtype: np.dtype[np.floating], *, seed: int
    ) -> None:
        check(spec, input_shape, "augmentation")
        self._spec = spec
        self._seed = seed
        moves = spec.shift or spec.rotation or spec.scale
        self._warp = Warp(n, input_shape, dtype) if moves else None
        # Drawn in float32 whatever the precision, so that float64 sees the same images.
        self._noise = zeros((n, int(np.prod(input_shape))), np.float32) if spec.noise else None

    def apply(self, x: Tensor, step: int) -> None:
        """Vary the images in the rows of `x`, values 0 to 1, as in the step that makes step `step` into `step + 1`."""
        spec = self._spec
        if self._warp is None and self._noise is None:
            return
        rng = random_stream(self._seed, AUGMENTATION_STREAM, step)
        # All four are drawn, needed or not: switching one on or off leaves the others what they were.
        turn, growth, down, right = rng.uniform(-1, 1, (4, len(x)))
        if self._warp is not None:
            self._warp.apply(
                x,
                degrees=spec.rotation * turn,
                factor=1 + spec.scale * growth,
                down=spec.shift * down,
                right=spec.shift * right,
            )
        if self._noise is not None:
            rng.standard_normal(out=self._noise, dtype=np.float32)
            np.multiply(self._noise, spec.noise, out=self._noise)
            np.add(x, self._noise, out=x)
        np.clip(x, 0, 1, out=x)


def check(spec: AugmentationSpec, input_shape: tuple[int, ...], where: str) -> None:
    """Refuse with a SpecError to augment what is no image."""
    if spec and len(input_shape) != 3:
        raise SpecError("augmentation_needs_images", where)


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """The minibatch of one step as it is in the data set and as training sees it; grey values 0 to 1."""

    step: int
    indices: Indices  # (n,), in the training split
    before: Tensor  # (n, inputs)
    after: Tensor  # (n, inputs)


def preview(dataset: Dataset, spec: AugmentationSpec, *, batch_size: int, seed: int, step: int) -> Preview:
    """Make the augmented minibatch of any step of the run with this seed."""
    indices = Minibatches(len(dataset.train), batch_size, seed=seed).indices(step)
    before = dataset.train.x_of(indices)
    after = before.copy()
    Augmentation(spec, dataset.input_shape, batch_size, after.dtype, seed=seed).apply(after, step)
    return Preview(step, frozen_copy(indices), frozen_copy(before), frozen_copy(after))
