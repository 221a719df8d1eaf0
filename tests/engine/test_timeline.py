"""The timeline: any step of the past again, bit by bit, from checkpoints that never take more than their budget."""

import tracemalloc
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.dataset import Dataset, Split
from engine.errors import Diverged, SpecError
from engine.spec import (
    AugmentationSpec,
    BatchNormSpec,
    Conv2DSpec,
    DenseSpec,
    DropoutSpec,
    FlattenSpec,
    MaxPool2DSpec,
    OptimizerSpec,
    RunSpec,
)
from engine.timeline import Timeline, least_budget, most_dispensable
from engine.trainer import Trainer

STEPS = 2000
SEEKS = 200


@pytest.fixture(scope="module")
def small_images() -> Dataset:
    """Four random pictures of 8 x 8 pixels, each seen through noise."""
    rng = np.random.default_rng(5)
    prototypes = rng.integers(0, 256, (4, 64))

    def split(count: int) -> Split:
        labels = rng.integers(0, 4, count).astype(np.uint8)
        grey = np.clip(prototypes[labels] + rng.integers(-120, 121, (count, 64)), 0, 255)
        return Split(grey.astype(np.uint8), labels)

    return Dataset("mnist", split(103), split(20), (1, 8, 8), tuple("abcd"))


DENSE = RunSpec(
    layers=(DenseSpec(12, "elu"), DenseSpec(9, "tanh")), optimizer=OptimizerSpec("momentum", 0.01), batch_size=8, seed=3
)
EVERYTHING_RANDOM = RunSpec(
    layers=(
        Conv2DSpec(3, kernel=3, activation="linear"),
        BatchNormSpec("relu"),
        MaxPool2DSpec(),
        FlattenSpec(),
        DropoutSpec(0.3),
        DenseSpec(6, "relu"),
    ),
    augmentation=AugmentationSpec(shift=1.0, rotation=10.0, noise=0.1),
    optimizer=OptimizerSpec("adamw", 0.003, schedule="cosine", schedule_steps=1500),
    batch_size=6,
    seed=4,
)
CHANGES: dict[int, list[dict[str, Any]]] = {
    0: [{"learning_rate": 0.004}],
    150: [{"momentum": 0.5, "beta1": 0.8}],
    333: [{"learning_rate": 0.02}, {"weight_decay": 1e-3}],  # two between the same two steps
    640: [{"schedule": "exponential", "schedule_steps": 700}, {"schedule_factor": 0.5}, {"learning_rate": 0.007}],
    641: [{"l1": 1e-5}],
    1024: [{"schedule": "one_cycle", "warmup_steps": 20}],
    1500: [{"clip_norm": 0.5, "weight_decay": 0.0}],
    1999: [{"learning_rate": 0.05}],
    2000: [{"momentum": 0.1}],
}


def everything(trainer: Trainer) -> tuple[Any, ...]:
    """All that a trainer holds, to the bit: what it goes on from, and what its last step left behind."""
    work, optimizer = trainer.work, trainer.optimizer
    vectors = {
        "parameters": trainer.network.parameters.flat,
        "buffers": trainer.network.buffers.flat,
        "update": trainer.update.flat,
        "gradient": work.gradient.flat,
        "penalty": optimizer.penalty,
        "x": work.x,
        "outputs": work.layers[-1].a,
        **optimizer.state,
    }
    bits = {name: hash(vector.tobytes()) for name, vector in vectors.items()}
    numbers = dict(optimizer.scalars), optimizer.clip_factor, trainer.settings, trainer.last_record
    return trainer.step_count, bits, trainer.last_indices.tolist(), numbers


def train(trainer: Trainer, timeline: Timeline, steps: int) -> None:
    for _ in range(steps):
        trainer.step()
        timeline.note(trainer)


@pytest.mark.parametrize("spec", [DENSE, EVERYTHING_RANDOM], ids=["dense", "everything random"])
def test_going_to_any_step_gives_the_bits_of_the_straight_run(small_images, spec):
    stops = [0, 640, 641, STEPS, *np.random.default_rng(11).integers(0, STEPS + 1, SEEKS).tolist()]
    straight = Trainer(spec, small_images)
    timeline = Timeline(straight, budget=16 * least_budget(straight))  # too little for all checkpoints
    expected = {}
    for step in range(STEPS + 1):
        train(straight, timeline, 1 if step > 0 else 0)
        for change in CHANGES.get(step, []):
            timeline.set(straight, **change)
        if step in stops:
            expected[step] = everything(straight)
    for stop in stops:
        assert everything(timeline.seek(stop)) == expected[stop], f"step {stop}"
    assert everything(straight) == expected[STEPS], "going back disturbed the run"


