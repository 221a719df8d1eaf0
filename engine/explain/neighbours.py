"""The nearest examples, exactly and quickly: which training images are most like this one, and how like they are.

The distance of two images a and b is Euclidean, in grey values from 0 to 1. To compare all pixels of all images would
be slow, and is not needed. Let the columns of P be directions of length 1 at right angles to each other. What an image
has along them is P'a, never longer than the image itself (Bessel's inequality), so that

    |P'a - P'b|^2 = |P'(a - b)|^2  <=  |a - b|^2

is a lower bound made of 48 numbers instead of 784. Images are then compared in the order of their bounds, and the first
bound above the k-th best distance so far ends the search: whatever comes after it is no nearer.

Any such P is right; how few images are left to compare depends on how much of the images' differences it holds. Best
are their principal components. They are found roughly, which is enough: beginning with sums of neighbouring pixels,
"orthogonal iteration" turns the directions towards them. Of 60,000 digits a few hundred are then left.

Distances are compared as whole numbers, sums of squares of bytes, so that the answer is exact to the last bit; bounds
are float32 and are lowered by more than what rounding can do to them.

Sources: C. Faloutsos, M. Ranganathan, Y. Manolopoulos, Fast Subsequence Matching in Time-Series Databases, SIGMOD 1994
(searching by a lower bound of fewer numbers misses nothing); G. Golub and C. Van Loan, Matrix Computations, 8.2.4
(orthogonal iteration).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import WHITE
from engine.tensors import Bytes, Indices

Numbers = NDArray[np.float64]
Floats = NDArray[np.float32]

DIRECTIONS = 48
SAMPLE = 4096
"""Images that the directions are found with."""

TURNS = 3
ROUNDING = 1 / 256
"""Of |a|^2 + |b|^2: more than float32 could err if all roundings of 784 products and sums went the same way."""

FIRST_LOOK = 256
PIECE = 4096
"""Images prepared at a time."""

AT_ONCE = 128
"""Images made float64 at a time: few enough to stay in the cache."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One of the nearest: its position among the images, and how far it is in grey values from 0 to 1."""

    index: int
    distance: float


def unlikeness(pixels: Bytes, distance: float) -> float:
    """Return how unlike an image (inputs,) is to one that is so far: the distance as a share of the image's own length.

    0 is the same image; at 1 an empty image would be as near. A thick digit is farther from all others than a thin one
    that is as well made, as it has more ink to be different in; the share is not.
    """
    length = float(np.linalg.norm(pixels.astype(np.float64))) / WHITE
    return distance / length if length else 1.0


