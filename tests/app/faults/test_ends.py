"""Ends: with viewers that take nothing, with kills in the middle of writing, and clocks that are set back."""

import json
import signal
import time

from app.datasets.library import Library
from app.protocol import commands
from app.rooms.outbox import Outbox
from app.runs.channels import Channel
from app.runs.run import Run
from benchmarks.crowd import gather
from benchmarks.endings import unreadable_after_kills
from engine.spec import DEFAULT_SPEC
from tests.app.rooms.test_outbox import taken_at_once

MOST_SECONDS_TO_END = 8.0
KILLS = 25
AN_HOUR = 3600.0


async def test_a_server_ends_in_time_though_some_viewers_take_nothing_and_the_others_are_told(start_server, data_dir):
    server = start_server("--data-dir", str(data_dir))
    crowd = await gather(server.port, ["studio"] * 60, {"units_rate": 10})
    stalled = await gather(server.port, ["studio"] * 20, {"units_rate": 30, "matrices": ["W", "dL_dW"]})
    for member in stalled.members:
        assert member.transport is not None
        member.transport.pause_reading()
    await crowd.count(1.0)
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    code = server.wait(MOST_SECONDS_TO_END + 4)
    assert time.monotonic() - began <= MOST_SECONDS_TO_END
    assert code in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
    for member in crowd.members:
        await member.gone.wait()
    assert {member.close_code for member in crowd.members} == {1012}
    await stalled.leave()
    assert "Traceback" not in server.output()


def test_a_writer_that_is_killed_at_any_time_leaves_a_checkpoint_that_can_be_read():
    assert unreadable_after_kills(KILLS) == 0


async def test_when_the_clock_is_set_back_an_hour_a_run_trains_on_and_frames_go_on(toy, monkeypatch):
    run = Run("a", Library(toy), DEFAULT_SPEC)
    run.watch([Channel("units@30", "units", frozenset(), 30.0)])
    run.carry_out(commands.Play())
    numbers = []
    wall, outbox = time.time, Outbox(frames_on_the_way=3, events_waiting=16)
    for turn in range(40):
        if turn == 20:
            monkeypatch.setattr(time, "time", lambda: wall() - AN_HOUR)
        step = run.trainer.step_count
        deadline = time.monotonic() + 10
        while run.trainer.step_count == step and time.monotonic() < deadline:
            run.advance(time.monotonic() + 0.005)
        assert run.trainer.step_count > step
        for frame in run.frames():
            numbers.append(frame.n)
            outbox.put_frame(frame.part, frame.n, frame.data, time.time() + AN_HOUR)
            assert await taken_at_once(outbox) == frame.data
            outbox.painted(frame.n)
    assert len(numbers) > 5
    assert numbers == sorted(set(numbers))
    assert json.dumps([event.type for event in run.take_events()])
