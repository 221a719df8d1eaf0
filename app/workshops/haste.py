"""How quickly one person may do things, over all their pages: by kind, for some cost the others much more than some."""

import time
from collections.abc import Callable

from app.protocol.message import Command
from app.rooms.budget import Budget
from app.workshops.roles import KIND_OF, Doing

OF_A_KIND: dict[Doing, tuple[float, int]] = {
    Doing.LOOKING: (100.0, 300),  # sixty drawings a second
    Doing.STEERING: (30.0, 90),  # a slider that is dragged
    Doing.MOVING: (0.5, 6),  # a fork copies a run
    Doing.COMPETING: (5.0, 20),
    Doing.HOSTING: (10.0, 60),  # what a host does is told to all
}
"""So many a second in the long run, and so many at once."""

SEEN_BY_ALL: frozenset[str] = frozenset(
    {"hang_drawing", "take_down", "teach", "practise", "keep_drawings", "look_at_step"}
)
"""Looking and drawing that makes work, is long to tell, or comes on everybody's screen."""

OF_THESE = (5.0, 40)

UNCOUNTED: frozenset[str] = frozenset({"hello", "watch", "ack", "clock"})
"""What a page says by itself, and the more often the better it keeps up; each socket has a limit of its own for all."""


class Haste:
    """What is left to one person."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kinds = {kind: Budget(*amount, clock) for kind, amount in OF_A_KIND.items()}
        self._seen_by_all = Budget(*OF_THESE, clock)

    def allows(self, command: Command) -> bool:
        """Count a command; return whether it is not one too many."""
        name: str = getattr(command, "type", "")
        if name in UNCOUNTED:
            return True
        if name in SEEN_BY_ALL and not self._seen_by_all.spend():
            return False
        return self._kinds[KIND_OF[name]].spend()
