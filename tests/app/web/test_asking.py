"""Requests: whoever takes too long to say one, or says too much, is cut off; everyone else is answered meanwhile."""

import asyncio
import contextlib

import pytest

PATIENCE = 1.0
SECONDS = 20.0


@pytest.fixture(scope="module")
def hurried(unpacked, tmp_path_factory):
    from tests.app.serving import ServerProcess

    directory = tmp_path_factory.mktemp("hurried")
    environment = {"BACKSCOPE_SECONDS_TO_ASK": str(PATIENCE)}
    (directory / "mnist").symlink_to(unpacked)
    with ServerProcess(directory / "log", "--data-dir", str(directory), environment=environment) as server:
        server.wait_until_ready()
        yield server


async def until_cut(server, first: bytes, dribble: bytes = b"") -> bytes:
    """Say something, go on with a byte now and then, and return what came until the server hung up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(first)
    answered = asyncio.create_task(reader.read())
    try:
        async with asyncio.timeout(SECONDS):
            while not answered.done():
                await asyncio.wait({answered}, timeout=PATIENCE / 4)
                if dribble and not answered.done():
                    writer.write(dribble)
        with contextlib.suppress(ConnectionError):
            return answered.result()
        return b""
    finally:
        writer.close()


SLOW = {
    "nothing": (b"", b""),
    "half a line": (b"GET / HT", b""),
    "a header that never ends": (b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"a"),
    "a body that never comes": (
        b"POST /api/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\nContent-Type: image/png\r\n\r\n",
        b"",
    ),
    "a body of a byte now and then": (
        b"POST /api/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\nContent-Type: image/png\r\n\r\n",
        b"a",
    ),
    "a half of a handshake": (
        b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        b"",
    ),
}


@pytest.mark.parametrize("how", SLOW)
async def test_a_request_that_does_not_end_is_cut_off(hurried, how):
    said = await until_cut(hurried, *SLOW[how])
    assert b"200 OK" not in said


async def test_four_hundred_slow_ones_hold_up_nobody_and_are_all_gone_soon(hurried):
    slow = [asyncio.create_task(until_cut(hurried, b"GET / HTTP/1.1\r\nX-Slow: ", b"a")) for _ in range(400)]
    answer = await asyncio.to_thread(hurried.get, "/healthz")
    assert answer.status == 200
    await asyncio.gather(*slow)


async def test_a_head_that_is_too_large_is_cut_off(hurried):
    many = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 100) for number in range(10_000))
    assert b"200 OK" not in await until_cut(hurried, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + many + b"\r\n")


async def test_one_connection_may_ask_again_and_again(hurried):
    reader, writer = await asyncio.open_connection("127.0.0.1", hurried.port)
    try:
        for _ in range(5):
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            async with asyncio.timeout(SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 200")
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
                await reader.readexactly(int(length.split(b":")[1]))
    finally:
        writer.close()
