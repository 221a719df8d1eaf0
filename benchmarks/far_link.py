"""A link that is far and loses something: 200 ms there and back, 2 % of the segments lost.

    python -m benchmarks.far_link PORT

The kernel has this as `tc netem`, but not every kernel: that of the machine this was written on does not. So it is made
here, in a process of its own, as TCP shows it to the ends: bytes come later and in order, and a lost segment holds up
all that come after it for one round trip, until it was sent again. What is on the way is bounded, as by TCP's window.
"""

import asyncio
import contextlib
import random
import sys
from collections import deque

ONE_WAY = 0.1  # seconds
LOSS = 0.02
SEGMENT = 1448  # bytes
WINDOW = 128 * 1024  # bytes on the way


class Direction:
    """One direction of a connection: from a reader to a writer, later."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._on_the_way: deque[tuple[float, bytes]] = deque()
        self._bytes = 0
        self._changed = asyncio.Event()
        self._ended = False

    async def carry(self) -> None:
        """Carry until one end closes."""
        await asyncio.gather(self._take(), self._give())

    async def _take(self) -> None:
        loop = asyncio.get_running_loop()
        arrives = 0.0
        while data := await self._reader.read(SEGMENT):
            lost = random.random() < LOSS  # noqa: S311 - a model of a link, no secret
            arrives = max(arrives, loop.time() + ONE_WAY + (2 * ONE_WAY if lost else 0.0))
            self._on_the_way.append((arrives, data))
            self._bytes += len(data)
            self._changed.set()
            while self._bytes > WINDOW:
                self._changed.clear()
                await self._changed.wait()
        self._ended = True
        self._changed.set()

    async def _give(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while self._on_the_way:
                arrives, data = self._on_the_way[0]
                await asyncio.sleep(max(0.0, arrives - loop.time()))
                self._on_the_way.popleft()
                self._bytes -= len(data)
                self._changed.set()
                self._writer.write(data)
                await self._writer.drain()
            if self._ended:
                self._writer.close()
                return
            self._changed.clear()
            await self._changed.wait()


async def _connect(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        there, back = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(Direction(reader, back).carry(), Direction(there, writer).carry())
        back.close()
    writer.close()


async def serve(port: int) -> None:
    """Take connections on a free port, which is printed, and carry them to another port of this machine."""
    server = await asyncio.start_server(lambda reader, writer: _connect(port, reader, writer), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(int(sys.argv[1])))
