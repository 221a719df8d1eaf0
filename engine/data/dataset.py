"""What the engine trains on and is tested with: grey images as bytes, one label each."""

from dataclasses import dataclass

import numpy as np

from engine.tensors import Bytes, Indices, Tensor, zeros

WHITE = 255
"""The largest grey value; dividing by it brings an image into the range 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Images and their labels, read-only; the bytes of an image lie in one row."""

    images: Bytes  # (N, pixels)
    labels: Bytes  # (N,)

    def __post_init__(self) -> None:
        # A plain read-only view: for a memory map it skips the bookkeeping of np.memmap on every access.
        for name in ("images", "labels"):
            view = np.asarray(getattr(self, name)).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)
        if self.images.dtype != np.uint8 or self.labels.dtype != np.uint8:
            raise TypeError(f"expected bytes, got images {self.images.dtype} and labels {self.labels.dtype}")
        if self.images.ndim != 2 or self.labels.shape != self.images.shape[:1]:
            raise ValueError(f"expected (N, pixels) and (N,), got {self.images.shape} and {self.labels.shape}")

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A training and a held-out split of images in a fixed number of classes."""

    name: str
    train: Split
    test: Split
    image_shape: tuple[int, int]
    classes: tuple[str, ...]

    @property
    def inputs(self) -> int:
        """Pixels of an image: the inputs of a network for this data set."""
        return self.image_shape[0] * self.image_shape[1]


class Minibatcher:
    """Copies chosen examples, scaled to 0..1, into the arrays of a pass, without allocating."""

    def __init__(self, split: Split, x: Tensor, labels: Bytes) -> None:
        self._take_images = split.images.take
        self._take_labels = split.labels.take
        self._x = x
        self._labels = labels
        self._grey = zeros(x.shape, np.uint8)

    def gather(self, indices: Indices) -> None:
        """Copy the examples with these indices."""
        # With mode="clip" take writes straight to `out`; the default would go through a buffer.
        self._take_images(indices, axis=0, out=self._grey, mode="clip")
        self._take_labels(indices, out=self._labels, mode="clip")
        scale_grey(self._grey, out=self._x)


def scale_grey(grey: Bytes, *, out: Tensor) -> None:
    """Write grey values 0..255 as numbers 0..1."""
    np.copyto(out, grey)  # a plain conversion, then a product in place: faster than one mixed-type product
    np.multiply(out, 1 / WHITE, out=out)