class Neighbours:
    """Finds the nearest of some images (n, inputs), uint8, which are kept by reference and not copied.

    Made `in_pieces` it is ready when `advance` has said so, each call of which takes some 10 ms.
    """

    def __init__(self, images: Bytes, *, in_pieces: bool = False) -> None:
        if images.dtype != np.uint8 or images.ndim != 2 or 0 in images.shape:
            raise ValueError(f"expected images as bytes (n, inputs), got {images.dtype} {images.shape}")
        self._images = images
        self._prepared = 0
        self._squares: Numbers = np.empty(len(images))  # |a|^2
        self._directions: Floats = np.empty((images.shape[1], 0), np.float32)  # P, (inputs, directions)
        self._along: Floats = np.empty((len(images), 0), np.float32)  # P'a, (n, directions)
        self._low: Floats = np.empty(len(images), np.float32)  # |P'a|^2, less what rounding may do
        while not in_pieces and not self.advance():
            pass

    def __len__(self) -> int:
        return len(self._images)

    @property
    def ready(self) -> bool:
        """Whether `nearest` may be asked."""
        return self._prepared == len(self)

    def advance(self) -> bool:
        """Prepare some more images; return whether all are."""
        if not self._directions.size:
            self._directions = _directions(self._images)
            self._along = np.empty((len(self), self._directions.shape[1]), np.float32)
            return False
        start, stop = self._prepared, min(self._prepared + PIECE, len(self))
        for first in range(start, stop, AT_ONCE):
            piece = slice(first, min(first + AT_ONCE, stop))
            numbers = self._images[piece].astype(np.float32)
            np.matmul(numbers, self._directions, out=self._along[piece])
            self._squares[piece] = np.einsum("ij,ij->i", numbers, numbers, dtype=np.float64)
        along = self._along[start:stop]
        self._low[start:stop] = np.einsum("ij,ij->i", along, along) - ROUNDING * self._squares[start:stop]
        self._prepared = stop
        return self.ready

    def nearest(self, pixels: Bytes, k: int = 1) -> tuple[Neighbour, ...]:
        """Return the k nearest images to one (inputs,), nearest first, and of equals the earlier one first."""
        if pixels.dtype != np.uint8 or pixels.shape != self._images.shape[1:]:
            raise ValueError(f"expected bytes {self._images.shape[1:]}, got {pixels.dtype} {pixels.shape}")
        if not 1 <= k <= len(self):
            raise ValueError(f"expected 1 to {len(self)} neighbours, got {k}")
        if not self.ready:
            raise ValueError(f"expected all {len(self)} images to be prepared, got {self._prepared}")
        asked = pixels.astype(np.float64)
        bounds = self._bounds(asked)
        # What is farther than the k-th of the most promising cannot be among the nearest.
        count = min(len(self), max(FIRST_LOOK, k))
        promising = np.argpartition(bounds, count - 1)[:count]
        farthest = np.partition(self._squared_distances(promising, asked), k - 1)[k - 1]
        left = np.flatnonzero(bounds <= farthest)
        left = left[np.argsort(bounds[left], kind="stable")]
        found, squares = left[:0], np.empty(0)
        for start in range(0, len(left), FIRST_LOOK):
            piece = left[start : start + FIRST_LOOK]
            if len(found) == k and bounds[piece[0]] > squares[-1]:
                break
            found = np.concatenate([found, piece])
            squares = np.concatenate([squares, self._squared_distances(piece, asked)])
            order = np.lexsort((found, squares))[:k]
            found, squares = found[order], squares[order]
        return tuple(
            Neighbour(int(index), float(np.sqrt(square)) / WHITE) for index, square in zip(found, squares, strict=True)
        )

    def _bounds(self, asked: Numbers) -> Floats:
        """Return for each image a number that its squared distance, in bytes, is not below."""
        along = asked.astype(np.float32) @ self._directions
        bounds: Floats = self._along @ along
        bounds *= -2
        bounds += self._low
        bounds += along.dot(along) - np.float32(ROUNDING * asked.dot(asked))
        return bounds

    def _squared_distances(self, indices: Indices, asked: Numbers) -> Numbers:
        """Return the squared distances |a|^2 - 2 a.b + |b|^2 of some images in bytes.

        Whole numbers of at most 784 * 255^2 < 2^26: float64 holds them, and every sum on the way to them, exactly.
        """
        squares: Numbers = self._squares[indices] + asked.dot(asked)
        for start in range(0, len(indices), AT_ONCE):
            piece = slice(start, start + AT_ONCE)
            squares[piece] -= 2 * (self._images[indices[piece]].astype(np.float64) @ asked)
        return squares


def _directions(images: Bytes) -> Floats:
    """Return orthonormal directions (inputs, at most DIRECTIONS) roughly along the images' principal components."""
    sample = images[:: -(-len(images) // SAMPLE)].astype(np.float32)
    inputs = images.shape[1]
    # Sums of neighbouring inputs hold most of what images differ in, and no direction of them is like another.
    blocks = np.zeros((inputs, min(DIRECTIONS, inputs)), np.float32)
    blocks[np.arange(inputs), np.arange(inputs) * blocks.shape[1] // inputs] = 1
    directions: Floats = np.linalg.qr(blocks)[0]
    for _ in range(TURNS):
        directions = np.linalg.qr(sample.T @ (sample @ directions))[0]
    return directions
