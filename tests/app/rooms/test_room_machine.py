"""A room under arbitrary comings and goings: whoever takes all that comes knows what the room knows, without a gap."""

import asyncio
import functools
import json
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from app.datasets.library import Library
from app.languages import Languages
from app.protocol import PROTOCOL_VERSION, commands, events, values
from app.protocol.values import Status, TrainingPoint
from app.rooms import room as rooms
from app.rooms.outbox import RESYNC, Closing
from app.rooms.room import Room
from app.runs.run import Run
from app.settings import Settings
from app.workers import link
from tests.app.rooms.test_outbox import taken_at_once
from tests.app.small import SMALL, make_toy

SETTINGS = Settings(events_kept=16, events_waiting=16, points_kept=64, frames_on_the_way=2, workers=1)


@pytest.fixture(autouse=True)
def _viewers_are_counted_at_once(monkeypatch):
    monkeypatch.setattr(rooms, "SECONDS_TO_COUNT", 0.0)


class Workers:
    """Stands where the supervisor does, and remembers what it was told."""

    limits = None
    busy = 0.0

    def __init__(self):
        self.sent = []

    def open(self, run, listener):
        self.sent.append(link.Open(run))

    def close(self, run, *, forget=False):
        self.sent.append(link.Close(run, forget))

    def send(self, run, message):
        self.sent.append(message)


@functools.cache
def opened_run() -> tuple[values.Manifest, values.RunState]:
    run = Run("r", Library(make_toy()), SMALL)
    return run.manifest(), run.state()


class Page:
    """What a browser keeps over its sockets, by the rules that the protocol gives it."""

    def __init__(self):
        self.epoch = self.seq = self.state = self.manifest = None
        self.training = []
        self.viewer = None
        self.unpainted = []
        self.expecting_welcome = True

    def take(self, text):
        event = json.loads(text)
        if self.expecting_welcome:
            assert event["type"] == "welcome"
        match event["type"]:
            case "welcome":
                assert self.expecting_welcome
                self.expecting_welcome = False
                if event["resumed"]:
                    assert (event["epoch"], event["seq"]) == (self.epoch, self.seq)
                else:
                    self.epoch, self.seq = event["epoch"], event["seq"]
                    self.training = [point["step"] for point in event["training"]]
                    self.state, self.manifest = event["state"], event["manifest"]["id"]
                return
            case "done":
                return
            case "state":
                self.state = event["state"]
            case "metrics":
                self.training += [point["step"] for point in event["training"]]
            case "rewound":
                self.training = [step for step in self.training if step < event["step"]]
            case "manifest":
                self.training, self.manifest = [], event["manifest"]["id"]
        assert event["seq"] == self.seq + 1
        self.seq = event["seq"]


