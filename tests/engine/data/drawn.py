"""Drawings for the tests of how drawings are seen: a few digits by few strokes, and any shape at all."""

from itertools import pairwise

import numpy as np

STROKES = {
    "seven": [[(0.1, 0.1), (0.9, 0.1), (0.4, 1.0)]],
    "one": [[(0.5, 0.0), (0.5, 1.0)]],
    "four": [[(0.3, 0.0), (0.1, 0.6), (0.9, 0.6)], [(0.7, 0.2), (0.7, 1.0)]],
    "zero": [[(0.5 + 0.4 * np.sin(t), 0.5 - 0.5 * np.cos(t)) for t in np.linspace(0, 6.283, 40)]],
    "dash": [[(0.0, 0.5), (1.0, 0.5)]],
}


def drawn(name, *, side=160, left=20.0, top=20.0, size=100.0, pen=6.0, strength=255):
    """Rasterize strokes with a round pen, light on dark."""
    row, column = np.mgrid[:side, :side] + 0.5
    amount = np.zeros((side, side))
    for stroke in STROKES[name]:
        points = np.array(stroke) * size + (left, top)
        for start, end in pairwise(points):
            way = end - start
            x, y = column - start[0], row - start[1]
            share = np.clip((x * way[0] + y * way[1]) / (way @ way), 0, 1)
            distance = np.hypot(x - share * way[0], y - share * way[1])
            np.maximum(amount, np.clip(pen / 2 + 0.5 - distance, 0, 1), out=amount)
    return np.floor(amount * strength + 0.5).astype(np.uint8)


def photographed(picture, seed=0):
    """Dark ink on paper, lit from one side, with noise."""
    rng = np.random.default_rng(seed)
    height, width = picture.shape
    light = 130 + 90 * np.linspace(0, 1, width)[None, :] * np.linspace(0.5, 1, height)[:, None]
    grey = light * (1 - 0.7 * picture / 255) + rng.normal(0, 4, picture.shape)
    return np.clip(grey + 0.5, 0, 255).astype(np.uint8)


def shape(seed, height, width, kind):
    """Any picture: of few values or many, of one line, of noise."""
    rng = np.random.default_rng(seed)
    if kind == "noise":
        return rng.integers(0, 256, (height, width)).astype(np.uint8)
    picture = np.full((height, width), rng.integers(0, 256), np.uint8)
    for _ in range(rng.integers(0, 5)):
        rows, columns = sorted(rng.integers(0, height + 1, 2)), sorted(rng.integers(0, width + 1, 2))
        picture[slice(*rows), slice(*columns)] = rng.integers(0, 256)
    if kind == "uneven":
        slope = np.linspace(0, rng.integers(0, 120), width)[None, :] + rng.normal(0, 3, (height, width))
        picture = np.clip(picture * 0.5 + slope, 0, 255).astype(np.uint8)
    return picture
