"""Rooms: who may come in, what is told when, and what the run is told."""

import asyncio
import json
from typing import Any, get_args

import pytest

from app.languages import Languages
from app.protocol import PROTOCOL_VERSION, commands, events
from app.protocol.values import Status, TrainingPoint
from app.rooms import points
from app.rooms.asking import NoRun
from app.rooms.outbox import RESTARTING
from app.rooms.registry import Rooms, TooMany
from app.rooms.room import Room
from app.settings import Settings
from app.workers import link
from tests.app.rooms.test_outbox import taken_at_once
from tests.app.rooms.test_room_machine import SETTINGS, Workers, opened_run

COMMANDS = {kind.model_fields["type"].default: kind for kind in get_args(get_args(commands.AnyCommand)[0])}
NEEDED = {"ack": {"frame": 1}, "clock": {"sent": 0.0}, "watch": {"matrices": [], "units_rate": 8, "matrices_rate": 4}}


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
async def room(workers) -> Room:
    return Room("r", workers, Languages(), SETTINGS)


def opened(status: Status = Status.IDLE, *, resumed: bool = False) -> link.Opened:
    manifest, state = opened_run()
    state = state.model_copy(update={"status": status})
    return link.Opened("r", manifest.model_dump_json().encode(), state.model_dump_json().encode(), resumed)


def hello(**known) -> commands.Hello:
    return commands.Hello(protocol=PROTOCOL_VERSION, room="r", **known)


def plays(workers: Workers) -> int:
    told = [json.loads(message.command) for message in workers.sent if isinstance(message, link.Deliver)]
    return sum(command["type"] == "play" for command in told)


async def all_of(viewer) -> list[dict[str, Any]]:
    taken = []
    while isinstance(item := await taken_at_once(viewer.outbox), str):
        taken.append(json.loads(item))
    return taken


async def test_who_comes_before_the_run_is_there_waits_for_it(room):
    joining = asyncio.create_task(room.join(hello(), "en"))
    await asyncio.wait({joining}, timeout=0)
    assert not joining.done()
    room.receive(opened())
    viewer = await joining
    welcome = (await all_of(viewer))[0]
    assert welcome["type"] == "welcome"
    assert welcome["state"]["run"] == "r"


async def test_a_run_that_does_not_come_up_is_told(room, monkeypatch):
    monkeypatch.setattr("app.rooms.room.SECONDS_TO_OPEN", 0.01)
    with pytest.raises(NoRun):
        await room.join(hello(), "en")
    assert room.viewers == {}


async def test_a_run_begins_to_play_when_the_first_viewer_comes_and_only_then(room, workers):
    room.receive(opened())
    assert plays(workers) == 0
    first = await room.join(hello(), "en")
    await room.join(hello(), "en")
    assert plays(workers) == 1
    room.leave(first)
    await room.join(hello(), "en")
    assert plays(workers) == 1


@pytest.mark.parametrize(("status", "resumed"), [(Status.PAUSED, True), (Status.RUNNING, True), (Status.IDLE, True)])
async def test_a_run_that_was_there_before_is_left_as_it_was(room, workers, status, resumed):
    room.receive(opened(status, resumed=resumed))
    await room.join(hello(), "en")
    assert plays(workers) == 0


async def test_a_run_that_played_plays_on_though_its_worker_died_before_the_first_checkpoint(room, workers):
    room.receive(opened())
    await room.join(hello(), "en")
    _, state = opened_run()
    running = events.StateChanged(state=state.model_copy(update={"status": Status.RUNNING}))
    room.receive(link.Said("r", running.model_dump_json().encode()))
    room.worker_lost()
    room.receive(opened())
    assert plays(workers) == 2


async def test_a_page_that_missed_more_than_may_wait_begins_anew_instead_of_being_closed(workers):
    settings = Settings(events_kept=64, events_waiting=16, workers=1)
    room = Room("r", workers, Languages(), settings)
    room.receive(opened())
    viewer = await room.join(hello(), "en")
    first = (await all_of(viewer))[0]
    room.leave(viewer)
    for count in range(40):
        room.receive(link.Said("r", events.Viewers(count=count).model_dump_json().encode()))
    again = await room.join(hello(epoch=first["epoch"], seq=first["seq"]), "en")
    taken = await all_of(again)
    assert [event["type"] for event in taken] == ["welcome"]
    assert not taken[0]["resumed"]


async def test_before_the_server_ends_everyone_is_told_and_then_sent_away(room):
    room.receive(opened())
    viewer = await room.join(hello(), "en")
    await all_of(viewer)
    room.announce_end()
    room.close()
    notice = await taken_at_once(viewer.outbox)
    assert json.loads(notice)["code"] == "draining"
    assert await taken_at_once(viewer.outbox) == RESTARTING


async def test_a_checkpoint_that_fails_is_told_once_and_again_after_it_worked(room):
    room.receive(opened())
    viewer = await room.join(hello(), "en")
    for ok in (True, False, False, True, True, False):
        room.receive(link.Saved("r", ok))
    notices = [event["code"] for event in await all_of(viewer) if event["type"] == "notice"]
    assert notices == ["checkpoint_failed", "checkpoint_works", "checkpoint_failed"]


async def test_who_comes_late_is_told_that_nothing_can_be_saved(room):
    room.receive(opened())
    for ok in (True, False, True):
        room.receive(link.Saved("r", ok))
        welcome, *_ = await all_of(await room.join(hello(), "en"))
        assert welcome["saving"] == ok


