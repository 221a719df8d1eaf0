"""A crowd of viewers over raw sockets: cheap enough that a thousand of them share two cores with the server they load.

Each does what a page does: says hello, says what it watches, and acknowledges every frame it was sent, at once or as
slowly as it is told to paint. What a frame's age is, it learns from the time in the frame: all run on one machine.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.protocol import PROTOCOL_VERSION
from benchmarks.waiting import SECONDS_TO_ANSWER

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
JOINING_AT_ONCE = 50
"""Handshakes under way at a time: a class does not come within a millisecond."""


class FrameHead(msgspec.Struct):
    """What a crowd looks at in a frame; the rest is skipped."""

    n: int
    time: float
    step: int
    part: str


_head = msgspec.msgpack.Decoder(FrameHead)


def written(opcode: int, payload: bytes) -> bytes:
    """Return a websocket frame as a client sends it, masked with zeros, which leaves the payload as it is."""
    length = len(payload)
    if length < 126:
        head = bytes((0x80 | opcode, 0x80 | length))
    else:
        head = bytes((0x80 | opcode, 0x80 | 126)) + length.to_bytes(2, "big")
    return head + bytes(4) + payload


@dataclass
class Seen:
    """What a viewer saw since it last began to count."""

    ages: list[float] = field(default_factory=list)  # milliseconds
    steps: list[tuple[float, int]] = field(default_factory=list)  # seconds, step

    @property
    def frames(self) -> int:
        """How many frames came."""
        return len(self.ages)


class Member(asyncio.Protocol):
    """One viewer of a crowd."""

    def __init__(
        self, room: str, watch: dict[str, Any], *, paint_seconds: float = 0.0, token: str | None = None
    ) -> None:
        self.seen = Seen()
        self.keeps_steps = False
        self.first_frame = asyncio.Event()
        self.gone = asyncio.Event()
        self.close_code: int | None = None
        self.welcome: dict[str, Any] = {}
        self._hello = {"type": "hello", "protocol": PROTOCOL_VERSION, "room": room, "id": 1}
        if token:
            self._hello["token"] = token
        self._watch = {"type": "watch", **watch}
        self._paint_seconds = paint_seconds
        self._ids = 1
        self._replies: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._buffer = bytearray()
        self._upgraded = False
        self._waiting: list[FrameHead] = []
        self._painting: asyncio.TimerHandle | None = None
        self.transport: asyncio.Transport | None = None

    # The socket

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a websocket."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what a stream protocol is given
        self.transport = transport
        host = "{}:{}".format(*transport.get_extra_info("peername")[:2])
        transport.write(
            f"GET /ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end."""
        self.gone.set()
        if self._painting:
            self._painting.cancel()
        for reply in self._replies.values():
            reply.cancel()

    def data_received(self, data: bytes) -> None:
        """Take what came, frame by frame."""
        buffer = self._buffer
        buffer += data
        if not self._upgraded:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not buffer.startswith(b"HTTP/1.1 101"):
                self.leave()
                return
            del buffer[: end + 4]
            self._upgraded = True
            self._send(self._hello)
            self._send(self._watch)
        at = 0
        while len(buffer) - at >= 2:
            length, start = buffer[at + 1], at + 2
            if length == 126:
                start += 2
                length = int.from_bytes(buffer[at + 2 : start], "big")
            elif length == 127:
                start += 8
                length = int.from_bytes(buffer[at + 2 : start], "big")
            if len(buffer) < start or len(buffer) - start < length:
                break
            self._take(buffer[at] & 0x0F, bytes(buffer[start : start + length]))
            at = start + length
        del buffer[:at]

    def _take(self, opcode: int, payload: bytes) -> None:
        match opcode:
            case 2:
                self._frame(_head.decode(payload))
            case 1:
                self._event(payload)
            case 9:
                self._write(written(PONG, payload))
            case 8:
                self.close_code = int.from_bytes(payload[:2], "big") if payload else None
                self.leave()

    # Frames and events

    def _frame(self, head: FrameHead) -> None:
        if self._paint_seconds == 0:
            self._paint(head)
            return
        self._waiting.append(head)
        if self._painting is None:
            self._paint_later()

    def _paint_later(self) -> None:
        self._painting = None
        if self._waiting:
            self._paint(self._waiting.pop(0))
            self._painting = asyncio.get_running_loop().call_later(self._paint_seconds, self._paint_later)

    def _paint(self, head: FrameHead) -> None:
        now = time.time()
        self.seen.ages.append(now * 1000 - head.time)
        if self.keeps_steps:
            self.seen.steps.append((now, head.step))
        self._write(written(TEXT, b'{"type":"ack","frame":%d}' % head.n))
        self.first_frame.set()

    def _event(self, payload: bytes) -> None:
        if not self.welcome and payload.startswith(b'{"reply_to":1,"type":"welcome"'):
            self.welcome = {"epoch": json.loads(payload)["epoch"]}
            return
        if not self._replies or b'"reply_to":' not in payload[:40]:
            return
        event = json.loads(payload)
        reply = self._replies.pop(event.get("reply_to"), None)
        if reply and not reply.done():
            reply.set_result(event)

    # What it is told

    def begin_to_count(self, *, steps: bool = False) -> None:
        """Forget what was seen."""
        self.seen, self.keeps_steps = Seen(), steps

    def tell(self, **command: Any) -> None:
        """Send a command."""
        self._send(command)

    async def ask(self, **command: Any) -> dict[str, Any]:
        """Send a command and return its answer."""
        self._ids += 1
        number = self._ids
        self._replies[number] = reply = asyncio.get_running_loop().create_future()
        self._send({**command, "id": number})
        return await asyncio.wait_for(reply, SECONDS_TO_ANSWER)

    async def trip(self, **command: Any) -> float:
        """Return how many milliseconds it takes until a command is answered."""
        began = time.perf_counter()
        await self.ask(**command)
        return (time.perf_counter() - began) * 1000

    def leave(self) -> None:
        """Go."""
        if self.transport:
            self.transport.abort()

    def _send(self, command: dict[str, Any]) -> None:
        self._write(written(TEXT, json.dumps(command).encode()))

    def _write(self, data: bytes) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.write(data)


