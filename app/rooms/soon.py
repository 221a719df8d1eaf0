"""A moment's patience: what many ask for at once is done once."""

import asyncio
from collections.abc import Callable


class Soon:
    """Does something soon after it is first asked for, once for all who ask until then."""

    def __init__(self, seconds: float, act: Callable[[], None]) -> None:
        self._seconds = seconds
        self._act = act
        self._due: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Ask for it."""
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(self._seconds, self._do)

    @property
    def pending(self) -> bool:
        """Whether it will be done."""
        return self._due is not None

    def cancel(self) -> None:
        """Do it no more."""
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _do(self) -> None:
        self._due = None
        self._act()
