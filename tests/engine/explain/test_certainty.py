"""Entropy: nothing for a certain answer, all of it for one that knows nothing, and between them for all others."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.explain.certainty import entropy


@pytest.mark.parametrize("classes", [2, 10])
def test_entropy_goes_from_nothing_to_the_bits_of_a_choice(classes):
    assert entropy(np.eye(classes)[0]) == 0
    assert entropy(np.full(classes, 1 / classes)) == pytest.approx(math.log2(classes))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=10).filter(lambda weights: sum(weights) > 1e-6))
def test_entropy_does_not_know_which_class_is_which_and_never_leaves_its_bounds(weights):
    probs = np.array(weights) / sum(weights)
    assert 0 <= entropy(probs) <= math.log2(len(probs)) + 1e-9
    assert entropy(probs[::-1]) == pytest.approx(entropy(probs), abs=1e-12)


def test_two_independent_choices_add_up():
    p, q = np.array([0.2, 0.8]), np.array([0.1, 0.3, 0.6])
    assert entropy(np.outer(p, q).reshape(-1)) == pytest.approx(entropy(p) + entropy(q))
