"""Drawings are seen as MNIST's digits were made, wherever, however large and on whatever paper they are drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.sketch import see, stroke_width
from engine.errors import DataError
from tests.engine.data.drawn import STROKES, drawn, photographed, shape

each_drawing = pytest.mark.parametrize("name", STROKES)


def picture_of(seen):
    return seen.pixels.reshape(28, 28).astype(float)


def apart(first, second):
    """How many grey values two differ by at a pixel, moved so that they fit: by one, as whole pixels may round so."""
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return min(np.abs(np.roll(picture_of(first), move, (0, 1)) - picture_of(second)).mean() for move in moves)


def extent(picture):
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    return rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1


def centre_of_mass(picture):
    rows, columns = np.arange(28)[:, None], np.arange(28)
    return (picture * rows).sum() / picture.sum(), (picture * columns).sum() / picture.sum()


@each_drawing
def test_where_it_is_drawn_does_not_matter(name):
    first = see(drawn(name, left=12, top=20), ink="light")
    second = see(drawn(name, left=51, top=33), ink="light")
    assert second.box.left - first.box.left == 39
    assert second.box.top - first.box.top == 13
    np.testing.assert_array_equal(first.pixels, second.pixels)
    np.testing.assert_array_equal(first.cropped, second.cropped)


@each_drawing
def test_how_large_it_is_drawn_hardly_matters(name):
    small, large = (
        see(drawn(name, side=600, left=40, top=40, size=size, pen=size / 10), ink="light") for size in (90, 520)
    )
    assert apart(small, large) < 4


@each_drawing
def test_dark_on_light_is_seen_as_light_on_dark(name):
    light = drawn(name)
    expected = see(light, ink="light")
    for seen, ink in ((see(light), "light"), (see(255 - light), "dark"), (see(255 - light, ink="dark"), "dark")):
        assert seen.ink == ink
        assert seen.box == expected.box
        np.testing.assert_array_equal(seen.pixels, expected.pixels)


@each_drawing
def test_faint_ink_is_seen_as_strong_ink(name):
    strong, faint = see(drawn(name)), see(drawn(name, strength=60))
    assert np.abs(picture_of(strong) - picture_of(faint)).max() <= 6


@each_drawing
def test_the_longer_side_is_20_pixels_and_the_aspect_is_kept(name):
    seen = see(drawn(name), ink="light")
    height, width = extent(picture_of(seen))
    assert max(height, width) == 20
    shorter = 20 * min(seen.box.height, seen.box.width) / max(seen.box.height, seen.box.width)
    assert min(height, width) == pytest.approx(shorter, abs=1.5)  # a thin stroke is made wider
    assert (height > width) == (seen.box.height > seen.box.width)


@each_drawing
def test_the_centre_of_mass_is_in_the_middle_within_half_a_pixel(name):
    assert centre_of_mass(picture_of(see(drawn(name), ink="light"))) == pytest.approx((14, 14), abs=0.51)


@each_drawing
def test_a_photo_with_uneven_light_is_seen_as_the_drawing_is(name):
    drawing = drawn(name)
    clean, photo = see(drawing, ink="light"), see(photographed(drawing))
    assert photo.ink == "dark"
    assert photo.box.left == pytest.approx(clean.box.left, abs=3)
    assert photo.box.width == pytest.approx(clean.box.width, abs=5)
    assert apart(photo, clean) < 9


@pytest.mark.parametrize("pen", [1.5, 3.0, 6.0, 10.0, 18.0, 26.0])
def test_strokes_come_out_neither_hair_thin_nor_clotted(pen):
    seen = see(drawn("zero", side=180, pen=pen), ink="light")
    assert 1.4 < stroke_width(picture_of(seen) / 255) < 4.2


def test_a_digit_of_mnist_seen_again_stays_nearly_itself(mnist):
    digits = mnist.test.grey[:400]
    again = np.stack([see(digit.reshape(28, 28)).pixels for digit in digits])
    difference = np.abs(again.astype(float) - digits)
    assert difference.mean() < 2
    assert (difference.max(axis=1) <= 2).mean() > 0.9


def test_the_ink_is_cropped_to_its_box():
    picture = np.zeros((40, 50), np.uint8)
    picture[5:25, 11:20] = 200
    seen = see(picture)
    assert (seen.box.left, seen.box.top, seen.box.width, seen.box.height) == (11, 5, 9, 20)
    np.testing.assert_array_equal(seen.cropped, np.full((20, 9), 255))


def test_a_speck_on_a_photo_is_not_part_of_the_digit():
    photo = photographed(drawn("seven", side=200))
    photo[185:188, 180:183] = 30
    assert see(photo).box.left + see(photo).box.width < 140


@pytest.mark.parametrize(
    ("value", "ink", "code"),
    [
        (0, None, "no_ink"),
        (255, None, "no_ink"),
        (0, "light", "no_ink"),
        (255, "light", "all_ink"),
        (255, "dark", "no_ink"),
        (0, "dark", "all_ink"),
    ],
)
def test_a_flat_picture_is_refused(value, ink, code):
    with pytest.raises(DataError) as refused:
        see(np.full((30, 30), value, np.uint8), ink=ink)
    assert refused.value.code == code


def test_bare_paper_in_a_photo_is_no_ink():
    with pytest.raises(DataError, match="nothing drawn"):
        see(photographed(np.zeros((120, 160), np.uint8)))


def test_an_image_of_too_many_or_no_pixels_is_refused():
    for size in ((4097, 3), (3, 4097), (0, 5)):
        with pytest.raises(DataError, match="a side may have 1 to 4096"):
            see(np.zeros(size, np.uint8))
    with pytest.raises(ValueError, match="expected grey values as bytes"):
        see(np.zeros((4, 4)))


def test_the_smallest_drawings_are_seen():
    dot = np.zeros((1, 2), np.uint8)
    dot[0, 0] = 255
    assert see(dot, ink="light").pixels.any()
    point = np.zeros((300, 300), np.uint8)
    point[299, 0] = 255
    assert see(point).box.width == 1


@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(1, 70),
    width=st.integers(1, 70),
    kind=st.sampled_from(["noise", "blocks", "uneven"]),
    ink=st.sampled_from([None, "light", "dark"]),
)
def test_whatever_the_picture_is_it_is_seen_or_refused(seed, height, width, kind, ink):
    picture = shape(seed, height, width, kind)
    before = picture.copy()
    try:
        seen = see(picture, ink=ink)
    except DataError:
        return
    np.testing.assert_array_equal(picture, before)
    assert seen.pixels.shape == (784,)
    assert seen.pixels.dtype == seen.cropped.dtype == np.uint8
    assert seen.pixels.any()
    assert seen.ink == (ink or seen.ink)
    assert max(extent(picture_of(seen))) <= 20
    box = seen.box
    assert 0 <= box.left < box.left + box.width <= width
    assert 0 <= box.top < box.top + box.height <= height
    middle = centre_of_mass(picture_of(seen))
    rows, columns = np.nonzero(picture_of(seen))
    for at, ends in zip(middle, ((rows.min(), rows.max()), (columns.min(), columns.max())), strict=True):
        # A shape that is heavy at one end stops at the edge of the 28 pixels.
        assert abs(at - 14) <= 0.55 or ends[0] <= 1 or ends[1] >= 26
