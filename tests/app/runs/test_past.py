"""The past of a run: any step can be gone back to, exactly, and only training on from it leaves the rest behind."""

import numpy as np
import pytest

from app.datasets.library import Library
from app.protocol import commands
from app.protocol.values import Status
from app.runs.run import Run
from engine.errors import SpecError
from tests.app.small import RUNAWAY, SMALL, Clock, make_toy


@pytest.fixture
def run() -> Run:
    run = Run("r", Library(make_toy()), SMALL, clock=Clock(a_look=0.0001))
    step(run, 100)
    return run


def step(run: Run, count: int) -> None:
    run.carry_out(commands.Step(count=count))
    while run.status is Status.RUNNING:
        run.advance(run._clock() + 0.1)


def seek(run: Run, to: int) -> None:
    run.carry_out(commands.Seek(step=to))
    while run._past.under_way:
        run.advance(run._clock() + 0.001)


def bits(run: Run) -> bytes:
    return run.trainer.network.parameters.flat.tobytes()


def test_a_step_of_the_past_has_the_bits_it_had_and_so_has_the_present_after():
    straight = Run("r", Library(make_toy()), SMALL, clock=Clock(a_look=0.0001))
    step(straight, 40)
    then = bits(straight)
    step(straight, 60)
    now = bits(straight)
    seek(straight, 40)
    assert (bits(straight), straight.trainer.step_count, straight.visiting) == (then, 40, True)
    seek(straight, 100)
    assert (bits(straight), straight.trainer.step_count, straight.visiting) == (now, 100, False)


def test_while_the_past_is_visited_no_point_is_added_to_the_curves(run):
    run.take_events()
    seek(run, 40)
    for _ in range(50):
        run.advance(0.0)
    assert {event.type for event in run.take_events()} == {"state"}
    history = run.state().history
    assert history is not None
    assert (history.beginning, history.present, history.visiting) == (0, 100, True)


def test_training_on_from_the_past_leaves_behind_what_came_after(run):
    seek(run, 40)
    run.take_events()
    step(run, 1)
    said = run.take_events()
    assert [event.step for event in said if event.type == "rewound"] == [41]
    assert run.state().history.present == 41
    with pytest.raises(SpecError) as refused:
        run.carry_out(commands.Seek(step=42))
    assert refused.value.code == "step_not_in_history"
    seek(run, 10)
    assert run.trainer.step_count == 10


def test_a_changed_hyper_parameter_begins_a_branch_but_a_refused_one_leaves_nothing_behind(run):
    seek(run, 40)
    with pytest.raises(SpecError):
        run.carry_out(commands.Set(values={"learning_rate": 99.0}))
    assert run.state().history.present == 100
    run.carry_out(commands.Set(values={"learning_rate": 0.5}))
    assert run.state().history.present == 40
    step(run, 5)
    changed = bits(run)
    seek(run, 40)
    seek(run, 45)
    assert bits(run) == changed


def test_from_a_divergence_one_can_go_back():
    run = Run("r", Library(make_toy()), RUNAWAY, clock=Clock(a_look=0.0001))
    step(run, 1000)
    assert run.status is Status.DIVERGED
    seek(run, 0)
    assert (run.status, run.state().divergence) == (Status.PAUSED, None)
    run.carry_out(commands.Set(values={"learning_rate": 0.001}))
    step(run, 20)
    assert (run.status, run.trainer.step_count) == (Status.PAUSED, 20)
    assert np.isfinite(run.trainer.network.parameters.flat).all()


def test_back_in_the_present_a_run_goes_on_as_if_it_had_never_left(run):
    straight = Run("r", Library(make_toy()), SMALL, clock=Clock(a_look=0.0001))
    step(straight, 100)
    seek(run, 40)
    seek(run, 100)
    for one in (run, straight):
        one.carry_out(commands.Set(values={"learning_rate": 0.01}))
        step(one, 40)
    assert bits(run) == bits(straight)
    seek(run, 120)
    seek(run, 140)
    assert bits(run) == bits(straight)
