"""What is on its way to a viewer: events in order and all of them, of frames the newest, and few at a time."""

import asyncio

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from app.rooms.outbox import RESTARTING, RESYNC, Closing, Outbox

PARTS = st.sampled_from(["units", "matrices"])


async def taken_at_once(outbox: Outbox) -> str | bytes | Closing | None:
    """Return what the writer would send now; None if it would wait."""
    task = asyncio.ensure_future(outbox.next())
    done, _ = await asyncio.wait({task}, timeout=0)
    if not done:
        task.cancel()
        await asyncio.wait({task})
        return None
    return task.result()


class OutboxMachine(RuleBasedStateMachine):
    """Compares an outbox with plain lists of what was put in."""

    sent_frames = Bundle("sent_frames")

    @initialize(window=st.integers(1, 3), waiting=st.integers(1, 6))
    def begin(self, window, waiting):
        self.runner = asyncio.Runner()
        self.window, self.waiting = window, waiting
        self.outbox = Outbox(frames_on_the_way=window, events_waiting=waiting)
        self.events, self.frames = [], {}
        self.unpainted = []
        self.n = self.event_number = self.sent = self.replaced = 0
        self.closing = None

    def teardown(self):
        if hasattr(self, "runner"):
            self.runner.close()

    @rule()
    def put_event(self):
        self.event_number += 1
        self.outbox.put_event(f"event {self.event_number}")
        if self.closing:
            return
        if len(self.events) == self.waiting:
            self.events, self.closing = [], RESYNC
        else:
            self.events.append(f"event {self.event_number}")

    @rule(part=PARTS)
    def put_frame(self, part):
        self.n += 1
        self.outbox.put_frame(part, self.n, b"frame %d" % self.n)
        if not self.closing:
            self.replaced += part in self.frames
            self.frames[part] = self.n

    @rule(frame=consumes(sent_frames))
    def paint(self, frame):
        self.outbox.painted(frame)
        if frame in self.unpainted:
            self.unpainted = self.unpainted[self.unpainted.index(frame) + 1 :]

    @rule(frame=st.integers(-5, 10**6))
    def paint_what_was_perhaps_never_sent(self, frame):
        if frame not in self.unpainted:
            self.outbox.painted(frame)

    @rule()
    def look_at_something_else(self):
        self.outbox.forget_frames()
        self.frames = {}

    @rule(closing=st.sampled_from([RESTARTING, Closing(1008, "enough")]))
    def close(self, closing):
        self.outbox.close(closing)
        self.closing = self.closing or closing
        self.frames = {}

    @rule(target=sent_frames)
    def take(self):
        item = self.runner.run(taken_at_once(self.outbox))
        if self.events:
            assert item == self.events.pop(0)
        elif self.closing:
            assert item == self.closing
        elif self.frames and len(self.unpainted) < self.window:
            assert isinstance(item, bytes)
            n = int(item.split()[1])
            part = next(part for part, newest in self.frames.items() if newest == n)  # the newest of its part
            del self.frames[part]
            self.unpainted.append(n)
            self.sent += 1
            return n
        else:
            assert item is None
        return -1

    @invariant()
    def no_more_frames_are_out_than_allowed(self):
        if hasattr(self, "outbox"):
            assert self.outbox.unpainted == len(self.unpainted) <= self.window
            assert (self.outbox.frames_sent, self.outbox.frames_replaced) == (self.sent, self.replaced)


OutboxMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=40)
test_an_outbox_does_what_its_lists_say = OutboxMachine.TestCase


def full_outbox() -> Outbox:
    outbox = Outbox(frames_on_the_way=2, events_waiting=3)
    for number in range(4):
        outbox.put_event(f"event {number}")
    return outbox


async def test_a_viewer_that_missed_events_is_told_to_begin_anew_and_never_sent_only_some():
    outbox = full_outbox()
    outbox.put_event("one more")
    outbox.put_frame("units", 1, b"frame")
    assert await taken_at_once(outbox) == RESYNC
    assert RESYNC.code == 4001


async def test_what_was_put_before_the_end_is_sent_before_the_end():
    outbox = Outbox(frames_on_the_way=2, events_waiting=3)
    outbox.put_event("the last words")
    outbox.close(RESTARTING)
    assert await taken_at_once(outbox) == "the last words"
    assert await taken_at_once(outbox) == RESTARTING


async def test_the_first_reason_to_close_is_the_one_that_is_told():
    outbox = full_outbox()
    outbox.close(RESTARTING)
    assert await taken_at_once(outbox) == RESYNC


@pytest.mark.parametrize("put", [lambda box: box.put_event("e"), lambda box: box.put_frame("units", 1, b"f")])
async def test_a_writer_that_waits_is_woken_by_what_is_put(put):
    outbox = Outbox(frames_on_the_way=1, events_waiting=3)
    waiting = asyncio.create_task(outbox.next())
    await asyncio.wait({waiting}, timeout=0)
    assert not waiting.done()
    put(outbox)
    async with asyncio.timeout(5):
        assert await waiting in ("e", b"f")


async def test_a_writer_that_waits_for_painting_is_woken_by_it():
    outbox = Outbox(frames_on_the_way=1, events_waiting=3)
    outbox.put_frame("units", 1, b"first")
    assert await outbox.next() == b"first"
    outbox.put_frame("units", 2, b"second")
    waiting = asyncio.create_task(outbox.next())
    await asyncio.wait({waiting}, timeout=0)
    assert not waiting.done()
    outbox.painted(1)
    async with asyncio.timeout(5):
        assert await waiting == b"second"