def test_going_on_from_a_step_of_the_past_makes_the_very_steps_that_came_after(small_images):
    straight = Trainer(DENSE, small_images)
    timeline = Timeline(straight)
    train(straight, timeline, 50)
    timeline.set(straight, learning_rate=0.05)
    timeline.set(straight, schedule="cosine")
    records = []
    for _ in range(60):
        records.append(straight.step())
        timeline.note(straight)
    again = timeline.seek(50)
    assert [again.step() for _ in range(60)] == records


def test_a_replay_goes_in_pieces_and_says_what_it_costs(small_images):
    straight = Trainer(DENSE, small_images)
    timeline = Timeline(straight, spacing=10)
    train(straight, timeline, 37)
    # From the last checkpoint before it, so that the step itself, whose record and gradients are asked for, is made.
    assert [timeline.replay_cost(step) for step in (0, 1, 9, 10, 11, 37)] == [0, 1, 9, 10, 1, 7]
    replay = timeline.replay(28)
    pieces = [(replay.steps_left, replay.advance(3)) for _ in range(4)]
    assert pieces == [(8, False), (5, False), (2, True), (0, True)]
    assert everything(replay.trainer) == everything(timeline.seek(28))


def test_a_run_that_was_continued_has_its_history_from_there(small_images):
    stored = Trainer(DENSE, small_images)
    for _ in range(25):
        stored.step()
    straight = Trainer.from_checkpoint(stored.checkpoint(), small_images)
    timeline = Timeline(straight, spacing=10)
    assert everything(timeline.seek(25)) == everything(straight)
    train(straight, timeline, 3)
    assert (timeline.beginning, timeline.present, timeline.steps) == (25, 28, (25,))
    assert everything(timeline.seek(28)) == everything(straight)
    with pytest.raises(SpecError):
        timeline.seek(24)


@pytest.mark.parametrize("step", [-1, 41, 10**9])
def test_a_step_that_is_not_in_the_history_is_refused_in_words(small_images, step):
    straight = Trainer(DENSE, small_images)
    timeline = Timeline(straight)
    train(straight, timeline, 40)
    for verb in (timeline.seek, timeline.replay, timeline.replay_cost, timeline.branch):
        with pytest.raises(SpecError, match="history of this run has steps 0 to 40") as refused:
            verb(step)
        assert (refused.value.code, refused.value.where) == ("step_not_in_history", "step")


def test_a_replayed_run_diverges_at_the_same_step_in_the_same_tensor(small_images):
    spec = replace(DENSE, layers=(DenseSpec(20, "linear"),) * 4)
    straight = Trainer(spec, small_images)
    timeline = Timeline(straight, spacing=4)
    train(straight, timeline, 5)
    timeline.set(straight, learning_rate=10.0)
    with pytest.raises(Diverged) as diverged:
        train(straight, timeline, 200)
    assert timeline.present == diverged.value.step > 6
    for step in (0, 5, 6, diverged.value.step):
        again = timeline.seek(step)
        if step == 0:  # before the change, which is not in it: it is made again by whoever goes on from here
            assert again.learning_rate == 0.01
            continue
        with pytest.raises(Diverged) as same:
            train(again, Timeline(again), 200)
        assert (same.value.step, same.value.tensor) == (diverged.value.step, diverged.value.tensor)


def test_a_branch_goes_its_own_way_and_both_histories_can_be_gone_through(small_images):
    straight = Trainer(DENSE, small_images)
    timeline = Timeline(straight, spacing=10)
    train(straight, timeline, 30)
    timeline.set(straight, learning_rate=0.03)
    train(straight, timeline, 30)
    before = everything(straight), timeline.steps, timeline.changes

    trainer, branch = timeline.branch(45)
    assert (branch.beginning, branch.present, branch.steps) == (0, 45, (0, 10, 20, 30, 40, 45))
    branch.set(trainer, learning_rate=0.001)
    states = {45: everything(trainer)}
    for _ in range(40):
        train(trainer, branch, 1)
        states[trainer.step_count] = everything(trainer)
    assert [change.step for change in branch.changes] == [30, 45]
    for step, state in states.items():
        assert everything(branch.seek(step)) == state
    for step in (0, 29, 30, 31, 44):  # which both have in common
        assert everything(branch.seek(step)) == everything(timeline.seek(step))
    assert everything(branch.seek(50)) != everything(timeline.seek(50))

    twig_trainer, twig = branch.branch(80)
    train(twig_trainer, twig, 5)
    assert everything(twig_trainer) == states[85]
    assert (everything(straight), timeline.steps, timeline.changes) == before


