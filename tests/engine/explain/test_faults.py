"""Faults: finite differences convict those of the gradient and no others; the rest of a faulty copy is the engine."""

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import Diverged, SpecError
from engine.explain.faults import FAULTS, hidden_fault, possible_faults, start_fault
from engine.explain.faulty_trainer import FaultyTrainer
from engine.probes import Probe
from engine.spec import DenseSpec, LossSpec, OptimizerSpec
from engine.spec.optimizer import OPTIMIZERS
from engine.trainer import Trainer
from tests.engine.explain.steps import NETWORKS, pictures, spec_of

each_fault = pytest.mark.parametrize("name", FAULTS)
each_network = pytest.mark.parametrize("network", NETWORKS)


def trained(network="dense", steps=3, **changes):
    trainer = Trainer(spec_of(network, **changes), pictures())
    for _ in range(steps):
        trainer.step()
    return trainer


def started(name, network="dense", **changes):
    trainer = trained(network, **changes)
    return start_fault(name, trainer.checkpoint(), trainer.dataset)


def is_convicted(pair, h=1e-6, tolerance=1e-5):
    """Along a random direction in each tensor: is the gradient the slope of the loss of the faulty copy?"""
    rng, check = np.random.default_rng(4), pair.frozen.in_float64()
    before, start, found = check.parameters_before, 0, False
    for gradient in pair.wrong.values():
        direction = np.zeros_like(before)
        direction[start : start + gradient.size] = rng.standard_normal(gradient.size) / np.sqrt(gradient.size)
        numeric = (check.loss_of(before + h * direction) - check.loss_of(before - h * direction)) / (2 * h)
        claimed = float(gradient.reshape(-1) @ direction[start : start + gradient.size])
        found |= abs(claimed - numeric) > tolerance * max(abs(claimed), abs(numeric)) + 1e-8
        start += gradient.size
    return found


@each_fault
@each_network
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_finite_differences_convict_faults_of_the_gradient_and_no_others(name, network, optimizer):
    settings = OptimizerSpec(optimizer, 0.1 if optimizer == "sgd" else 0.01)
    faulty = started(name, network, precision="float64", optimizer=settings)
    pair = faulty.gradients()
    assert is_convicted(pair) == faulty.changes_gradient
    same = all((pair.wrong[address] == pair.clean[address]).all() for address in pair.clean)
    assert same != faulty.changes_gradient
    assert not is_convicted(replace(pair, wrong=pair.clean)), "the clean gradient is right even then"


@each_network
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_without_a_fault_it_is_the_trainer_bit_by_bit(network, optimizer):
    settings = OptimizerSpec(optimizer, 0.01, weight_decay=0.01, clip_norm=0.5, schedule="cosine")
    trainer = trained(network, optimizer=settings)
    copy = FaultyTrainer.start(trainer.checkpoint(), trainer.dataset)
    for _ in range(5):
        assert copy.step() == trainer.step()
    ours, theirs = copy.trainer.checkpoint(), trainer.checkpoint()
    assert ours.parameters.tobytes() == theirs.parameters.tobytes()
    assert ours.buffers.tobytes() == theirs.buffers.tobytes()
    assert ours.scalars == theirs.scalars


@each_fault
def test_a_faulty_copy_trains_on_can_be_looked_at_and_leaves_the_run_alone(name):
    trainer = trained("images", batch_size=20)
    before = trainer.checkpoint()
    faulty = start_fault(name, before, trainer.dataset)
    pair = faulty.gradients()
    assert faulty.trainer.step_count == 3, "asking for the gradients is no step"
    record = faulty.step()
    assert record.step == faulty.trainer.step_count == 4
    for address, gradient in pair.wrong.items():
        np.testing.assert_array_equal(gradient, faulty.trainer.work.gradient[address])
    assert Probe(faulty.trainer).snapshot().record == record
    assert not np.array_equal(faulty.trainer.network.parameters.flat, before.parameters)
    np.testing.assert_array_equal(trainer.network.parameters.flat, before.parameters)
    np.testing.assert_array_equal(
        faulty.trainer.update.flat + (before.parameters if name != "zero_init" else _zeros(faulty)),
        faulty.trainer.network.parameters.flat,
    )


def _zeros(faulty):
    network = faulty.trainer.network.copy()
    network.initialize("zeros", np.random.default_rng(0))
    return network.parameters.flat


def test_each_fault_is_what_it_says():
    pairs = {name: started(name, precision="float64").gradients() for name in FAULTS}
    for address in pairs["wrong_sign"].clean:

        def of(name, address=address):
            return pairs[name].wrong[address], pairs[name].clean[address]

        wrong, clean = of("wrong_sign")
        np.testing.assert_array_equal(wrong, -clean)
        wrong, clean = of("sum_for_mean")
        np.testing.assert_allclose(wrong, 6 * clean, rtol=1e-12)
        wrong, clean = of("untransposed")
        np.testing.assert_array_equal(np.sort(wrong, axis=None), np.sort(clean, axis=None))
        wrong, clean = of("forgotten_bias")
        np.testing.assert_array_equal(wrong, 0 * clean if address.endswith(".b") else clean)
        wrong, clean = of("update_in_backward")
        assert np.array_equal(wrong, clean) == address.startswith("dense4"), "the topmost layer's own gradient is right"
    assert pairs["zero_init"].frozen.before.parameters.any() == np.False_
    settings = pairs["rate_times_100"].frozen.before.settings
    assert settings.learning_rate == pytest.approx(10)


