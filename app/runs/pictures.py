"""Pictures of digits that programs send (`POST /api/predict`): decoded, seen as MNIST's were made, read."""

import numpy as np

from app.datasets.picture import grey_of
from app.protocol.drawing import PIXELS
from app.protocol.reading import PackagedName, PictureRead
from app.runs.explanations import farther_than
from app.runs.shelf import Shelf
from engine.data.ink import Ink
from engine.data.sketch import see
from engine.errors import DataError
from engine.explain.certainty import entropy

PICTURE = "picture"
"""What it is called in what is said of it."""


def see_file(data: bytes) -> tuple[bytes, Ink]:
    """Return what a network reads of a PNG, JPEG or WebP file, 784 grey values, and how its ink was.

    Raises DataError for what can't be read.
    """
    seen = see(grey_of(data, PICTURE))
    return seen.pixels.tobytes(), seen.ink


def read_pixels(shelf: Shelf, network: PackagedName, pixels: bytes, ink: Ink | None) -> PictureRead:
    """Read the digit in 784 grey values, as they are; raise DataError where they are all the same."""
    image = np.frombuffer(pixels, np.uint8)
    if image.shape != (PIXELS,):
        raise ValueError(f"expected {PIXELS} grey values, got {len(image)}")
    if image.min() == image.max():
        raise DataError("no_ink", "pixels")
    packaged, origin = shelf.packaged(network)
    spec = packaged.checkpoint.spec
    bench = shelf.bench(network, spec).take(origin.weights, packaged.checkpoint.step)
    grey = image.tolist()
    probs = bench.probs(grey)
    digits = shelf.training_digits(spec)
    assert digits is not None  # noqa: S101 - they are trained with MNIST; narrows the type
    nearest = digits.neighbours.nearest(image)[0]
    return PictureRead(
        prediction=int(probs.argmax()),
        probs=[float(prob) for prob in probs],
        entropy=entropy(probs),
        network=network,
        correct=packaged.correct,
        count=packaged.count,
        distance=nearest.distance,
        farther_than=farther_than(nearest.distance, digits.distances),
        pixels=grey,
        ink=ink,
    )
