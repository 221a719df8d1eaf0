"""Frames: what is encoded is what is decoded, and nothing else is a frame."""

import struct
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol import PROTOCOL_VERSION
from app.protocol.frames import MOST_SHOWN_UNITS, Example, Frame, Tensor, decode, encode, shown_units

numbers = st.floats(allow_nan=False)
counts = st.integers(0, 2**53)
tensors = st.builds(Tensor, st.integers(0, 500), numbers, st.binary(max_size=200))
answers = st.none() | st.integers(0, 9)
examples = st.builds(
    Example,
    split=st.sampled_from(["train", "test"]),
    index=counts,
    label=answers,
    targets=st.lists(numbers, max_size=10),
    prediction=answers,
    loss=st.none() | numbers,
)
a_frame = st.builds(
    Frame,
    v=st.just(PROTOCOL_VERSION),
    part=st.sampled_from(["units", "matrices"]),
    n=counts,
    manifest=st.integers(0, 2**32 - 1),
    run=st.text(max_size=32),
    step=counts,
    epoch=numbers,
    time=numbers,
    steps_per_second=numbers,
    loss=st.none() | numbers,
    accuracy=st.none() | numbers,
    example=st.none() | examples,
    tensors=st.lists(tensors, max_size=5),
)


@given(a_frame)
def test_a_frame_is_the_same_after_the_wire(frame):
    data = encode(frame)
    assert decode(data) == frame
    assert encode(decode(data)) == data


@given(a_frame, st.data())
def test_a_torn_frame_is_refused(frame, data):
    whole = encode(frame)
    with pytest.raises(msgspec.DecodeError):
        decode(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_a_frame_or_refused(data):
    try:
        frame = decode(data)
    except msgspec.DecodeError:
        return
    assert decode(encode(frame)) == frame


@given(a_frame, st.integers(0, 1000).filter(lambda version: version != PROTOCOL_VERSION))
def test_a_frame_of_another_version_is_refused(frame, version):
    other = msgspec.structs.replace(frame, v=version)
    with pytest.raises(msgspec.ValidationError, match=f"Expected protocol version {PROTOCOL_VERSION}, got {version}"):
        decode(encode(other))


def test_the_bytes_of_a_tensor_stand_in_the_frame_unchanged():
    data = struct.pack("<4f", 1, 2, 3, 4)
    frame = Frame(PROTOCOL_VERSION, "units", 1, 2, "r", 3, 0.1, 0, 0, None, None, None, [Tensor(0, 1.0, data)])
    assert data in encode(frame)


@given(st.integers(1, 5000))
def test_the_shown_units_of_a_layer_are_different_in_order_and_no_more_than_fit(units):
    shown = shown_units(units)
    assert shown == sorted(set(shown))
    assert len(shown) == min(units, MOST_SHOWN_UNITS)
    assert 0 <= shown[0] <= shown[-1] < units
    gaps = {after - before for before, after in pairwise(shown)}
    assert max(gaps, default=1) - min(gaps, default=1) <= 1  # evenly spaced
