"""Softmax cross-entropy: a mean, the right gradient, and no overflow."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.losses import MeanSoftmaxCrossEntropy


def loss_of(logits: np.ndarray, labels: np.ndarray) -> MeanSoftmaxCrossEntropy:
    loss = MeanSoftmaxCrossEntropy(logits, np.full_like(logits, np.nan))
    loss.labels[:] = labels
    return loss


@given(n=st.integers(1, 9), classes=st.integers(2, 12), seed=st.integers(0, 999), scale=st.sampled_from([0.1, 1, 30]))
def test_gradient_equals_central_differences_in_every_entry(n, classes, seed, scale):
    rng = np.random.default_rng(seed)
    logits, labels = rng.standard_normal((n, classes)) * scale, rng.integers(0, classes, n)
    loss = loss_of(logits, labels)
    loss.forward()
    loss.backward()
    h = 1e-5
    for position in np.ndindex(n, classes):
        kept = logits[position]
        logits[position] = kept + h
        above = loss.forward()
        logits[position] = kept - h
        below = loss.forward()
        logits[position] = kept
        assert loss.dL_dlogits[position] == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-9)


@given(n=st.integers(1, 20), seed=st.integers(0, 999))
def test_gradient_of_each_example_sums_to_zero_because_probabilities_sum_to_one(n, seed):
    rng = np.random.default_rng(seed)
    loss = loss_of(rng.standard_normal((n, 10)) * 5, rng.integers(0, 10, n))
    loss.forward()
    loss.backward()
    np.testing.assert_allclose(loss.probs.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(loss.dL_dlogits.sum(axis=1), 0, atol=1e-12)


def test_a_clueless_network_has_the_loss_log_of_the_number_of_classes():
    assert loss_of(np.zeros((4, 10)), np.arange(4)).forward() == pytest.approx(math.log(10))


def test_loss_is_the_mean_over_the_examples_not_their_sum():
    one, twice = np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 2.0, 3.0]] * 2)
    assert loss_of(one, np.array([0])).forward() == pytest.approx(loss_of(twice, np.array([0, 0])).forward())


@pytest.mark.parametrize("size", [1e2, 1e4, 1e30])
def test_large_logits_overflow_nowhere(size):
    logits = np.array([[size, 0, -size], [size, 0, -size]], np.float32)
    loss = loss_of(logits, np.array([0, 2]))
    assert loss.forward() == pytest.approx(size)
    np.testing.assert_allclose(loss.probs, [[1, 0, 0], [1, 0, 0]], atol=1e-40)


def test_adding_the_same_number_to_all_logits_changes_nothing():
    logits = np.array([[0.5, -1.0, 2.0]])
    assert loss_of(logits + 64, np.array([1])).forward() == pytest.approx(loss_of(logits, np.array([1])).forward())


def test_prediction_is_the_first_of_the_largest_logits():
    loss = loss_of(np.array([[0.0, 0.0], [1.0, 2.0], [0.0, 0.0]]), np.array([0, 1, 1]))
    loss.forward()
    assert loss.predictions.tolist() == [0, 1, 0]
    assert loss.correct == 2
