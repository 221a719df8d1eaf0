"""Streams of frames: what each holds, how often, and what was sent last."""

from dataclasses import dataclass

from app.protocol.values import Matrix, Part


@dataclass(slots=True)
class Channel:
    """A stream of frames with the same content for all viewers who watch the same at the same rate."""

    key: str
    part: Part
    matrices: frozenset[Matrix]
    rate: float
    due: float = 0.0
    sent: object = None
    """What the last frame was of; the same is not sent twice."""


@dataclass(slots=True)
class OutgoingFrame:
    """An encoded frame and where it goes."""

    key: str
    part: Part
    n: int
    data: bytes
