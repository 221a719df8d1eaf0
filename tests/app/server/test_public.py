"""The profile public: behind a proxy with TLS, for names that were said, and strict."""

import http.client
import json
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.app.serving import ServerProcess

NAME = "backscope.example.org"
A_PROXY = {"Host": NAME, "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def public(unpacked, tmp_path_factory) -> Iterator[ServerProcess]:
    directory = tmp_path_factory.mktemp("public")
    (directory / "mnist").symlink_to(unpacked)
    arguments = ["--profile", "public", "--host-names", NAME, "--data-dir", str(directory), "--log-format", "json"]
    with ServerProcess(directory / "log", *arguments, environment={"BACKSCOPE_HOST_KEY": "a-key-of-ours"}) as server:
        server.eventually("it listens", lambda: "Backscope is at" in server.output())
        server._port = server._spoken_port()
        server.eventually("it is ready", lambda: server.get("/readyz").status == 200)
        yield server


def test_it_does_not_start_without_its_names(start_server):
    server = start_server("--profile", "public", ready=False)
    assert server.wait(30) == 2
    assert "needs the names browsers use" in server.output()


def test_browsers_are_told_to_come_by_https_only(public):
    headers = public.get("/", A_PROXY).headers
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert "upgrade-insecure-requests" in headers["content-security-policy"]


def test_on_a_lan_they_are_not_told_so(server):
    headers = server.get("/").headers
    assert "strict-transport-security" not in headers
    assert "upgrade-insecure-requests" not in headers["content-security-policy"]


def test_the_cookie_is_of_this_host_and_https_alone(public):
    cookie = public.get("/?lang=zh-Hans", A_PROXY).headers["set-cookie"]
    assert cookie.startswith("__Host-language=zh-Hans")
    for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert attribute in cookie
    assert "Domain" not in cookie


def test_on_a_lan_the_cookie_would_be_dropped_if_it_were_secure(server):
    cookie = server.get("/?lang=zh-Hans").headers["set-cookie"]
    assert cookie.startswith("language=zh-Hans")
    assert "Secure" not in cookie
    assert "SameSite=strict" in cookie


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.5", "printer.local", f"{NAME}.evil.example", ""])
def test_only_the_names_that_were_said_are_answered_for(public, host):
    assert public.get("/", {"Host": host}).status == 400


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        f"https://{NAME}.evil.example",
        f"https://evil-{NAME}",
        f"https://{NAME}:8443",
        f"ftp://{NAME}",
        "",
    ],
)
async def test_only_its_own_pages_may_open_a_socket(public, origin):
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            f"ws://{NAME}/ws", host="127.0.0.1", port=public.port, origin=origin, additional_headers={"X": "y"}
        ):
            pass
    assert refused.value.response.status_code == 403


async def test_a_socket_with_a_cookie_and_no_origin_is_refused_and_one_without_either_is_a_program(public):
    named = {"host": "127.0.0.1", "port": public.port}
    with pytest.raises(InvalidStatus):
        async with connect(f"ws://{NAME}/ws", additional_headers={"Cookie": "__Host-language=en"}, **named):
            pass
    async with connect(f"ws://{NAME}/ws", **named) as socket:
        await socket.send("{")
        assert json.loads(await socket.recv())["code"] == "no_hello"


def wrong_key(public, forwarded_for: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", public.port, timeout=30)
    headers = {**A_PROXY, "X-Forwarded-For": forwarded_for, "Content-Type": "application/json"}
    try:
        connection.request("POST", "/api/workshops", json.dumps({"name": "Eve", "key": "guess"}), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_who_guesses_is_held_up_by_the_address_the_proxy_saw_and_others_are_not(public):
    answers = [wrong_key(public, "198.51.100.1") for _ in range(40)]
    assert answers[0] == 403
    assert answers[-1] == 429
    assert wrong_key(public, "198.51.100.2") == 403


def test_the_log_is_json_and_holds_no_key(public):
    lines = [line for line in public.output().splitlines() if line.startswith("{")]
    for line in lines:
        json.loads(line)
    assert "a-key-of-ours" not in public.output()
