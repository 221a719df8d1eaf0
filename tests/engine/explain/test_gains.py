"""The ladder's rungs hang together: each gain is a product, and the product of all is the whole."""

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.explain.frozen import FrozenStep
from engine.explain.gains import ladder_of
from engine.spec import DenseSpec
from tests.engine.explain.steps import NETWORKS, frozen_of

each_network = pytest.mark.parametrize("network", NETWORKS)


@each_network
def test_the_size_at_any_layer_is_that_at_the_top_times_the_gains_between(network):
    ladder = ladder_of(frozen_of(network))
    size = ladder.layers[0].dL_da
    for rung in ladder.layers:
        assert rung.dL_da == pytest.approx(size, rel=1e-12)
        assert rung.slope_gain is not None
        assert rung.weight_gain is not None
        assert rung.gain == pytest.approx(rung.slope_gain * rung.weight_gain, rel=1e-12)
        size *= rung.gain
    assert ladder.layers[-1].dL_dx == pytest.approx(size, rel=1e-12)
    assert ladder.whole == pytest.approx(math.prod(rung.gain for rung in ladder.layers), rel=1e-10)


@each_network
def test_sizes_are_those_of_the_step(network):
    frozen = frozen_of(network)

    def rms(tensor):
        return float(np.linalg.norm(tensor.astype(np.float64)) / math.sqrt(tensor.size))

    ladder = ladder_of(frozen)
    assert [rung.layer for rung in ladder.layers] == [layer.name for layer in reversed(frozen.network.layers)]
    for rung in ladder.layers:
        if rung.layer != "images1":  # whose gradient the step had no use for
            assert rung.dL_dz == pytest.approx(rms(frozen.kept(rung.layer).dL_dz), rel=1e-12)
        for tensor in rung.tensors:
            assert tensor.value == pytest.approx(rms(frozen.parameter(tensor.address)), rel=1e-12)
            assert tensor.gradient == pytest.approx(rms(frozen.gradient(tensor.address)), rel=1e-12)
            assert tensor.update == pytest.approx(rms(frozen.update(tensor.address)), rel=1e-12)
            assert tensor.update_ratio == pytest.approx(tensor.update / tensor.value, rel=1e-12)


def test_a_gradient_that_is_nothing_has_no_gain():
    """All weights zero: p - t arrives, nothing goes down, and below nothing can be gained."""
    ladder = ladder_of(frozen_of(initializer="zeros", layers=(DenseSpec(3, "tanh"), DenseSpec(3, "tanh")), steps=0))
    top, middle, bottom = ladder.layers
    assert top.dL_dz > 0
    assert top.weight_gain == 0
    assert middle.slope_gain is None
    assert middle.gain is None
    assert bottom.weight_gain is None
    assert ladder.whole == 0
    assert top.tensors[0].update_ratio is None


def test_the_two_causes_of_a_vanishing_gradient_are_told_apart():
    """Larger weights saturate tanh and amplify; smaller ones do neither."""
    frozen = frozen_of(layers=(DenseSpec(8, "tanh"), DenseSpec(8, "tanh")), steps=0)
    gains = []
    for scale in (0.1, 1, 10):
        before = replace(frozen.before, parameters=frozen.before.parameters * np.float32(scale))
        hidden = ladder_of(FrozenStep(before, frozen.dataset)).layers[1]
        gains.append((hidden.slope_gain, hidden.weight_gain))
    slopes, weights = zip(*gains, strict=True)
    assert slopes == tuple(sorted(slopes, reverse=True))
    assert slopes[0] == pytest.approx(1, abs=0.05)
    assert slopes[2] < 0.5
    assert weights == tuple(sorted(weights))
