"""Augmentation: the geometry it says, the same for one seed and step, and nothing at all where nothing is asked."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import catalogue
from engine.data.augmentation import Augmentation, Warp, preview
from engine.data.minibatches import Minibatches
from engine.errors import SpecError
from engine.spec import AugmentationSpec, DatasetSpec

EVERYTHING = AugmentationSpec(shift=3.0, rotation=25.0, scale=0.2, noise=0.1)

shapes = st.tuples(st.integers(1, 3), st.integers(2, 9), st.integers(2, 9))


def pictures(n: int, shape: tuple[int, ...], dtype: type = np.float32) -> np.ndarray:
    return np.random.default_rng(n).random((n, int(np.prod(shape)))).astype(dtype)


def warped(x: np.ndarray, shape: tuple[int, ...], **moves: Any) -> np.ndarray:
    n, result = len(x), x.copy()
    still = {"degrees": 0.0, "factor": 1.0, "down": 0.0, "right": 0.0}
    Warp(n, shape, x.dtype).apply(
        result, **{name: np.broadcast_to(np.float64(value), n) for name, value in (still | moves).items()}
    )
    return result.reshape(n, *shape)


def moved(images: np.ndarray, down: int, right: int) -> np.ndarray:
    """Roll the images by whole pixels, black coming in."""
    result = np.zeros_like(images)
    height, width = images.shape[-2:]
    result[..., max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = images[
        ..., max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)
    ]
    return result


@given(shapes, st.integers(1, 4))
def test_without_moves_every_bit_stays(shape, n):
    x = pictures(n, shape)
    np.testing.assert_array_equal(warped(x, shape), x.reshape(n, *shape))


@given(shapes, st.data())
def test_a_shift_by_whole_pixels_moves_the_pixels_and_lets_black_in(shape, data):
    down = data.draw(st.integers(-shape[1], shape[1]))
    right = data.draw(st.integers(-shape[2], shape[2]))
    x = pictures(2, shape)
    np.testing.assert_array_equal(warped(x, shape, down=down, right=right), moved(x.reshape(2, *shape), down, right))


@given(shapes, st.floats(0, 1))
def test_a_shift_by_part_of_a_pixel_mixes_two_neighbours(shape, part):
    x = pictures(2, shape, np.float64)
    images = x.reshape(2, *shape)
    expected = (1 - part) * images + part * moved(images, 0, 1)
    np.testing.assert_allclose(warped(x, shape, right=part), expected, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(side=st.integers(2, 28), quarters=st.integers(-4, 4))
def test_a_quarter_turn_is_numpys_quarter_turn(dtype, side, quarters):
    x = pictures(2, (1, side, side), dtype)
    expected = np.rot90(x.reshape(2, 1, side, side), quarters, axes=(2, 3))
    atol = 1e-5 if dtype is np.float32 else 1e-12
    np.testing.assert_allclose(warped(x, (1, side, side), degrees=90 * quarters), expected, atol=atol)


def smooth(side: int) -> np.ndarray:
    """Return a picture without edges, in which bilinear interpolation errs little."""
    down, right = np.mgrid[:side, :side] - (side - 1) / 2
    hill = np.exp(-((down - 2) ** 2 + (right + 3) ** 2) / (2 * (side / 10) ** 2))
    return hill.reshape(1, -1)


@pytest.mark.parametrize(
    ("there", "back"),
    [({"factor": 1.25}, {"factor": 0.8}), ({"degrees": 33.0}, {"degrees": -33.0}), ({"down": 2.3}, {"down": -2.3})],
)
def test_a_move_and_its_inverse_give_the_picture_back(there, back):
    shape = (1, 61, 61)
    picture = smooth(61)
    gone = warped(picture, shape, **there)
    assert np.abs(gone.reshape(1, -1) - picture).max() > 0.1
    returned = warped(gone.reshape(1, -1), shape, **back)
    np.testing.assert_allclose(returned.reshape(1, -1), picture, atol=0.02)


def test_twice_the_size_doubles_the_distance_from_the_centre():
    picture = np.zeros((1, 81))
    picture[0, 4 * 9 + 6] = 1  # two to the right of the centre of 9 by 9
    twice = warped(picture, (1, 9, 9), factor=2.0)[0, 0]
    assert np.unravel_index(twice.argmax(), twice.shape) == (4, 8)


def test_a_positive_angle_turns_against_the_clock_as_seen():
    picture = np.zeros((1, 81))
    picture[0, 4 * 9 + 7] = 1  # right of the centre
    turned = warped(picture, (1, 9, 9), degrees=90.0)[0, 0]
    assert np.unravel_index(turned.argmax(), turned.shape) == (1, 4)  # above it


def test_each_image_moves_by_its_own_numbers():
    x = pictures(3, (1, 5, 5))
    together = warped(x, (1, 5, 5), right=np.array([0.0, 1.0, -2.0]))
    alone = [warped(x[i : i + 1], (1, 5, 5), right=right)[0] for i, right in enumerate((0.0, 1.0, -2.0))]
    np.testing.assert_array_equal(together, alone)


def test_with_everything_zero_nothing_is_done():
    x = pictures(4, (1, 28, 28))
    result = x.copy()
    Augmentation(AugmentationSpec(), (1, 28, 28), 4, x.dtype, seed=1).apply(result, 3)
    np.testing.assert_array_equal(result, x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(seed=st.integers(0, 2**32 - 1), step=st.integers(0, 10**6))
def test_what_is_drawn_depends_on_seed_and_step_alone_and_stays_grey(dtype, seed, step):
    shape = (1, 12, 10)
    x = pictures(3, shape, dtype)
    first, second = x.copy(), x.copy()
    Augmentation(EVERYTHING, shape, 3, x.dtype, seed=seed).apply(first, step)
    wanderer = Augmentation(EVERYTHING, shape, 3, x.dtype, seed=seed)
    wanderer.apply(x.copy(), step + 1)
    wanderer.apply(second, step)
    np.testing.assert_array_equal(first, second)
    assert (first != x).any(axis=1).all()
    assert first.min() >= 0
    assert first.max() <= 1


def test_every_step_and_every_seed_varies_anew():
    results = []
    for seed, step in ((0, 0), (0, 1), (1, 0)):
        x = pictures(2, (1, 8, 8))
        Augmentation(EVERYTHING, (1, 8, 8), 2, x.dtype, seed=seed).apply(x, step)
        results.append(x.tobytes())
    assert len(set(results)) == 3


def test_both_precisions_see_the_same_images():
    x = pictures(4, (1, 28, 28), np.float64)
    single = x.astype(np.float32)
    for array in (x, single):
        Augmentation(EVERYTHING, (1, 28, 28), 4, array.dtype, seed=5).apply(array, 7)
    np.testing.assert_allclose(single, x, atol=1e-4)


def test_noise_has_the_deviation_asked_and_leaves_the_moves_as_they_were():
    grey = np.full((50, 784), 0.5, np.float32)
    Augmentation(AugmentationSpec(noise=0.1), (1, 28, 28), 50, grey.dtype, seed=2).apply(grey, 0)
    assert grey.std() == pytest.approx(0.1, rel=0.02)
    assert grey.mean() == pytest.approx(0.5, abs=0.002)
    quiet, noisy = pictures(2, (1, 28, 28)), pictures(2, (1, 28, 28))
    Augmentation(AugmentationSpec(rotation=30.0), (1, 28, 28), 2, quiet.dtype, seed=2).apply(quiet, 0)
    Augmentation(AugmentationSpec(rotation=30.0, noise=1e-6), (1, 28, 28), 2, noisy.dtype, seed=2).apply(noisy, 0)
    np.testing.assert_allclose(noisy, quiet, atol=1e-4)


def test_points_cannot_be_augmented():
    with pytest.raises(SpecError) as refused:
        Augmentation(EVERYTHING, (2,), 4, np.dtype(np.float32), seed=0)
    assert (refused.value.code, refused.value.where) == ("augmentation_needs_images", "augmentation")
    Augmentation(AugmentationSpec(), (2,), 4, np.dtype(np.float32), seed=0).apply(np.ones((4, 2), np.float32), 0)


def test_a_step_allocates_nothing_that_grows_with_the_images():
    def peak(side: int) -> int:
        shape = (1, side, side)
        x = pictures(8, shape)
        augmentation = Augmentation(EVERYTHING, shape, 8, x.dtype, seed=0)
        augmentation.apply(x, 0)
        tracemalloc.start()
        try:
            augmentation.apply(x, 1)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(80) <= peak(40) + 1024


def test_a_preview_is_the_minibatch_of_its_step(toy):
    shown = preview(toy, EVERYTHING, batch_size=6, seed=4, step=9)
    indices = Minibatches(len(toy.train), 6, seed=4).indices(9)
    np.testing.assert_array_equal(shown.indices, indices)
    np.testing.assert_allclose(shown.before, toy.train.inputs[indices] / 255, atol=1e-6)
    expected = shown.before.copy()
    Augmentation(EVERYTHING, (1, 28, 28), 6, expected.dtype, seed=4).apply(expected, 9)
    np.testing.assert_array_equal(shown.after, expected)
    assert not shown.after.flags.writeable


def test_a_preview_without_augmentation_shows_the_examples_themselves():
    made = catalogue.make(DatasetSpec("moons"))
    shown = preview(made, AugmentationSpec(), batch_size=5, seed=0, step=0)
    np.testing.assert_array_equal(shown.before, made.train.inputs[shown.indices])
    np.testing.assert_array_equal(shown.before, shown.after)
