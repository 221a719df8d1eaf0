"""Arrays of our own begin where a cache line begins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.tensors import ALIGNMENT, zeros


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@given(shape=st.lists(st.integers(1, 40), max_size=3).map(tuple))
def test_zeros_are_a_plain_aligned_array_of_zeros(dtype, shape):
    found = zeros(shape, dtype)
    assert (found.shape, found.dtype) == (shape, dtype)
    assert found.ctypes.data % ALIGNMENT == 0
    assert found.flags.c_contiguous
    assert found.flags.writeable
    assert not found.any()
