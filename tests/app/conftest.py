"""What the server's tests share: a small data set, unpacked digits, and a real server whose output a failure shows."""

import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from app.protocol import PROTOCOL_VERSION
from engine.data.dataset import Dataset
from engine.data.mnist import unpack_mnist
from tests.app.serving import ServerProcess
from tests.app.small import make_toy

ROOM_NUMBERS = itertools.count(1)

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def toy() -> Dataset:
    return make_toy()


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory) -> Path:
    """The digits, unpacked once for all servers of the tests."""
    directory = tmp_path_factory.mktemp("digits")
    unpack_mnist(directory)
    return directory


@pytest.fixture
def data_dir(unpacked, tmp_path) -> Path:
    """A data directory of a server that was started before: the digits are there, no run is."""
    directory = tmp_path / "data"
    directory.mkdir()
    (directory / "mnist").symlink_to(unpacked)
    return directory


@pytest.fixture(scope="session")
def shared_server(unpacked, tmp_path_factory) -> Iterator[ServerProcess]:
    directory = tmp_path_factory.mktemp("shared")
    data = directory / "data"
    data.mkdir()
    (data / "mnist").symlink_to(unpacked)
    with ServerProcess(directory / "log", "--data-dir", str(data), "--workers", "2") as server:
        server.wait_until_ready()
        yield server


@pytest.fixture
def server(shared_server, request) -> Iterator[ServerProcess]:
    """A server that many tests use, each in a room of its own."""
    begun = len(shared_server.output())
    yield shared_server
    if FAILED in request.node.stash:
        print("The server said:", shared_server.output()[begun:], sep="\n")  # noqa: T201 - pytest shows it


@pytest.fixture
def start_server(tmp_path, request) -> Iterator[Callable[..., ServerProcess]]:
    """Start servers that a test may do to what it likes; they end with the test."""
    numbers = itertools.count(1)
    servers: list[ServerProcess] = []
    with ExitStack() as stack:

        def start(*arguments: str, ready: bool = True, **named) -> ServerProcess:
            server = ServerProcess(tmp_path / f"log {next(numbers)}", *arguments, **named)
            servers.append(stack.enter_context(server))
            if ready:
                server.wait_until_ready()
            return server

        yield start
        if FAILED in request.node.stash:
            for server in servers:
                print("A server said:", server.output(), sep="\n")  # noqa: T201 - pytest shows it


@pytest.fixture
async def room(server) -> AsyncIterator[str]:
    """The name of a room that no other test uses; its run is paused afterwards, so that it slows no other test."""
    name = f"room-{next(ROOM_NUMBERS)}"
    yield name
    async with connect(server.socket_address) as socket:
        await socket.send(json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, "room": name}))
        await socket.recv()
        await socket.send(json.dumps({"type": "pause", "id": 1}))
        async for message in socket:
            if isinstance(message, str) and json.loads(message).get("reply_to") == 1:
                break
