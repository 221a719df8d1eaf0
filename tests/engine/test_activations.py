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
    "linear": 1.0,
}
EXPECTED_AT_MINUS_TWO = {
    "relu": 0.0,
    "leaky_relu": -0.02,
    "elu": -0.8646647167633873,
    "gelu": -0.04540230591222594,
    "tanh": -0.9640275800758169,
    "sigmoid": 0.11920292202211755,
    "linear": -2.0,
}
HAS_KINK_AT_ZERO = {"relu", "leaky_relu", "elu"}  # of the slope itself, for elu


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
    assume(activation.name not in HAS_KINK_AT_ZERO or abs(z) > 1e-4)
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
