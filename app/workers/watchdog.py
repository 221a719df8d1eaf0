"""Ends a worker that hangs: one that says nothing for long, though it could have.

A worker that is silent because it gets no core, on a machine that is busy with other things, is not helped by being
killed: its successor would get none either, and the runs would go back to their last checkpoints again and again.
"""

import asyncio
import logging
from asyncio.subprocess import Process
from pathlib import Path

logger = logging.getLogger("backscope.workers")

MOST_SILENCE = 5.0
"""A worker says something every second; one that is silent for so long hangs, and is replaced."""

MOST_STARVED = 60.0
"""And one that got no core for so long is replaced all the same: nothing else would tell it from one that hangs."""

SECONDS_TO_START = 20.0
"""Until the first word: data are unpacked, and NumPy imported by several at once."""

BETWEEN_LOOKS = 1.0
NANOSECONDS = 1e9


class Watchdog:
    """Looks at one process, and kills it when it hangs."""

    def __init__(self, name: str, process: Process) -> None:
        self._name = name
        self._process = process
        self._spoke = False
        self._heard = asyncio.get_running_loop().time()
        self._waited = waited_for_a_core(process.pid)
        self._task = asyncio.create_task(self._look(), name=f"watch {name}")

    def heard(self) -> None:
        """Note that it said something."""
        self._spoke = True
        self._heard = asyncio.get_running_loop().time()

    def end(self) -> None:
        """Look no more."""
        self._task.cancel()

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(BETWEEN_LOOKS)
            now = loop.time()
            if now - before > 2 * BETWEEN_LOOKS:
                self._heard = now  # this process was held up itself: what was said meanwhile is not read yet
            silence = now - self._heard
            if silence < 2 * BETWEEN_LOOKS:
                self._waited = waited_for_a_core(self._process.pid)
            elif silence > (MOST_SILENCE if self._spoke else SECONDS_TO_START) and not self._is_starved(silence):
                logger.error("%s has been silent for too long and is killed", self._name)
                self._process.kill()
                return

    def _is_starved(self, silence: float) -> bool:
        """Whether it was for want of a core that it said nothing."""
        return silence < MOST_STARVED and waited_for_a_core(self._process.pid) - self._waited > silence / 2


def waited_for_a_core(pid: int) -> float:
    """Return for how many seconds a process could have run but no core was free; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / NANOSECONDS
    except (OSError, ValueError, IndexError):
        return 0.0
