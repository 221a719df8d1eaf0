"""Pictures of digits that programs send (`POST /api/predict`): decoded, seen as MNIST's were made, read."""

import numpy as np

from app.datasets.picture import grey_of
from app.protocol.drawing import PIXELS
from app.protocol.reading import PackagedName, PictureRead
from app.runs.explanations import farther_than
from app.runs.shelf import Shelf
from engine.data.sketch import see
from engine.errors import DataError
from engine.explain.certainty import entropy
from engine.tensors import Bytes

PICTURE = "picture"
"""What it is called in what is said of it."""


def read_file(shelf: Shelf, network: PackagedName, data: bytes) -> PictureRead:
    """Read the digit in a PNG, JPEG or WebP file; raise DataError for what can't be read."""
    seen = see(grey_of(data, PICTURE))
    return _read(shelf, network, seen.pixels, seen.ink)


def read_pixels(shelf: Shelf, network: PackagedName, pixels: bytes) -> PictureRead:
    """Read the digit in 784 grey values, as they are; raise DataError where they are all the same."""
    image = np.frombuffer(pixels, np.uint8)
    if image.shape != (PIXELS,):
        raise ValueError(f"expected {PIXELS} grey values, got {len(image)}")
    if image.min() == image.max():
        raise DataError("no_ink", "pixels")
    return _read(shelf, network, image, None)


def _read(shelf: Shelf, network: PackagedName, image: Bytes, ink: str | None) -> PictureRead:
    packaged, origin = shelf.packaged(network)
    spec = packaged.checkpoint.spec
    bench = shelf.bench(network, spec).take(origin.weights, packaged.checkpoint.step)
    pixels = image.tolist()
    probs = bench.probs(pixels)
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
        pixels=pixels,
        ink=None if ink is None else "light" if ink == "light" else "dark",
    )
