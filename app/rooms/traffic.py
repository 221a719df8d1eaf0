"""What is sent to viewers, in numbers: how many frames, how old they are when they go, how many newer ones replaced.

Counters only rise. Who wants to know about the last seconds keeps what they were and looks again.
"""

from bisect import bisect_left
from dataclasses import dataclass, field

AGES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds from the taking of a frame to its sending: bounds of the classes they are counted in. One more is beyond."""


@dataclass(slots=True)
class Traffic:
    """Of one server since its start."""

    frames_sent: int = 0
    frames_replaced: int = 0
    """A newer one came before they could be sent."""
    bytes_sent: int = 0
    events_sent: int = 0
    resyncs: int = 0
    """Viewers who took too few events and had to begin anew."""
    checkpoints_failed: int = 0
    workers_lost: int = 0
    seconds_of_age: float = 0.0
    ages: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))
    """How many frames were sent in each class of age."""

    def frame_sent(self, size: int, age: float) -> None:
        """Count a frame of so many bytes that was so many seconds old."""
        age = max(0.0, age)  # the clock of the system may be set back
        self.frames_sent += 1
        self.bytes_sent += size
        self.seconds_of_age += age
        self.ages[bisect_left(AGES, age)] += 1


def quantile(ages: list[int], share: float) -> float | None:
    """Return an age that this share of frames is not older than, to the bound of its class; None for no frames."""
    total, seen = sum(ages), 0
    if total == 0:
        return None
    for bound, count in zip((*AGES, AGES[-1]), ages, strict=True):
        seen += count
        if seen >= share * total:
            return bound
    return AGES[-1]
