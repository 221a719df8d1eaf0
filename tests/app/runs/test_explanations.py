"""Explanations are the engine's: the sums add up, the nearest digits are the nearest, and what is not known is None."""

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.datasets.library import Library
from app.networks.packaged import load
from app.protocol import commands, drawing
from app.runs.explanations import farther_than
from app.runs.refusal import RunRefusal
from app.runs.run import Run
from app.runs.shelf import Shelf
from engine.data.dataset import Dataset
from engine.data.mnist import load_mnist
from engine.explain.saliency import Logit, Saliency
from engine.spec import DEFAULT_SPEC
from engine.trainer import Trainer
from tests.app.small import RUNAWAY


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    return load_mnist()


@pytest.fixture(scope="module")
def run(mnist) -> Run:
    library = Library(mnist)
    return Run("r", library, DEFAULT_SPEC, shelf=Shelf(library))


def numbers(pixels: drawing.PixelMap) -> np.ndarray:
    return np.frombuffer(base64.b64decode(pixels.data), np.int8) * pixels.scale


def grey(image: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(image), np.uint8)


@pytest.mark.parametrize("network", ["run", "dense", "conv"])
def test_the_saliency_of_the_answer_adds_up_to_how_far_its_logit_is_from_a_blank_image_s(run, mnist, network):
    image = mnist.test.inputs[3]
    found = run.carry_out(drawing.Explain(pixels=image.tolist(), network=network))
    read = run.carry_out(drawing.Predict(pixels=image.tolist(), network=network))
    assert (found.network, found.prediction, found.step) == (network, read.prediction, read.step)
    difference = found.logit - found.blank_logit
    assert abs(found.completeness_gap) < 0.05 * abs(difference)
    rounding = 784 * found.saliency.scale / 2
    assert numbers(found.saliency).sum() == pytest.approx(difference + found.completeness_gap, abs=rounding)
    trainer = run.trainer if network == "run" else Trainer.from_checkpoint(load(network).checkpoint, mnist)
    x = mnist.test.x_of(np.array([3]))[0]
    gradient = Saliency(trainer.network).gradient(x, Logit(found.prediction))
    assert np.allclose(numbers(found.gradient), gradient.values, atol=found.gradient.scale * 0.51)
    assert found.logit == pytest.approx(gradient.at_input, rel=1e-4)


def test_a_training_digit_is_nearest_to_itself_and_nearer_than_nearly_all_held_out_digits_are(run, mnist):
    found = run.carry_out(drawing.Explain(pixels=mnist.train.inputs[1234].tolist(), network="conv"))
    first, *others = found.nearest
    assert (first.index, first.distance, first.label) == (1234, 0, mnist.train.label(1234))
    assert np.array_equal(grey(first.image), mnist.train.inputs[1234])
    assert found.farther_than == 0
    assert [near.distance for near in others] == sorted(near.distance for near in others)
    for near in others:
        apart = mnist.train.inputs[near.index].astype(float) - mnist.train.inputs[1234]
        assert near.distance == pytest.approx(np.linalg.norm(apart) / 255)
        assert near.label == mnist.train.label(near.index)


@pytest.mark.parametrize("network", ["run", "dense", "conv"])
def test_the_image_that_is_read_as_something_else_really_is(run, mnist, network):
    image = mnist.test.inputs[3]
    found = run.carry_out(drawing.Explain(pixels=image.tolist(), network=network))
    changed = grey(found.runner_up.image)
    read = run.carry_out(drawing.Predict(pixels=changed.tolist(), network=network))
    assert read.prediction == found.runner_up.prediction != found.prediction
    assert np.allclose(read.probs, found.runner_up.probs, atol=1e-5)
    apart = np.abs(changed.astype(float) - image) / 255
    assert found.runner_up.size == pytest.approx(np.linalg.norm(apart), rel=1e-4)
    assert found.runner_up.pixels == np.count_nonzero(apart > 0.1)


def test_what_is_no_digit_is_far_from_all_digits(run):
    stripes = np.tile([255, 0], 392).tolist()
    found = run.carry_out(drawing.Explain(pixels=stripes, network="conv"))
    assert found.farther_than == max(share for share, _ in load("conv").distances)


def test_an_empty_image_is_explained_too(run):
    found = run.carry_out(drawing.Explain(pixels=[0] * 784))
    assert found.logit == found.blank_logit
    assert not numbers(found.saliency).any()


def test_a_network_with_other_data_than_mnist_has_no_nearest_digits(mnist):
    shelf = Shelf(Library(mnist))
    assert shelf.training_digits(Trainer(DEFAULT_SPEC, mnist).spec) is shelf.training_digits(DEFAULT_SPEC)
    run = Run("r", Library(mnist), DEFAULT_SPEC, shelf=shelf)
    plain = DEFAULT_SPEC.to_dict()
    run.carry_out(commands.Configure(spec={**plain, "dataset": {**plain["dataset"], "name": "spirals"}}))
    assert shelf.training_digits(run.trainer.spec) is None
    with pytest.raises(RunRefusal, match="cannot read a drawing"):
        run.carry_out(drawing.Explain(pixels=[0] * 784))


def test_numbers_that_are_not_finite_are_refused(mnist):
    run = Run("r", Library(mnist), RUNAWAY)
    run.trainer.network.parameters.flat[:] *= 1e15
    with pytest.raises(RunRefusal) as refused:
        run.carry_out(drawing.Explain(pixels=[255] * 784))
    assert refused.value.code == "not_finite"


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 20))), st.floats(0, 30))
def test_a_drawing_is_farther_than_a_share_that_was_measured_or_none(known, distance):
    share = farther_than(distance, known)
    assert share == 0 or any(share == one and distance > quantile for one, quantile in known)
    assert all(share >= one for one, quantile in known if distance > quantile)
