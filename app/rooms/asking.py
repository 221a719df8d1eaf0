"""What a room itself asks its run, and waits for: files, and answers to commands that no viewer gave."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.protocol import events
from app.protocol.message import Command, Event, Reply
from app.workers import link
from app.workers.supervisor import Supervisor

RunAnswer = link.Exported | link.Imported | link.Replied | link.RefusedIt

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


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits for an answer."""

    answer: asyncio.Future[RunAnswer]
    on_the_way: OnTheWay | None


class RunQuestions:
    """What a room asks its run."""

    def __init__(self, room: str, supervisor: Supervisor, opened: Callable[[], Awaitable[None]]) -> None:
        """`opened` waits until the run is there."""
        self._room = room
        self._supervisor = supervisor
        self._opened = opened
        self._waiting: dict[str, Waiting] = {}

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

    def receive(self, answer: RunAnswer) -> None:
        """Take an answer; nobody waits for one that comes too late."""
        name = answer.request if isinstance(answer, link.Exported | link.Imported) else answer.viewer
        waiting = self._waiting.get(name)
        if waiting is not None and not waiting.answer.done():
            waiting.answer.set_result(answer)

    def receive_progress(self, told: link.Told) -> None:
        """Take how far an answer is."""
        waiting = self._waiting.get(told.viewer)
        if waiting is not None and waiting.on_the_way is not None:
            waiting.on_the_way(events.EVENT.validate_json(told.event))

    def give_up(self) -> None:
        """Tell all who wait that no answer will come."""
        for waiting in self._waiting.values():
            if not waiting.answer.done():
                waiting.answer.set_exception(NoRun())

    async def _ask(
        self, message: Callable[[str], link.ToWorker], seconds: float, on_the_way: OnTheWay | None = None
    ) -> RunAnswer:
        """Ask under a name of its own."""
        name = f"room:{secrets.token_urlsafe(9)}"
        answer: asyncio.Future[RunAnswer] = asyncio.get_running_loop().create_future()
        self._waiting[name] = Waiting(answer, on_the_way)
        try:
            await self._opened()
            self._supervisor.send(self._room, message(name))
            return await asyncio.wait_for(answer, seconds)
        except TimeoutError:
            raise NoRun from None
        finally:
            del self._waiting[name]
            if answer.done() and not answer.cancelled():
                answer.exception()  # looked at, so that nobody is told that it never was
