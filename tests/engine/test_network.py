"""Backpropagation through whole networks, held against central differences in float64."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.activations import ACTIVATIONS
from engine.architecture import Architecture
from engine.initializers import INITIALIZERS
from engine.losses import LOSSES
from engine.network import Network
from engine.spec import (
    AveragePool2DSpec,
    BatchNormSpec,
    Conv2DSpec,
    DenseSpec,
    DropoutSpec,
    FlattenSpec,
    LayerNormSpec,
    LossSpec,
    MaxPool2DSpec,
    ResidualSpec,
)

CLASSES = 4
EPSILON = 1e-6

each_combination = pytest.mark.parametrize(
    ("activation", "loss_name", "initializer"), list(itertools.product(ACTIVATIONS, LOSSES, INITIALIZERS))
)


@each_combination
@settings(max_examples=6)
@given(
    sizes=st.lists(st.integers(1, 8), min_size=1, max_size=4),
    n=st.integers(1, 7),
    seed=st.integers(0, 10_000),
)
def test_gradients_equal_central_differences_for(activation, loss_name, initializer, sizes, n, seed):
    """Along a random direction v: (L(p + h v) - L(p - h v)) / 2h against gradient . v, for parameters and input."""
    inputs, *units = sizes
    rng = np.random.default_rng(seed)
    layers = (*(DenseSpec(count, activation) for count in units), DenseSpec(CLASSES, "linear"))
    network = Network(Architecture((inputs,), layers), "float64", loss=LossSpec(loss_name))
    network.initialize(initializer, rng)
    for layer in network.layers:
        layer.b[:] = rng.standard_normal(layer.units)  # off the kink that all-zero weights would sit on
    dL_dx = np.full((n, inputs), np.nan)
    work = network.workspace(n, dL_dx=dL_dx)
    work.x[:] = rng.standard_normal(work.x.shape)
    work.loss.labels[:] = rng.integers(0, CLASSES, n)

    def loss() -> float:
        network.forward(work)
        return work.loss.forward()

    loss()
    for kept in work.layers[:-1]:
        for kink in (-3, 0, 3):
            assume(np.abs(kept.z - kink).min() > 1e-3)  # no difference across the kink of a ReLU or a hard sigmoid
    work.loss.backward()
    network.backward(work)
    for variable, gradient in ((network.parameters.flat, work.gradient.flat), (work.x, dL_dx)):
        direction = rng.standard_normal(variable.shape)
        direction /= np.linalg.norm(direction)
        analytic = float(np.vdot(gradient, direction))
        start = variable.copy()
        variable[...] = start + EPSILON * direction
        above = loss()
        variable[...] = start - EPSILON * direction
        below = loss()
        variable[...] = start
        numeric = (above - below) / (2 * EPSILON)
        assert analytic == pytest.approx(numeric, rel=1e-6, abs=1e-8), f"analytic {analytic}, numeric {numeric}"


def test_layers_are_wired_by_sharing_arrays():
    network = Network(Architecture((6,), (DenseSpec(5, "relu"), DenseSpec(4, "tanh"), DenseSpec(3, "linear"))))
    work = network.workspace(2)
    first, second, last = work.layers
    assert first.x is work.x
    assert second.x is first.a
    assert last.x is second.a
    assert last.dL_dx is second.dL_da
    assert second.dL_dx is first.dL_da
    assert first.dL_dx is None
    assert last.a is last.z
    assert work.loss.outputs is last.a


def test_weights_biases_and_gradients_are_views_of_one_vector_each():
    network = Network(Architecture((6,), (DenseSpec(5, "relu"), DenseSpec(3, "linear"))))
    work = network.workspace(2)
    network.parameters.flat[:] = np.arange(53)
    assert [layer.name for layer in network.layers] == ["dense1", "dense2"]
    np.testing.assert_array_equal(network.layers[0].W, np.arange(30).reshape(5, 6))
    np.testing.assert_array_equal(network.layers[0].b, np.arange(30, 35))
    np.testing.assert_array_equal(network.layers[1].W, np.arange(35, 50).reshape(3, 5))
    np.testing.assert_array_equal(network.layers[1].b, [50, 51, 52])
    assert np.shares_memory(work.layers[1].dL_dW, work.gradient.flat)


def test_two_workspaces_of_one_network_do_not_disturb_each_other():
    network = Network(Architecture((6,), (DenseSpec(5, "gelu"), DenseSpec(3, "linear"))))
    network.initialize("he", np.random.default_rng(0))
    ours, theirs = network.workspace(3), network.workspace(2)
    ours.x[:] = 0.5
    theirs.x[:] = 0.9
    network.forward(ours)
    before = [kept.z.copy() for kept in ours.layers]
    network.forward(theirs)
    theirs.loss.forward()
    theirs.loss.backward()
    network.backward(theirs)
    assert all((kept.z == z).all() for kept, z in zip(ours.layers, before, strict=True))
    assert not ours.gradient.flat.any()


def test_a_copy_of_a_network_keeps_its_parameters_when_the_original_moves_on():
    network = Network(Architecture((4,), (DenseSpec(3, "linear"),)))
    network.initialize("lecun", np.random.default_rng(1))
    twin = network.copy()
    before = network.parameters.flat.copy()
    network.parameters.flat += 1
    np.testing.assert_array_equal(twin.parameters.flat, before)


KINDS = (
    Conv2DSpec(3, 3, padding=1, activation="tanh"),
    BatchNormSpec("sigmoid"),
    Conv2DSpec(3, 3, padding=1, activation="softplus"),
    ResidualSpec(1, "tanh"),
    MaxPool2DSpec(),
    Conv2DSpec(2, 2, stride=1, activation="silu"),
    AveragePool2DSpec(2, 1),
    FlattenSpec(),
    DropoutSpec(0.4),
    DenseSpec(5, "gelu"),
    LayerNormSpec("elu"),
    DenseSpec(5, "linear"),
    ResidualSpec(2),
    DenseSpec(CLASSES, "linear"),
)


@pytest.mark.parametrize("loss_name", LOSSES)
@settings(max_examples=8, deadline=None)
@given(n=st.integers(2, 6), seed=st.integers(0, 10_000))
def test_gradients_through_all_kinds_of_layers_equal_central_differences_for(loss_name, n, seed):
    rng = np.random.default_rng(seed)
    network = Network(Architecture((2, 8, 7), KINDS), "float64", loss=LossSpec(loss_name, label_smoothing=0.1))
    network.parameters.flat[:] = 0.5 * rng.standard_normal(network.parameters.flat.shape)
    dL_dx = np.full((n, 2 * 8 * 7), np.nan)
    work = network.workspace(n, training=True, dL_dx=dL_dx)
    work.x[:] = rng.standard_normal(work.x.shape)
    work.loss.labels[:] = rng.integers(0, CLASSES, n)
    for layer, kept in zip(network.layers, work.layers, strict=True):
        layer.draw(kept, rng)
    pooled = next(kept for layer, kept in zip(network.layers, work.layers, strict=True) if layer.name == "max_pool1")

    def loss() -> tuple[float, bytes]:
        """The loss, and what changes by leaps: who won in the windows, and on which side of its kinks the loss is."""
        network.forward(work)
        found = work.loss.forward()
        outputs = work.loss.outputs
        true = np.take_along_axis(outputs, work.loss.labels[:, None].astype(int), 1)
        sides = [np.sign(outputs - work.loss.targets), np.abs(outputs - work.loss.targets) > 1, outputs - true + 1 > 0]
        return found, pooled.won.tobytes() + b"".join(side.tobytes() for side in sides)

    loss()
    work.loss.backward()
    network.backward(work)
    for variable, gradient in ((network.parameters.flat, work.gradient.flat), (work.x, dL_dx)):
        direction = rng.standard_normal(variable.shape)
        direction /= np.linalg.norm(direction)
        start = variable.copy()
        variable[...] = start + EPSILON * direction
        above, side = loss()
        variable[...] = start - EPSILON * direction
        below, other_side = loss()
        variable[...] = start
        assume(side == other_side)
        analytic, numeric = float(np.vdot(gradient, direction)), (above - below) / (2 * EPSILON)
        assert analytic == pytest.approx(numeric, rel=1e-6, abs=2e-8), f"analytic {analytic}, numeric {numeric}"
