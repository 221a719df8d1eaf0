"""A step that one opened for many: the run is asked each question once, and all who ask it get that answer."""

import asyncio
import json
from functools import partial
from typing import Any

from app.protocol import commands, events
from app.protocol.message import Reply
from app.rooms.room import Room

MOST_BYTES = 2_000_000
"""Of answers kept: some hundreds, more than a walk through all ideas with several examples asks for."""

MOST_AT_ONCE = 2
"""Questions of those who follow that the run has at a time, so that it goes on training and obeying."""

MOST_WAITING = 320
"""Different questions that wait for their turn: one of each in a lecture hall; of a class that is led a few."""


class TooManyQuestions(Exception):
    """More is asked than the run can be asked in a moment."""


class SharedStep:
    """An opened step of a room's run, with what was answered about it."""

    def __init__(self, room: Room, opened: events.Opened) -> None:
        self.room = room
        self.opening = opened.opening
        self.step = opened.step
        self.manifest = room.manifest.id if room.manifest else 0
        self._summary = _body(opened)
        self._asked: dict[str, asyncio.Task[str]] = {}
        self._kept_bytes = 0
        self._waiting = 0
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)

    def summary(self, reply_to: int | None) -> str:
        """Return what the step was, as the reply to a command."""
        return _addressed(self._summary, reply_to)

    async def answer(self, question: commands.AnyQuestion, reply_to: int | None, *, at_once: bool) -> str:
        """Return the reply to a question; `at_once` for who steers, the others wait for their turn.

        Raises `RunRefused`, `NoRun` and `TooManyQuestions`.
        """
        key = question.model_dump_json()
        asked = self._asked.pop(key, None)
        if asked is None:
            if not at_once and self._waiting >= MOST_WAITING:
                raise TooManyQuestions
            asked = asyncio.create_task(self._ask(question, at_once=at_once), name=f"ask about step {self.step}")
            asked.add_done_callback(partial(self._settle, key))
        self._asked[key] = asked  # the one used last is the last to go
        return _addressed(await asyncio.shield(asked), reply_to)

    async def read(self, question: commands.AnyQuestion) -> dict[str, Any]:
        """Return an answer as plain data; raises `RunRefused` and `NoRun`."""
        answer: dict[str, Any] = json.loads(await self.answer(question, None, at_once=True))["answer"]
        return answer

    def stop(self) -> None:
        """Wait for no answer any more."""
        for asked in list(self._asked.values()):
            asked.cancel()

    async def _ask(self, question: commands.AnyQuestion, *, at_once: bool) -> str:
        command = commands.Ask(step=self.step, question=question)
        if at_once:
            return _body(await self.room.answer_to(command))
        self._waiting += 1
        try:
            async with self._turns:
                return _body(await self.room.answer_to(command))
        finally:
            self._waiting -= 1

    def _settle(self, key: str, asked: asyncio.Task[str]) -> None:
        """Keep an answer, and let the oldest go that are too many; what was refused is asked anew the next time."""
        if asked.cancelled() or asked.exception() is not None:
            self._asked.pop(key, None)
            return
        self._kept_bytes += len(asked.result())
        for oldest, one in list(self._asked.items()):
            if self._kept_bytes <= MOST_BYTES:
                break
            if one.done() and oldest != key:
                del self._asked[oldest]
                self._kept_bytes -= len(one.result())


def _body(reply: Reply) -> str:
    return reply.model_dump_json(exclude={"reply_to"})


def _addressed(body: str, reply_to: int | None) -> str:
    """Return a reply to one command: what is long and the same for all is written once."""
    return f'{{"reply_to":{json.dumps(reply_to)},{body[1:]}'