async def test_an_answer_goes_to_whom_it_is_for_and_to_no_one_who_left(room):
    room.receive(opened())
    asking, other = [await room.join(hello(), "en") for _ in range(2)]
    await all_of(asking)
    await all_of(other)
    room.receive(link.Replied("r", asking.id, b'{"type":"done","reply_to":3}'))
    room.receive(link.RefusedIt("r", asking.id, 4, "run_failed", "", "Sorry, {where}.", {"where": "x"}))
    room.receive(link.Replied("r", "someone who left", b'{"type":"done","reply_to":3}'))
    answers = [event for event in await all_of(asking) if "reply_to" in event]
    assert [(event["type"], event["reply_to"]) for event in answers] == [("done", 3), ("error", 4)]
    assert answers[1]["message"] == "Sorry, x."
    assert [event for event in await all_of(other) if "reply_to" in event] == []


async def test_no_more_rooms_and_viewers_than_the_server_takes():
    workers = Workers()
    settings = Settings(most_rooms=2, most_viewers=3, most_viewers_of_a_room=2, workers=1)
    rooms = Rooms(workers, Languages(), settings)

    async def come(name):
        room = rooms.find(name)
        if not room._opened.is_set():
            room.receive(opened())
        return room, await room.join(hello(), "en")

    first, viewer = await come("one")
    await come("one")
    with pytest.raises(TooMany):  # the room is full
        rooms.find("one")
    await come("two")
    with pytest.raises(TooMany):  # the server is full
        rooms.find("two")
    first.leave(viewer)
    with pytest.raises(TooMany):  # there is a place, but no room is empty
        rooms.find("three")
    first.leave(next(iter(first.viewers.values())))
    await come("three")
    assert link.Close("one") in workers.sent
    assert rooms.viewers == 2


async def test_those_who_wait_for_a_run_count_as_viewers():
    settings = Settings(most_viewers=2, workers=1)
    rooms = Rooms(Workers(), Languages(), settings)
    waiting = [asyncio.create_task(rooms.find("one").join(hello(), "en")) for _ in range(2)]
    await asyncio.wait(waiting, timeout=0)
    with pytest.raises(TooMany):
        rooms.find("one")
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    assert rooms.viewers == 0


async def test_a_room_someone_waits_in_is_not_closed_for_another():
    settings = Settings(most_rooms=1, workers=1)
    rooms = Rooms(Workers(), Languages(), settings)
    waiting = asyncio.create_task(rooms.find("one").join(hello(), "en"))
    await asyncio.wait({waiting}, timeout=0)
    with pytest.raises(TooMany):
        rooms.find("two")
    waiting.cancel()
    await asyncio.wait({waiting})


def metrics(*steps: int) -> link.Said:
    training = [TrainingPoint(step=step, epoch=0.0, loss=1.0, smoothed_loss=1.0, accuracy=0.5) for step in steps]
    return link.Said("r", events.MetricsAdded(training=training).model_dump_json().encode())


async def test_where_many_watch_points_are_told_together_and_before_whatever_comes_after_them(room, monkeypatch):
    monkeypatch.setattr(points, "VIEWERS_TOLD_AT_ONCE", 2)
    monkeypatch.setattr(points, "SECONDS_BETWEEN_POINTS", 3600.0)
    room.receive(opened())
    first = await room.join(hello(), "en")
    room.receive(metrics(1))
    told = [event for event in await all_of(first) if event["type"] == "metrics"]
    assert [point["step"] for event in told for point in event["training"]] == [1]
    second = await room.join(hello(), "en")
    await all_of(first)
    room.receive(metrics(2))
    room.receive(metrics(3))
    assert [event for event in await all_of(first) if event["type"] == "metrics"] == []
    late = await room.join(hello(), "en")
    room.receive(link.Said("r", events.HistoryCleared(step=2).model_dump_json().encode()))
    for viewer in (first, second):
        kinds = [event["type"] for event in await all_of(viewer) if event["type"] in ("metrics", "rewound")]
        assert kinds == ["metrics", "rewound"]
    seen = await all_of(late)
    assert [point["step"] for point in seen[0]["training"]] == [1, 2, 3]
    assert "metrics" not in [event["type"] for event in seen]
    room.shut()


async def test_the_share_of_a_worker_is_told_to_all_and_to_who_comes_later(room):
    room.receive(opened())
    first = await room.join(hello(), "en")
    room.receive(link.Shared("r", 12, 0.08))
    late = await room.join(hello(), "en")
    for viewer in (first, late):
        (share,) = (event for event in await all_of(viewer) if event["type"] == "share")
        assert (share["among"], share["share"]) == (12, 0.08)


async def test_a_run_that_could_not_be_brought_back_is_told_at_once_and_tried_again_for_the_next(room, workers):
    room.receive(link.NotOpened("r"))
    with pytest.raises(NoRun):
        await room.join(hello(), "en")
    assert workers.sent.count(link.Open("r")) == 2
    room.receive(opened())
    assert (await room.join(hello(), "en")).id in room.viewers


@pytest.mark.parametrize(
    "kind", sorted(set(COMMANDS) - {kind.model_fields["type"].default for kind in get_args(commands.RunCommand)})
)
async def test_what_is_for_no_run_never_reaches_its_worker(room, workers, kind):
    room.receive(opened())
    viewer = await room.join(hello(), "en")
    told = [message for message in workers.sent if isinstance(message, link.Deliver)]
    command = COMMANDS[kind].model_construct(id=3, type=kind, **NEEDED.get(kind, {}))
    room.obey(viewer, command, b"{}")
    assert [message for message in workers.sent if isinstance(message, link.Deliver)] == told
    if kind not in ("hello", "watch", "ack", "clock"):
        (refused,) = [event for event in await all_of(viewer) if event.get("reply_to") == 3]
        assert refused["code"] == "no_workshop"
