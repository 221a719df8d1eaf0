"""Serving: a listening socket with a time-out for dead peers, and an end that saves before it says goodbye."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from app import machine
from app.main import create_app, drain
from app.protocol.commands import MOST_COMMAND_BYTES
from app.settings import Settings
from app.web.asking import GuardedHTTP
from app.web.guarded import GuardedWebSocket

logger = logging.getLogger("backscope.server")

SECONDS_TO_SAY_GOODBYE = 0.3
"""For the writers to send what they have and the close code, before the sockets are closed for them."""

GRACE = 4
BACKLOG = 1024
"""A class of 300 joins within two seconds."""

UNSENT_BYTES = 64 * 1024
"""What the kernel keeps for a slow viewer: more would only be older frames."""


class PortTaken(Exception):
    """Another program listens there."""


class BackscopeServer(uvicorn.Server):
    """Uvicorn, but runs are saved and viewers told before their sockets are closed."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._app = app
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self._on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then end: uvicorn alone would close all sockets before the lifespan's end runs."""
        for listening in self.servers:
            listening.close()
        await drain(self._app)
        await asyncio.sleep(SECONDS_TO_SAY_GOODBYE)
        await super().shutdown(sockets)


def listening_socket(settings: Settings) -> socket.socket:
    """Return a socket that listens where the settings say; raise `PortTaken` when that can't be."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted sockets inherit these. Uvicorn's ping time-out does not end a peer that stopped reading; the kernel does.
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        milliseconds = int(settings.seconds_unwritten * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    try:
        listener.bind((settings.host.strip("[]"), settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise PortTaken(error.strerror or str(error)) from error
    listener.setblocking(False)
    return listener


def serve(settings: Settings, listener: socket.socket, on_start: Callable[[], None]) -> bool:
    """Serve until a signal comes; return whether it ever started. Raises `DataNotReady`."""
    machine.allow_many_files()
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        http=GuardedHTTP.with_patience(settings.seconds_to_ask),
        ws=GuardedWebSocket,
        ws_max_size=MOST_COMMAND_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=settings.seconds_between_pings,
        ws_ping_timeout=settings.seconds_between_pings,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
    )
    server = BackscopeServer(config, app, on_start)
    # Of data that cannot be used uvicorn would print a traceback; the sentence in the exception says all.
    logging.getLogger("uvicorn.error").addFilter(lambda record: app.state.problem is None)
    with contextlib.closing(listener):
        try:
            server.run(sockets=[listener])
        except SystemExit:  # the lifespan did not begin
            if app.state.problem:
                raise app.state.problem from None
            raise
    return server.started
