"""The order of the examples: a fresh permutation every epoch, and a function of seed and step alone."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.dataset import Minibatcher, Split
from engine.data.minibatches import Minibatches

sizes = st.integers(1, 60).flatmap(lambda count: st.tuples(st.just(count), st.integers(1, count)))


@given(sizes, st.integers(0, 2**32 - 1), st.integers(0, 3))
def test_no_example_comes_twice_in_an_epoch_and_fewer_than_a_minibatch_are_left_out(size, seed, epoch):
    count, batch_size = size
    batches = Minibatches(count, batch_size, seed=seed)
    first = epoch * batches.steps_per_epoch
    seen = np.concatenate([batches.indices(first + step) for step in range(batches.steps_per_epoch)])
    assert len(set(seen.tolist())) == len(seen) > count - batch_size
    assert set(seen.tolist()) <= set(range(count))


@given(sizes, st.integers(0, 99), st.lists(st.integers(0, 200), min_size=1, max_size=10))
def test_the_minibatch_of_a_step_is_the_same_whatever_was_asked_before(size, seed, steps):
    count, batch_size = size
    wanderer = Minibatches(count, batch_size, seed=seed)
    for step in steps:
        fresh = Minibatches(count, batch_size, seed=seed)
        np.testing.assert_array_equal(wanderer.indices(step), fresh.indices(step))


def test_every_epoch_and_every_seed_has_an_order_of_its_own():
    orders = [Minibatches(50, 50, seed=seed).indices(epoch).tolist() for seed in (0, 1) for epoch in (0, 1)]
    assert len({tuple(order) for order in orders}) == 4


@pytest.mark.parametrize("batch_size", [0, 6])
def test_a_minibatch_that_the_data_cannot_fill_is_refused(batch_size):
    with pytest.raises(ValueError, match="between 1 and 5"):
        Minibatches(5, batch_size, seed=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gathering_copies_the_chosen_rows_scaled_to_one(dtype):
    images = np.arange(12, dtype=np.uint8).reshape(4, 3) * 23
    split = Split(images, np.array([5, 6, 7, 8], np.uint8))
    x, answers = np.empty((3, 3), dtype), SimpleNamespace(labels=np.empty(3, np.uint8))
    Minibatcher(split, x, answers).gather(np.array([2, 0, 2]))
    np.testing.assert_allclose(x, images[[2, 0, 2]] / 255, rtol=1e-6)
    assert answers.labels.tolist() == [7, 5, 7]


def test_a_split_cannot_be_written_to():
    split = Split(np.zeros((2, 3), np.uint8), np.zeros(2, np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        split.inputs[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        split.labels[0] = 1


def test_a_split_of_other_than_bytes_or_of_uneven_length_is_refused():
    with pytest.raises(TypeError, match="expected inputs as bytes"):
        Split(np.zeros((2, 3)), np.zeros(2, np.uint8))
    with pytest.raises(ValueError, match="expected"):
        Split(np.zeros((2, 3), np.uint8), np.zeros(3, np.uint8))
