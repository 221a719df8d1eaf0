"""One viewer: a socket's place in a room."""

import secrets
from dataclasses import dataclass, field

from app.protocol.commands import Watch
from app.rooms.outbox import Outbox
from app.workers.link import ChannelWanted

RATES = (0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 15.0, 30.0)
"""Frames a second are rounded down to these, so that a room has few different channels."""


@dataclass(eq=False)
class Viewer:
    """Someone who watches, what is on the way to them, and what they look at."""

    outbox: Outbox
    language: str
    id: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    channels: tuple[ChannelWanted, ...] = ()

    def watch(self, wish: Watch) -> None:
        """Look at something else."""
        self.outbox.forget_frames()
        units_rate, matrices_rate = _rounded(wish.units_rate), _rounded(wish.matrices_rate)
        channels = [ChannelWanted(f"units@{units_rate:g}", "units", (), units_rate)]
        if wish.matrices:
            names = tuple(sorted(set(wish.matrices)))
            key = f"{'+'.join(names)}@{matrices_rate:g}"
            channels.append(ChannelWanted(key, "matrices", names, matrices_rate))
        self.channels = tuple(channels)


def _rounded(rate: float) -> float:
    return max((known for known in RATES if known <= rate), default=RATES[0])
