"""All workshops of a server: made, found by their codes, kept over restarts, forgotten when nobody comes any more."""

import asyncio
import logging
import time
from collections.abc import Iterator

from app.protocol import commands
from app.rooms.registry import Rooms
from app.settings import Settings
from app.store.ledger import KeptWorkshop, Ledger
from app.workshops.codes import LENGTH, new_code, read_code
from app.workshops.people import Person
from app.workshops.status import Status
from app.workshops.tokens import Identity, Tokens
from app.workshops.visit import Visit
from app.workshops.workshop import NoEntry, Workshop

LOOKS_BETWEEN_STATUS = 2
"""How the server does changes slowly."""

logger = logging.getLogger("backscope.workshops")

SECONDS_BETWEEN_LOOKS = 1.0
"""As often as a teacher who looks over a class can notice a change."""


class Workshops:
    """Finds workshops, and knows who a token is about."""

    def __init__(self, rooms: Rooms, ledger: Ledger, tokens: Tokens, settings: Settings) -> None:
        self._rooms = rooms
        self._ledger = ledger
        self._tokens = tokens
        self._settings = settings
        self._workshops: dict[str, Workshop] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def open(self) -> None:
        """Bring back what is kept, and begin to look after it."""
        for kept in self._ledger.open():
            if any(person.role == "host" for person in kept.people):
                self._workshops[kept.code] = self._workshop(kept)
        self._tasks = [
            asyncio.create_task(self._sweep(), name="look after workshops"),
            asyncio.create_task(self._look(), name="look at workshops"),
        ]

    async def close(self) -> None:
        """Leave no task behind; what is kept stays kept."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for workshop in self._workshops.values():
            workshop.stop()
        await asyncio.to_thread(self._ledger.close)

    def __len__(self) -> int:
        return len(self._workshops)

    def __iter__(self) -> Iterator[Workshop]:
        return iter(list(self._workshops.values()))

    def create(self, host_name: str) -> tuple[Workshop, Person, str]:
        """Begin a workshop; return it, its host, and the host's token. Raises `NoEntry`."""
        if len(self._workshops) >= self._settings.most_workshops:
            raise NoEntry("too_many_workshops")
        kept = KeptWorkshop(new_code(self._workshops), time.time(), "follow", False, "")
        workshop = self._workshop(kept)
        self._ledger.keep(kept)
        try:
            host = workshop.add(host_name, "host")
        except NoEntry:
            self._ledger.forget(kept.code)
            raise
        self._workshops[kept.code] = workshop
        return workshop, host, self.token_of(workshop, host)

    def join(self, typed: str, name: str) -> tuple[Workshop, Person, str]:
        """Give somebody new a seat; return the workshop, the person and their token. Raises `NoEntry`."""
        workshop = self.find(typed)
        if workshop is None:
            raise NoEntry("no_such_workshop")
        person = workshop.add(name)
        return workshop, person, self.token_of(workshop, person)

    def find(self, typed: str) -> Workshop | None:
        """Return the workshop of a code, however it was typed."""
        return self._workshops.get(read_code(typed) or "")

    def token_of(self, workshop: Workshop, person: Person) -> str:
        """Return the token that says who somebody is."""
        return self._tokens.sign(Identity(workshop.code, person.id))

    def identify(self, token: str) -> tuple[Workshop, Person] | None:
        """Return whose token this is, if they still have a seat."""
        identity = self._tokens.read(token)
        workshop = self._workshops.get(identity.code) if identity else None
        person = workshop.people.get(identity.person) if workshop and identity else None
        return (workshop, person) if workshop and person else None

    async def enter(self, hello: commands.Hello, language: str) -> Visit:
        """Take in who says hello with a token; raises `NoEntry` and `NoRun`."""
        found = self.identify(hello.token or "")
        if found is None:
            raise NoEntry("unknown_token")
        workshop, person = found
        return await workshop.enter(person, hello, language)

    def owns(self, room: str) -> bool:
        """Whether a room belongs to a workshop, and is for those with a token only."""
        return room[:LENGTH].upper() in self._workshops and room[LENGTH : LENGTH + 1] in ("", "-")

    def _workshop(self, kept: KeptWorkshop) -> Workshop:
        return Workshop(kept, self._rooms, self._ledger, self._settings, self._end)

    def _end(self, workshop: Workshop) -> None:
        self._workshops.pop(workshop.code, None)
        workshop.close()

    async def _look(self) -> None:
        """See what happened in each workshop, and tell its host how the server does."""
        status, looks = Status(self._rooms), 0
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            looks += 1
            news = status.look() if looks % LOOKS_BETWEEN_STATUS == 0 else None
            for workshop in self:
                try:
                    workshop.look()
                    if news is not None:
                        workshop.tell_hosts(news)
                except Exception:  # the other workshops go on
                    logger.exception("it could not be seen what happened in %s", workshop.code)

    async def _sweep(self) -> None:
        """Now and then: forget workshops nobody came back to."""
        while True:
            await asyncio.sleep(self._settings.seconds_between_sweeps)
            for workshop in self:
                self._look_after(workshop)

    def _look_after(self, workshop: Workshop) -> None:
        settings, now = self._settings, time.monotonic()
        if workshop.visits:
            workshop.seen = now
        elif now - workshop.seen > settings.seconds_to_forget:
            self._end(workshop)
