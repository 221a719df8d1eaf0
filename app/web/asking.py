"""Uvicorn's HTTP protocol, with an end to requests that never end.

Uvicorn waits for the rest of a request as long as it takes, so that a few hundred sockets that say one byte a second
hold as many places for ever. Here the head of a request has a time and a size, and its body has to go on arriving.
"""

import asyncio
from typing import Any, Self

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 64 * 1024
"""Of the first line and the headers: browsers send one or two kilobytes."""

LEAST_BYTES_A_SECOND = 1024
"""Of a body, on average over the time that a head may take: less than this is no upload."""


class GuardedHTTP(HttpToolsProtocol):
    """The protocol of one connection."""

    patience = 10.0
    """Seconds from the beginning of a connection, or of the next request on it, to the end of the headers."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadline: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = True
        self._body_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, with a time for the first request."""
        super().connection_made(transport)  # type: ignore[arg-type]  # it is a stream's
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes, unless they are too many for a head."""
        self._head_bytes += len(data)
        self._body_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MOST_HEAD_BYTES:
            self._cut()

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Know the request; its body may follow."""
        self._in_head = False
        self._head_bytes = self._body_bytes = 0
        self._wait(self.patience, self._look_at_body)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Have the whole request."""
        self._stop_waiting()
        self._in_head = True
        self._head_bytes = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Give the connection to the protocol of sockets, which has limits of its own."""
        self._stop_waiting()
        super().handle_websocket_upgrade()

    @classmethod
    def with_patience(cls, seconds: float) -> type[Self]:
        """Return a class of protocols with this patience, for uvicorn to make them of."""
        return type("GuardedHTTP", (cls,), {"patience": seconds})

    def _expect_head(self) -> None:
        self._in_head = True
        self._wait(self.patience, self._cut)

    def _look_at_body(self) -> None:
        held_up_by_us = self.flow.read_paused
        if self._body_bytes < LEAST_BYTES_A_SECOND * self.patience and not held_up_by_us:
            self._cut()
            return
        self._body_bytes = 0
        self._wait(self.patience, self._look_at_body)

    def _wait(self, seconds: float, then: Any) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(seconds, then)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cut(self) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self.transport.abort()
