"""A glance: the first weights of any network on images, exactly but for their rounding, and nothing of others."""

import numpy as np
import pytest

from app.runs.glance import NOTHING, glance_at
from engine.data import catalogue
from engine.spec import Conv2DSpec, DatasetSpec, DenseSpec, FlattenSpec, RunSpec
from engine.trainer import Trainer


@pytest.mark.parametrize("units", [1, 3, 4, 9])
def test_a_glance_at_a_dense_network_shows_what_its_first_units_look_for(toy, units):
    trainer = Trainer(RunSpec(layers=(DenseSpec(units),), batch_size=16), toy)
    seen = glance_at(trainer)
    count = min(4, units)
    assert seen.shape == (count, 28, 28)
    tiles = np.frombuffer(seen.data, np.int8).reshape(seen.shape) * seen.scale
    W = trainer.network.layers[0].parameters["W"][[number * units // count for number in range(count)]]
    assert np.abs(tiles.reshape(count, -1) - W).max() <= seen.scale / 2 + 1e-9


def test_a_glance_at_a_convolution_shows_kernels(toy):
    trainer = Trainer(RunSpec(layers=(Conv2DSpec(8, 5), FlattenSpec()), batch_size=16), toy)
    assert glance_at(trainer).shape == (4, 5, 5)


def test_there_is_nothing_to_glance_at_where_inputs_are_no_images():
    spec = RunSpec(dataset=DatasetSpec("circles"), layers=(DenseSpec(4),), batch_size=16)
    assert glance_at(Trainer(spec, catalogue.make(spec.dataset))) == NOTHING
