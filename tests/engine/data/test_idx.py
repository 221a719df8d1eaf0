"""The IDX reader: what was written is read back, and nothing malformed is accepted."""

import gzip
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.data.idx import MOST_BYTES, decompress, idx_header, parse_idx
from engine.errors import DataError

anything = arrays.arrays(np.uint8, arrays.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=6))


def refusal(raw: bytes) -> DataError:
    with pytest.raises(DataError) as refused:
        parse_idx(raw, "digits")
    assert refused.value.where == "digits"
    assert "digits" in refused.value.message
    return refused.value


@given(anything)
def test_what_is_written_is_read_back(array):
    read = parse_idx(idx_header(array.shape) + array.tobytes(), "digits")
    np.testing.assert_array_equal(read, array)
    assert read.shape == array.shape
    assert not read.flags.writeable


@given(anything, st.data())
def test_every_shortened_file_is_refused(array, data):
    raw = idx_header(array.shape) + array.tobytes()
    length = data.draw(st.integers(0, len(raw) - 1))
    assert refusal(raw[:length]).code in {"wrong_magic", "file_too_short"}


@given(anything, st.binary(min_size=1, max_size=9))
def test_every_byte_too_many_is_refused(array, extra):
    assert refusal(idx_header(array.shape) + array.tobytes() + extra).code == "trailing_bytes"


@given(st.binary(max_size=64))
def test_arbitrary_bytes_are_read_or_refused_but_never_crash(raw):
    with suppress(DataError):
        assert parse_idx(raw, "digits").dtype == np.uint8


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "wrong_magic"),
        (b"\x00\x00\x08", "wrong_magic"),
        (b"\x00\x00\x0d\x01\x00\x00\x00\x00", "wrong_magic"),
        (b"\x1f\x8b\x08\x00", "wrong_magic"),
        (b"\x00\x00\x08\x00", "wrong_rank"),
        (b"\x00\x00\x08\x05" + b"\x00" * 20, "wrong_rank"),
        (b"\x00\x00\x08\x02\x00\x00\x00\x01", "file_too_short"),
        (b"\x00\x00\x08\x04" + b"\xff" * 16, "dimensions_too_large"),
        (b"\x00\x00\x08\x01\x10\x00\x00\x01", "dimensions_too_large"),
    ],
)
def test_a_hostile_header_is_refused_by_name(raw, code):
    assert refusal(raw).code == code


def test_a_file_that_is_not_complete_gzip_is_refused(tmp_path):
    path = tmp_path / "digits.gz"
    packed = gzip.compress(b"\x00" * 1000)
    for broken in (b"plain", packed[:-4], packed[:10] + b"\xff" * 8 + packed[18:]):
        path.write_bytes(broken)
        with pytest.raises(DataError) as refused:
            decompress(path)
        assert refused.value.code == "not_gzip"


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataError) as refused:
        decompress(tmp_path / "digits.gz")
    assert refused.value.code == "file_missing"


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(tmp_path):
    path = tmp_path / "digits.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(MOST_BYTES // 2**20 + 1):
            file.write(bytes(2**20))
    with pytest.raises(DataError) as refused:
        decompress(path)
    assert refused.value.code == "file_too_large"
