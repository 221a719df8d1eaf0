"""What a run computes is what the engine computes, to the bit, however it is watched and driven."""

import numpy as np
import pytest

from app.datasets.library import Library
from app.protocol import commands, drawing
from app.protocol.events import MetricsAdded
from app.protocol.values import Slice, Status
from app.runs.channels import Channel
from app.runs.refusal import RunRefusal
from app.runs.run import Run
from engine.probes import Probe
from engine.spec import DenseSpec, RunSpec
from engine.trainer import Trainer
from tests.app.small import RUNAWAY, SMALL, Clock


def trained(run: Run, clock: Clock, steps: int) -> list[tuple[int, float]]:
    """Do so many steps; return the points of the curve."""
    run.take_events()
    run.carry_out(commands.Step(count=steps))
    while run.status is Status.RUNNING:
        clock.now += 0.02
        run.advance(clock.now + 0.005)
    clock.now += 1
    run.advance(clock.now)
    metrics = [event for event in run.take_events() if isinstance(event, MetricsAdded)]
    return [(point.step, point.loss) for event in metrics for point in event.training]


def straight(spec: RunSpec, toy, steps: int) -> Trainer:
    trainer = Trainer(spec, toy)
    for _ in range(steps):
        trainer.step()
    return trainer


@pytest.fixture
def clock() -> Clock:
    return Clock(a_look=0.0001)


@pytest.fixture
def run(toy, clock) -> Run:
    return Run("r", Library(toy), SMALL, clock=clock)


def diverged(toy, clock) -> Run:
    run = Run("r", Library(toy), RUNAWAY, clock=clock)
    trained(run, clock, 1000)
    assert run.status is Status.DIVERGED
    return run


def test_a_watched_paused_and_inspected_run_computes_the_same_bits_as_the_engine_alone(run, toy, clock):
    run.watch([Channel("units", "units", frozenset(), 30.0), Channel("W", "matrices", frozenset({"W"}), 8.0)])
    for steps in (1, 7, 3):
        trained(run, clock, steps)
        assert len(list(run.frames())) >= 1
        run.carry_out(drawing.Predict(pixels=[9] * 784))
        run.carry_out(commands.Inspect(slices=[Slice(tensor="dense1.a")]))
    engine = straight(SMALL, toy, 11)
    assert np.array_equal(run.trainer.network.parameters.flat, engine.network.parameters.flat)


def test_after_a_reset_the_same_steps_have_the_same_losses(run, clock):
    first = trained(run, clock, 20)
    assert [step for step, _ in first] == list(range(1, 21))
    run.carry_out(commands.Reset())
    assert trained(run, clock, 20) == first
    run.carry_out(commands.Reset(seed=77))
    other = trained(run, clock, 20)
    assert [step for step, _ in other] == list(range(1, 21))
    assert all(loss != before for (_, loss), (_, before) in zip(other, first, strict=True))


def test_a_run_from_a_checkpoint_goes_on_with_the_same_bits(run, toy, clock):
    trained(run, clock, 6)
    again = Run("r", Library(toy), run.trainer.checkpoint(), clock=clock)
    assert (again.status, again.state().step) == (Status.PAUSED, 6)
    trained(again, clock, 5)
    assert np.array_equal(again.trainer.network.parameters.flat, straight(SMALL, toy, 11).network.parameters.flat)


def test_a_finished_run_is_still_finished_when_it_comes_from_a_checkpoint(toy, clock):
    spec = RunSpec(layers=(), batch_size=16, max_steps=4)
    run = Run("r", Library(toy), spec, clock=clock)
    trained(run, clock, 9)
    assert (run.status, run.state().step) == (Status.FINISHED, 4)
    again = Run("r", Library(toy), run.trainer.checkpoint(), clock=clock)
    assert again.status is Status.FINISHED
    with pytest.raises(RunRefusal, match="done all its steps"):
        again.carry_out(commands.Play())


def test_what_is_inspected_are_the_engine_s_numbers(run, toy, clock):
    trained(run, clock, 3)
    engine = straight(SMALL, toy, 3)
    shown = run.state().shown
    split = toy.train if shown.split == "train" else toy.test
    trace = Probe(engine).example(split.inputs[shown.index], int(split.labels[shown.index]))
    expected = {
        "x": trace.x,
        "logits": trace.logits,
        "probs": trace.probs,
        "dL_dx": trace.dL_dx,
        "dense1.W": engine.network.layers[0].W,
        "dense1.b": engine.network.layers[0].b,
        "dense1.dL_dW": engine.work.layers[0].dL_dW,
        "dense2.update": engine.update["dense2.W"],
        "dense2.z": trace.layers[1].z,
        "dense2.a": trace.layers[1].a,
        "dense2.slope": trace.layers[1].slope,
        "dense3.dL_da": trace.layers[2].dL_da,
        "dense3.dL_dz": trace.layers[2].dL_dz,
    }
    for tensor, values in expected.items():
        reply = run.carry_out(commands.Inspect(slices=[Slice(tensor=tensor)]))
        assert reply.step == 3
        assert reply.slices[0].shape == list(values.shape)
        assert reply.slices[0].values == values.reshape(-1).tolist(), tensor
        row = run.carry_out(commands.Inspect(slices=[Slice(tensor=tensor, index=4)])).slices[0]
        assert row.shape == list(values[4].shape)
        assert row.values == values[4].reshape(-1).tolist(), tensor


