"""A frozen step is the very step, and a frozen pass the very function that the step went down."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.divergence import computed_tensors
from engine.explain.frozen import FrozenStep
from engine.spec import DenseSpec, OptimizerSpec
from engine.trainer import Trainer
from tests.engine.explain.steps import NETWORKS, frozen_of, frozen_regression, pictures, spec_of

each_network = pytest.mark.parametrize("network", NETWORKS)


@each_network
@settings(max_examples=5, deadline=None)
@given(steps=st.integers(0, 9))
def test_a_frozen_step_is_the_very_step_of_the_run(network, steps):
    run = Trainer(spec_of(network), pictures())
    for _ in range(steps):
        run.step()
    before = run.checkpoint()
    frozen = FrozenStep(before, run.dataset)
    assert run.step_count == steps, "the run was left alone"
    assert np.array_equal(run.network.parameters.flat, before.parameters)

    record = run.step()

    assert frozen.record == record
    assert np.array_equal(frozen.indices, run.last_indices)
    assert np.array_equal(frozen.network.parameters.flat, run.network.parameters.flat)
    assert np.array_equal(frozen.trainer.update.flat, run.update.flat)
    for (address, frozen_tensor), (_, tensor) in zip(
        computed_tensors(frozen.network, frozen.work), computed_tensors(run.network, run.work), strict=True
    ):
        assert np.array_equal(frozen_tensor, tensor), address


@each_network
def test_the_pass_at_before_holds_the_same_numbers_bit_by_bit(network):
    frozen = frozen_of(network)
    passed = frozen.at_before()
    for (address, again), (_, tensor) in zip(
        computed_tensors(passed.network, passed.work), computed_tensors(frozen.network, frozen.work), strict=True
    ):
        if address not in ("images1.dL_da", "images1.dL_dz"):  # which training has no use for
            assert np.array_equal(again, tensor), address
    assert frozen.loss_of(frozen.before.parameters) == frozen.loss_before


@each_network
def test_the_twin_in_float64_agrees_to_float32_accuracy(network):
    frozen = frozen_of(network)
    twin = frozen.in_float64()
    assert twin.work.gradient.flat.dtype == np.float64
    size = np.abs(twin.work.gradient.flat).max()
    assert np.allclose(frozen.work.gradient.flat, twin.work.gradient.flat, atol=1e-4 * size, rtol=1e-3)
    assert np.array_equal(frozen.work.x, twin.work.x)


@each_network
def test_the_gradient_is_the_slope_of_the_frozen_loss_along_it(network):
    """So masks, varied inputs and statistics of the minibatch are the same in every call."""
    twin = frozen_of(network).in_float64()
    p, g = twin.parameters_before, twin.work.gradient.flat.copy()
    h = 1e-6 / np.linalg.norm(g)
    slope = (twin.loss_of(p + h * g) - twin.loss_of(p - h * g)) / (2 * h)
    assert slope == pytest.approx(float(g @ g), rel=1e-6)


def test_the_gradient_by_the_inputs_is_there_as_well():
    twin = frozen_of("images").in_float64()
    direction = np.random.default_rng(0).standard_normal(twin.work.x.shape)
    slope = float(np.vdot(twin.dL_dx, direction))
    x, losses = twin.work.x.copy(), []
    for h in (1e-6, -1e-6):
        twin.work.x[...] = x + h * direction
        losses.append(twin.loss_of(twin.parameters_before))
    assert (losses[0] - losses[1]) / 2e-6 == pytest.approx(slope, rel=1e-5)


def test_a_regression_is_frozen_with_its_targets():
    frozen = frozen_regression()
    assert frozen.record.accuracy is None
    assert frozen.loss_of(frozen.before.parameters) == frozen.loss_before
    twin = frozen.in_float64()
    assert np.array_equal(twin.work.loss.targets, frozen.work.loss.targets)
    assert twin.loss_of(twin.parameters_before) == pytest.approx(frozen.loss_before, rel=1e-5)


def test_parameters_of_before_and_after_differ_by_the_update():
    frozen = frozen_of("images")
    for address in frozen.network.parameters.layout:
        before, after = frozen.parameter(address), frozen.parameter_after(address)
        assert np.array_equal(before + frozen.update(address), after)
        assert not np.array_equal(before, after)
        for tensor in (before, after, frozen.update(address), frozen.gradient(address)):
            assert not tensor.flags.writeable


def test_what_others_ask_of_their_passes_does_not_change_the_step():
    frozen = frozen_of("normalized")
    kept = {name: tensor.copy() for name, tensor in computed_tensors(frozen.network, frozen.work)}
    frozen.loss_of(frozen.before.parameters * 2)
    frozen.at_before().gradient_of(frozen.before.parameters * 3)
    for name, tensor in computed_tensors(frozen.network, frozen.work):
        assert np.array_equal(tensor, kept[name])


def test_a_layer_that_is_not_there_is_refused_by_name():
    with pytest.raises(KeyError, match="dense9"):
        frozen_of().layer("dense9")


def test_a_loss_far_away_may_be_infinite_without_a_warning():
    frozen = frozen_of(layers=(DenseSpec(4, "relu"),), optimizer=OptimizerSpec("sgd", 0.1))
    assert not np.isfinite(frozen.loss_of(np.full_like(frozen.before.parameters, 1e30)))
