"""A viewer as a page is one: says hello, takes all that comes, acknowledges frames when it paints."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.protocol import PROTOCOL_VERSION, frames

Found = TypeVar("Found")

SECONDS = 30.0
"""How long a viewer waits for anything, unless told otherwise."""


class Viewer:
    """One socket, and all that came over it."""

    def __init__(self, socket: ClientConnection, *, paints: bool) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []
        self.frames: list[frames.Frame] = []
        self.closed: tuple[int | None, str | None] | None = None
        self._paints = paints
        self._ids = itertools.count(1)
        self._news = asyncio.Event()
        self._reader = asyncio.create_task(self._read(), name="read as a viewer")

    @property
    def welcome(self) -> dict[str, Any]:
        """The first event."""
        assert self.events[0]["type"] == "welcome", self.events[0]
        return self.events[0]

    @property
    def state(self) -> dict[str, Any]:
        """The run as this viewer knows it."""
        return self.of_type("state")[-1]["state"] if self.of_type("state") else self.welcome["state"]

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """The events of one type, in order."""
        return [event for event in self.events if event["type"] == kind]

    def seqs(self) -> list[int]:
        """The numbers of the room's events, in the order they came."""
        return [event["seq"] for event in self.events if "seq" in event and event["type"] != "welcome"]

    async def say(self, message: str | bytes) -> None:
        """Send anything."""
        await self.socket.send(message)

    async def tell(self, kind: str, **fields: Any) -> int:
        """Send a command; return its id."""
        number = next(self._ids)
        await self.say(json.dumps({"type": kind, "id": number, **fields}))
        return number

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a command; return its answer."""
        number = await self.tell(kind, **fields)
        return await self.until(f"{kind} is answered", lambda: self.answer_to(number))

    def answer_to(self, number: int) -> dict[str, Any] | None:
        """The answer to the command with this id, if it came; there is never a second one."""
        answers = [event for event in self.events if event.get("reply_to") == number]
        assert len(answers) <= 1, answers
        return answers[0] if answers else None

    async def until(self, reason: str, look: Callable[[], Found | None], seconds: float = SECONDS) -> Found:
        """Wait until what came so far shows something."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := look()):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            kinds = [event["type"] for event in self.events][-20:]
            raise AssertionError(
                f"not within {seconds} s: {reason}; {len(self.frames)} frames, closed {self.closed}, events {kinds}"
            ) from None
        return found

    async def until_closed(self, seconds: float = SECONDS) -> tuple[int | None, str | None]:
        """Wait for the end of the socket; return its code and reason."""
        return await self.until("the socket is closed", lambda: self.closed, seconds)

    async def next_state(self, **wanted: Any) -> dict[str, Any]:
        """Wait until the run's state is as wanted."""
        return await self.until(
            f"the run is {wanted}",
            lambda: self.state if wanted.items() <= self.state.items() else None,
        )

    async def next_frame(self, part: str = "units") -> frames.Frame:
        """Wait for another frame of a part."""
        already = len(self.frames)
        return await self.until(
            f"a frame of {part} comes",
            lambda: next((frame for frame in self.frames[already:] if frame.part == part), None),
        )

    async def _read(self) -> None:
        try:
            async for message in self.socket:
                if isinstance(message, str):
                    self.events.append(json.loads(message, parse_constant=_no_constant))
                else:
                    frame = frames.decode(message)
                    self.frames.append(frame)
                    if self._paints:
                        await self.say(json.dumps({"type": "ack", "frame": frame.n}))
                self._news.set()
        except ConnectionClosed:
            pass  # its code is what the tests look at
        self.closed = (self.socket.close_code, self.socket.close_reason)
        self._news.set()

    async def leave(self) -> None:
        """Go politely."""
        await self.socket.close()
        await self._reader

    async def vanish(self) -> None:
        """Be gone without a word."""
        self.socket.transport.abort()
        await self._reader


def _no_constant(name: str) -> float:
    raise AssertionError(f"{name} is not JSON")


@contextlib.asynccontextmanager
async def knock(address: str, *, paints: bool = True, **named: Any) -> AsyncIterator[Viewer]:
    """Open a socket and say nothing."""
    async with connect(address, compression=None, **named) as socket:
        viewer = Viewer(socket, paints=paints)
        try:
            yield viewer
        finally:
            await viewer.leave()


@contextlib.asynccontextmanager
async def visit(
    address: str, room: str = "studio", *, paints: bool = True, watch: dict[str, Any] | None = None, **hello: Any
) -> AsyncIterator[Viewer]:
    """Join a room and watch its units, or what `watch` says."""
    async with knock(address, paints=paints) as viewer:
        await viewer.say(json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, "room": room, **hello}))
        await viewer.until("welcome comes", lambda: viewer.events)
        assert viewer.welcome["room"] == room
        await viewer.ask("watch", **(watch or {}))
        yield viewer
