"""The promise is the slope along the move, the delivery is measured, and the difference is of second order."""

import itertools

import numpy as np
import pytest

from engine.explain.promise import promise_of
from engine.parameters import ParameterVector
from engine.spec import DenseSpec, OptimizerSpec
from tests.engine.explain.steps import NETWORKS, frozen_of, frozen_regression

each_network = pytest.mark.parametrize("network", NETWORKS)


@each_network
def test_promise_and_delivery_are_those_of_the_step(network):
    frozen = frozen_of(network)
    promise = promise_of(frozen)
    twin = frozen.in_float64()
    before, after = twin.parameters_before, frozen.network.parameters.flat.astype(np.float64)
    gradient = twin.gradient_of(before)
    assert promise.precision == "float64"
    assert promise.promised == pytest.approx(float(gradient @ (after - before)), rel=1e-10)
    assert promise.delivered == pytest.approx(twin.loss_of(after) - twin.loss_of(before), rel=1e-9)
    assert promise.remainder == promise.delivered - promise.promised
    assert promise.loss_before == pytest.approx(frozen.loss_before, rel=1e-4)


@each_network
def test_parts_add_up_to_the_whole(network):
    promise = promise_of(frozen_of(network))
    assert sum(layer.promised for layer in promise.layers) == pytest.approx(promise.promised, rel=1e-9)
    for layer in promise.layers:
        assert sum(tensor.promised for tensor in layer.tensors) == pytest.approx(layer.promised, rel=1e-12)
        assert layer.remainder == layer.delivered - layer.promised
        assert all(tensor.address.startswith(f"{layer.layer}.") for tensor in layer.tensors)
    alone = sum(layer.delivered for layer in promise.layers)
    assert alone + promise.interaction == pytest.approx(promise.delivered, rel=1e-9)


def test_a_layer_alone_is_moved_alone():
    frozen = frozen_of("images")
    moved = ParameterVector(frozen.network.parameters.layout, "float64")
    moved.copy_from(frozen.before.parameters)
    for name in ("W", "b"):
        moved[f"conv2.{name}"][...] = frozen.parameter_after(f"conv2.{name}")
    twin = frozen.in_float64()
    expected = twin.loss_of(moved.flat) - twin.loss_of(twin.parameters_before)
    layer = next(layer for layer in promise_of(frozen).layers if layer.layer == "conv2")
    assert layer.delivered == pytest.approx(expected, rel=1e-9)


def test_a_network_of_one_layer_has_no_interaction():
    promise = promise_of(frozen_of(layers=()))
    assert promise.interaction == 0
    assert len(promise.layers) == 1


@pytest.mark.parametrize("freezing", [frozen_of, frozen_regression])
def test_the_remainder_shrinks_with_the_square_of_the_learning_rate(freezing):
    """Which convicts the promise: were it wrong in first order, halving the rate would only halve the remainder."""
    layers = (DenseSpec(6, "tanh"), DenseSpec(5, "softplus"))
    remainders = []
    for rate in (4e-4, 2e-4, 1e-4):
        frozen = freezing(layers=layers, optimizer=OptimizerSpec("sgd", rate), precision="float64", steps=0)
        remainders.append(promise_of(frozen).remainder)
    for larger, smaller in itertools.pairwise(remainders):
        assert larger / smaller == pytest.approx(4, rel=0.02)


def test_in_the_precision_of_the_run_the_losses_are_those_of_the_run():
    frozen = frozen_of()
    promise = promise_of(frozen, in_float64=False)
    assert promise.precision == "float32"
    assert promise.loss_before == frozen.loss_before
    assert promise.promised == pytest.approx(promise_of(frozen).promised, rel=1e-4)
