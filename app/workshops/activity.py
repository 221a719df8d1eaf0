"""What a workshop does together beside following a run: the wall, votes, challenges. Each has its own commands."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from app.protocol.message import Command
from app.store.ledger import KeptItem
from app.workshops.visit import Visit

if TYPE_CHECKING:
    from app.workshops.workshop import Workshop


class Activity(ABC):
    """One of them, in one workshop."""

    handles: ClassVar[tuple[type[Command], ...]] = ()
    """The commands that are for it."""

    def __init__(self, workshop: "Workshop") -> None:
        self._workshop = workshop

    def bring_back(self, items: tuple[KeptItem, ...]) -> None:
        """Go on from what the ledger kept of the workshop."""

    @abstractmethod
    def obey(self, visit: Visit, command: Command) -> None:
        """Carry out one of its commands, by someone who may give it."""

    def greet(self, visit: Visit) -> None:
        """Tell a page that has just come."""

    def look(self) -> None:
        """See what has happened meanwhile; called about once a second."""

    def forget_page(self, visit: Visit) -> None:
        """Note that a page was closed."""

    def forget_person(self, person: str) -> None:
        """Note that somebody was removed for good."""

    def hand_over(self) -> None:
        """Note that somebody else is the host now."""

    def stop(self) -> None:
        """Leave nothing behind that would act later."""


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
