"""What somebody asked for and takes its time: each in a task of its own, so that the others go on meanwhile."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator

logger = logging.getLogger("backscope.workshops")


class Errands:
    """Those of one workshop that are under way."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[asyncio.Task[None]]:
        return iter(list(self._tasks))

    def begin(
        self, work: Coroutine[None, None, None], name: str, on_failure: Callable[[], None] = lambda: None
    ) -> None:
        """Do it; whatever it fails by is logged, and `on_failure` called."""

        async def carry_out() -> None:
            try:
                await work
            except Exception:  # whatever it was, the others in the workshop go on
                logger.exception("%s failed in %s", name, self._code)
                on_failure()

        task = asyncio.create_task(carry_out(), name=f"{name} in {self._code}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Leave none behind."""
        for task in self:
            task.cancel()
