"""Dropout: a mask that is drawn, kept, and the same forward and backward."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dropout import Dropout
from engine.spec import DropoutSpec
from tests.engine.single_layer import assert_gradients_equal_central_differences, single

shapes = st.one_of(st.tuples(st.integers(1, 20)), st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5)))


@settings(max_examples=40, deadline=None)
@given(shape=shapes, rate=st.floats(0, 0.9), n=st.integers(1, 5), training=st.booleans(), seed=st.integers(0, 10_000))
def test_gradients_equal_central_differences_with_the_mask_held(shape, rate, n, training, seed):
    rng = np.random.default_rng(seed)
    one = single(Dropout, DropoutSpec(rate), shape, n, training=training, seed=seed)
    one.layer.draw(one.kept, rng)
    assert_gradients_equal_central_differences(one, rng)


@pytest.mark.parametrize("shape", [(50,), (2, 5, 7)])
def test_the_same_numbers_are_dropped_forward_and_backward_and_the_others_grow(shape):
    one = single(Dropout, DropoutSpec(0.75), shape, 8)
    one.layer.draw(one.kept, np.random.default_rng(4))
    one.forward_and_backward()
    mask = one.kept.mask
    assert set(np.unique(mask)) == {0, 4}
    np.testing.assert_array_equal(one.kept.a, one.kept.x * mask)
    np.testing.assert_array_equal(one.dL_dx, one.kept.dL_da * mask)


def test_a_share_of_about_the_rate_is_dropped_and_the_mean_stays():
    one = single(Dropout, DropoutSpec(0.3), (1000,), 100)
    one.layer.draw(one.kept, np.random.default_rng(0))
    dropped = float((one.kept.mask == 0).mean())
    assert dropped == pytest.approx(0.3, abs=5 * np.sqrt(0.3 * 0.7 / 1e5))
    assert one.kept.mask.mean() == pytest.approx(1, abs=0.02)


def test_the_mask_stays_until_another_is_drawn():
    one = single(Dropout, DropoutSpec(0.5), (40,), 3)
    rng = np.random.default_rng(1)
    one.layer.draw(one.kept, rng)
    before = one.kept.mask.copy()
    one.forward_and_backward()
    np.testing.assert_array_equal(one.kept.mask, before)
    one.layer.draw(one.kept, rng)
    assert (one.kept.mask != before).any()


def test_the_same_numbers_are_dropped_in_either_precision():
    masks = []
    for precision in ("float32", "float64"):
        one = single(Dropout, DropoutSpec(0.5), (40,), 3, precision=precision)
        one.layer.draw(one.kept, np.random.default_rng(1))
        masks.append(one.kept.mask)
    assert masks[0].dtype == np.float32
    np.testing.assert_array_equal(masks[0], masks[1])


def test_outside_of_training_nothing_is_dropped_drawn_or_copied():
    one = single(Dropout, DropoutSpec(0.5), (40,), 3, training=False)
    rng = np.random.default_rng(1)
    before = rng.bit_generator.state
    one.layer.draw(one.kept, rng)
    one.forward_and_backward()
    assert rng.bit_generator.state == before
    assert one.kept.a is one.kept.x
    assert (one.kept.mask == 1).all()
    np.testing.assert_array_equal(one.dL_dx, one.kept.dL_da)
