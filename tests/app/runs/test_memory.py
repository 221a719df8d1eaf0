"""Memory of runs: arithmetic says at least what is allocated, and nothing is allocated that may not be."""

import tracemalloc

import pytest

from app.datasets.library import Library
from app.protocol import commands
from app.runs.memory import MEGABYTE, MOST_HISTORY, Memory
from app.runs.refusal import RunRefusal
from app.runs.run import Run
from engine.architecture import MOST_MULTIPLICATIONS, architecture_of
from engine.data.mnist import load_mnist
from engine.errors import SpecError
from engine.spec import (
    DEFAULT_SPEC,
    BatchNormSpec,
    Conv2DSpec,
    DenseSpec,
    DropoutSpec,
    FlattenSpec,
    MaxPool2DSpec,
    OptimizerSpec,
    ResidualSpec,
    RunSpec,
)
from engine.trainer import Trainer

LARGE = RunSpec(layers=(DenseSpec(512), DenseSpec(512)), batch_size=1024)

NETWORKS = {
    "default": DEFAULT_SPEC,
    "wide with adam": RunSpec(layers=(DenseSpec(512), DenseSpec(512)), optimizer=OptimizerSpec("adam", 0.01)),
    "large minibatches": LARGE,
    "small lenet": RunSpec(
        layers=(Conv2DSpec(8), MaxPool2DSpec(), Conv2DSpec(16), MaxPool2DSpec(), FlattenSpec()), batch_size=64
    ),
    "deep, normalized": RunSpec(
        layers=(
            *(Conv2DSpec(8, 3, padding=1), BatchNormSpec(), Conv2DSpec(8, 3, padding=1), ResidualSpec(2)),
            *(DropoutSpec(), FlattenSpec()),
        ),
        batch_size=64,
    ),
    "in double precision": RunSpec(layers=(DenseSpec(256),), precision="float64"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_run_takes_no_more_than_arithmetic_says_and_at_least_a_third(name):
    spec, digits = NETWORKS[name], load_mnist()
    itemsize = 8 if spec.precision == "float64" else 4
    said = architecture_of(spec, digits.input_shape, digits.outputs).nbytes(spec.batch_size, itemsize)
    Trainer(spec, digits).step()  # what is shared by all runs is there now
    tracemalloc.start()
    try:
        trainer = Trainer(spec, digits)
        trainer.step()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert said / 3 <= peak <= said


def test_a_step_that_nobody_could_interrupt_for_long_is_refused_before_anything_is_allocated():
    spec = RunSpec(layers=(Conv2DSpec(64, 9, padding=4), Conv2DSpec(32, 9, padding=4), FlattenSpec()), batch_size=64)
    with pytest.raises(SpecError) as refused:
        architecture_of(spec, (1, 28, 28), 10)
    assert refused.value.code == "too_many_multiplications"
    assert refused.value.params["count"] > MOST_MULTIPLICATIONS


def test_a_run_that_would_take_too_much_is_refused_with_numbers_and_the_one_there_was_stays(toy):
    memory = Memory(most_of_a_run=4 * MEGABYTE)
    run = Run("a", Library(toy), DEFAULT_SPEC, memory=memory)
    before = run.state()
    with pytest.raises(RunRefusal) as refused:
        run.carry_out(commands.Configure(spec=RunSpec(layers=(DenseSpec(1000),), batch_size=30).to_dict()))
    assert (refused.value.code, refused.value.params["most"]) == ("run_too_large", 4)
    assert run.state() == before


def test_all_runs_together_take_no_more_than_there_is_and_what_is_given_back_can_be_taken_again(toy):
    more_than_there_are = len(toy.train) + 1
    memory = Memory(most=16 * MEGABYTE)
    first = Run("a", Library(toy), DEFAULT_SPEC, memory=memory)
    with pytest.raises(RunRefusal) as refused:
        Run("b", Library(toy), RunSpec(layers=(DenseSpec(700),)), memory=memory)
    assert refused.value.code == "memory_full"
    taken = memory.taken
    too_much = RunSpec(layers=(DenseSpec(4),), batch_size=more_than_there_are)
    with pytest.raises(SpecError):  # refused for another reason: the account is as it was
        first.carry_out(commands.Configure(spec=too_much.to_dict()))
    assert memory.taken == taken
    first.close()
    assert memory.taken == 0
    Run("b", Library(toy), DEFAULT_SPEC, memory=memory)


def test_the_more_runs_there_are_the_less_history_each_keeps(toy):
    memory = Memory(history=MOST_HISTORY)
    runs = [Run("a", Library(toy), DEFAULT_SPEC, memory=memory)]
    alone = memory.history_of_a_run
    for _ in range(40):
        runs[0].carry_out(commands.Step(count=32))
        runs[0].advance(float("inf"))
    kept = len(runs[0]._past.timeline.steps)
    runs += [Run(name, Library(toy), DEFAULT_SPEC, memory=memory) for name in "bcdefgh"]
    for run in runs:
        run.bound_history()
    assert memory.history_of_a_run == alone // 8
    timeline = runs[0]._past.timeline
    assert len(timeline.steps) < kept
    assert timeline.nbytes <= alone // 8
    assert (timeline.beginning, timeline.present) == (0, 1280)
