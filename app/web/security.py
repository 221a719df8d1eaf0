"""What every answer and every handshake is held to: the host asked for, the origin of a socket, strict headers."""

import ipaddress
import re
import secrets
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'nonce-{nonce}'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self' ws://{host} wss://{host}",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types lit-html",
    )
)

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

SAFE_METHODS: Final = {"GET", "HEAD", "OPTIONS"}
"""What changes nothing; everything else has to come from a page of ours."""

LOCAL_NAME: Final = re.compile(r"[a-z0-9-]{1,63}\.local")
"""A machine's name on a LAN without a name server. It goes into the policy, so it may hold nothing else."""


class Guard:
    """ASGI middleware: refuses foreign hosts (DNS rebinding) and origins (hijacked sockets), and adds the headers."""

    def __init__(self, app: ASGIApp, allowed_hosts: frozenset[str], *, any_address: bool) -> None:
        self._app = app
        self._allowed = allowed_hosts
        self._any_address = any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_allowed(host):
            await self._refuse(scope, receive, send, "This server does not answer for that host name.")
            return
        if scope["type"] == "websocket":
            if not _is_same_origin(headers.get("origin"), host):
                await self._refuse(scope, receive, send, "A page of another site may not open a socket here.")
                return
            await self._app(scope, receive, send)
            return
        if scope["method"] not in SAFE_METHODS and not _is_same_origin(headers.get("origin"), host):
            await self._refuse(scope, receive, send, "A page of another site may not send anything here.")
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
                answer.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce, host=host))
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _is_allowed(self, host: str) -> bool:
        name = _without_port(host)
        if name in self._allowed:
            return True
        if not self._any_address:
            return False
        if LOCAL_NAME.fullmatch(name):
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, sentence: str) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": sentence})  # before accept: a 403
            return
        await PlainTextResponse(sentence, status_code=400)(scope, receive, send)


def _without_port(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() and name else host.lower()


def _is_same_origin(origin: str | None, host: str) -> bool:
    # A browser always sends its origin; who sends none is a program, which no page can make act for its user.
    return origin is None or origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")
