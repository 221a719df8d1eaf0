"""What is done now and then, whoever is there: rooms that nobody is in, and runs that nobody came back to."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

from app.rooms.registry import Rooms
from app.settings import Settings
from app.store.leftovers import forget_old_runs

logger = logging.getLogger("backscope.rooms")

SECONDS_BETWEEN_LOOKS_AT_THE_DISK = 3600.0


class Housekeeping:
    """One task that looks after rooms, and another that looks after what is kept of them."""

    def __init__(self, rooms: Rooms, kept: Path, settings: Settings, belongs: Callable[[str], bool]) -> None:
        """`belongs` tells whether a run is somebody else's to forget: that of a workshop."""
        self._rooms = rooms
        self._kept = kept
        self._settings = settings
        self._belongs = belongs
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Begin."""
        self._tasks = [asyncio.create_task(self._sweep(), name="look after rooms")]
        if self._settings.seconds_to_forget_a_run:
            self._tasks.append(asyncio.create_task(self._forget(), name="forget old runs"))

    async def end(self) -> None:
        """Leave no task behind."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._settings.seconds_between_sweeps)
            try:
                self._rooms.look_after()
            except Exception:  # the next time it may be possible
                logger.exception("the rooms could not be looked after")

    async def _forget(self) -> None:
        while True:
            seconds = self._settings.seconds_to_forget_a_run
            forgotten = await asyncio.to_thread(forget_old_runs, self._kept, seconds, self._is_used)
            if forgotten:
                logger.info("%d runs that nobody came back to are forgotten", len(forgotten))
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS_AT_THE_DISK)

    def _is_used(self, run: str) -> bool:
        return self._rooms.known(run) is not None or self._belongs(run)
