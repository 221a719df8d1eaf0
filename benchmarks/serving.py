"""What a viewer costs training: a real server, at full speed, with and without one who watches 30 frames a second."""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from app.protocol import PROTOCOL_VERSION
from benchmarks.measurement import Measurement
from benchmarks.server import served

ROUNDS = 7
SECONDS_A_ROUND = 2.0
ROUND_TRIPS = 200


def measure() -> Iterator[Measurement]:
    """Yield the share of training that is left beside a viewer, and how old frames and answers are."""
    try:
        import websockets  # noqa: F401 - comes with the server; only its client is needed here
    except ImportError:
        yield Measurement("training rate with a viewer / without", None, "websockets is not installed", ">= 0.95")
        return
    with served() as server:
        yield from asyncio.run(_measured(server.port))


class Client:
    """A viewer that can send commands and wait for their replies."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._ids = 0

    async def ask(self, **command: Any) -> dict[str, Any]:
        """Send a command and return its reply."""
        self._ids += 1
        await self._socket.send(json.dumps({**command, "id": self._ids}))
        async for message in self._socket:
            if isinstance(message, str):
                event: dict[str, Any] = json.loads(message)
                if event.get("reply_to") == self._ids:
                    return event
        raise RuntimeError("the server closed the socket")

    async def step(self) -> int:
        """Return the step the run is at."""
        reply = await self.ask(type="inspect", slices=[{"tensor": "dense1.b", "index": 0}])
        return int(reply["step"])

    async def watch(self, seconds: float) -> list[float]:
        """Watch for so long, painting at once, and return the ages of the frames in milliseconds."""
        ages = []
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = await asyncio.wait_for(self._socket.recv(), left)
            except TimeoutError:
                break
            if isinstance(message, bytes):
                frame = msgspec.msgpack.decode(message)
                ages.append(time.time() * 1000 - frame["time"])
                await self._socket.send(json.dumps({"type": "ack", "frame": frame["n"]}))
        return ages


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    """Yield a client that has said hello."""
    from websockets.asyncio.client import connect

    async with connect(f"ws://127.0.0.1:{port}/ws", max_size=None, compression=None) as socket:
        client = Client(socket)
        await client.ask(type="hello", protocol=PROTOCOL_VERSION)
        yield client


async def _measured(port: int) -> list[Measurement]:
    ratios: list[float] = []
    rates: list[float] = []
    ages: list[float] = []
    async with connected(port) as hand:
        await hand.ask(type="pace", steps_per_second=None)
        for _ in range(ROUNDS):
            alone = await _rate(hand, asyncio.sleep(SECONDS_A_ROUND))
            async with connected(port) as viewer:
                await viewer.ask(type="watch", matrices=["W"], units_rate=30, matrices_rate=8)
                watching = viewer.watch(SECONDS_A_ROUND)
                watched = await _rate(hand, watching, into=ages)
            rates.append(alone)
            ratios.append(watched / alone)
        trips = []
        for _ in range(ROUND_TRIPS):
            begun = time.perf_counter()
            await hand.step()
            trips.append((time.perf_counter() - begun) * 1000)
    ages.sort()
    trips.sort()
    return [
        Measurement("training rate without viewers, full speed", statistics.median(rates), "steps/s"),
        Measurement("training rate with a viewer at 30 frames/s / without", statistics.median(ratios), "", ">= 0.95"),
        Measurement("frames a second that viewer had", len(ages) / (ROUNDS * SECONDS_A_ROUND), "frames/s", ">= 30"),
        Measurement("age of its frames, median", ages[len(ages) // 2], "ms"),
        Measurement("age of its frames, p99", ages[len(ages) * 99 // 100], "ms", "<= 40"),
        Measurement("a command's round trip at full speed, median", trips[len(trips) // 2], "ms"),
        Measurement("a command's round trip at full speed, p99", trips[len(trips) * 99 // 100], "ms", "<= 200"),
    ]


async def _rate(hand: Client, meanwhile: Any, into: list[float] | None = None) -> float:
    before, then = await hand.step(), time.monotonic()
    result = await meanwhile
    if into is not None:
        into.extend(result)
    after, now = await hand.step(), time.monotonic()
    return (after - before) / (now - then)