def test_a_forgotten_slope_lets_everything_through():
    faulty = started("forgotten_slope")
    faulty.step()
    for kept in faulty.trainer.work.layers:
        np.testing.assert_array_equal(kept.dL_dz, kept.dL_da)


def test_an_update_within_backward_uses_the_new_weights():
    faulty = started("update_in_backward", optimizer=OptimizerSpec("sgd", 0.5), precision="float64")
    faulty.step()
    work, network = faulty.trainer.work, faulty.trainer.network
    top, below = work.layers[-1], work.layers[-2]
    np.testing.assert_allclose(below.dL_da, top.dL_dz @ network["dense4"].W, rtol=1e-12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_an_update_within_backward_moves_the_topmost_layer_as_the_run_would(optimizer):
    settings = OptimizerSpec(optimizer, 0.01, weight_decay=0.1)
    trainer = trained(optimizer=settings)
    faulty = start_fault("update_in_backward", trainer.checkpoint(), trainer.dataset)
    faulty.step(), trainer.step()
    ours, theirs = faulty.trainer, trainer
    np.testing.assert_allclose(ours.network["dense4"].W, theirs.network["dense4"].W, rtol=1e-6)
    assert ours.optimizer.scalars == theirs.optimizer.scalars
    for name, vector in ours.optimizer.state.items():
        np.testing.assert_allclose(vector[-4:], theirs.optimizer.state[name][-4:], rtol=1e-6)
    assert not np.array_equal(ours.network["dense1"].W, theirs.network["dense1"].W)


def test_shuffled_labels_are_the_same_answers_in_another_order():
    faulty, again, other = (
        start_fault("shuffled_labels", trained().checkpoint(), pictures(), seed=seed) for seed in (1, 1, 2)
    )
    labels = faulty.trainer.dataset.train.labels
    np.testing.assert_array_equal(np.sort(labels), np.sort(pictures().train.labels))
    assert not np.array_equal(labels, pictures().train.labels)
    np.testing.assert_array_equal(labels, again.trainer.dataset.train.labels)
    assert not np.array_equal(labels, other.trainer.dataset.train.labels)
    np.testing.assert_array_equal(faulty.trainer.dataset.test.labels, pictures().test.labels)


@pytest.mark.parametrize("name", ["update_in_backward", "wrong_sign", "sum_for_mean"])
def test_a_copy_that_diverges_keeps_its_last_finite_parameters(name):
    layers, optimizer = (DenseSpec(5, "linear"), DenseSpec(5, "linear")), OptimizerSpec("momentum", 10.0)
    faulty = started(name, layers=layers, optimizer=optimizer, loss=LossSpec("mean_quadratic"), steps=0)
    parameters = faulty.trainer.network.parameters.flat
    ways = [parameters.copy()]

    def train():
        while len(ways) < 1000:
            faulty.step()
            ways.append(parameters.copy())

    with pytest.raises(Diverged):
        train()
    np.testing.assert_array_equal(parameters, ways[-1])
    assert np.isfinite(parameters).all()
    assert np.isfinite(faulty.trainer.update.flat).all()
    assert faulty.trainer.step_count == len(ways) - 1


def test_the_symptoms_show():
    """Trained on, a wrong sign drives the loss up, and units that began at 0 stay copies of each other."""
    up, alike = (
        started("wrong_sign", steps=0),
        started("zero_init", "dense", steps=0, layers=(DenseSpec(6, "sigmoid"),)),
    )
    losses = [up.step().loss for _ in range(30)]
    assert np.mean(losses[-5:]) > np.mean(losses[:5]) + 0.5
    for _ in range(30):
        alike.step()
    W = alike.trainer.network["dense1"].W
    assert W.any()
    np.testing.assert_allclose(W, np.tile(W[0], (6, 1)), rtol=1e-4, atol=1e-7)


def test_a_hidden_fault_follows_from_its_seed_and_any_can_come():
    before = trained().checkpoint()
    chosen = [hidden_fault(before, seed) for seed in range(200)]
    assert chosen == [hidden_fault(before, seed) for seed in range(200)]
    assert set(chosen) == set(FAULTS) == set(possible_faults(before))


def test_a_fault_that_would_change_nothing_is_not_on_offer():
    before = trained(layers=(), batch_size=1).checkpoint()
    assert set(FAULTS) - set(possible_faults(before)) == {"forgotten_slope", "update_in_backward", "sum_for_mean"}
    for name in ("forgotten_slope", "update_in_backward", "sum_for_mean"):
        with pytest.raises(SpecError) as refusal:
            start_fault(name, before, pictures())
        assert refusal.value.code == "fault_not_possible"
    with pytest.raises(SpecError) as refusal:
        start_fault("gremlins", before, pictures())
    assert refusal.value.code == "unknown_choice"
