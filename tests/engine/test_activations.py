"""Every activation function: its slope is its derivative, and no input is too large for it."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.activations import ACTIVATIONS, Activation, Scratch

each_activation = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)

EXPECTED_AT_ONE = {
    "relu": 1.0,
    "leaky_relu": 1.0,
    "elu": 1.0,
    "gelu": 0.8411919906082768,
    "tanh": 0.7615941559557649,
    "sigmoid": 0.7310585786300049,
    "silu": 0.7310585786300049,
    "softplus": 1.3132616875182228,
    "hard_sigmoid": 2 / 3,
    "linear": 1.0,
}
EXPECTED_AT_MINUS_TWO = {
    "relu": 0.0,
    "leaky_relu": -0.02,
    "elu": -0.8646647167633873,
    "gelu": -0.04540230591222594,
    "tanh": -0.9640275800758169,
    "sigmoid": 0.11920292202211755,
    "silu": -0.2384058440442351,
    "softplus": 0.1269280110429726,
    "hard_sigmoid": 1 / 6,
    "linear": -2.0,
}
KINKS = {"relu": [0], "leaky_relu": [0], "elu": [0], "hard_sigmoid": [-3, 3]}  # of the slope itself, for elu


def value(activation: Activation, z: np.ndarray) -> np.ndarray:
    out = np.full_like(z, np.nan)
    activation.value(z, out, Scratch(z.shape, z.dtype))
    return out


def slope(activation: Activation, z: np.ndarray) -> np.ndarray:
    out = np.full_like(z, np.nan)
    activation.slope(z, value(activation, z), out, Scratch(z.shape, z.dtype))
    return out


@each_activation
def test_value_is_the_textbook_value(activation):
    found = value(activation, np.array([1.0, -2.0]))
    np.testing.assert_allclose(found, [EXPECTED_AT_ONE[activation.name], EXPECTED_AT_MINUS_TWO[activation.name]], 1e-12)


@each_activation
@given(z=st.floats(-12, 12))
def test_slope_equals_the_central_difference(activation, z):
    assume(all(abs(z - kink) > 1e-4 for kink in KINKS.get(activation.name, [])))
    h = 1e-5
    low, high = value(activation, np.array([z - h, z + h]))
    difference = (high - low) / (2 * h)
    assert slope(activation, np.array([z]))[0] == pytest.approx(difference, rel=1e-6, abs=1e-10)


@each_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_finite_input_makes_a_value_or_slope_that_is_not_finite(activation, dtype):
    z = np.array([-1e4, -200, -89, -88, -1, -1e-30, 0, 1e-30, 1, 88, 89, 200, 1e4], dtype)
    assert np.isfinite(value(activation, z)).all()
    assert np.isfinite(slope(activation, z)).all()
    assert value(activation, z).dtype == slope(activation, z).dtype == dtype


def test_softplus_and_its_slope_keep_their_digits_far_from_zero():
    """Right of zero it is z and a little; left of zero it is exp(z) and a little less, as is its slope."""
    softplus, z = ACTIVATIONS["softplus"], np.array([-700.0, -40, 40, 700])
    np.testing.assert_allclose(value(softplus, z), [np.exp(-700), np.exp(-40), 40, 700], rtol=1e-14)
    np.testing.assert_allclose(slope(softplus, z), [np.exp(-700), np.exp(-40), 1, 1], rtol=1e-13)


def test_hard_sigmoid_is_flat_from_its_kinks_on():
    hard_sigmoid, z = ACTIVATIONS["hard_sigmoid"], np.array([-9.0, -3, -2.999, 2.999, 3, 9])
    np.testing.assert_allclose(value(hard_sigmoid, z), [0, 0, 0.001 / 6, 1 - 0.001 / 6, 1, 1], rtol=1e-12)
    np.testing.assert_allclose(slope(hard_sigmoid, z), [0, 0, 1 / 6, 1 / 6, 0, 0], rtol=1e-12)


@each_activation
def test_neither_input_is_written_to(activation):
    z = np.linspace(-3, 3, 50)
    a = value(activation, z)
    z_before, a_before = z.copy(), a.copy()
    scratch = Scratch(z.shape, z.dtype)
    activation.slope(z, a, np.empty_like(z), scratch)
    assert (z == z_before).all()
    assert (a == a_before).all()
    assert not scratch.zeros.any()


def test_only_the_linear_activation_claims_to_change_nothing():
    assert [name for name, activation in ACTIVATIONS.items() if activation.is_identity] == ["linear"]