class RoomMachine(RuleBasedStateMachine):
    """Pages that join, take, paint, fall behind, leave and come back, while the run goes on and its worker may die."""

    pages = Bundle("pages")

    @initialize()
    def begin(self):
        self.runner = asyncio.Runner()
        self.runner.run(self.open_room())
        self.all_pages = []
        self.n = 0
        self.step = 0
        self.checkpoint = 0

    async def open_room(self):
        self.workers = Workers()
        self.room = Room("r", self.workers, Languages(), SETTINGS)
        self.receive_opened(0)

    def teardown(self):
        if hasattr(self, "runner"):
            self.runner.close()

    def receive_opened(self, step):
        manifest, state = opened_run()
        state = state.model_copy(update={"step": step, "status": Status.PAUSED if step else Status.IDLE})
        message = link.Opened("r", manifest.model_dump_json().encode(), state.model_dump_json().encode(), step > 0)
        self.room.receive(message)

    def say(self, event):
        self.room.receive(link.Said("r", event.model_dump_json().encode()))

    def on_loop(self, function, *arguments):
        async def call():
            return function(*arguments)

        return self.runner.run(call())

    @rule(target=pages)
    def come(self):
        page = Page()
        self.all_pages.append(page)
        self.join(page)
        return page

    def join(self, page):
        hello = commands.Hello(protocol=PROTOCOL_VERSION, room="r", epoch=page.epoch, seq=page.seq)
        page.viewer = self.runner.run(self.room.join(hello, "en"))
        page.expecting_welcome, page.unpainted = True, []

    @rule(page=pages, matrices=st.lists(st.sampled_from(["W", "update"]), max_size=2))
    def watch(self, page, matrices):
        if page.viewer:
            watch = commands.Watch(id=1, matrices=matrices)
            self.on_loop(self.room.obey, page.viewer, watch, b"")

    @rule(page=pages)
    def go_and_come_back(self, page):
        if page.viewer:
            self.on_loop(self.room.leave, page.viewer)
        self.join(page)

    @rule(page=pages)
    def go(self, page):
        if page.viewer:
            self.on_loop(self.room.leave, page.viewer)
            page.viewer = None

    @rule(count=st.integers(1, 40))
    def train(self, count):
        points = []
        for _ in range(count):
            self.step += 1
            points.append(TrainingPoint(step=self.step, epoch=0.0, loss=1.0, smoothed_loss=1.0, accuracy=0.5))
        self.on_loop(self.say, events.MetricsAdded(training=points))

    @rule()
    def save(self):
        self.checkpoint = self.step

    @rule(status=st.sampled_from([Status.RUNNING, Status.PAUSED]))
    def change_state(self, status):
        _, state = opened_run()
        changed = state.model_copy(update={"status": status, "step": self.step})
        self.on_loop(self.say, events.StateChanged(state=changed))

    @rule()
    def configure(self):
        manifest, state = opened_run()
        other = manifest.model_copy(update={"id": manifest.id + 1})
        self.step = self.checkpoint = 0
        self.on_loop(self.say, events.ManifestChanged(manifest=other))
        self.on_loop(self.say, events.StateChanged(state=state))

    @rule()
    def lose_the_worker(self):
        self.on_loop(self.room.worker_lost)
        self.step = self.checkpoint
        self.on_loop(self.receive_opened, self.step)

    @rule(channel=st.sampled_from([("units@30", "units"), ("W@8", "matrices"), ("W+update@8", "matrices")]))
    def make_a_frame(self, channel):
        self.n += 1
        key, part = channel
        self.on_loop(self.room.receive, link.FrameMade("r", key, part, self.n, b"%s %d" % (key.encode(), self.n), 0.0))

    @rule(page=pages, most=st.integers(1, 30))
    def take(self, page, most):
        for _ in range(most):
            if not page.viewer:
                return
            item = self.runner.run(taken_at_once(page.viewer.outbox))
            match item:
                case str():
                    page.take(item)
                case bytes():
                    key, number = item.decode().split()
                    assert key in [channel.key for channel in page.viewer.channels]
                    page.unpainted.append(int(number))
                    assert len(page.unpainted) <= SETTINGS.frames_on_the_way
                case Closing():
                    assert item == RESYNC
                    self.on_loop(self.room.leave, page.viewer)
                    page.viewer = None
                case None:
                    self.has_taken_all(page)
                    return

    def has_taken_all(self, page):
        state, manifest = self.room._record.state, self.room._record.manifest
        assert page.state == json.loads(state.model_dump_json())
        assert page.manifest == manifest.id
        assert all(before < after for before, after in pairwise(page.training))
        known = {point.step for point in self.room.curves.training}
        assert known <= set(page.training)
        assert max(page.training, default=0) == max(known, default=0)

    @rule(page=pages)
    def paint(self, page):
        if page.viewer and page.unpainted:
            ack = commands.Ack(frame=page.unpainted[-1])
            page.unpainted = []
            self.on_loop(self.room.obey, page.viewer, ack, b"")

    @invariant()
    def what_is_kept_and_on_its_way_is_bounded(self):
        if not hasattr(self, "room"):
            return
        for viewer in self.room.viewers.values():
            assert viewer.outbox.unpainted <= SETTINGS.frames_on_the_way
            assert len(viewer.outbox._events) <= SETTINGS.events_waiting
            assert len(viewer.outbox._frames) <= 2
        assert len(self.room._record._ring._events) <= SETTINGS.events_kept
        assert len(self.room.curves.training) <= SETTINGS.points_kept

    @invariant()
    def the_worker_makes_the_frames_that_someone_watches_and_no_others(self):
        if not hasattr(self, "room"):
            return
        asked = [message for message in self.workers.sent if isinstance(message, link.Watch)]
        wanted = {channel for page in self.all_pages if page.viewer for channel in page.viewer.channels}
        assert set(asked[-1].channels if asked else ()) == wanted
        assert len(self.room.viewers) == sum(page.viewer is not None for page in self.all_pages)


RoomMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=40)
test_whoever_takes_all_that_comes_knows_what_the_room_knows = RoomMachine.TestCase
