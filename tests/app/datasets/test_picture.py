"""Pictures from outside become grey values, or are refused in a sentence, whatever their bytes are."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.datasets.picture import MOST_BYTES, grey_of
from engine.errors import DataError


def file_of(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def gradient(height: int = 30, width: int = 40) -> Image.Image:
    return Image.fromarray(np.linspace(0, 255, height * width).astype(np.uint8).reshape(height, width))


def announced(width: int, height: int) -> bytes:
    """A PNG whose header announces a size, and which has hardly more than that."""
    chunks = [b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0), b"IDAT" + zlib.compress(bytes(100))]
    framed = [struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def refusal(data: bytes) -> DataError:
    with pytest.raises(DataError) as refused:
        grey_of(data, "digit.png")
    return refused.value


@pytest.mark.parametrize(
    ("kind", "options", "apart"), [("PNG", {}, 0), ("WEBP", {"lossless": True}, 1), ("JPEG", {"quality": 95}, 8)]
)
def test_what_a_picture_shows_is_what_comes_out(kind, options, apart):
    grey = grey_of(file_of(gradient(), kind, **options))
    assert grey.dtype == np.uint8
    assert np.abs(grey.astype(int) - np.asarray(gradient())).max() <= apart


def test_a_camera_held_upright_is_heard():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to see it
    np.testing.assert_array_equal(grey_of(file_of(gradient(), exif=exif)), np.rot90(np.asarray(gradient()), -1))


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (90, 255), (200, 0)])
def test_what_is_drawn_on_a_transparent_ground_is_seen_on_paper_unlike_it(ink, paper):
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[5:15, 8:12] = (ink, ink, ink, 255)
    grey = grey_of(file_of(Image.fromarray(pixels)))
    assert (grey[10, 10], grey[0, 0]) == (ink, paper)


def test_sixteen_bits_a_pixel_become_eight():
    deep = Image.fromarray((np.asarray(gradient()).astype(np.uint16) << 8) + 77)
    np.testing.assert_array_equal(grey_of(file_of(deep)), np.asarray(gradient()))


def test_a_long_picture_is_made_small_enough_to_be_seen():
    assert grey_of(file_of(Image.new("L", (8192, 10)))).shape == (5, 4096)


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", "broken_image", "The image digit.png cannot be read."),
        (b"seven, I think\n" * 20, "broken_image", "cannot be read"),
        (file_of(gradient())[:100], "broken_image", "cannot be read"),
        (file_of(gradient(), "GIF"), "broken_image", "cannot be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "broken_image", "cannot be read"),
        (announced(10_000, 10_000), "image_too_large", "more than 16777216 pixels"),
        (announced(2**31 - 1, 2**31 - 1), "image_too_large", "more than 16777216 pixels"),
        (bytes(MOST_BYTES + 1), "picture_too_many_bytes", "more than 16777216 bytes"),
    ],
    ids=["nothing", "text", "half", "another kind", "vector", "100 megapixels", "bomb", "heavy"],
)
def test_what_is_no_picture_is_refused_in_a_sentence(data, code, said):
    refused = refusal(data)
    assert refused.code == code
    assert said in refused.message


@given(cut=st.integers(0, 600), at=st.integers(0, 599), byte=st.integers(0, 255), kind=st.sampled_from(["PNG", "JPEG"]))
def test_a_damaged_picture_is_read_or_refused(cut, at, byte, kind):
    data = bytearray(file_of(gradient(), kind))
    data[at % len(data)] = byte
    data = data[: max(1, len(data) - cut)]
    try:
        assert grey_of(bytes(data)).ndim == 2
    except DataError as refused:
        assert refused.where == "file"  # noqa: PT017 - either outcome is right
