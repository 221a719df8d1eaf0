"""Viewers at the end of a link with a round trip of 200 ms that loses 2 % of its segments (benchmarks.far_link)."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from app import machine
from benchmarks.crowd import gather, join, percentile
from benchmarks.measurement import Measurement
from benchmarks.server import Server, served
from benchmarks.watching import MANY, ROUNDS, SECONDS_A_ROUND, SECONDS_TO_SETTLE, collected, two_training

VIEWERS = 60


def measure() -> Iterator[Measurement]:
    """Yield frames, ages and round trips over such a link, and those of others who watch from near."""
    machine.allow_many_files()
    with served(environment=MANY) as server, far_link(server.port) as port:
        yield from asyncio.run(collected(_measured(server, port)))


@contextmanager
def far_link(port: int) -> Iterator[int]:
    """Run the link in a process of its own, and yield the port at its far end."""
    command = [sys.executable, "-m", "benchmarks.far_link", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        yield int(process.stdout.readline())
        process.terminate()


async def _measured(server: Server, port: int) -> AsyncIterator[Measurement]:
    async with two_training(server):
        near = await gather(server.port, ["watched"] * VIEWERS, {"units_rate": 10})
        await asyncio.sleep(SECONDS_TO_SETTLE)
        far = await gather(port, ["watched"] * VIEWERS, {"units_rate": 10})
        hand = await join(port, "other", {"units_rate": 1})
        await asyncio.sleep(2 * SECONDS_TO_SETTLE)
        for member in near.members:
            member.begin_to_count()
        rates = sorted(await far.count(ROUNDS * SECONDS_A_ROUND))
        name = f"{VIEWERS} viewers at 200 ms, 2 % lost, of 10 frames/s"
        yield Measurement(f"{name}: frames a second of the worst but 5 %", percentile(rates, 5), "frames/s", ">= 8")
        yield Measurement(f"{name}: age of frames, median (100 ms are the way)", percentile(far.ages, 50), "ms")
        yield Measurement(f"{name}: age of frames, p99", percentile(far.ages, 99), "ms", "<= 1000")
        trips = sorted([await hand.trip(type=kind) for _ in range(20) for kind in ("pause", "step", "play")])
        yield Measurement(f"{name}: play, pause, step, round trip, p99", percentile(trips, 99), "ms", "<= 1000")
        yield Measurement("those who are near meanwhile: age of frames, p99", percentile(near.ages, 99), "ms", "<= 150")
        await far.leave()
        await near.leave()
        hand.leave()
