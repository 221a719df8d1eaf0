"""Practice learns new examples by plain gradient descent, tells what it forgets, and is the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.dataset import Split
from engine.errors import Diverged
from engine.practice import BATCH_SIZE, FIRST_HELD_OUT, POINTS, Plan, Practice, Rounds, Score
from engine.probes import Probe
from engine.spec import BatchNormSpec, DenseSpec, DropoutSpec, OptimizerSpec, RunSpec
from engine.trainer import Trainer

LAYERS = {
    "dense": (DenseSpec(12),),
    "normalized": (DenseSpec(12, "linear"), BatchNormSpec("relu"), DropoutSpec(0.2)),
}


def some(seed: int, count: int) -> Split:
    rng = np.random.default_rng(seed)
    return Split(rng.integers(0, 256, (count, 784)).astype(np.uint8), (np.arange(count) % 10).astype(np.uint8))


def trained(toy, layers=LAYERS["dense"]) -> Trainer:
    trainer = Trainer(RunSpec(layers=layers, optimizer=OptimizerSpec("momentum", 0.02), batch_size=16), toy)
    for _ in range(60):
        trainer.step()
    return trainer


def practised(trainer, toy, new, held_out, plan) -> Practice:
    practice = Practice(trainer.network.copy(), new, held_out, toy, plan)
    while not practice.advance():
        pass
    return practice


def score(trainer, network, split) -> Score:
    twin = Trainer(trainer.spec, trainer.dataset)
    twin.network.copy_from(network)
    predictions = Probe(twin).predict(split.inputs).argmax(axis=1)
    return Score(int(np.count_nonzero(predictions == split.labels)), len(split))


@pytest.mark.parametrize("layers", LAYERS.values(), ids=LAYERS)
def test_scores_are_what_the_network_reads_before_and_after(toy, layers):
    trainer, new, held_out = trained(toy, layers), some(1, 20), some(2, 7)
    before = trainer.network.copy()
    practice = practised(trainer, toy, new, held_out, Plan(30, 0.05, 0.5, seed=1))
    assert practice.result is not None
    for scores, network in ((practice.result.before, before), (practice.result.after, practice.network)):
        assert scores.learned == score(trainer, network, new)
        assert scores.held_out == score(trainer, network, held_out)
        assert scores.old == score(trainer, network, toy.test)
    assert practice.result.after.learned.correct > practice.result.before.learned.correct
    assert trainer.network.parameters.flat.tobytes() == before.parameters.flat.tobytes()


@pytest.mark.parametrize("layers", LAYERS.values(), ids=LAYERS)
def test_the_same_seed_gives_the_same_bits_and_another_one_others(toy, layers):
    trainer, new, held_out = trained(toy, layers), some(1, 20), some(2, 7)
    ends = [
        practised(trainer, toy, new, held_out, Plan(6, 0.05, 0.5, seed)).network.parameters.flat.tobytes()
        for seed in (1, 1, 2)
    ]
    assert ends[0] == ends[1] != ends[2]


def test_to_mix_the_old_examples_in_lets_less_be_forgotten(toy):
    trainer, new = trained(toy), some(1, 10)
    nothing = Split(new.inputs[:0], new.answers[:0])
    alone, mixed = (practised(trainer, toy, new, nothing, Plan(150, 0.1, share, 1)).result for share in (0, 0.9))
    assert alone.before == mixed.before
    assert alone.after.old.correct < mixed.after.old.correct
    assert alone.after.held_out == Score(0, 0)


@pytest.mark.parametrize("steps", [1, 3, 10, 47])
def test_the_curve_has_few_points_and_the_last_is_the_end(toy, steps):
    trainer, new, held_out = trained(toy), some(1, 20), some(2, 7)
    result = practised(trainer, toy, new, held_out, Plan(steps, 0.05, 0.3, 1)).result
    assert len(result.curve) == 1 + min(steps, POINTS)
    assert [point.step for point in result.curve] == sorted({point.step for point in result.curve})
    assert (result.curve[0].step, result.curve[0].loss) == (0, None)
    assert result.curve[0].held_out == result.before.held_out
    assert result.curve[0].old == result.before.old  # there are no more than FIRST_HELD_OUT
    assert result.curve[-1].step == steps
    assert result.curve[-1].held_out == result.after.held_out
    assert result.curve[-1].old == result.after.old  # there are no more than FIRST_HELD_OUT
    assert len(toy.test) < FIRST_HELD_OUT


def test_one_step_is_a_minibatch_of_old_and_new_examples_down_its_gradient(toy):
    trainer, new = trained(toy), some(1, 5)
    before = trainer.network.parameters.flat.copy()
    practice = practised(trainer, toy, new, some(2, 3), Plan(1, 0.25, 0.75, 1))
    labels = practice._work.loss.labels
    rows = np.rint(practice._work.x * 255).astype(np.uint8)
    old = sum(any(np.array_equal(row, image) for image in toy.train.inputs) for row in rows)
    assert (old, len(labels) - old) == (24, 8)
    work = trainer.network.workspace(BATCH_SIZE, training=True)
    work.x[:], work.loss.labels[:] = practice._work.x, labels
    trainer.network.forward(work)
    work.loss.forward()
    work.loss.backward()
    trainer.network.backward(work)
    assert np.array_equal(practice.network.parameters.flat, before - np.float32(0.25) * work.gradient.flat)


def test_what_leads_to_infinity_is_refused(toy):
    trainer = trained(toy)
    trainer.network.parameters.flat[:] *= 1e17
    with pytest.raises(Diverged):
        practised(trainer, toy, some(1, 5), some(2, 3), Plan(50, 10.0, 0.0, 1))


def test_practice_needs_examples(toy):
    with pytest.raises(ValueError, match="new examples"):
        Practice(trained(toy).network, some(1, 0), some(1, 1), toy, Plan(1, 0.1, 0.0, 1))


@settings(max_examples=50)
@given(count=st.integers(1, 40), batch=st.integers(0, 32), seed=st.integers(0, 3))
def test_every_example_comes_once_before_any_comes_again(count, batch, seed):
    order = Rounds(count, batch, seed, 0)
    drawn = np.concatenate([order.of_step(step) for step in range(2 * count // max(batch, 1) + 1)])
    for start in range(0, len(drawn) - count + 1, count):
        assert sorted(drawn[start : start + count]) == list(range(count))
