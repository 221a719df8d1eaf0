"""What a room itself asks its run, and waits for: files, and answers to commands that no viewer gave."""

import asyncio
import contextlib
import secrets
from collections.abc import Iterator
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


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
