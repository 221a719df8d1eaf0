"""A run as a file: what is taken home is what comes back, and nothing else is let in."""

import asyncio
import urllib.error
import urllib.request

import pytest
from safetensors.numpy import load, save

from engine.spec import DEFAULT_SPEC
from tests.app.server.test_commanding import reset
from tests.app.viewing import visit


def request_of(server, room, *, data: bytes | None = None, headers: dict[str, str] | None = None):
    """Return status and body of an answer about the room's checkpoint."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/rooms/{room}/checkpoint", data=data, headers=headers or {}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


@pytest.fixture
async def viewer(server, room):
    async with visit(server.socket_address, room) as viewer:
        yield viewer


async def fetch(*arguments, **options):
    return await asyncio.to_thread(request_of, *arguments, **options)


async def parameters(viewer) -> list[float]:
    reply = await viewer.ask("inspect", slices=[{"tensor": "dense3.W"}])
    return reply["slices"][0]["values"]


async def test_a_run_is_taken_home_and_brought_back_as_it_was(server, viewer, room):
    await reset(viewer)
    await viewer.ask("step", count=30)
    await viewer.next_state(status="paused", step=30)
    then = await parameters(viewer)
    status, taken, headers = await fetch(server, room)
    assert status == 200
    assert headers["Content-Disposition"].endswith('step-30.safetensors"')
    assert load(taken)["0.weight"].shape == (32, 784)
    await viewer.ask("step", count=30)
    await viewer.next_state(status="paused", step=60)
    later = await parameters(viewer)
    assert later != then
    assert (await fetch(server, room, data=taken))[0] == 200
    state = await viewer.next_state(status="paused", step=30)
    assert state["spec"] == DEFAULT_SPEC.to_dict()
    assert await parameters(viewer) == then
    await viewer.ask("step", count=30)
    await viewer.next_state(status="paused", step=60)
    assert await parameters(viewer) == later


async def test_a_file_that_is_none_or_of_something_else_is_refused_and_the_run_stays(server, viewer, room):
    await reset(viewer)
    before = await parameters(viewer)
    _, taken, _ = await fetch(server, room)
    tensors = load(taken)
    for data in (b"", b"hello", taken[:-1], taken[:500], save(tensors), save({"0.weight": tensors["0.weight"]})):
        status, body, _ = await fetch(server, room, data=data, headers={"Accept-Language": "zh-CN"})
        assert status == 422, data[:20]
        assert b'"message"' in body
    assert await parameters(viewer) == before


def test_what_is_too_large_comes_from_elsewhere_or_is_for_no_room_is_refused(server, room):
    assert request_of(server, "nobody-is-here")[0] == 404
    assert request_of(server, "..%2F..")[0] in (404, 422)
    assert request_of(server, room, data=b"x", headers={"Origin": "http://elsewhere.example"})[0] == 400
    try:
        status, body, _ = request_of(server, room, data=bytes(33 * 1024 * 1024))
    except (ConnectionError, urllib.error.URLError):
        return  # it stopped listening before all was sent
    assert status == 413 or status == 404
    assert b"33554432" in body or status == 404
