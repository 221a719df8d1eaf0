"""Slices of the loss: every point is the loss itself, the ends of the step are exact, and the run goes on as it was."""

from dataclasses import replace

import numpy as np
import pytest

from engine.explain.slices import (
    gradient_direction,
    line_slice,
    plane_slice,
    random_direction,
    update_direction,
)
from engine.spec import OptimizerSpec
from engine.trainer import Trainer
from tests.engine.explain.steps import NETWORKS, frozen_of, frozen_regression, pictures, spec_of

each_network = pytest.mark.parametrize("network", NETWORKS)
DIRECTIONS = {
    "update": update_direction,
    "gradient": gradient_direction,
    "random": lambda frozen: random_direction(frozen, 1),
}
each_direction = pytest.mark.parametrize("direction", DIRECTIONS)


@each_network
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_line_of_the_update_goes_exactly_through_before_and_after(network, precision):
    frozen = frozen_of(network, precision=precision, optimizer=OptimizerSpec("adam", 0.01))
    found = line_slice(frozen, update_direction(frozen), low=-0.7, high=2.9, points=7)
    at = dict(zip(found.shares.tolist(), found.losses.tolist(), strict=True))
    assert at[0.0] == found.loss_before == frozen.record.loss
    assert at[1.0] == found.after.loss == frozen.loss_of(frozen.network.parameters.flat)
    assert at[0.0] != at[1.0]
    assert (found.after.coordinates, found.after.distance) == ((1.0,), 0.0)
    assert found.of_directions == len(frozen.before.parameters)
    assert (np.diff(found.shares) > 0).all()
    assert len(found.shares) == 9


@each_network
@each_direction
def test_the_slope_of_a_line_is_the_gradient_along_it(network, direction):
    frozen = frozen_of(network, precision="float64")
    way = DIRECTIONS[direction](frozen)
    h = 1e-5
    found = line_slice(frozen, way, low=-h, high=h, points=3)
    slope = (found.losses[2 if len(found.losses) == 3 else -2] - found.losses[0]) / (2 * h)
    if direction == "update":
        assert found.shares.tolist() == [-h, 0, h, 1]
    assert slope == pytest.approx(float(frozen.work.gradient.flat @ way.vector), rel=1e-4, abs=1e-8)


@each_network
def test_a_plane_holds_the_lines_of_its_directions(network):
    frozen = frozen_of(network)
    first, second = update_direction(frozen), random_direction(frozen, 2)
    plane = plane_slice(frozen, first, second, low=-1, high=2, points=4)
    for way, losses in ((first, plane.losses[1]), (second, plane.losses[:, 1])):
        line = line_slice(frozen, way, low=-1, high=2, points=4)
        np.testing.assert_array_equal(line.losses, losses)
    assert plane.losses[1, 1] == plane.loss_before == frozen.record.loss
    assert plane.losses[1, 2] == plane.after.loss
    assert plane.after.coordinates == (1.0, 0.0)
    assert plane.losses.shape == (4, 4)


def test_a_slice_that_misses_the_point_after_says_how_far_it_is():
    frozen = frozen_of(optimizer=OptimizerSpec("sgd", 0.1))
    along = line_slice(frozen, gradient_direction(frozen), points=2)
    assert along.after.coordinates[0] == pytest.approx(-1, rel=1e-5)
    assert along.after.distance == pytest.approx(0, abs=1e-5)
    aside = plane_slice(frozen, random_direction(frozen, 1), random_direction(frozen, 2), points=2)
    assert 0.9 < aside.after.distance <= 1
    assert aside.after.loss == frozen.loss_of(frozen.network.parameters.flat)


def test_a_random_direction_has_the_length_of_each_row_of_weights():
    frozen = frozen_of("images")
    way, other = random_direction(frozen, 7), random_direction(frozen, 8)
    start = 0
    for address, shape in frozen.network.parameters.layout.items():
        part = way.vector[start : start + int(np.prod(shape))]
        start += part.size
        if address.endswith(".W"):
            rows, weights = part.reshape(shape[0], -1), frozen.parameter(address).reshape(shape[0], -1)
            np.testing.assert_allclose(np.linalg.norm(rows, axis=1), np.linalg.norm(weights, axis=1), rtol=1e-5)
        else:
            assert not part.any()
    assert random_direction(frozen, 7).vector.tobytes() == way.vector.tobytes()
    assert abs(way.vector @ other.vector) < 0.5 * np.linalg.norm(way.vector) * np.linalg.norm(other.vector)
    assert (way.name, way.seed) == ("random", 7)


def test_rescaled_networks_that_compute_the_same_have_the_same_random_slice():
    """The law that filter normalization is for: ReLU lets a factor move from one layer to the next."""
    frozen = frozen_of(precision="float64", layers=NETWORKS["dense"][:1])
    other = frozen_of(precision="float64", layers=NETWORKS["dense"][:1])
    moved = np.array(other.before.parameters)
    layout = other.network.parameters.layout
    first = int(np.prod(layout["dense1.W"])) + int(np.prod(layout["dense1.b"]))
    second = int(np.prod(layout["dense2.W"]))
    moved[:first] *= 8
    moved[first : first + second] /= 8
    rescaled = type(other)(replace(other.before, parameters=moved), other.dataset)
    ours, theirs = (line_slice(step, random_direction(step, 3), points=9) for step in (frozen, rescaled))
    np.testing.assert_allclose(ours.losses, theirs.losses, rtol=1e-9)


def test_the_run_goes_on_as_if_nobody_had_looked():
    ours, theirs = (Trainer(spec_of("images"), pictures()) for _ in range(2))
    frozen = frozen_of("images", steps=0)
    before = frozen.trainer.network.parameters.flat.copy()
    plane_slice(frozen, update_direction(frozen), gradient_direction(frozen), points=3)
    np.testing.assert_array_equal(frozen.trainer.network.parameters.flat, before)
    assert ours.step() == theirs.step() == frozen.record


def test_a_slice_of_a_regression():
    frozen = frozen_regression()
    found = line_slice(frozen, update_direction(frozen))
    assert np.isfinite(found.losses).all()
    assert found.losses[found.shares == 0] == frozen.record.loss


def test_far_away_there_may_be_no_number_and_that_is_no_error():
    frozen = frozen_of()
    found = line_slice(frozen, random_direction(frozen, 0), low=0.0, high=1e30, points=2)
    assert np.isfinite(found.losses[0])
    assert not np.isfinite(found.losses[1])


def test_where_nothing_moves_the_slice_is_flat():
    frozen = frozen_of(initializer="zeros", layers=(), optimizer=OptimizerSpec("sgd", 0.1), steps=0)
    found = line_slice(frozen, random_direction(frozen, 0), points=3)
    assert len(set(found.losses.tolist())) == 1


@pytest.mark.parametrize(("low", "high", "points"), [(0, 0, 5), (1, 0, 5), (0, 1, 1), (0, 1, 5000)])
def test_ranges_without_points_are_refused(low, high, points):
    frozen = frozen_of(steps=0)
    with pytest.raises(ValueError, match="points from low to high"):
        line_slice(frozen, update_direction(frozen), low=low, high=high, points=points)
