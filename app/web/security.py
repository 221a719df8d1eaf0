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

OF_TLS: Final = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
"""Only behind TLS: on a LAN without it, a browser that believed this would lock a class out for a year."""

SAFE_METHODS: Final = {"GET", "HEAD", "OPTIONS"}
"""What changes nothing; everything else has to come from a page of ours."""

LOCAL_NAME: Final = re.compile(r"[a-z0-9-]{1,63}\.local")
"""A machine's name on a LAN without a name server. It goes into the policy, so it may hold nothing else."""


class Guard:
    """ASGI middleware: refuses foreign hosts (DNS rebinding) and origins (hijacked sockets), and adds the headers."""

    def __init__(
        self, app: ASGIApp, allowed_hosts: frozenset[str], *, any_address: bool, behind_tls: bool = False
    ) -> None:
        """`any_address` lets hosts be IP addresses and names of a LAN; `behind_tls` has browsers use https only."""
        self._app = app
        self._allowed = allowed_hosts
        self._any_address = any_address
        self._headers = {**HEADERS, **(OF_TLS if behind_tls else {})}
        self._policy = f"{POLICY}; upgrade-insecure-requests" if behind_tls else POLICY

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
            if not _is_ours(headers, host):
                await self._refuse(scope, receive, send, "A page of another site may not open a socket here.")
                return
            await self._app(scope, receive, send)
            return
        if scope["method"] not in SAFE_METHODS and not _is_ours(headers, host):
            await self._refuse(scope, receive, send, "A page of another site may not send anything here.")
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    answer.setdefault(name, value)
                answer.setdefault("Content-Security-Policy", self._policy.format(nonce=nonce, host=host))
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


def _is_ours(headers: Headers, host: str) -> bool:
    """Whether what is asked comes from a page of ours, or from a program that acts for nobody.

    A browser always sends the origin of a page that opens a socket or sends something. Who sends none is a program;
    with a cookie it would act for a user of some browser, and has no business here.
    """
    origin = headers.get("origin")
    if origin is None:
        return "cookie" not in headers
    return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")
