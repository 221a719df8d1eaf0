"""The residual addition: what it adds, where its gradient goes, and what cannot be added."""

import numpy as np
import pytest

from engine.errors import SpecError
from engine.normalization import LayerNorm
from engine.parameters import ParameterVector
from engine.residual import Residual
from engine.spec import LayerNormSpec, ResidualSpec
from tests.engine.single_layer import Single, single


def with_residual(activation: str) -> tuple[Single, Single]:
    """Return a layer F, and above it the addition of what went into F."""
    below = single(LayerNorm, LayerNormSpec(), (3, 4, 5), 2, seed=3)
    empty = ParameterVector({}, "float64")
    layer = Residual("residual1", ResidualSpec(1, activation), (3, 4, 5), empty, empty)
    kept = layer.keep(2, below.kept.a, below.kept.dL_da, empty, training=True, below=(below.kept,))
    kept.dL_da[...] = np.random.default_rng(5).standard_normal(kept.dL_da.shape)
    return below, Single(layer, kept, empty, empty, empty, below.kept.dL_da)


@pytest.mark.parametrize("activation", ["linear", "tanh"])
def test_the_gradient_by_what_is_skipped_arrives_on_both_ways(activation):
    below, above = with_residual(activation)

    def loss() -> float:
        below.layer.forward(below.kept)
        return above.loss()

    loss()
    above.layer.backward(above.kept)
    below.layer.backward(below.kept)
    for branch in below.kept.branches:  # as a network does it
        below.dL_dx += branch
    x, h = below.kept.x, 1e-6
    direction = np.random.default_rng(6).standard_normal(x.shape)
    start = x.copy()
    x[...] = start + h * direction
    high = loss()
    x[...] = start - h * direction
    low = loss()
    assert float(np.vdot(below.dL_dx, direction)) == pytest.approx((high - low) / (2 * h), rel=1e-6)


def test_it_adds_what_went_into_the_first_of_the_layers_it_skips():
    below, above = with_residual("linear")
    below.layer.forward(below.kept)
    above.layer.forward(above.kept)
    np.testing.assert_array_equal(above.kept.a, below.kept.a + below.kept.x)


@pytest.mark.parametrize("activation", ["linear", "relu"])
def test_both_summands_get_the_gradient_by_z(activation):
    below, above = with_residual(activation)
    below.layer.forward(below.kept)
    above.forward_and_backward()
    np.testing.assert_array_equal(below.kept.dL_da, above.kept.dL_dz)
    assert below.kept.branches == [above.kept.dL_dz]


SHAPES = ((784,), (1, 28, 28), (8, 24, 24), (8, 24, 24))


@pytest.mark.parametrize(("skip", "code"), [(2, "residual_shapes"), (3, "residual_shapes"), (4, "skip_too_long")])
def test_a_skip_that_cannot_be_added_is_refused(skip, code):
    with pytest.raises(SpecError) as refusal:
        Residual.check_skip(ResidualSpec(skip), SHAPES, "layers[2]")
    assert (refusal.value.code, refusal.value.where) == (code, "layers[2]")


def test_a_skip_over_layers_that_keep_the_shape_is_accepted():
    Residual.check_skip(ResidualSpec(1), SHAPES, "layers[2]")
    Residual.check_skip(ResidualSpec(3), (*SHAPES[2:], (8, 24, 24), (8, 24, 24)), "layers[2]")
