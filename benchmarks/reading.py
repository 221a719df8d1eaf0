"""From a drawing to its prediction over a real socket, while fifty other runs train and are each watched."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from app.protocol import PROTOCOL_VERSION
from benchmarks.measurement import Measurement
from benchmarks.server import served
from benchmarks.serving import Client
from engine.data.mnist import load_mnist

OTHERS = 49  # with our own as many rooms as a server takes
FRAMES_A_SECOND = 10
DRAWINGS = 200
EXPLANATIONS = 40
LEAST_SECONDS = 1 / 60
"""From one drawing to the next: a page asks no more often than it paints."""

READERS = ("run", "dense", "conv")


def measure() -> Iterator[Measurement]:
    """Yield how long predictions, explanations and lessons take, asked one after the other."""
    try:
        import websockets  # noqa: F401 - comes with the server; only its client is needed here
    except ImportError:
        yield Measurement("drawing to prediction, p99", None, "websockets is not installed", "<= 100")
        return
    digits = [image.tolist() for image in load_mnist().test.inputs[:DRAWINGS]]
    with served() as server:
        yield from asyncio.run(_measured(server.port, digits))


@asynccontextmanager
async def _in_room(port: int, room: str) -> AsyncIterator[tuple[Client, Any]]:
    from websockets.asyncio.client import connect

    async with connect(f"ws://127.0.0.1:{port}/ws", max_size=None, compression=None) as socket:
        client = Client(socket)
        await client.ask(type="hello", protocol=PROTOCOL_VERSION, room=room)
        yield client, socket


async def _watch(client: Client, socket: Any) -> None:
    """Watch as a page does: paint each frame at once, and read no more of it than its number."""
    await client.ask(type="watch", matrices=["W"], units_rate=FRAMES_A_SECOND, matrices_rate=FRAMES_A_SECOND / 2)
    await client.watch(float("inf"))


async def _measured(port: int, digits: list[list[int]]) -> list[Measurement]:
    found = []
    async with AsyncExitStack() as stack:
        hand, _ = await stack.enter_async_context(_in_room(port, "drawing"))
        for reader in READERS:
            found += _figures(f"drawing to prediction by {reader}, alone", await _predictions(hand, reader, digits))
        watching = []
        for number in range(OTHERS):
            client, socket = await stack.enter_async_context(_in_room(port, f"other-{number}"))
            watching.append(asyncio.create_task(_watch(client, socket)))
        load = f"while {OTHERS} other runs train and are watched"
        for reader in READERS:
            times = await _predictions(hand, reader, digits)
            found += _figures(f"drawing to prediction by {reader}, {load}", times, "<= 100")
        for reader in READERS:
            whys = [{"type": "explain", "pixels": pixels, "network": reader} for pixels in digits[:EXPLANATIONS]]
            found += _figures(f"explanation of {reader}, {load}", await _times(hand, whys))
        asked: list[dict[str, Any]] = [
            {"type": "preview_lesson", "pixels": pixels, "network": "conv", "label": 3, "learning_rate": 0.05}
            for pixels in digits[:EXPLANATIONS]
        ]
        found += _figures(f"lesson of conv previewed, {load}", await _times(hand, asked))
        for task in watching:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    return found


async def _predictions(hand: Client, reader: str, digits: list[list[int]]) -> list[float]:
    return await _times(hand, [{"type": "predict", "pixels": p, "network": reader, "frame": True} for p in digits])


async def _times(hand: Client, commands: list[dict[str, Any]]) -> list[float]:
    """Return how many milliseconds each command took, from its JSON being made to its answer being there."""
    times = []
    for command in commands:
        begun = time.perf_counter()
        reply = await hand.ask(**command)
        times.append((time.perf_counter() - begun) * 1000)
        if reply["type"] == "error":
            raise RuntimeError(json.dumps(reply))
        await asyncio.sleep(max(0.0, begun + LEAST_SECONDS - time.perf_counter()))
    return sorted(times)


def _figures(name: str, times: list[float], reach: str | None = None) -> list[Measurement]:
    return [
        Measurement(f"{name}, median", times[len(times) // 2], "ms"),
        Measurement(f"{name}, p99", times[len(times) * 99 // 100], "ms", reach),
    ]
