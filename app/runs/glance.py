"""A glance at a run: what some units of its first layer look for, small enough for a wall of a hundred runs."""

import math
from dataclasses import dataclass

import numpy as np

from app.runs.framing import quantize
from engine.trainer import Trainer

MOST_TILES = 4
MOST_PIXELS = 32 * 32
"""Of one tile: images of other sizes are left out."""


@dataclass(frozen=True, slots=True)
class Glance:
    """Weights of a few units as images: data * scale."""

    data: bytes  # int8
    scale: float
    shape: tuple[int, ...]  # (tiles, height, width); none where the first layer looks at no images


NOTHING = Glance(b"", 0.0, ())


def glance_at(trainer: Trainer) -> Glance:
    """Return the weights of up to four units of the first layer with weights, evenly chosen, each as an image."""
    layer = next((layer for layer in trainer.network.layers if "W" in layer.parameters), None)
    image = trainer.dataset.image_shape
    if layer is None or image is None:
        return NOTHING
    W = layer.parameters["W"]
    count = min(MOST_TILES, len(W))
    rows = W[np.arange(count) * len(W) // count]
    if rows.ndim == 4:  # kernels: their first channel
        tiles = rows[:, 0]
    elif rows.shape[1] == math.prod(image):
        tiles = rows.reshape(count, *image)
    else:
        return NOTHING
    if tiles[0].size > MOST_PIXELS:
        return NOTHING
    scale, data = quantize(tiles)
    return Glance(data, scale, tiles.shape)
