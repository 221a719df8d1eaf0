"""A data set at a glance is what counting and averaging by hand give."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data import catalogue
from engine.data.summary import EXAMPLES, summarize
from engine.spec import DatasetSpec


def test_the_counts_and_examples_are_those_of_the_classes(toy):
    summary = summarize(toy)
    for split, said in ((toy.train, summary.train), (toy.test, summary.test)):
        assert said.count == len(split) == said.counts.sum()
        for label, examples in enumerate(said.examples):
            everyone = [index for index in range(len(split)) if split.labels[index] == label]
            assert said.counts[label] == len(everyone)
            assert examples.tolist() == everyone[:EXAMPLES]


def test_the_mean_image_of_a_class_is_the_mean_of_its_images(toy):
    summary = summarize(toy)
    for label, mean in enumerate(summary.means):
        np.testing.assert_allclose(mean, toy.train.inputs[toy.train.labels == label].mean(axis=0) / 255, atol=1e-6)
    assert summary.least.min() == 0
    assert summary.most.max() == 1


def test_points_have_bounds_and_a_middle_of_each_class():
    made = catalogue.make(DatasetSpec("gaussians", count=2000))
    summary = summarize(made)
    np.testing.assert_allclose(summary.means, [[-0.5, -0.5], [0.5, 0.5]], atol=0.05)
    np.testing.assert_array_equal(summary.least, made.train.inputs.min(axis=0))
    np.testing.assert_array_equal(summary.most, made.train.inputs.max(axis=0))
    assert summary.target_least.shape == (0,)


def test_a_regression_has_bounds_of_its_targets_and_no_classes():
    made = catalogue.make(replace(DatasetSpec("plane"), noise=0.0))
    summary = summarize(made)
    assert summary.train.counts.shape == (0,)
    assert summary.train.count + summary.test.count == 1000
    assert summary.target_least[0] == made.train.targets.min() < -0.8
    assert summary.target_most[0] == made.train.targets.max() > 0.8


def test_a_summary_cannot_be_written_to(toy):
    summary = summarize(toy)
    for array in (summary.means, summary.train.counts, summary.train.examples[0], summary.least):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
