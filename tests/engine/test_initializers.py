"""Initializers: the spread their papers ask for, and the same numbers for the same seed."""

from math import sqrt

import numpy as np
import pytest

from engine.initializers import INITIALIZERS, initialize
from engine.network import Architecture, Network, Precision


def weights(name: str, *, seed: int = 0, precision: Precision = "float64") -> np.ndarray:
    network = Network(Architecture(400, ((300, "linear"),)), precision)
    network.parameters.flat.fill(9)
    initialize(network.layers, name, rng=np.random.default_rng(seed))
    assert not network.layers[0].b.any()
    return network.layers[0].W


@pytest.mark.parametrize(
    ("name", "deviation"),
    [("he", sqrt(2 / 400)), ("glorot", sqrt(2 / 700)), ("lecun", sqrt(1 / 400)), ("zeros", 0.0)],
)
def test_weights_spread_as_the_paper_asks(name, deviation):
    W = weights(name)
    assert W.std() == pytest.approx(deviation, rel=0.02)
    assert W.mean() == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_same_seed_gives_the_same_weights_in_both_precisions(name):
    np.testing.assert_array_equal(weights(name), weights(name))
    np.testing.assert_array_equal(weights(name).astype(np.float32), weights(name, precision="float32"))


def test_other_seeds_give_other_weights():
    assert (weights("he", seed=0) != weights("he", seed=1)).all()
