"""Splits and data sets: of one kind throughout, finite, read-only; a minibatch is what was chosen."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.dataset import Dataset, Minibatcher, Split
from engine.errors import DataError


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(chosen=st.lists(st.integers(0, 5), min_size=1, max_size=9))
def test_a_minibatch_of_numbers_is_the_chosen_rows_as_they_are(dtype, chosen):
    split = Split(numbers(6, 3), None, numbers(6, 2))
    x, answers = np.empty((len(chosen), 3), dtype), SimpleNamespace(targets=np.empty((len(chosen), 2), dtype))
    Minibatcher(split, x, answers).gather(np.array(chosen))
    np.testing.assert_array_equal(x, split.inputs[chosen])
    np.testing.assert_array_equal(answers.targets, split.targets[chosen])


def test_labels_of_numbers_are_gathered_with_them():
    split = Split(numbers(4, 2), np.array([3, 2, 1, 0], np.uint8))
    x, answers = np.empty((2, 2), np.float32), SimpleNamespace(labels=np.empty(2, np.uint8))
    Minibatcher(split, x, answers).gather(np.array([3, 1]))
    np.testing.assert_array_equal(x, split.inputs[[3, 1]])
    assert answers.labels.tolist() == [0, 2]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["inputs", "targets"])
def test_a_number_that_is_not_finite_is_refused_by_its_row(bad, name):
    arrays = {"inputs": numbers(5, 3), "targets": numbers(5, 1)}
    arrays[name][3, -1] = bad
    with pytest.raises(DataError) as refused:
        Split(arrays["inputs"], None, arrays["targets"])
    assert refused.value.code == "row_not_finite"
    assert refused.value.where == name
    assert refused.value.params["row"] == 4


def test_targets_and_numbers_cannot_be_written_to():
    split = Split(numbers(3, 2), None, numbers(3, 1), points=numbers(3, 2))
    for array in (split.inputs, split.targets, split.points):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


def test_a_split_has_labels_or_targets_and_not_both():
    with pytest.raises(ValueError, match="either"):
        Split(numbers(3, 2), None)
    with pytest.raises(ValueError, match="either"):
        Split(numbers(3, 2), np.zeros(3, np.uint8), numbers(3, 1))


def test_uneven_or_double_precision_targets_are_refused():
    with pytest.raises(ValueError, match="expected targets of shape"):
        Split(numbers(3, 2), None, numbers(4, 1))
    with pytest.raises(TypeError, match="expected targets"):
        Split(numbers(3, 2), None, np.zeros((3, 1)))


def test_examples_of_a_regression_have_no_label():
    split = Split(numbers(3, 2), None, numbers(3, 1))
    for ask in (split.label, split.of_class):
        with pytest.raises(TypeError, match="regression"):
            ask(0)


def test_a_class_names_its_examples_in_order():
    split = Split(numbers(5, 2), np.array([1, 0, 1, 1, 0], np.uint8))
    assert split.of_class(1).tolist() == [0, 2, 3]
    assert split.label(4) == 0


def test_a_data_set_counts_its_inputs_and_outputs():
    grey = Split(np.zeros((3, 12), np.uint8), np.zeros(3, np.uint8))
    images = Dataset("grey", grey, grey, (1, 3, 4), ("a", "b"))
    assert (images.inputs, images.outputs, images.image_shape, images.is_regression) == (12, 2, (3, 4), False)
    real = Split(numbers(3, 4), None, numbers(3, 2))
    values = Dataset("real", real, real, (4,))
    assert (values.inputs, values.outputs, values.image_shape, values.is_regression) == (4, 2, None, True)


def test_splits_that_do_not_fit_are_refused():
    grey, real = Split(np.zeros((3, 4), np.uint8), np.zeros(3, np.uint8)), Split(numbers(3, 4), np.zeros(3, np.uint8))
    regression, wide = Split(numbers(3, 4), None, numbers(3, 1)), Split(numbers(3, 4), None, numbers(3, 2))
    with pytest.raises(ValueError, match="5 inputs"):
        Dataset("x", grey, grey, (5,), ("a",))
    with pytest.raises(ValueError, match="labels with classes"):
        Dataset("x", grey, grey, (4,))
    with pytest.raises(ValueError, match="labels with classes"):
        Dataset("x", regression, regression, (4,), ("a",))
    with pytest.raises(ValueError, match="one kind"):
        Dataset("x", grey, real, (4,), ("a",))
    with pytest.raises(ValueError, match="one kind"):
        Dataset("x", regression, wide, (4,))
