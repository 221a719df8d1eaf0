"""The packaged networks are what is said of them, and can be made again."""

import json
from dataclasses import replace

import numpy as np
import pytest

from app.networks.packaged import LIKE, NEAR, PACKAGED, SHARES, load, path_of
from app.networks.training import file_of, ready, recipe, train
from app.store.checkpoints import from_bytes
from engine.checkpoint import Checkpoint
from engine.data.dataset import Dataset, Split
from engine.data.mnist import load_mnist
from engine.evaluation import Evaluation
from engine.explain.neighbours import Neighbours, unlikeness
from engine.spec import RunSpec
from engine.trainer import Trainer

each_network = pytest.mark.parametrize("name", PACKAGED)
LEAST_ACCURACY = {"conv": 0.993, "dense": 0.983}


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    return load_mnist()


@each_network
def test_it_reads_as_many_of_the_held_out_digits_as_is_said(name, mnist):
    packaged = load(name)
    result = Evaluation(Trainer.from_checkpoint(packaged.checkpoint, mnist).network, mnist.test, chunk=64).run(0)
    assert packaged.count == result.count == 10_000
    assert packaged.correct == pytest.approx(result.correct, abs=2)  # another linear algebra library rounds otherwise
    assert packaged.accuracy == packaged.correct / 10_000 >= LEAST_ACCURACY[name]


@each_network
def test_a_run_goes_on_from_it_and_stays_as_good(name, mnist):
    trainer = Trainer.from_checkpoint(load(name).checkpoint, mnist)
    assert trainer.settings.name == "sgd"
    assert not trainer.finished
    for _ in range(20):
        trainer.step()
    result = Evaluation(trainer.network, Split(mnist.test.grey[:2000], mnist.test.labels[:2000]), chunk=64).run(0)
    assert result.accuracy > LEAST_ACCURACY[name] - 0.01


@each_network
def test_the_file_is_small_and_tells_its_recipe(name):
    assert path_of(name).stat().st_size <= 1_500_000
    metadata = from_bytes(path_of(name).read_bytes()).metadata
    spec, checkpoint = RunSpec.from_dict(json.loads(metadata["recipe"])), load(name).checkpoint
    assert spec == recipe(name)
    assert replace(spec, optimizer=checkpoint.spec.optimizer, max_steps=None) == checkpoint.spec
    assert checkpoint.step == spec.max_steps


@each_network
def test_how_far_held_out_digits_are_is_what_is_said(name, mnist):
    packaged = load(name)
    sample = mnist.test.grey[::40]
    neighbours = Neighbours(mnist.train.grey)
    distances = [neighbours.nearest(pixels)[0].distance for pixels in sample]
    unlike = [unlikeness(pixels, distance) for pixels, distance in zip(sample, distances, strict=True)]
    for told, measured in ((packaged.distances, distances), (packaged.unlikenesses, unlike)):
        assert tuple(share for share, _ in told) == SHARES
        for share, quantile in told:
            assert (np.array(measured) <= quantile).mean() == pytest.approx(share, abs=0.09)
    farthest, most = dict(packaged.distances)[NEAR], dict(packaged.unlikenesses)[LIKE]
    assert packaged.is_like_a_digit(farthest, most)
    assert not packaged.is_like_a_digit(farthest, most + 0.01)
    assert not packaged.is_like_a_digit(farthest + 0.01, most)


@each_network
def test_the_first_steps_of_its_training_are_the_same_bits_again(name, mnist):
    spec = recipe(name, 12)
    first, second = train(spec, mnist), train(spec, mnist)
    assert first.parameters.tobytes() == second.parameters.tobytes()
    assert first.step == 12


def test_a_file_is_written_that_can_be_read(mnist):
    small = Dataset(
        "mnist",
        Split(mnist.train.grey[:500], mnist.train.labels[:500]),
        Split(mnist.test.grey[:100], mnist.test.labels[:100]),
        mnist.input_shape,
        mnist.classes,
    )
    spec = recipe("dense", 40)
    content, accuracy = file_of(train(spec, small), spec, small)
    stored = from_bytes(content)
    assert Checkpoint.from_tensors(stored.tensors, stored.metadata).spec.max_steps is None
    assert json.loads(stored.metadata["held_out"]) == {"correct": round(accuracy * 100), "count": 100}
    assert 0.3 < accuracy <= 1


def test_what_a_run_goes_on_with_is_nothing_but_the_parameters(mnist):
    trainer = Trainer(recipe("dense", 12), mnist)
    trainer.step()
    checkpoint = ready(trainer.checkpoint())
    assert checkpoint.parameters.tobytes() == trainer.network.parameters.flat.tobytes()
    assert not checkpoint.update.any()
    assert checkpoint.state == {}


def test_a_name_that_is_none_is_refused():
    with pytest.raises(ValueError, match="expected one of"):
        load("../dense")
