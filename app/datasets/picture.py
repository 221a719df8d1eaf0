"""Pictures that somebody brought, decoded to grey values without trusting a byte of them.

A file of a few kilobytes can announce a picture that fills the memory ("decompression bomb"): its header is read first,
and what is too large is refused before any pixel is decoded. Only formats that browsers show are tried.

Grey is ITU-R 601 luma, 0.299 R + 0.587 G + 0.114 B. A camera held upright says so beside the pixels (EXIF), and is
heard.
"""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from engine.data.sketch import MOST_SIDE
from engine.errors import DataError
from engine.tensors import Bytes

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 1 << 24
MOST_PIXELS = 1 << 24
"""Of one picture: 16 million, as phones make them."""


def grey_of(data: bytes, where: str = "file") -> Bytes:
    """Decode a PNG, JPEG or WebP file to grey values (height, width), each side at most 4096.

    What is transparent is seen on white, or on black if what is drawn there is light. `where` is the name of the file
    in what is said of it: DataError picture_too_many_bytes, image_too_large or broken_image.
    """
    if len(data) > MOST_BYTES:
        raise DataError("picture_too_many_bytes", where, most=MOST_BYTES)
    with open_picture(io.BytesIO(data), where, FORMATS) as image:
        try:
            upright = ImageOps.exif_transpose(image)
            grey = without_colour(upright, paper="white" if _is_dark(upright) else "black")
            grey.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.BOX)
        except Exception:  # whatever a decoder stumbles over, the picture is what is wrong
            raise DataError("broken_image", where) from None
        return np.asarray(grey, np.uint8)


def open_picture(source: Path | io.BytesIO, where: str, formats: tuple[str, ...]) -> Image.Image:
    """Read a picture's header; raise DataError for what is none, or has more than MOST_PIXELS pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own bound is lower than Pillow's
            image = Image.open(source, formats=formats)
    except Image.DecompressionBombError:
        raise DataError("image_too_large", where, most=MOST_PIXELS) from None
    except Exception:  # as above
        raise DataError("broken_image", where) from None
    if image.width * image.height > MOST_PIXELS:
        image.close()
        raise DataError("image_too_large", where, most=MOST_PIXELS)
    return image


def without_colour(image: Image.Image, paper: str = "white") -> Image.Image:
    """Return a picture's grey values, what is transparent seen on paper of that colour."""
    if image.mode.startswith("I"):  # 16 bits a pixel: the upper 8 of them
        return Image.fromarray((np.asarray(image).astype(np.int64) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, paper), seen).convert("L")
    return image.convert("L")


def _is_dark(image: Image.Image) -> bool:
    """Tell whether what a picture with transparency shows is dark, each pixel as much as it is there."""
    if not image.has_transparency_data:
        return True
    pixels = image.convert("RGBA")
    grey, alpha = (
        np.asarray(band, np.float64) for band in (pixels.convert("RGB").convert("L"), pixels.getchannel("A"))
    )
    return float((grey * alpha).sum()) <= 127.5 * float(alpha.sum())
