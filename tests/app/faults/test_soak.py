"""A short soak; scripts/soak has longer ones."""

from benchmarks.soak import soak

SECONDS = 18.0


def test_a_class_that_comes_and_goes_while_things_go_wrong_leaves_nothing_behind():
    assert soak(SECONDS, seed=7) == []
