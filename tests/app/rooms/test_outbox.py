"""What is on its way to a viewer: events in order and all of them, of frames the newest, and few at a time."""

import asyncio
import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from app.rooms.outbox import LONG, RESTARTING, RESYNC, SHORT, Closing, Outbox

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
        self.now = 0.0
        self.outbox = Outbox(frames_on_the_way=window, events_waiting=waiting, clock=lambda: self.now)
        self.allowed = 1
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
        numbers = [n for n, _ in self.unpainted]
        if frame in numbers:
            at = numbers.index(frame)
            took = self.now - self.unpainted[at][1]
            self.unpainted = self.unpainted[at + 1 :]
            if took > LONG:
                self.allowed = 1
            elif took < SHORT:
                self.allowed = min(self.window, self.allowed + 1)

    @rule(seconds=st.sampled_from([0.1, 0.4, 0.7]))
    def wait(self, seconds):
        self.now += seconds

    @rule(frame=st.integers(-5, 10**6))
    def paint_what_was_perhaps_never_sent(self, frame):
        if frame not in [n for n, _ in self.unpainted]:
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
        elif self.frames and len(self.unpainted) < self.allowed:
            assert isinstance(item, bytes)
            n = int(item.split()[1])
            part = next(part for part, newest in self.frames.items() if newest == n)  # the newest of its part
            del self.frames[part]
            self.unpainted.append((n, self.now))
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


OutboxMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=40)
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


async def test_who_paints_quickly_is_sent_more_at_a_time_and_who_paints_slowly_one_after_the_other():
    now = 0.0
    outbox = Outbox(frames_on_the_way=3, events_waiting=3, clock=lambda: now)

    async def sent() -> list[int]:
        """Offer three newer frames, one after the other, and return those that are sent before any is painted."""
        numbers = []
        for _ in range(3):
            outbox.put_frame("units", (number := next(counted)), b"%d" % number)
            item = await taken_at_once(outbox)
            if isinstance(item, bytes):
                numbers.append(int(item))
        return numbers

    counted = itertools.count(1)
    first = await sent()
    assert len(first) == 1
    outbox.painted(first[-1])
    second = await sent()
    assert len(second) == 2
    outbox.painted(second[-1])
    third = await sent()
    assert len(third) == 3
    now += SHORT + 0.1  # far away: that alone is no reason to send less
    outbox.painted(third[-1])
    fourth = await sent()
    assert len(fourth) == 3
    now += LONG + 0.1
    outbox.painted(fourth[-1])
    assert len(await sent()) == 1
