"""What a workshop does together beside following a run: the wall, votes, challenges. Each has its own commands."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from app.protocol.message import Command
from app.store.ledger import KeptItem
from app.workshops.results import Result
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

    def results(self) -> Iterator[Result]:
        """Tell what each came to, for the host to take home."""
        return iter(())

    def hand_over(self) -> None:
        """Note that somebody else is the host now."""

    def stop(self) -> None:
        """Leave nothing behind that would act later."""
