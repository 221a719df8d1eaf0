"""Uvicorn's websocket protocol, with an end to three things it would put up with.

Pongs bypass its flow control, so a flood of pings that are never read grows the process; empty fragments cost time
and memory without ever becoming a message; and a peer that does not answer pings is closed politely, which waits for
it to read. Whoever does the first two is cut off, and the third is not waited for.
"""

from collections import deque
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from app.rooms.budget import Budget

PINGS, SECONDS = 20, 10.0
"""Browsers send no pings at all; other clients one in some seconds."""

FRAGMENTS = 64
"""Browsers send a message of 64 KiB in one or a few frames."""

BYTES_A_SECOND, BYTES_AT_ONCE = 256 * 1024, 4 * 1024 * 1024
"""While somebody draws, a page sends up to 60 images of 3 KB a second; a whole set of drawings is 2 MB at once."""


class GuardedWebSocket(WebSocketsSansIOProtocol):
    """The protocol of one socket."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._pings: deque[float] = deque(maxlen=PINGS)
        self._bytes = Budget(BYTES_A_SECOND, BYTES_AT_ONCE, self.loop.time)
        self._cut_off = False

    def data_received(self, data: bytes) -> None:
        """Take bytes, unless there were too many."""
        if not self._bytes.spend(len(data)):
            self._cut()
        if not self._cut_off:
            super().data_received(data)

    def handle_ping(self) -> None:
        """Answer a ping, unless there were too many."""
        now = self.loop.time()
        if len(self._pings) == PINGS and now - self._pings[0] < SECONDS:
            self._cut()
            return
        self._pings.append(now)
        super().handle_ping()

    def handle_cont(self, event: Frame) -> None:
        """Take a fragment, unless there were too many."""
        if len(self.frames) >= FRAGMENTS:
            self._cut()
            return
        super().handle_cont(event)

    def keepalive_timeout(self) -> None:
        """Give up a peer that does not answer, at once."""
        super().keepalive_timeout()
        self.transport.abort()

    def _cut(self) -> None:
        self._cut_off = True
        self.transport.abort()
