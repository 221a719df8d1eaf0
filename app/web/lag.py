"""How late the event loop is: a task that wants to be woken every 50 ms, and sees when it is."""

import asyncio
import contextlib
import logging
from collections import deque

SECONDS_BETWEEN_LOOKS = 0.05
LOOKS_KEPT = 200
"""The last ten seconds."""

TOO_LATE = 0.25
"""Somebody's frame was as late: worth a line in the log."""

logger = logging.getLogger("backscope.lag")


class Lag:
    """Measures it, from `begin` to `end`."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=LOOKS_KEPT)
        self._task: asyncio.Task[None] | None = None
        self._due = 0.0

    @property
    def most(self) -> float:
        """Seconds that it was late at most lately; while it is late right now, not yet."""
        return max(self._seen, default=0.0)

    def begin(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._look(), name="measure the event loop's lag")

    async def end(self) -> None:
        """Look no more."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + SECONDS_BETWEEN_LOOKS
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            late = max(0.0, loop.time() - due)
            self._seen.append(late)
            if late > TOO_LATE:
                logger.warning("the event loop was %.0f ms late", late * 1000)