def test_units_that_frames_leave_out_can_be_inspected(toy, clock):
    run = Run("r", Library(toy), RunSpec(layers=(DenseSpec(100),), batch_size=16), clock=clock)
    shown = run.manifest().layers[0].shown
    assert len(shown) == 64
    hidden = next(unit for unit in range(100) if unit not in shown)
    reply = run.carry_out(commands.Inspect(slices=[Slice(tensor="dense1.W", index=hidden)]))
    assert reply.slices[0].values == run.trainer.network.layers[0].W[hidden].tolist()


@pytest.mark.parametrize(
    ("tensor", "index", "code"),
    [
        ("dense1.W", 6, "index_out_of_range"),
        ("dense1.z", 2**53, "index_out_of_range"),
        ("x", 784, "index_out_of_range"),
        ("dense4.W", None, "unknown_tensor"),
        ("dense1.__class__", None, "unknown_tensor"),
        ("step", None, "unknown_tensor"),
        (".x", None, "unknown_tensor"),
        ("", None, "unknown_tensor"),
        ("dense1.dL_dW", None, "not_computed_yet"),
        ("dense1.update", 0, "not_computed_yet"),
    ],
)
def test_what_there_is_not_cannot_be_inspected(run, tensor, index, code):
    with pytest.raises(RunRefusal) as refused:
        run.carry_out(commands.Inspect(slices=[Slice(tensor=tensor, index=index)]))
    assert refused.value.code == code


def test_no_more_than_so_many_values_are_inspected_at_once(run):
    fits = [Slice(tensor="dense1.W", index=0)] * 10
    run.carry_out(commands.Inspect(slices=fits))
    with pytest.raises(RunRefusal, match="at most 8192"):
        run.carry_out(commands.Inspect(slices=[*fits, Slice(tensor="dense1.W", index=1)]))


def test_a_prediction_is_the_engine_s(run, toy, clock):
    trained(run, clock, 5)
    for image in toy.test.inputs[:5]:
        reply = run.carry_out(drawing.Predict(pixels=image.tolist()))
        probs = Probe(run.trainer).predict(image.reshape(1, -1))[0]
        assert reply.probs == probs.tolist()
        assert reply.prediction == probs.argmax()
        assert reply.step == 5


def test_a_diverged_run_tells_where_and_is_refused_to_play_until_it_is_reset(toy, clock):
    run = diverged(toy, clock)
    divergence = run.state().divergence
    assert divergence is not None
    assert divergence.tensor == "loss" or divergence.tensor.startswith("dense") or divergence.tensor == "probs"
    for command in (commands.Play(), commands.Step()):
        with pytest.raises(RunRefusal, match="diverged"):
            run.carry_out(command)
    run.carry_out(commands.Reset())
    run.carry_out(commands.Play())
    assert run.status is Status.RUNNING


def test_a_diverged_run_can_still_be_looked_at(toy, clock):
    run = diverged(toy, clock)
    run.watch([Channel("units", "units", frozenset(), 30.0), Channel("W", "matrices", frozenset({"dL_dW"}), 8.0)])
    clock.now += 1
    assert len(list(run.frames())) == 2
    inspected = run.carry_out(commands.Inspect(slices=[Slice(tensor="logits"), Slice(tensor="dense1.dL_dW", index=0)]))
    assert inspected.model_dump_json()
    shown = run.state().shown
    pixels = toy.train.inputs[shown.index].tolist()
    try:
        prediction = run.carry_out(drawing.Predict(pixels=pixels))
    except RunRefusal as refusal:
        assert refusal.code == "not_finite"  # noqa: PT017 - both answers are right, another exception is not
    else:
        assert np.isfinite(prediction.probs).all()


def test_where_the_network_s_numbers_overflow_a_prediction_is_refused(toy, clock):
    run = Run("r", Library(toy), RUNAWAY, clock=clock)
    run.trainer.network.parameters.flat[:] *= 1e15
    with pytest.raises(RunRefusal) as refused:
        run.carry_out(drawing.Predict(pixels=[255] * 784))
    assert refused.value.code == "not_finite"


def test_a_run_that_failed_says_so_and_begins_anew_after_a_reset(run, clock):
    run.carry_out(commands.Play())
    run.fail()
    assert run.state().status is Status.FAILED
    with pytest.raises(RunRefusal, match="failed"):
        run.carry_out(commands.Play())
    run.carry_out(commands.Reset())
    assert trained(run, clock, 2)


def test_an_example_that_is_shown_changes_while_it_trains_and_stays_when_pinned(run, clock):
    run.carry_out(commands.Play())

    def shown_over_time() -> set[tuple[str, int]]:
        seen = set()
        for _ in range(60):
            clock.now += 0.1
            run.advance(clock.now + 0.005)
            seen.add((run.state().shown.split, run.state().shown.index))
        return seen

    assert len(shown_over_time()) >= 3
    run.carry_out(commands.Show(split="test", index=7))
    assert shown_over_time() == {("test", 7)}
    run.carry_out(commands.Reset())
    assert run.state().shown.pinned
    run.carry_out(commands.Show())
    run.carry_out(commands.Play())
    assert len(shown_over_time()) >= 3


def test_the_held_out_split_is_tested_after_training_stops(run, toy, clock):
    trained(run, clock, 3)
    run.take_events()
    run.carry_out(commands.Step())
    points = []
    for _ in range(20):
        clock.now += 0.5
        run.advance(clock.now + 0.005)
        points += [point for event in run.take_events() if isinstance(event, MetricsAdded) for point in event.held_out]
    assert points[-1].step == 4
    assert points[-1].count == len(toy.test)
    predictions = Probe(run.trainer).predict(toy.test.inputs).argmax(axis=1)
    assert points[-1].correct == np.count_nonzero(predictions == toy.test.labels)
