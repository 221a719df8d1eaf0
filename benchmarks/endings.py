"""Ends and beginnings: a restart under a crowd, an end with viewers that take nothing, and kills without a warning."""

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from app import machine
from benchmarks.crowd import Crowd, Member, gather, join, percentile
from benchmarks.measurement import Measurement
from benchmarks.server import Server, free_port
from benchmarks.waiting import SECONDS_TO_ANSWER
from benchmarks.watching import MANY, collected

VIEWERS, STALLED = 300, 20
CHANCE = random.Random(7)  # noqa: S311 - moments to kill at, no secrets
KILLS_OF_A_SERVER = 5
KILLS_OF_A_WRITER = 200
PACE = 64  # steps a second, which a run has from the beginning


def measure() -> Iterator[Measurement]:
    """Yield how soon a crowd is back after a restart, how soon a server ends, and what a kill costs."""
    machine.allow_many_files()
    with tempfile.TemporaryDirectory() as kept:
        yield from asyncio.run(collected(_restart(Path(kept))))
    yield from asyncio.run(collected(_end_with_stalled_viewers()))
    with tempfile.TemporaryDirectory() as kept:
        yield from asyncio.run(collected(_kills_of_the_server(Path(kept))))
    yield from _kills_while_writing()


async def _restart(kept: Path) -> AsyncIterator[Measurement]:
    """End a server that 300 watch, begin it again, and have all come back as pages do."""
    port = free_port()
    server = await _started(port, kept)
    crowd = await gather(port, ["studio"] * VIEWERS, {"units_rate": 10})
    ending = asyncio.create_task(asyncio.to_thread(server.end))
    await asyncio.gather(*(member.gone.wait() for member in crowd.members))
    codes = {member.close_code for member in crowd.members}
    returning = [asyncio.create_task(_come_back(port)) for _ in crowd.members]
    await ending
    began = time.monotonic()
    server = Server(port, "--data-dir", str(kept), environment=MANY)
    await asyncio.to_thread(server.wait_until_ready)
    ready = time.monotonic()
    seen = sorted([await task for task in returning])
    yield Measurement(f"restart under {VIEWERS} viewers: all were told to come back (1012)", float(codes == {1012}), "")
    yield Measurement("restart: the server takes viewers again after its start", ready - began, "s", "<= 3")
    yield Measurement("restart: 99 % have a frame after that", percentile(seen, 99) - ready, "s", "<= 5")
    yield Measurement("restart: all have", seen[-1] - ready, "s", "<= 10")
    await asyncio.to_thread(server.end)


async def _come_back(port: int) -> float:
    """Reconnect as the page does after 1012, and return when the first frame came."""
    await asyncio.sleep(CHANCE.uniform(0, 3))
    attempt = 0
    while True:
        try:
            member = await join(port, "studio", {"units_rate": 10})
        except (OSError, RuntimeError):
            attempt += 1
            await asyncio.sleep(CHANCE.uniform(0, min(10, 0.5 * 2**attempt)))
            continue
        at = time.monotonic()
        await Crowd([member]).leave()
        return at


async def _end_with_stalled_viewers() -> AsyncIterator[Measurement]:
    """Have some viewers stop reading, and see how long the server takes to end."""
    server = await _started(free_port(), None)
    crowd = await gather(server.port, ["studio"] * (VIEWERS - STALLED), {"units_rate": 10})
    stalled = await gather(server.port, ["studio"] * STALLED, {"units_rate": 30, "matrices": ["W", "dL_dW"]})
    for member in stalled.members:
        stop_reading(member)
    await asyncio.sleep(3)
    seconds = await asyncio.to_thread(server.end)
    yield Measurement(f"SIGTERM with {STALLED} of {VIEWERS} viewers stalled: exit after", seconds, "s", "<= 8")
    yield Measurement(
        "SIGTERM: its exit code", float(server.process.returncode), "", "-15 or 143: by the signal, as asked"
    )
    await stalled.leave()
    await crowd.leave()


async def _kills_of_the_server(kept: Path) -> AsyncIterator[Measurement]:
    """Kill the server and its workers at random times, and see how much training is lost."""
    lost = []
    port = free_port()
    for _ in range(KILLS_OF_A_SERVER):
        server = await _started(port, kept)
        viewer = await join(port, "studio", {"units_rate": 30})
        await viewer.ask(type="play")
        viewer.begin_to_count(steps=True)
        await asyncio.sleep(CHANCE.uniform(3, 6))
        last = viewer.seen.steps[-1][1]
        for worker in server.readiness()["workers"]:
            os.kill(worker["pid"], signal.SIGKILL)
        server.kill()
        server = await _started(port, kept)
        back = await join(port, "studio", {"units_rate": 30})
        back.begin_to_count(steps=True)
        await asyncio.sleep(0.3)
        lost.append(max(0, last - back.seen.steps[0][1]) / PACE if back.seen.steps else float("nan"))
        server.kill()
    yield Measurement(
        f"kill -9 of the server, {KILLS_OF_A_SERVER} times: training lost, at most", max(lost), "s", "<= 5"
    )


def _kills_while_writing() -> Iterator[Measurement]:
    name = f"kill -9 while a checkpoint is written, {KILLS_OF_A_WRITER} times: unreadable"
    yield Measurement(name, float(unreadable_after_kills(KILLS_OF_A_WRITER)), "runs", "0")


def unreadable_after_kills(kills: int) -> int:
    """Kill a process that writes checkpoints, again and again, at random times; return how often none could be read."""
    from app.store.checkpoints import CheckpointStore
    from engine.checkpoint import Checkpoint
    from engine.data.mnist import load_mnist
    from engine.spec import DEFAULT_SPEC
    from engine.trainer import Trainer

    trainer = Trainer(DEFAULT_SPEC, load_mnist())
    unreadable = 0
    with tempfile.TemporaryDirectory() as kept:
        store = CheckpointStore(Path(kept))
        store.save("run", *trainer.checkpoint().to_tensors())
        for _ in range(kills):
            child = os.fork()
            if child == 0:
                while True:
                    store.save("run", *trainer.checkpoint().to_tensors())
            time.sleep(CHANCE.uniform(0.001, 0.05))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            stored = next(store.load("run"), None)
            try:
                if stored is None:
                    raise ValueError("nothing is left")
                Checkpoint.from_tensors(dict(stored.tensors), dict(stored.metadata))
            except ValueError:
                unreadable += 1
    return unreadable


def stop_reading(member: Member) -> None:
    """Take nothing more from the socket."""
    assert member.transport is not None  # noqa: S101 - it is connected
    member.transport.pause_reading()


async def _started(port: int, kept: Path | None) -> Server:
    arguments = [] if kept is None else ["--data-dir", str(kept)]
    server = Server(port, *arguments, environment=MANY)
    await asyncio.wait_for(asyncio.to_thread(server.wait_until_ready), SECONDS_TO_ANSWER)
    return server