def test_a_branch_at_the_beginning_or_at_the_present_is_one_too(small_images):
    straight = Trainer(DENSE, small_images)
    timeline = Timeline(straight, spacing=10)
    timeline.set(straight, schedule="exponential", schedule_steps=50)
    train(straight, timeline, 20)
    timeline.set(straight, schedule="cosine")
    for step in (0, 20):
        trainer, branch = timeline.branch(step)
        train(trainer, branch, 15)
        assert everything(branch.seek(step)) == everything(timeline.seek(step))
        assert everything(branch.seek(step + 15)) == everything(trainer)


def law(steps: list[int], present: int, spacing: int, capacity: int) -> None:
    """Hold the gaps between checkpoints to what the module promises."""
    c = (1 + (present - steps[0]) / spacing) ** (1 / (capacity // 2)) - 1
    for before, after in pairwise(steps):
        assert after - before <= max(spacing, c * (present - after + spacing) * (1 + 1e-9))
    assert present - steps[-1] < spacing


@settings(deadline=None, max_examples=60)
@given(capacity=st.integers(2, 60), spacing=st.integers(1, 100), count=st.integers(1, 1500))
def test_what_is_kept_is_dense_lately_and_sparse_long_ago(capacity, spacing, count):
    steps = [0]
    for step in range(spacing, spacing * count, spacing):
        steps.append(step)
        if len(steps) > capacity:
            del steps[most_dispensable(steps, step + spacing)]
        law(steps, step, spacing, capacity)
    assert steps[0] == 0
    assert len(steps) == min(capacity, count)


@pytest.mark.parametrize("room", [1, 3, 9.5])
def test_a_long_history_stays_in_its_budget_and_keeps_the_law_and_its_beginning(small_images, room):
    straight = Trainer(DENSE, small_images)
    budget = int(room * least_budget(straight))
    straight.step()
    tracemalloc.start()
    try:
        timeline = Timeline(straight, budget=budget, spacing=7)
        for step in range(1000):
            if step % 100 == 50 and room > 1:
                timeline.set(straight, learning_rate=0.001 + step * 1e-6, momentum=0.5, schedule="cosine")
            straight.step()
            timeline.note(straight)
            assert timeline.nbytes <= budget
            assert len(timeline.steps) <= timeline.capacity
            assert timeline.beginning == 1
            law(list(timeline.steps), timeline.present, 7, timeline.capacity)
        said, held = timeline.nbytes, tracemalloc.get_traced_memory()[0]
        del timeline
        taken = held - tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert 0.5 * said < taken <= said


def test_less_than_two_checkpoints_are_no_history(small_images):
    straight = Trainer(DENSE, small_images)
    with pytest.raises(ValueError, match="expected a budget of at least"):
        Timeline(straight, budget=least_budget(straight) - 1)
    with pytest.raises(ValueError, match="expected a spacing"):
        Timeline(straight, spacing=0)


def test_a_log_that_would_leave_no_room_for_checkpoints_takes_no_more_changes(small_images):
    straight = Trainer(DENSE, small_images)
    timeline = Timeline(straight, budget=least_budget(straight) + 10_000, spacing=5)

    def fill() -> None:
        for count in range(1000):
            timeline.set(straight, momentum=0.5 + count / 10_000)
            train(straight, timeline, 1)

    with pytest.raises(SpecError, match=r"full, with \d+ changes") as refused:
        fill()
    taken = refused.value.params["count"]
    assert taken == len(timeline.changes) == timeline.present > 3
    assert straight.settings.momentum == timeline.changes[-1].changes["momentum"], "it was refused, yet made"
    assert timeline.nbytes <= timeline.budget
    assert everything(timeline.seek(taken)) == everything(straight)


def test_a_change_that_is_not_acceptable_is_refused_and_not_remembered(small_images):
    straight = Trainer(DENSE, small_images)
    timeline = Timeline(straight)
    with pytest.raises(SpecError):
        timeline.set(straight, learning_rate=-1.0)
    timeline.set(straight)
    assert timeline.changes == ()
    train(straight, timeline, 2)
    assert everything(timeline.seek(2)) == everything(straight)


def test_what_the_timeline_would_not_know_is_a_mistake_of_the_caller(small_images):
    straight = Trainer(DENSE, small_images)
    timeline = Timeline(straight)
    train(straight, timeline, 3)
    with pytest.raises(ValueError, match="expected a trainer at step 3 or later"):
        timeline.note(timeline.seek(2))
    straight.set(momentum=0.5)
    with pytest.raises(ValueError, match="through the timeline"):
        timeline.note(straight)
