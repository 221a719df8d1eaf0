"""What a room itself asks its run, and waits for: files, and answers to commands that no viewer gave."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, TypeVar

from app.protocol import events
from app.protocol.message import Command, Event, Reply
from app.workers import link
from app.workers.supervisor import Supervisor

Answer = TypeVar("Answer")

OnTheWay = Callable[[Event], None]
"""Told how far an answer is."""

MOST_SECONDS_OF_A_FILE = 20.0
"""To make or to read one, for a worker that is busy."""

MOST_SECONDS_OF_AN_ANSWER = 120.0
"""Practice of a whole class's drawings may wait for its turn, on a server where everybody trains."""


class NoRun(Exception):
    """The room's run did not come up, or does not answer."""


class RunRefused(Exception):
    """The run refused what it was asked; facts for a sentence in somebody's language."""

    def __init__(self, code: str, template: str, params: dict[str, object]) -> None:
        super().__init__(code)
        self.code = code
        self.template = template
        self.params = params


class Asking(Generic[Answer]):
    """Questions on their way, each by a name of its own."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Answer]] = {}

    @contextlib.contextmanager
    def expect(self) -> Iterator[tuple[str, asyncio.Future[Answer]]]:
        """Give a question its name, and the future that its answer will be in."""
        name = f"room:{secrets.token_urlsafe(9)}"
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[name] = future
        try:
            yield name, future
        finally:
            del self._waiting[name]
            if future.done() and not future.cancelled():
                future.exception()  # looked at, so that nobody is told that it never was

    def settle(self, name: str, answer: Answer) -> bool:
        """Take an answer; return whether anybody waited for it."""
        future = self._waiting.get(name)
        if future is None or future.done():
            return False
        future.set_result(answer)
        return True

    def give_up(self) -> None:
        """Tell all who wait that no answer will come."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(NoRun())


class RunQuestions:
    """What a room asks its run."""

    def __init__(self, room: str, supervisor: Supervisor, opened: Callable[[], Awaitable[None]]) -> None:
        """`opened` waits until the run is there."""
        self._room = room
        self._supervisor = supervisor
        self._opened = opened
        self._asking: Asking[link.Exported | link.Imported | link.Replied | link.RefusedIt] = Asking()
        self._on_the_way: dict[str, OnTheWay] = {}

    async def export(self) -> link.Exported:
        """Return the run as a safetensors file; raises `NoRun`."""
        answer = await self._ask(lambda request: link.Export(self._room, request), MOST_SECONDS_OF_A_FILE)
        assert isinstance(answer, link.Exported)  # noqa: S101 - what answers that
        return answer

    async def load(self, data: bytes) -> link.Imported:
        """Replace the run by that of a safetensors file; the answer says why not, if it can't be. Raises `NoRun`."""
        answer = await self._ask(lambda request: link.Import(self._room, request, data), MOST_SECONDS_OF_A_FILE)
        assert isinstance(answer, link.Imported)  # noqa: S101 - what answers that
        return answer

    async def answer_to(self, command: Command, on_the_way: OnTheWay | None = None) -> Reply:
        """Give the run a command that is no viewer's, and return its reply; raises `RunRefused` and `NoRun`.

        `on_the_way` is told how far the answer is, where the run says so.
        """
        text = command.model_copy(update={"id": 0}).model_dump_json().encode()
        answer = await self._ask(
            lambda name: link.Deliver(self._room, name, text), MOST_SECONDS_OF_AN_ANSWER, on_the_way
        )
        if isinstance(answer, link.RefusedIt):
            raise RunRefused(answer.code, answer.template, {"where": answer.where, **answer.params})
        assert isinstance(answer, link.Replied)  # noqa: S101 - what answers that
        reply: Reply = events.EVENT.validate_json(answer.reply)
        return reply

    def receive(self, answer: link.Exported | link.Imported | link.Replied | link.RefusedIt) -> None:
        """Take an answer; nobody waits for one that comes too late."""
        name = answer.request if isinstance(answer, link.Exported | link.Imported) else answer.viewer
        self._asking.settle(name, answer)

    def receive_progress(self, told: link.Told) -> None:
        """Take how far an answer is."""
        if told.viewer in self._on_the_way:
            self._on_the_way[told.viewer](events.EVENT.validate_json(told.event))

    def give_up(self) -> None:
        """Tell all who wait that no answer will come."""
        self._asking.give_up()

    async def _ask(
        self, message: Callable[[str], link.ToWorker], seconds: float, on_the_way: OnTheWay | None = None
    ) -> link.Exported | link.Imported | link.Replied | link.RefusedIt:
        with self._asking.expect() as (name, future):
            await self._opened()
            if on_the_way:
                self._on_the_way[name] = on_the_way
            self._supervisor.send(self._room, message(name))
            try:
                return await asyncio.wait_for(future, seconds)
            except TimeoutError:
                raise NoRun from None
            finally:
                self._on_the_way.pop(name, None)
