"""The proxies of deploy/, really started: pages and sockets pass through as without them; a reload loses nothing."""

import asyncio
import http.client
import json
import socket
import ssl
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from app.protocol import PROTOCOL_VERSION
from tests.app.deployment.proxies import NAME, Caddy, Nginx, Proxy, is_there, standing
from tests.app.viewing import knock

KINDS = [
    pytest.param(kind, id=kind.program, marks=pytest.mark.skipif(not is_there(kind), reason=f"no {kind.program} here"))
    for kind in (Nginx, Caddy)
]


@pytest.fixture(params=KINDS)
def proxy(request, start_server, tmp_path):
    backend = start_server(
        *("--profile", "public", "--host", "127.0.0.1", "--host-names", NAME),
        environment={"BACKSCOPE_SECONDS_BETWEEN_HEARTBEATS": "1", "BACKSCOPE_HOST_KEY": "correct horse"},
    )
    with standing(request.param, tmp_path / "proxy", backend.port) as proxy:
        yield proxy


def ask(proxy: Proxy, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, bytes]:
    """Send a request through the proxy, over TLS, to the name it serves."""
    connection = http.client.HTTPSConnection("127.0.0.1", proxy.port, timeout=30, context=proxy.trust())
    connection.sock = proxy.trust().wrap_socket(connect_to(proxy), server_hostname=NAME)
    try:
        connection.request(method, path, body, {"Host": f"{NAME}:{proxy.port}", **headers})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def connect_to(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=30)


def visit(proxy: Proxy, origin: str | None = None):
    """Open a socket as the page at the proxy's address does."""
    address = f"wss://{NAME}:{proxy.port}/ws"
    trust: ssl.SSLContext = proxy.trust()
    return knock(address, host="127.0.0.1", port=proxy.port, ssl=trust, origin=origin or f"https://{NAME}:{proxy.port}")


async def greet(viewer, **hello: Any) -> dict[str, Any]:
    await viewer.say(json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, **hello}))
    return await viewer.until("welcome comes", lambda: (viewer.of_type("welcome") or [None])[-1])


def test_pages_and_their_files_come_with_their_headers(proxy):
    status, headers, body = ask(proxy, "GET", "/")
    assert status == 200
    assert b"<network-picture>" in body
    assert f"wss://{NAME}:{proxy.port}" in headers["Content-Security-Policy"]
    assert "max-age" in headers["Strict-Transport-Security"]
    status, headers, body = ask(proxy, "GET", "/static/js/studio.js")
    assert (status, headers["Content-Type"].split(";")[0]) == (200, "text/javascript")


async def test_frames_and_commands_pass_and_heartbeats_keep_a_silent_link(proxy):
    async with visit(proxy) as viewer:
        await greet(viewer)
        await viewer.ask("watch")
        await viewer.next_frame()
        assert (await viewer.ask("pause"))["type"] == "done"
        # nginx cuts here what is silent for four seconds; the page says nothing now, the server something each second.
        await viewer.until("six heartbeats came", lambda: len(viewer.of_type("heartbeat")) >= 6)
        assert (await viewer.ask("step"))["type"] == "done"


async def test_a_page_of_another_site_is_refused_through_the_proxy_as_well(proxy):
    with pytest.raises(InvalidStatus) as refused:
        async with visit(proxy, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403


def test_a_workshop_is_begun_and_its_picture_leads_to_the_proxys_address(proxy):
    headers = {"Content-Type": "application/json", "Origin": f"https://{NAME}:{proxy.port}"}
    body = json.dumps({"name": "Ms Lin", "key": "correct horse"}).encode()
    status, _, answer = ask(proxy, "POST", "/api/workshops", body, **headers)
    assert status == 201, answer
    status, picture_headers, picture = ask(proxy, "GET", f"/api/workshops/{json.loads(answer)['code']}/qr.svg")
    assert (status, picture_headers["Content-Type"]) == (200, "image/svg+xml")
    assert b"<svg" in picture


async def test_after_a_reload_a_page_is_back_with_nothing_missed(proxy):
    async with visit(proxy) as viewer:
        welcome = await greet(viewer)
        await viewer.until("something is numbered", viewer.seqs)
        proxy.reload()
        # Old connections may go on or end; whoever comes back is told what they missed, through the new ones.
        while True:
            try:
                async with visit(proxy) as again:
                    back = await greet(again, epoch=welcome["epoch"], seq=viewer.seqs()[-1])
                    break
            except (OSError, EOFError):
                await asyncio.sleep(0.05)  # the new ones are about to listen
        assert back["resumed"]
        assert back["epoch"] == welcome["epoch"]


def test_who_guesses_codes_has_to_wait_whatever_addresses_they_claim(proxy):
    headers = {"Content-Type": "application/json", "Origin": f"https://{NAME}:{proxy.port}"}
    answers = set()
    for number in range(40):
        claimed = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}
        status, _, _ = ask(proxy, "POST", "/api/workshops/ZZZZZZ/members", b'{"name": "Eve"}', **headers, **claimed)
        answers.add(status)
    assert answers == {404, 429}
