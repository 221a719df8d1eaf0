"""Viewers that take too little: they are let go, and nobody else notices."""

import asyncio
import contextlib
from collections.abc import Iterator

import pytest

from benchmarks.crowd import Crowd, Member, gather, join
from tests.app.serving import ServerProcess

PING = 1.0
SECONDS = 30.0


@pytest.fixture(scope="module")
def impatient(unpacked, tmp_path_factory) -> Iterator[ServerProcess]:
    """A server that asks often whether its viewers are there."""
    directory = tmp_path_factory.mktemp("impatient")
    (directory / "mnist").symlink_to(unpacked)
    environment = {"BACKSCOPE_SECONDS_BETWEEN_PINGS": str(PING), "BACKSCOPE_SECONDS_UNWRITTEN": str(2 * PING)}
    with ServerProcess(directory / "log", "--data-dir", str(directory), environment=environment) as server:
        server.wait_until_ready()
        yield server
    assert "Traceback" not in server.output()


async def until_viewers(server: ServerProcess, count: int) -> None:
    def so_many() -> bool:
        return bool(server.readiness()["viewers"] == count)

    await asyncio.to_thread(server.eventually, f"{count} viewers are left", so_many, SECONDS)


async def frames_go_on(crowd: Crowd) -> None:
    for member in crowd.members:
        member.first_frame.clear()
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*(member.first_frame.wait() for member in crowd.members))


def stop_reading(member: Member) -> None:
    assert member.transport is not None
    member.transport.pause_reading()


async def test_viewers_that_never_read_are_gone_soon_and_the_others_go_on(impatient):
    crowd = await gather(impatient.port, ["deaf"] * 5, {"units_rate": 10})
    deaf = await gather(impatient.port, ["deaf"] * 20, {"units_rate": 30, "matrices": ["W"]})
    for member in deaf.members:
        stop_reading(member)
    await frames_go_on(crowd)
    await until_viewers(impatient, 5)
    await frames_go_on(crowd)
    await deaf.leave()
    await crowd.leave()
    await until_viewers(impatient, 0)


async def test_a_viewer_that_reads_a_byte_now_and_then_is_gone_soon_and_the_others_go_on(impatient):
    crowd = await gather(impatient.port, ["dribble"] * 5, {"units_rate": 10})
    slow = await join(impatient.port, "dribble", {"units_rate": 30, "matrices": ["W"]})
    stop_reading(slow)
    assert slow.transport is not None
    own = slow.transport.get_extra_info("socket")
    async with asyncio.timeout(SECONDS):
        while (await asyncio.to_thread(impatient.readiness))["viewers"] > 5:
            with contextlib.suppress(BlockingIOError, ConnectionError, OSError):
                own._sock.recv(1)  # past asyncio, which would read all there is
            await asyncio.sleep(PING / 2)
    await frames_go_on(crowd)
    await Crowd([slow]).leave()
    await crowd.leave()
    await until_viewers(impatient, 0)


async def test_viewers_that_vanish_without_a_word_are_forgotten(impatient):
    crowd = await gather(impatient.port, ["vanishing"] * 5, {"units_rate": 10})
    gone = await gather(impatient.port, ["vanishing"] * 30, {"units_rate": 10})
    await gone.leave()  # they hang up in the middle of everything
    await until_viewers(impatient, 5)
    await frames_go_on(crowd)
    await crowd.leave()
    await until_viewers(impatient, 0)
