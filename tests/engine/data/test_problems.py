"""Made data sets: the same bits for the same seed, fair splits, and the geometry that each name promises."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import catalogue
from engine.data.features import LEAST, LINE, MOST, PLANE, grid, of_points
from engine.data.problems import PROBLEMS, Classification
from engine.errors import SpecError
from engine.spec import DatasetSpec

CLASSIFICATIONS = [name for name, problem in PROBLEMS.items() if isinstance(problem, Classification)]
REGRESSIONS = [name for name in PROBLEMS if name not in CLASSIFICATIONS]


def spec_of(name: str, **fields: Any) -> DatasetSpec:
    return replace(DatasetSpec(name, features=("x",) if name == "sine" else ("x1", "x2")), **fields)


@pytest.mark.parametrize("name", PROBLEMS)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(20, 300),
    noise=st.floats(0, 1),
    test_share=st.floats(0.05, 0.9),
    arms=st.integers(2, 6),
)
def test_what_is_made_is_what_was_described_or_is_refused(name, seed, count, noise, test_share, arms):
    spec = spec_of(name, seed=seed, count=count, noise=noise, test_share=test_share, arms=arms)
    classes = {"spirals": arms, "sine": 1, "plane": 1, "hills": 1}.get(name, 2)
    held_out = round(count * test_share)
    if min(held_out, count - held_out) < classes:
        with pytest.raises(SpecError, match="too few"):
            catalogue.describe(spec)
        return
    said = catalogue.describe(spec)
    made = catalogue.make(spec)
    assert catalogue.describe_dataset(made) == said
    assert (len(made.test), len(made.train)) == (held_out, count - held_out)
    again = catalogue.make(spec)
    for split, same in ((made.train, again.train), (made.test, again.test)):
        assert split.inputs.tobytes() == same.inputs.tobytes()
        assert split.answers.tobytes() == same.answers.tobytes()
        if not made.is_regression:
            counts = np.bincount(split.labels, minlength=made.outputs)
            assert counts.min() >= 1
            assert np.ptp(counts) <= 1


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_seed_makes_other_points(name):
    made = [catalogue.make(spec_of(name, seed=seed)).train.inputs for seed in (0, 1)]
    assert (made[0] != made[1]).any(axis=1).all()


@pytest.mark.parametrize("name", PROBLEMS)
def test_without_noise_everything_is_within_minus_one_to_one(name):
    made = catalogue.make(spec_of(name, noise=0.0, count=2000))
    reach = 1.3 if name == "gaussians" else 1  # its clouds have no end
    for split in (made.train, made.test):
        assert np.abs(split.inputs).max() <= reach
        assert split.targets is None or np.abs(split.targets).max() <= 1


@pytest.mark.parametrize("name", PROBLEMS)
def test_noise_moves_the_same_points_in_proportion(name):
    none, some, more = (catalogue.make(spec_of(name, noise=noise)).train for noise in (0.0, 0.2, 0.4))
    field = "targets" if name in REGRESSIONS else "inputs"
    small, large = (getattr(split, field) - getattr(none, field) for split in (some, more))
    np.testing.assert_allclose(large, 2 * small, atol=1e-6)
    assert small.std() == pytest.approx(0.1, rel=0.1)


def noiseless(name: str, **fields: Any) -> tuple[np.ndarray, np.ndarray]:
    train = catalogue.make(spec_of(name, noise=0.0, count=2000, **fields)).train
    return train.inputs.astype(np.float64), train.answers


def test_circles_are_told_apart_by_the_radius():
    points, labels = noiseless("circles")
    radius = np.hypot(*points.T)
    np.testing.assert_array_equal(radius > 0.55, labels == 1)
    # Evenly spread, a disc has a quarter of its points within half its radius.
    assert (radius[labels == 0] < 0.2).mean() == pytest.approx(0.25, abs=0.05)


def test_xor_is_told_by_the_sign_of_the_product_and_by_neither_coordinate():
    points, labels = noiseless("xor")
    np.testing.assert_array_equal(points.prod(axis=1) < 0, labels == 1)
    for coordinate in points.T:
        assert abs(np.corrcoef(coordinate, labels)[0, 1]) < 0.1


def test_gaussians_are_told_apart_by_a_straight_line():
    points, labels = noiseless("gaussians")
    assert ((points.sum(axis=1) > 0) == (labels == 1)).mean() > 0.999


def test_moons_lie_on_two_half_circles_that_no_straight_line_parts():
    points, labels = noiseless("moons")
    centres = np.where(labels[:, None] == 0, (-1 / 3, -1 / 6), (1 / 3, 1 / 6))
    np.testing.assert_allclose(np.hypot(*(points - centres).T), 2 / 3, atol=1e-6)
    design = np.column_stack([points, np.ones(len(points))])
    line = np.linalg.lstsq(design, labels * 2.0 - 1, rcond=None)[0]
    assert ((design @ line > 0) == (labels == 1)).mean() < 0.95


@pytest.mark.parametrize("arms", range(2, 7))
def test_the_arms_of_spirals_are_one_arm_turned(arms):
    points, labels = noiseless("spirals", arms=arms)
    assert set(labels.tolist()) == set(range(arms))
    radius, turns = np.hypot(*points.T), np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi)
    start = turns - 3.5 / arms * radius - labels / arms
    np.testing.assert_allclose(start, np.rint(start), atol=1e-6)


def test_the_spiral_has_two_arms_whatever_is_asked():
    assert catalogue.make(spec_of("spiral", arms=5)).outputs == 2


def test_regressions_are_the_functions_they_say():
    x, y = noiseless("sine")
    np.testing.assert_allclose(y, np.sin(np.pi * x), atol=1e-6)
    x, y = noiseless("plane")
    np.testing.assert_allclose(y[:, 0], x.mean(axis=1), atol=1e-6)
    x, y = noiseless("hills")
    at_a_top, in_a_hollow = (np.hypot(*(x - at).T) < 0.1 for at in ((0.0, -0.55), (0.0, 0.55)))
    assert y[at_a_top].min() > 0.8
    assert y[in_a_hollow].max() < -0.8


@given(st.lists(st.sampled_from(list(PLANE)), min_size=1, unique=True))
def test_features_are_derived_from_the_points_in_the_order_asked(names):
    made = catalogue.make(spec_of("circles", features=tuple(names)))
    assert made.feature_names == tuple(names)
    assert made.input_shape == (len(names),)
    x1, x2 = made.train.points.T
    formulas = {"x1": x1, "x2": x2, "x1^2": x1**2, "x2^2": x2**2, "x1*x2": x1 * x2}
    formulas |= {"sin(pi*x1)": np.sin(np.pi * x1), "sin(pi*x2)": np.sin(np.pi * x2)}
    for column, name in enumerate(names):
        np.testing.assert_allclose(made.train.inputs[:, column], formulas[name], atol=1e-5)


def test_features_of_a_line_are_powers_and_a_wave():
    x = np.linspace(-1, 1, 7)
    expected = np.stack([x, x**2, x**3, np.sin(np.pi * x)], axis=1)
    np.testing.assert_allclose(of_points(x[:, None], tuple(LINE)), expected, atol=1e-6)


def test_a_grid_is_a_picture_from_the_top_left():
    plane = grid(("x1", "x1*x2"), 4)
    picture = plane.points.reshape(4, 4, 2)
    assert (np.diff(picture[:, :, 0], axis=1) > 0).all()
    assert (np.diff(picture[:, :, 1], axis=0) < 0).all()
    np.testing.assert_allclose(picture[0, 0], (LEAST + (MOST - LEAST) / 8, MOST - (MOST - LEAST) / 8))
    np.testing.assert_allclose(plane.inputs[:, 1], plane.points.prod(axis=1), atol=1e-6)
    line = grid(("x^2",), 5)
    assert line.points.shape == (5, 1)
    assert line.inputs.shape == (5, 1)


@pytest.mark.parametrize(
    ("spec", "code", "where"),
    [
        (DatasetSpec("cats"), "unknown_choice", "dataset.name"),
        (DatasetSpec("moons", features=()), "no_features", "dataset.features"),
        (DatasetSpec("moons", features=("x1", "x")), "unknown_choice", "dataset.features[1]"),
        (DatasetSpec("sine", features=("x1",)), "unknown_choice", "dataset.features[0]"),
        (DatasetSpec("moons", features=("x1", "x1")), "repeated_feature", "dataset.features[1]"),
        (DatasetSpec("spirals", count=20, test_share=0.05, arms=2), "too_few_for_classes", "dataset.count"),
        (DatasetSpec("spirals", count=20, test_share=0.9, arms=6), "too_few_for_classes", "dataset.count"),
        (DatasetSpec("mnist"), "read_not_made", "dataset.name"),
    ],
)
def test_what_cannot_be_made_is_refused(spec, code, where):
    with pytest.raises(SpecError) as refused:
        catalogue.make(spec)
    assert (refused.value.code, refused.value.where) == (code, where)


def test_the_catalogue_says_what_mnist_is_without_reading_it(mnist):
    assert catalogue.describe(DatasetSpec()) == catalogue.describe_dataset(mnist)


def test_the_catalogue_says_what_may_be_chosen():
    assert catalogue.features_of("sine") == tuple(LINE)
    assert catalogue.features_of("moons") == tuple(PLANE)
    assert catalogue.features_of("mnist") == ()
    assert [name for name in catalogue.NAMES if catalogue.has_arms(name)] == ["spirals"]
    assert [name for name in catalogue.NAMES if not catalogue.is_made(name)] == ["mnist"]
