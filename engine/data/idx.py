"""A strict reader of IDX, the file format of MNIST.

    bytes 0, 1    zero
    byte 2        type of the numbers; 8 means unsigned bytes, the only type accepted here
    byte 3        number of dimensions
    then          each dimension as a big-endian 32-bit number
    then          the numbers, last dimension fastest, and nothing after them

Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits, "File formats".
"""

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np

from engine.errors import DataError
from engine.tensors import Bytes

UNSIGNED_BYTES = b"\x00\x00\x08"
MOST_DIMENSIONS = 4
MOST_BYTES = 1 << 28
"""No file may announce or hold more than 256 MiB."""


def header_size(dimensions: int) -> int:
    """Return how many bytes come before the numbers."""
    return 4 + 4 * dimensions


def idx_header(shape: tuple[int, ...]) -> bytes:
    """Return the header of an IDX file of unsigned bytes of this shape."""
    return UNSIGNED_BYTES + bytes([len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)


def parse_header(raw: bytes, where: str) -> tuple[int, ...]:
    """Return the shape that the header announces."""
    if raw[:3] != UNSIGNED_BYTES or len(raw) < 4:
        raise DataError("wrong_magic", where)
    dimensions = raw[3]
    if not 1 <= dimensions <= MOST_DIMENSIONS:
        raise DataError("wrong_rank", where, count=dimensions, most=MOST_DIMENSIONS)
    size = header_size(dimensions)
    if len(raw) < size:
        raise DataError("file_too_short", where, count=len(raw), expected=size)
    shape = tuple(int.from_bytes(raw[start : start + 4], "big") for start in range(4, size, 4))
    if prod(shape) > MOST_BYTES:
        raise DataError("dimensions_too_large", where, most=MOST_BYTES)
    return shape


def parse_idx(raw: bytes, where: str) -> Bytes:
    """Return the numbers of an IDX file as a read-only view of `raw`."""
    shape = parse_header(raw, where)
    start = header_size(len(shape))
    expected = start + prod(shape)
    if len(raw) < expected:
        raise DataError("file_too_short", where, count=len(raw), expected=expected)
    if len(raw) > expected:
        raise DataError("trailing_bytes", where, expected=expected)
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)


def decompress(path: Path) -> bytes:
    """Return the content of a gzip file, refusing to unpack more than an IDX file may hold."""
    where = path.name
    most = MOST_BYTES + header_size(MOST_DIMENSIONS)
    try:
        with gzip.open(path, "rb") as file:
            raw = file.read(most + 1)
    except FileNotFoundError:
        raise DataError("file_missing", where) from None
    except (OSError, EOFError, zlib.error):
        raise DataError("not_gzip", where) from None
    if len(raw) > most:
        raise DataError("file_too_large", where, most=most)
    return raw
