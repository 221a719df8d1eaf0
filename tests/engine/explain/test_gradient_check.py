"""The check agrees where the gradient is right, and only there; a kink is named where there is one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.activations import ACTIVATIONS, Scratch
from engine.explain.gradient_check import KINKS, check_gradient, random_parameters
from engine.losses import LOSSES
from engine.spec import Conv2DSpec, DenseSpec, FlattenSpec, LossSpec, MaxPool2DSpec
from tests.engine.explain.steps import NETWORKS, frozen_of, frozen_regression

STEPS = {network: frozen_of(network) for network in NETWORKS}
STEPS["regression"] = frozen_regression()


@pytest.mark.parametrize("name", STEPS)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_both_gradients_agree_where_there_is_no_kink(name, seed):
    frozen = STEPS[name]
    for check in check_gradient(frozen, random_parameters(frozen, 5, seed)):
        assert check.numeric == pytest.approx((check.loss_above - check.loss_below) / (2 * check.h), rel=1e-9)
        if not check.kinks:
            assert abs(check.numeric - check.analytic) <= 1e-7 * abs(check.analytic) + 20 * check.noise
        assert check.of_run == pytest.approx(check.analytic, rel=1e-2, abs=1e-5)


def test_a_wrong_gradient_is_convicted():
    frozen = frozen_of()
    entry = max(np.ndindex(6, 7), key=lambda index: abs(frozen.gradient("dense2.W")[index]))
    frozen.work.gradient["dense2.W"][entry] *= 1.01
    (check,) = check_gradient(frozen, [("dense2.W", entry)])
    assert not check.kinks
    assert check.relative_error < 1e-7
    assert check.relative_error_of_run == pytest.approx(0.01, rel=0.05)


def test_the_two_errors_tell_rounding_of_the_run_from_that_of_the_check():
    frozen = frozen_of()
    checks = check_gradient(frozen, random_parameters(frozen, 200, 0))
    large = [check for check in checks if abs(check.analytic) > 1e-4 and not check.kinks]
    assert large
    assert max(check.relative_error for check in large) < 1e-6
    assert max(check.relative_error_of_run for check in large) > 1e-7, "which has seven digits"


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_have_kinks_where_the_table_says_and_nowhere_else(activation):
    z = np.concatenate([np.arange(-8, 8.01, 0.25), [-3.0, 0.0, 3.0]])
    function = ACTIVATIONS[activation]

    def slope(at):
        a, out, scratch = np.empty_like(at), np.empty_like(at), Scratch(at.shape, at.dtype)
        function.value(at, a, scratch)
        function.slope(at, a, out, scratch)
        return out

    jumps = np.abs(slope(z + 1e-9) - slope(z - 1e-9)) > 1e-3
    assert set(z[jumps]) == set(KINKS.get(activation, ()))


@pytest.mark.parametrize("activation", ["relu", "hard_sigmoid"])
def test_a_unit_that_goes_over_its_kink_is_named(activation):
    frozen = frozen_of(layers=(DenseSpec(5, activation),), precision="float64")
    kink = KINKS[activation][-1]
    z = frozen.kept("dense1").z
    example, unit = np.unravel_index(np.abs(z - kink).argmin(), z.shape)
    distance = float(z[example, unit] - kink)
    h = abs(distance) * 1.0001
    (check,) = check_gradient(frozen, [("dense1.b", (int(unit),))], h=h)
    (found,) = check.kinks
    assert (found.where, found.kind, found.kink) == ("dense1", "activation", kink)
    assert (found.count, found.index, found.example) == (1, (unit,), example)
    (check,) = check_gradient(frozen, [("dense1.b", (int(unit),))], h=h * 0.99)
    assert check.kinks == ()


def test_another_winner_of_a_pooling_window_is_named():
    layers = (Conv2DSpec(2, 3, activation="tanh"), MaxPool2DSpec(), FlattenSpec())
    frozen = frozen_of(layers=layers, precision="float64")
    far = check_gradient(frozen, [("conv1.W", (1, 0, 0, 0))], h=0.5)[0]
    near = check_gradient(frozen, [("conv1.W", (1, 0, 0, 0))], h=1e-9)[0]
    (found,) = far.kinks
    assert (found.where, found.kind, found.kink) == ("max_pool1", "pooling", None)
    assert found.index[0] == 1, "the other kernel's map was not moved"
    assert found.count > 1
    assert near.kinks == ()


@pytest.mark.parametrize("loss", ["mean_absolute_error", "mean_hinge"])
def test_a_kink_of_the_loss_is_named(loss):
    frozen = frozen_of(layers=(), loss=LossSpec(loss), precision="float64")
    (far,) = check_gradient(frozen, [("dense1.b", (1,))], h=3.0)
    (found,) = far.kinks
    assert (found.where, found.kind) == ("loss", "loss")
    (near,) = check_gradient(frozen, [("dense1.b", (1,))], h=1e-9)
    assert near.kinks == ()


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_can_be_checked(loss):
    frozen = frozen_of(layers=(DenseSpec(5, "softplus"),), loss=LossSpec(loss, huber_delta=0.3))
    for check in check_gradient(frozen, random_parameters(frozen, 10, 1)):
        if not check.kinks:
            assert abs(check.numeric - check.analytic) <= 1e-7 * abs(check.analytic) + 20 * check.noise


def test_random_parameters_are_different_and_those_of_the_seed():
    frozen = STEPS["images"]
    size = frozen.network.parameters.flat.size
    every = random_parameters(frozen, 10 * size, 3)
    expected = {
        (address, index) for address, shape in frozen.network.parameters.layout.items() for index in np.ndindex(shape)
    }
    assert set(every) == expected
    assert len(every) == size
    assert random_parameters(frozen, 20, 4) == random_parameters(frozen, 20, 4)
    assert random_parameters(frozen, 20, 4) != random_parameters(frozen, 20, 5)


def test_what_can_not_be_checked_is_refused():
    frozen = STEPS["dense"]
    with pytest.raises(IndexError):
        check_gradient(frozen, [("dense1.W", (7, 0))])
    with pytest.raises(KeyError):
        check_gradient(frozen, [("dense8.W", (0, 0))])
    for h in (0.0, -1.0, 1e-30, float("nan")):
        with pytest.raises(ValueError, match="step"):
            check_gradient(frozen, [("dense1.W", (0, 0))], h=h)
