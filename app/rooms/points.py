"""Points of the curves on their way: told at once to a class, and to a crowd in fewer messages."""

import asyncio
from collections.abc import Callable

from app.protocol.events import MetricsAdded

VIEWERS_TOLD_AT_ONCE = 100
SECONDS_BETWEEN_POINTS = 0.1
"""Points of the curves come ten times a second. For each hundred viewers they are held back for as long again, so that
a crowd costs no more messages than a class: five hundred see their curves grow twice a second."""


class HeldPoints:
    """Points that were not told yet."""

    def __init__(self, viewers: Callable[[], int], tell: Callable[[MetricsAdded], None]) -> None:
        self._viewers = viewers
        self._tell = tell
        self._held: list[MetricsAdded] = []
        self._due: asyncio.TimerHandle | None = None

    def add(self, points: MetricsAdded) -> None:
        """Tell points now, or with those of the next moments where many watch."""
        self._held.append(points)
        crowds = self._viewers() // VIEWERS_TOLD_AT_ONCE
        if crowds == 0:
            self.tell()
        elif self._due is None:
            self._due = asyncio.get_running_loop().call_later(SECONDS_BETWEEN_POINTS * crowds, self.tell)

    def tell(self) -> None:
        """Tell what is held."""
        held, self._held = self._held, []
        self.cancel()
        if held:
            training = [point for one in held for point in one.training]
            held_out = [point for one in held for point in one.held_out]
            self._tell(MetricsAdded(training=training, held_out=held_out))

    def cancel(self) -> None:
        """Tell nothing later."""
        if self._due:
            self._due.cancel()
            self._due = None
