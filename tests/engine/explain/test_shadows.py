"""Shadow optimizers are the real ones: given the gradients of a run, the one of the run goes the way of the run."""

import numpy as np
import pytest

from engine.explain.shadows import shadow_paths
from engine.spec import OptimizerSpec
from engine.spec.optimizer import OPTIMIZERS
from engine.trainer import Trainer
from tests.engine.explain.steps import pictures, spec_of


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_shadow_of_the_runs_own_optimizer_goes_the_way_of_the_run(name):
    optimizer = OptimizerSpec(
        name, 0.05, weight_decay=0.01, l1=0.001, clip_norm=0.3, schedule="cosine", schedule_steps=9
    )
    trainer = Trainer(spec_of(optimizer=optimizer), pictures())
    at, way, gradients, squares = 75, [trainer.network.parameters.flat[75]], [], []
    for _ in range(12):
        trainer.step()
        gradient = trainer.work.gradient.flat
        way.append(trainer.network.parameters.flat[at])
        gradients.append(gradient[at])
        squares.append(float(gradient.dot(gradient)))
    (path,) = shadow_paths(np.array(gradients), float(way[0]), [optimizer], np.array(squares))
    assert path.parameters.dtype == np.float32
    np.testing.assert_allclose(path.parameters, way, rtol=1e-6)
    for vector, numbers in trainer.optimizer.state.items():
        assert path.state[vector][-1] == pytest.approx(numbers[at], rel=1e-6)


def test_four_optimizers_make_four_paths_of_the_same_gradients():
    gradients = np.sin(np.arange(50) / 3)
    names = ("sgd", "momentum", "rmsprop", "adam")
    paths = shadow_paths(gradients, 1.0, [OptimizerSpec(name, 0.01) for name in names])
    assert [path.settings.name for path in paths] == list(names)
    assert all(path.parameters[0] == 1 and len(path.parameters) == 51 for path in paths)
    assert len({path.parameters.tobytes() for path in paths}) == 4
    np.testing.assert_allclose(paths[0].parameters, 1 - 0.01 * np.concatenate([[0], gradients.cumsum()]), rtol=1e-12)
    for path in paths:
        np.testing.assert_allclose(np.diff(path.parameters), path.updates, atol=1e-15)


def test_without_the_others_a_weight_is_clipped_by_its_own_length():
    (path,) = shadow_paths(np.array([5.0, -0.1]), 0.0, [OptimizerSpec("sgd", 1.0, clip_norm=2.0)])
    np.testing.assert_allclose(path.updates, [-2, 0.1], rtol=1e-6)


def test_no_gradients_make_no_steps_and_a_matrix_is_refused():
    (path,) = shadow_paths(np.zeros(0), 0.5, [OptimizerSpec("adam")])
    assert path.parameters.tolist() == [0.5]
    with pytest.raises(ValueError, match="expected T gradients"):
        shadow_paths(np.zeros((2, 2)), 0.0, [OptimizerSpec()])
