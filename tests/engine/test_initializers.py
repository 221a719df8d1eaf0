"""Initializers: the spread their papers ask for, and the same numbers for the same seed."""

from math import sqrt

import numpy as np
import pytest

from engine.architecture import Architecture
from engine.initializers import INITIALIZERS, orthogonal
from engine.network import Network
from engine.spec import DenseSpec
from engine.tensors import Precision


def weights(name: str, *, seed: int = 0, precision: Precision = "float64") -> np.ndarray:
    network = Network(Architecture((400,), (DenseSpec(300, "linear"),)), precision)
    network.parameters.flat.fill(9)
    network.initialize(name, np.random.default_rng(seed))
    layer = network.layers[0].parameters
    assert not layer["b"].any()
    return layer["W"]


@pytest.mark.parametrize(
    ("name", "deviation"),
    [("he", sqrt(2 / 400)), ("glorot", sqrt(2 / 700)), ("lecun", sqrt(1 / 400)), ("zeros", 0.0)],
)
def test_weights_spread_as_the_paper_asks(name, deviation):
    W = weights(name)
    assert W.std() == pytest.approx(deviation, rel=0.02)
    assert W.mean() == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(("inputs", "units"), [(40, 30), (30, 40), (30, 30), (1, 5), (5, 1)])
def test_orthogonal_weights_turn_signals_without_stretching_them(inputs, units):
    W = orthogonal(units, inputs, np.random.default_rng(0))
    assert W.shape == (units, inputs)
    product = W @ W.T if units <= inputs else W.T @ W
    np.testing.assert_allclose(product, np.eye(min(inputs, units)), atol=1e-12)


def test_every_orthogonal_matrix_is_equally_likely():
    """Then each entry is as often negative as positive; without the choice of signs the first one never changes."""
    first = [orthogonal(3, 3, np.random.default_rng(seed))[0, 0] for seed in range(400)]
    assert np.mean(np.sign(first)) == pytest.approx(0, abs=0.2)
    assert np.mean(np.square(first)) == pytest.approx(1 / 3, abs=0.05)


def test_constant_weights_make_every_unit_the_mean_of_its_inputs():
    x = np.random.default_rng(0).standard_normal(400)
    np.testing.assert_allclose(weights("constant") @ x, x.mean(), rtol=1e-9)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_same_seed_gives_the_same_weights_in_both_precisions(name):
    np.testing.assert_array_equal(weights(name), weights(name))
    np.testing.assert_array_equal(weights(name).astype(np.float32), weights(name, precision="float32"))


def test_other_seeds_give_other_weights():
    assert (weights("he", seed=0) != weights("he", seed=1)).all()
