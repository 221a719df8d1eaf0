"""Nearest examples: exactly those that looking at every pixel of every image finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.explain.neighbours import Neighbours, unlikeness


def by_looking_at_all(images, pixels, k):
    squares = ((images.astype(np.int64) - pixels.astype(np.int64)) ** 2).sum(axis=1)
    order = np.argsort(squares, kind="stable")[:k]
    return [(int(index), float(np.sqrt(squares[index])) / 255) for index in order]


def found(neighbours, pixels, k):
    return [(one.index, one.distance) for one in neighbours.nearest(pixels, k)]


def likes(seed, n, inputs, levels):
    """Images of few grey values around few prototypes, so that many distances are equal."""
    rng = np.random.default_rng(seed)
    prototypes = rng.integers(0, 256, (3, inputs))
    noise = rng.integers(-levels, levels + 1, (n, inputs))
    return np.clip(prototypes[rng.integers(0, 3, n)] + noise, 0, 255).astype(np.uint8)


@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 700),
    inputs=st.integers(1, 90),
    levels=st.integers(0, 60),
    k=st.integers(1, 12),
)
def test_they_are_those_found_by_looking_at_all_images(seed, n, inputs, levels, k):
    images = likes(seed, n + 1, inputs, levels)
    images, asked = images[1:], images[0]
    k = min(k, n)
    assert found(Neighbours(images), asked, k) == by_looking_at_all(images, asked, k)


def test_they_are_exact_among_the_real_digits(mnist):
    neighbours = Neighbours(mnist.train.grey)
    noise = np.random.default_rng(0).integers(0, 256, 784).astype(np.uint8)
    for asked in (*mnist.test.grey[:6], noise, np.zeros(784, np.uint8), np.full(784, 255, np.uint8)):
        assert found(neighbours, asked, 5) == by_looking_at_all(mnist.train.grey, asked, 5)


def test_an_image_that_is_there_is_its_own_nearest_and_the_first_of_equals_comes_first():
    images = likes(1, 40, 64, 30)
    images[31] = images[7]
    first, second = Neighbours(images).nearest(images[31], 2)
    assert (first.index, first.distance, second.index, second.distance) == (7, 0.0, 31, 0.0)


def test_made_in_pieces_they_are_the_same_and_not_asked_before_they_are_ready():
    images = likes(2, 9000, 49, 60)
    whole, pieces = Neighbours(images), Neighbours(images, in_pieces=True)
    calls = 0
    while not pieces.ready:
        with pytest.raises(ValueError, match="expected all 9000 images to be prepared"):
            pieces.nearest(images[0])
        assert pieces.advance() == pieces.ready
        calls += 1
    assert calls == 4
    assert pieces.nearest(images[5], 9) == whole.nearest(images[5], 9)


def test_how_unlike_is_the_distance_as_a_share_of_the_images_own_length():
    image = np.array([0, 51, 102], np.uint8)
    assert unlikeness(image, 0.0) == 0
    assert unlikeness(image, float(np.hypot(0.2, 0.4))) == pytest.approx(1)
    assert unlikeness(np.zeros(3, np.uint8), 2.0) == 1


def test_what_cannot_be_compared_is_refused():
    neighbours = Neighbours(np.zeros((3, 16), np.uint8))
    with pytest.raises(ValueError, match="expected 1 to 3 neighbours, got 4"):
        neighbours.nearest(np.zeros(16, np.uint8), 4)
    with pytest.raises(ValueError, match=r"expected bytes \(16,\)"):
        neighbours.nearest(np.zeros(15, np.uint8))
    with pytest.raises(ValueError, match="expected images as bytes"):
        Neighbours(np.zeros((3, 16), np.float32))
