"""Training: it learns, repeats itself bit by bit, takes new hyper-parameters, and never lets a bad number in."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.checkpoint import Checkpoint
from engine.errors import Diverged, SpecError
from engine.spec import DenseSpec, OptimizerSpec, RunSpec
from engine.spec.optimizer import OPTIMIZERS
from engine.trainer import Trainer

shares_fixtures = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_learns_the_toy_digits(toy, small_spec, name):
    learning_rate = {"sgd": 0.05, "adagrad": 0.02, "rmsprop": 0.0003}.get(name, 0.005)
    spec = replace(small_spec, optimizer=OptimizerSpec(name, learning_rate))
    trainer = Trainer(spec, toy)
    records = [trainer.step() for _ in range(150)]
    assert np.mean([record.accuracy for record in records[:5]]) < 0.6
    assert np.mean([record.accuracy for record in records[-20:]]) > 0.95
    assert records[-1].loss < records[0].loss / 3


def test_a_record_says_what_the_step_measured(toy, small_spec):
    trainer = Trainer(small_spec, toy)
    assert (trainer.step_count, trainer.epoch, trainer.last_record) == (0, 0.0, None)
    assert trainer.steps_per_epoch == 203 // 16
    record = [trainer.step() for _ in range(18)][-1]
    assert trainer.last_record is record
    assert record.step == trainer.step_count == 18
    assert record.epoch == trainer.epoch == 18 / 12
    assert record.learning_rate == 0.01
    work = trainer.work
    assert record.loss == pytest.approx(work.loss.example_losses.mean(), rel=1e-6)
    assert record.accuracy == np.mean(work.loss.probs.argmax(axis=1) == work.loss.labels)
    assert record.gradient_rms == pytest.approx(np.sqrt(np.mean(work.gradient.flat**2)), rel=1e-6)
    np.testing.assert_array_equal(work.loss.labels, toy.train.labels[trainer.last_indices])
    np.testing.assert_allclose(work.x * 255, toy.train.inputs[trainer.last_indices], rtol=1e-6)
    with pytest.raises(FrozenInstanceError):
        record.loss = 0.0


@shares_fixtures
@given(seed=st.integers(0, 2**32 - 1), steps=st.integers(1, 30), name=st.sampled_from(OPTIMIZERS))
def test_same_seed_same_bits(toy, small_spec, seed, steps, name):
    spec = replace(small_spec, seed=seed, optimizer=OptimizerSpec(name, 0.01))
    ours, theirs = Trainer(spec, toy), Trainer(spec, toy)
    assert [ours.step() for _ in range(steps)] == [theirs.step() for _ in range(steps)]
    assert ours.network.parameters.flat.tobytes() == theirs.network.parameters.flat.tobytes()


def test_another_seed_gives_another_run(toy, small_spec):
    ours, theirs = Trainer(small_spec, toy), Trainer(replace(small_spec, seed=4), toy)
    assert (ours.network.layers[0].W != theirs.network.layers[0].W).all()
    ours.step(), theirs.step()
    assert set(ours.last_indices) != set(theirs.last_indices)


def test_the_architecture_does_not_change_the_order_of_the_examples(toy, small_spec):
    ours, theirs = Trainer(small_spec, toy), Trainer(replace(small_spec, layers=(), initializer="zeros"), toy)
    for _ in range(20):
        ours.step(), theirs.step()
        np.testing.assert_array_equal(ours.last_indices, theirs.last_indices)


def test_the_update_is_what_was_added_to_the_parameters(toy, small_spec):
    trainer = Trainer(replace(small_spec, precision="float64"), toy)
    trainer.step()
    before = trainer.network.parameters.flat.copy()
    trainer.step()
    np.testing.assert_array_equal(trainer.network.parameters.flat, before + trainer.update.flat)


def test_a_new_learning_rate_acts_from_the_next_step_on_without_reset(toy, small_spec):
    trainer = Trainer(replace(small_spec, optimizer=OptimizerSpec("sgd", 0.01)), toy)
    trainer.step()
    trainer.set(learning_rate=0.5)
    assert trainer.step_count == 1
    assert trainer.step().learning_rate == 0.5
    np.testing.assert_array_equal(trainer.update.flat, trainer.work.gradient.flat * np.float32(-0.5))
    assert trainer.spec.optimizer.learning_rate == 0.01


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"learning_rate": 0}, "optimizer.learning_rate"),
        ({"learning_rate": True}, "optimizer.learning_rate"),
        ({"momentum": 1}, "optimizer.momentum"),
        ({"beta1": float("nan")}, "optimizer.beta1"),
        ({"epsilon": -1}, "optimizer.epsilon"),
        ({"colour": 1}, "optimizer.colour"),
        ({"name": "adam"}, "optimizer.name"),
    ],
)
def test_a_hyper_parameter_that_is_not_acceptable_is_refused_and_nothing_changes(toy, small_spec, change, where):
    trainer = Trainer(small_spec, toy)
    with pytest.raises(SpecError) as refused:
        trainer.set(**change)
    assert refused.value.where == where
    assert trainer.settings == small_spec.optimizer


def test_a_spec_that_is_not_acceptable_is_refused(toy, small_spec):
    with pytest.raises(SpecError, match="between 1 and 1024"):
        Trainer(replace(small_spec, batch_size=0), toy)
    with pytest.raises(SpecError) as refused:
        Trainer(replace(small_spec, batch_size=204), toy)
    assert refused.value.code == "batch_larger_than_data"


def test_another_data_set_than_the_spec_names_is_refused(toy, small_spec):
    with pytest.raises(ValueError, match="expected the data set mnist"):
        Trainer(small_spec, replace(toy, name="letters"))


def test_a_run_is_finished_after_the_steps_its_spec_allows(toy, small_spec):
    trainer = Trainer(replace(small_spec, max_steps=2), toy)
    finished = [trainer.finished]
    for _ in range(2):
        trainer.step()
        finished.append(trainer.finished)
    assert finished == [False, False, True]


def poison(trainer: Trainer, address: str, number: float) -> None:
    """Set one parameter so that the next pass goes wrong from there on."""
    trainer.network.parameters[address].flat[0] = number


@pytest.mark.parametrize(
    ("address", "number", "tensor"),
    [
        ("dense1.b", np.nan, "dense1.z"),
        ("dense2.W", np.inf, "dense2.z"),
        ("dense3.b", np.inf, "dense3.z"),
        ("dense3.b", 3e38, "dense1.dL_dz"),
    ],
)
def test_divergence_names_the_first_bad_tensor_in_the_order_of_computation(toy, small_spec, address, number, tensor):
    trainer = Trainer(small_spec, toy)
    trainer.step()
    poison(trainer, address, number)
    if number == 3e38:
        # A loss of 3e38 for each example is finite, but not their sum.
        tensor = "loss"
    before = trainer.network.parameters.flat.copy()
    with pytest.raises(Diverged) as diverged:
        trainer.step()
    assert (diverged.value.step, diverged.value.tensor) == (1, tensor)
    assert "after step 1" in str(diverged.value)
    np.testing.assert_array_equal(trainer.network.parameters.flat, before)
    assert trainer.step_count == 1


def test_divergence_in_the_gradient_is_named_too(toy):
    trainer = Trainer(RunSpec(layers=(DenseSpec(5, "linear"),), batch_size=8, seed=1), toy)
    trainer.network.parameters["dense2.W"][:] *= 1e25
    trainer.network.parameters["dense1.W"][:] *= 1e-25
    with pytest.raises(Diverged) as diverged:
        trainer.step()
    assert diverged.value.tensor == "dense1.dL_dW"  # finite, but too large to be squared


@shares_fixtures
@given(
    name=st.sampled_from(OPTIMIZERS),
    activation=st.sampled_from(["linear", "relu", "gelu", "tanh"]),
    seed=st.integers(0, 50),
    epsilon=st.sampled_from([1e-12, 1e-8, 1.0]),
)
def test_no_learning_rate_lets_a_bad_number_into_the_parameters(toy, name, activation, seed, epsilon):
    layers = (DenseSpec(20, activation),) * 4
    optimizer = OptimizerSpec(name, 10.0, 0.9999, 0.9, 0.0, epsilon)
    trainer = Trainer(RunSpec(layers=layers, optimizer=optimizer, batch_size=16, seed=seed), toy)
    for _ in range(60):
        before = trainer.network.parameters.flat.copy()
        diverged = False
        try:
            trainer.step()
        except Diverged:
            diverged = True
        assert np.isfinite(trainer.network.parameters.flat).all()
        if diverged:
            np.testing.assert_array_equal(trainer.network.parameters.flat, before)
            break


def test_a_linear_network_with_a_huge_learning_rate_diverges(toy):
    layers = (DenseSpec(20, "linear"),) * 4
    trainer = Trainer(RunSpec(layers=layers, optimizer=OptimizerSpec("sgd", 10.0), batch_size=16), toy)

    def train() -> None:
        for _ in range(100):
            trainer.step()

    with pytest.raises(Diverged) as diverged:
        train()
    assert diverged.value.tensor.startswith("dense")
    assert np.isfinite(trainer.network.parameters.flat).all()
    with pytest.raises(Diverged):
        trainer.step()


def test_the_state_after_a_divergence_can_be_kept_and_gone_on_from(toy):
    layers = (DenseSpec(20, "linear"),) * 4
    trainer = Trainer(RunSpec(layers=layers, optimizer=OptimizerSpec("momentum", 1.0), batch_size=16), toy)

    def train() -> None:
        for _ in range(200):
            trainer.step()

    with pytest.raises(Diverged) as diverged:
        train()
    kept = Checkpoint.from_tensors(*trainer.checkpoint().to_tensors())
    again = Trainer.from_checkpoint(kept, toy)
    with pytest.raises(Diverged) as same:
        again.step()
    assert (same.value.step, same.value.tensor) == (diverged.value.step, diverged.value.tensor)


def test_float64_training_follows_float32_training(toy, small_spec):
    single, double = Trainer(small_spec, toy), Trainer(replace(small_spec, precision="float64"), toy)
    assert double.network.parameters.flat.dtype == np.float64
    for _ in range(20):
        assert single.step().loss == pytest.approx(double.step().loss, rel=1e-3)