class Crowd:
    """Viewers who are in."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = members

    @property
    def ages(self) -> list[float]:
        """The ages of all frames that all saw, in order."""
        return sorted(age for member in self.members for age in member.seen.ages)

    async def count(self, seconds: float, *, steps: bool = False) -> list[float]:
        """Count for so long; return each one's frames a second."""
        for member in self.members:
            member.begin_to_count(steps=steps)
        began = time.monotonic()
        await asyncio.sleep(seconds)
        passed = time.monotonic() - began
        return [member.seen.frames / passed for member in self.members]

    async def leave(self) -> None:
        """Have all go."""
        for member in self.members:
            member.leave()
        await asyncio.gather(*(member.gone.wait() for member in self.members))


async def join(port: int, room: str, watch: dict[str, Any], *, host: str = "127.0.0.1", **named: Any) -> Member:
    """Join as one viewer; return once the first frame came, or the server closed."""
    loop = asyncio.get_running_loop()
    _, member = await loop.create_connection(lambda: Member(room, watch, **named), host, port)
    seen = asyncio.create_task(member.first_frame.wait())
    gone = asyncio.create_task(member.gone.wait())
    try:
        await asyncio.wait({seen, gone}, timeout=SECONDS_TO_ANSWER, return_when=asyncio.FIRST_COMPLETED)
    finally:
        seen.cancel()
        gone.cancel()
    if not member.first_frame.is_set():
        raise RuntimeError(f"a viewer saw no frame; the socket was closed with {member.close_code}")
    return member


async def gather(port: int, rooms: Sequence[str], watch: dict[str, Any], **named: Any) -> Crowd:
    """Have one viewer join for each room that is named, as often as it is named."""
    turn = asyncio.Semaphore(JOINING_AT_ONCE)

    async def enter(room: str) -> Member:
        async with turn:
            return await join(port, room, watch, **named)

    return Crowd(await asyncio.gather(*(enter(room) for room in rooms)))


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the percentile of numbers in order; NaN of none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")


def median(numbers: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(numbers)
