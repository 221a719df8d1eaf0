"""Pace: so many steps a second, whatever the slices of time are; and never more frames than were asked for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.datasets.library import Library
from app.protocol import commands
from app.protocol.values import Status
from app.runs.channels import Channel
from app.runs.pace import MOST_BEHIND, Pace, Speedometer
from app.runs.run import DEFAULT_STEPS_PER_SECOND, Run
from tests.app.small import SMALL, Clock, make_toy

moments = st.lists(st.floats(0.001, 0.2), min_size=5, max_size=60)


@given(st.sampled_from([0.5, 7.0, 64.0, 1000.0]), moments)
def test_as_many_steps_are_due_as_the_rate_says(rate, pauses):
    pace = Pace(rate)
    now, steps = 0.0, 0
    pace.start(now, rate)
    for pause in pauses:
        now += pause
        while pace.due(now):
            pace.stepped(now)
            steps += 1
    assert abs(steps - (rate * now + 1)) <= 1 + 1e-6 * steps  # the first one is due at once


@given(st.floats(1, 1000), st.floats(1, 100))
def test_after_a_long_delay_only_a_moment_is_made_up_for(rate, delay):
    pace = Pace(rate)
    pace.start(0.0, rate)
    steps = 0
    while pace.due(delay):
        pace.stepped(delay)
        steps += 1
    assert steps <= rate * MOST_BEHIND + 2.001  # sums of floats


def test_at_full_speed_a_step_is_always_due():
    pace = Pace(None)
    pace.start(5.0, None)
    assert all(pace.due(now) for now in (0.0, 5.0, 1e9))
    assert pace.next_due(7.0) == 7.0


@given(st.floats(1, 5000), st.floats(0.06, 3))
def test_the_speedometer_measures_a_steady_rate(rate, lasts):
    speed = Speedometer()
    now = 0.0
    while now < lasts:
        speed.mark(now, round(rate * now))
        now += 0.01
    measured = speed.rate(now, round(rate * now))
    assert measured == pytest.approx(rate, abs=1 / 0.05, rel=0.05)


def test_nothing_measured_is_no_speed():
    speed = Speedometer()
    assert speed.rate(10.0, 5) == 0.0
    speed.mark(10.0, 5)
    assert speed.rate(10.0, 5) == 0.0
    speed.clear()
    assert speed.rate(11.0, 500) == 0.0


@pytest.mark.parametrize("slices_a_second", [20, 30, 200])
def test_a_run_at_its_default_pace_does_64_steps_a_second(slices_a_second):
    clock = Clock()
    run = Run("r", Library(make_toy()), SMALL, clock=clock)
    assert run.steps_per_second == DEFAULT_STEPS_PER_SECOND == 64
    run.carry_out(commands.Play())
    for second in range(1, 4):
        for _ in range(slices_a_second):
            clock.now += 1 / slices_a_second
            run.advance(clock.now + 0.005)
        assert abs(run.trainer.step_count - 64 * second) <= 2


def test_at_full_speed_a_run_trains_until_its_slice_ends_and_no_longer():
    clock = Clock(a_look=0.001)
    run = Run("r", Library(make_toy()), SMALL, clock=clock)
    run.carry_out(commands.Pace(steps_per_second=None))
    run.carry_out(commands.Play())
    before = run.trainer.step_count
    until = clock.now + 0.02
    run.advance(until)
    assert run.trainer.step_count > before
    assert clock.now < until + 0.02
    assert run.next_due() == 0.0 or run.next_due() <= clock.now


def test_a_run_that_waits_for_a_command_has_nothing_to_do():
    clock = Clock()
    run = Run("r", Library(make_toy()), SMALL, clock=clock)
    for _ in range(5):  # the first test on the held-out digits
        clock.now += 1
        run.advance(clock.now)
    assert run.status is Status.IDLE
    assert run.next_due() is None


@settings(max_examples=20)  # each of them trains for some seconds of its clock
@given(st.sampled_from([0.5, 8.0, 30.0]), moments)
def test_a_channel_never_carries_more_frames_than_its_rate(rate, pauses):
    clock = Clock()
    run = Run("r", Library(make_toy()), SMALL, clock=clock)
    run.watch([Channel("units", "units", frozenset(), rate)])
    run.carry_out(commands.Play())
    begun, count = clock.now, 0
    for pause in pauses:
        clock.now += pause
        run.advance(clock.now + 0.005)
        count += len(list(run.frames()))
    assert count <= (clock.now - begun) * rate + 2
    assert count >= min(1, len(pauses))


@pytest.mark.parametrize("count", [2, 48, 64])
def test_of_a_few_steps_every_one_is_on_the_curve_however_often_the_machine_looks_away(count):
    clock = Clock(a_look=0.0005)
    run = Run("r", Library(make_toy()), SMALL, clock=clock)
    run.carry_out(commands.Step(count=count))
    points = []
    while run.status is Status.RUNNING:
        run.advance(clock.now + 0.002)
        clock.now += 0.11  # longer than between two events with points
        points += [point.step for event in run.take_events() for point in getattr(event, "training", [])]
    points += [point.step for event in run.take_events() for point in getattr(event, "training", [])]
    assert points == list(range(1, count + 1))
