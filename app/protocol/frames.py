"""Frames: the binary unit of watching, MessagePack with binary tensors.

A tensor of colours is int8 with one scale (value = data * scale); what is read as a number is float32, little-endian.
The manifest with the frame's `manifest` id says what each tensor is. Frames are volatile: the newest wins.
"""

import msgspec

from app.protocol import PROTOCOL_VERSION
from app.protocol.values import Part

MOST_SHOWN_UNITS = 64
"""Units of a layer that frames hold: a wider layer is drawn by this many, evenly spaced, and the page says so."""


class Tensor(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One tensor of a frame."""

    id: int
    scale: float
    data: bytes


class Example(msgspec.Struct, frozen=True):
    """The example whose units are shown: an address in the data set, and what the network reads in it."""

    split: str
    index: int
    label: int | None  # None for regression, like the prediction
    targets: list[float]  # what the outputs should be: of a class 1 at the label, perhaps smoothed
    prediction: int | None
    loss: float | None


class Frame(msgspec.Struct, frozen=True):
    """One look at a run at one step: all of it is from the same parameters."""

    v: int
    part: Part
    n: int  # number of the frame in its run, rising
    manifest: int
    run: str
    step: int
    epoch: float
    time: float  # server time, milliseconds since 1970
    steps_per_second: float  # measured lately
    loss: float | None  # of the last step's minibatch, before its update
    accuracy: float | None
    example: Example | None
    tensors: list[Tensor]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Frame)


def encode(frame: Frame) -> bytes:
    """Return the frame as it goes over the wire."""
    return _encoder.encode(frame)


def decode(data: bytes) -> Frame:
    """Read a frame; raises `msgspec.DecodeError` or `msgspec.ValidationError` for what isn't one."""
    frame = _decoder.decode(data)
    if frame.v != PROTOCOL_VERSION:
        raise msgspec.ValidationError(f"Expected protocol version {PROTOCOL_VERSION}, got {frame.v}")
    return frame


def shown_units(units: int) -> list[int]:
    """Return which units of a layer of so many units frames hold: all, or evenly spaced ones."""
    if units <= MOST_SHOWN_UNITS:
        return list(range(units))
    return [position * units // MOST_SHOWN_UNITS for position in range(MOST_SHOWN_UNITS)]
