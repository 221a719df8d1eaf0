"""A link that carries nothing for a while, and tells neither end: what comes after it is whole, in order and new."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.app.serving import ServerProcess
from tests.app.viewing import visit

PATIENCE = 1.0
CHUNK = 1 << 14


class Link:
    """Carries connections to a port of this machine; cut, it keeps what it has and takes no more."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._whole = asyncio.Event()
        self._whole.set()
        self._carrying: set[asyncio.Task[None]] = set()
        self.port = 0

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        self._whole.set()

    @contextlib.asynccontextmanager
    async def laid(self) -> AsyncIterator["Link"]:
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._carrying:
                task.cancel()
            await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        for one, other in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._carry(one, other))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(CHUNK):
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        await self._whole.wait()  # the other end learns of nothing before
        writer.close()


def counts(viewer) -> list[int]:
    return [event["count"] for event in viewer.of_type("viewers")]


async def steps_go_on(viewer, count: int) -> None:
    step = viewer.frames[-1].step if viewer.frames else 0
    await viewer.until("training goes on", lambda: viewer.frames and viewer.frames[-1].step > step + count)


async def test_after_a_short_partition_nothing_is_missing_and_what_is_shown_is_new(server, room):
    async with (
        Link(server.port).laid() as link,
        visit(server.socket_address, room) as near,
        visit(f"ws://localhost:{link.port}/ws", room) as far,
    ):
        await far.until("it is live", lambda: len(far.frames) > 5)
        link.cut()
        already = len(far.frames)
        await steps_go_on(near, 200)
        assert len(far.frames) - already <= 1  # what the link had let through
        newest = near.frames[-1].step
        link.mend()
        await far.until("the newest comes", lambda: far.frames[-1].step >= newest)
        assert len([frame for frame in far.frames[already:] if frame.step < newest]) <= 6, "old frames were kept for it"
        seqs = far.seqs()
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
        steps = [point["step"] for event in far.of_type("metrics") for point in event["training"]]
        assert steps == sorted(set(steps))
        numbers = [frame.n for frame in far.frames]
        assert numbers == sorted(set(numbers))
        assert (await far.ask("pause"))["type"] == "done"


@pytest.fixture
def impatient(start_server, data_dir) -> ServerProcess:
    environment = {
        "BACKSCOPE_SECONDS_BETWEEN_PINGS": str(PATIENCE),
        "BACKSCOPE_SECONDS_UNWRITTEN": str(2 * PATIENCE),
    }
    return start_server("--data-dir", str(data_dir), environment=environment)


async def test_after_a_long_partition_one_comes_back_to_exactly_what_was_missed(impatient):
    async with (
        Link(impatient.port).laid() as link,
        visit(impatient.socket_address, "far") as near,
    ):
        async with visit(f"ws://localhost:{link.port}/ws", "far") as far:
            await far.until("it is live", lambda: len(far.frames) > 5)
            await near.ask("pace", steps_per_second=5.0)  # so that all that is missed is still known
            await near.until("both are counted", lambda: counts(near)[-1:] == [2])
            link.cut()
            await near.until("it is given up", lambda: counts(near)[-1] == 1)
            await steps_go_on(near, 5)
            link.mend()
            await far.until_closed()
        known = {"epoch": far.welcome["epoch"], "seq": far.seqs()[-1]}
        async with visit(f"ws://localhost:{link.port}/ws", "far", **known) as back:
            assert back.welcome["resumed"]
            await back.until("it is live again", lambda: len(back.frames) > 2)
            seqs = far.seqs() + back.seqs()
            assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
            assert back.frames[-1].step >= far.frames[-1].step
