"""Batch and layer normalization: what they normalize, their gradients, and the running statistics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.normalization import EPSILON, BatchNorm, LayerNorm
from engine.spec import BatchNormSpec, LayerNormSpec
from tests.engine.single_layer import assert_gradients_equal_central_differences, single

shapes = st.one_of(st.tuples(st.integers(1, 12)), st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5)))
activations = st.sampled_from(["linear", "relu", "tanh"])
each_shape = pytest.mark.parametrize("shape", [(6,), (3, 4, 5)], ids=["rows", "images"])


@settings(max_examples=60, deadline=None)
@given(shape=shapes, n=st.integers(2, 6), activation=activations, training=st.booleans(), seed=st.integers(0, 10_000))
def test_gradients_of_batch_norm_equal_central_differences(shape, n, activation, training, seed):
    one = single(BatchNorm, BatchNormSpec(activation), shape, n, training=training, seed=seed)
    assert_gradients_equal_central_differences(one, np.random.default_rng(seed))


@settings(max_examples=60, deadline=None)
@given(shape=shapes, n=st.integers(1, 6), activation=activations, seed=st.integers(0, 10_000))
def test_gradients_of_layer_norm_equal_central_differences(shape, n, activation, seed):
    one = single(LayerNorm, LayerNormSpec(activation), shape, n, seed=seed)
    assert_gradients_equal_central_differences(one, np.random.default_rng(seed))


@each_shape
def test_batch_norm_gives_each_unit_or_channel_mean_0_and_variance_1(shape):
    one = single(BatchNorm, BatchNormSpec(), shape, 7)
    one.kept.x *= 30
    one.kept.x += 1000
    one.layer.forward(one.kept)
    over = (0,) if len(shape) == 1 else (1, 2, 3)
    np.testing.assert_allclose(one.kept.x_hat.mean(over), 0, atol=1e-10)
    np.testing.assert_allclose(one.kept.x_hat.var(over), 1, rtol=1e-6)


@each_shape
def test_layer_norm_gives_each_example_mean_0_and_variance_1(shape):
    one = single(LayerNorm, LayerNormSpec(), shape, 7)
    one.kept.x *= 30
    one.kept.x += 1000
    one.layer.forward(one.kept)
    over = (1,) if len(shape) == 1 else (0, 1, 2)
    np.testing.assert_allclose(one.kept.x_hat.mean(over), 0, atol=1e-10)
    np.testing.assert_allclose(one.kept.x_hat.var(over), 1, rtol=1e-6)


@each_shape
def test_gamma_and_beta_begin_as_one_and_zero_and_the_running_statistics_as_zero_and_one(shape):
    one = single(BatchNorm, BatchNormSpec(), shape, 2)
    one.layer.initialize(lambda *_: np.zeros(0), np.random.default_rng(0))
    assert (one.parameters["layer.gamma"] == 1).all()
    assert (one.parameters["layer.beta"] == 0).all()
    assert (one.buffers["layer.running_mean"] == 0).all()
    assert (one.buffers["layer.running_var"] == 1).all()


@each_shape
def test_only_track_moves_the_running_statistics(shape):
    one = single(BatchNorm, BatchNormSpec(), shape, 4)
    before = one.buffers.flat.copy()
    one.forward_and_backward()
    np.testing.assert_array_equal(one.buffers.flat, before)
    one.layer.track(one.kept)
    over = (0,) if len(shape) == 1 else (1, 2, 3)
    expected = [0.9 * before[: shape[0]] + 0.1 * one.kept.x.mean(over)]
    expected.append(0.9 * before[shape[0] :] + 0.1 * one.kept.x.var(over, ddof=1))
    np.testing.assert_allclose(one.buffers.flat, np.concatenate(expected))


@each_shape
def test_outside_of_training_an_example_does_not_depend_on_those_it_comes_with(shape):
    one = single(BatchNorm, BatchNormSpec(), shape, 4, training=False)
    mine, others = (0, slice(1, None)) if len(shape) == 1 else ((..., 0), (..., slice(1, None)))
    before = one.buffers.flat.copy()
    one.layer.forward(one.kept)
    alone = one.kept.a[mine].copy()
    one.kept.x[others] = 99
    one.layer.forward(one.kept)
    one.layer.track(one.kept)
    np.testing.assert_array_equal(one.kept.a[mine], alone)
    np.testing.assert_array_equal(one.buffers.flat, before)


@pytest.mark.parametrize(("layer", "spec"), [(BatchNorm, BatchNormSpec()), (LayerNorm, LayerNormSpec())])
@each_shape
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_group_of_equal_numbers_stays_finite(layer, spec, shape, precision):
    one = single(layer, spec, shape, 3, precision=precision)
    one.kept.x.fill(3)
    one.forward_and_backward()
    np.testing.assert_allclose(one.kept.inverse_deviation, 1 / np.sqrt(EPSILON), rtol=1e-4)
    for tensor in (one.kept.a, one.dL_dx, one.gradient.flat):
        assert np.isfinite(tensor).all()
