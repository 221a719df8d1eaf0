"""What viewers cost in memory, and whether anything is left of those who went."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from app import machine
from benchmarks.crowd import gather, median
from benchmarks.measurement import Measurement
from benchmarks.server import Server, served
from benchmarks.watching import MANY, collected

VIEWERS = 300
KILOBYTES_A_VIEWER = 64
MEGABYTES = 120
ROUNDS, JOINING = 12, 250
"""Rounds in which so many come, watch for a moment, and go."""


def measure() -> Iterator[Measurement]:
    """Yield the memory of the web process without viewers, with many, and after thousands came and went."""
    machine.allow_many_files()
    with served(environment=MANY) as server:
        yield from asyncio.run(collected(_measured(server)))


async def _measured(server: Server) -> AsyncIterator[Measurement]:
    async def come_and_go(viewers: int) -> None:
        crowd = await gather(server.port, ["studio"] * viewers, {"units_rate": 8})
        await crowd.count(0.5)
        await crowd.leave()

    yield Measurement("the web process without viewers", server.megabytes(), "MB")
    crowd = await gather(server.port, ["studio"] * VIEWERS, {"units_rate": 10})
    await crowd.count(3)
    most = MEGABYTES + VIEWERS * KILOBYTES_A_VIEWER / 1000
    yield Measurement(f"the web process with {VIEWERS} viewers", server.megabytes(), "MB", f"<= {most:.0f}")
    await crowd.leave()
    for _ in range(3):  # what is kept for the next viewers is there now
        await come_and_go(JOINING)
    before, files = await _settled(server)
    sizes = []
    for _ in range(ROUNDS):
        await come_and_go(JOINING)
        sizes.append(server.megabytes())
    after, files_after = await _settled(server)
    third = ROUNDS // 3
    growth = median(sizes[-third:]) - median(sizes[:third])
    yield Measurement(f"memory after {ROUNDS * JOINING} viewers came and went", after - before, "MB more", "<= 1")
    yield Measurement("its growth from the first to the last third of them", growth, "MB", "<= 1")
    yield Measurement("files left open by them", float(files_after - files), "", "0")


async def _settled(server: Server) -> tuple[float, int]:
    await asyncio.sleep(1.5)
    return server.megabytes(), server.open_files()
