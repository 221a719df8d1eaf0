"""All rooms: who is let in, whose run is begun, and what becomes of runs that nobody watches."""

import asyncio

import pytest

from app.languages import Languages
from app.machine import Used
from app.protocol import PROTOCOL_VERSION, commands
from app.protocol.values import Status
from app.rooms.registry import Rooms, TooMany
from app.settings import Settings
from app.workers import link
from tests.app.rooms.test_room_machine import Workers, opened_run


class Server:
    """Rooms of a server whose memory and time a test sets."""

    def __init__(self, monkeypatch, **limits):
        self.share = 0.1
        self.workers = Workers()
        settings = Settings(workers=1, profile="lan", **limits)
        self.settings = settings
        self.rooms = Rooms(self.workers, Languages(), settings, lambda: Used(int(1000 * self.share), 1000))
        self._later = 0.0
        clock = asyncio.get_running_loop().time
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: clock() + self._later, raising=False)

    def wait(self, seconds):
        self._later += seconds

    def begin(self, name, *, status=Status.RUNNING, parameters=10):
        """Have a room with a run."""
        room = self.rooms.find(name)
        manifest, state = opened_run()
        state = state.model_copy(update={"status": status, "parameters": parameters})
        room.receive(link.Opened(name, manifest.model_dump_json().encode(), state.model_dump_json().encode(), False))
        return room

    async def enter(self, room):
        return await room.join(commands.Hello(protocol=PROTOCOL_VERSION, room=room.name), "en")

    def told(self, name):
        """What a run's worker was told, newest last."""
        return [
            commands.COMMAND.validate_json(message.command).type
            for message in self.workers.sent
            if isinstance(message, link.Deliver) and message.run == name
        ]

    @property
    def closed(self):
        return [message.run for message in self.workers.sent if isinstance(message, link.Close)]


@pytest.fixture
async def server(monkeypatch) -> Server:
    return Server(monkeypatch)


async def test_a_run_that_nobody_watches_waits_then_leaves_memory_and_is_not_forgotten(server):
    server.begin("a")
    server.wait(server.settings.seconds_to_pause + 1)
    server.rooms.look_after()
    assert server.told("a")[-1] == "pause"
    assert server.closed == []
    server.wait(server.settings.seconds_to_unload)
    server.rooms.look_after()
    assert [message for message in server.workers.sent if isinstance(message, link.Close)] == [link.Close("a", False)]


async def test_a_run_that_waited_for_somebody_goes_on_when_they_come(server):
    room = server.begin("a")
    server.wait(server.settings.seconds_to_pause + 1)
    server.rooms.look_after()
    await server.enter(room)
    assert server.told("a")[-2:] == ["pause", "play"]


async def test_a_run_that_somebody_watches_is_left_alone_however_long_and_however_short_memory_is(server):
    room = server.begin("a")
    await server.enter(room)
    server.wait(10 * server.settings.seconds_to_unload)
    server.share = 0.99
    server.rooms.look_after()
    assert "pause" not in server.told("a")
    assert server.closed == []


async def test_when_memory_is_short_no_run_is_begun_but_those_there_are_may_be_watched(server):
    server.begin("a")
    server.share = server.settings.memory_for_no_new_run
    with pytest.raises(TooMany) as refused:
        server.rooms.find("b")
    assert refused.value.want == "memory"
    with pytest.raises(TooMany):
        server.rooms.check_runs("b")
    server.rooms.check_runs("a")
    assert server.rooms.find("a").name == "a"


async def test_when_memory_is_very_short_the_largest_that_nobody_watches_leaves(server):
    for name, parameters in (("small", 10), ("large", 1000), ("middle", 100), ("watched", 9999)):
        server.begin(name, parameters=parameters)
    await server.enter(server.rooms.find("watched"))
    server.share = server.settings.memory_to_unload
    server.rooms.look_after()
    assert server.closed == ["large"]
    server.rooms.look_after()
    assert server.closed == ["large", "middle"]


async def test_where_all_runs_are_in_use_the_longest_empty_makes_way_and_a_watched_one_never(monkeypatch):
    server = Server(monkeypatch, most_runs=2)
    await server.enter(server.begin("a"))
    server.begin("b")
    server.rooms.check_runs("c")
    assert server.closed == ["b"]
    await server.enter(server.begin("b"))
    with pytest.raises(TooMany) as refused:
        server.rooms.check_runs("c")
    assert refused.value.want == "runs"
