"""Losses: means that say so, the right gradients, and no overflow."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import SpecError
from engine.loss import Loss
from engine.losses import LOSSES, create_loss
from engine.spec import LossSpec
from engine.spec.loss import LOSS_NAMES

FOR_CLASSES = [name for name, loss in LOSSES.items() if loss.needs_classes]
FOR_NUMBERS = [name for name, loss in LOSSES.items() if not loss.needs_classes]
KINK = 1e-3
"""How far the outputs of a gradient check stay away from where a loss has no derivative."""

seeds = st.integers(0, 999)


def of_classes(outputs: np.ndarray, labels, name: str = "mean_softmax_cross_entropy", **settings: float) -> Loss:
    loss = create_loss(LossSpec(name, **settings), outputs, np.full_like(outputs, np.nan), classification=True)
    loss.labels[:] = labels
    return loss


def of_numbers(outputs: np.ndarray, targets, name: str, **settings: float) -> Loss:
    loss = create_loss(LossSpec(name, **settings), outputs, np.full_like(outputs, np.nan), classification=False)
    loss.targets[:] = targets
    return loss


def check_gradient(loss: Loss, outputs: np.ndarray) -> None:
    size = loss.forward()
    loss.backward()
    gradient = loss.dL_doutputs.copy()
    h = 1e-5
    rounding = 1e-9 + 1e-10 * size  # of the loss, divided by h
    for position in np.ndindex(outputs.shape):
        kept = outputs[position]
        outputs[position] = kept + h
        above = loss.forward()
        outputs[position] = kept - h
        below = loss.forward()
        outputs[position] = kept
        assert gradient[position] == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=rounding)


def away_from(kinks, distances: np.ndarray) -> np.ndarray:
    """Return the same distances, with those too near to a kink moved off it."""
    for kink in kinks:
        distances = np.where(np.abs(distances - kink) < KINK, kink + KINK, distances)
    return distances


def test_there_is_a_loss_for_every_name():
    assert tuple(LOSSES) == LOSS_NAMES


@pytest.mark.parametrize("name", LOSS_NAMES)
@given(
    n=st.integers(1, 6),
    classes=st.integers(2, 9),
    seed=seeds,
    scale=st.sampled_from([0.1, 1, 30]),
    smoothing=st.floats(0, 0.9),
    delta=st.floats(0.1, 3),
)
def test_gradient_for_classes_equals_central_differences_in_every_entry(
    name, n, classes, seed, scale, smoothing, delta
):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    outputs = rng.standard_normal((n, classes)) * scale
    if name == "mean_hinge":
        true = outputs[np.arange(n), labels, None]
        outputs = true + away_from([-1], outputs - true)
    else:
        outputs = away_from([0, -delta, delta, 1, 1 - delta, 1 + delta], outputs)
    check_gradient(of_classes(outputs, labels, name, label_smoothing=smoothing, huber_delta=delta), outputs)


@pytest.mark.parametrize("name", FOR_NUMBERS)
@given(n=st.integers(1, 6), k=st.integers(1, 5), seed=seeds, scale=st.sampled_from([0.1, 3]), delta=st.floats(0.1, 3))
def test_gradient_for_numbers_equals_central_differences_in_every_entry(name, n, k, seed, scale, delta):
    rng = np.random.default_rng(seed)
    targets = rng.standard_normal((n, k))
    outputs = targets + away_from([0, -delta, delta], rng.standard_normal((n, k)) * scale)
    check_gradient(of_numbers(outputs, targets, name, huber_delta=delta), outputs)


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_backward_can_be_repeated_and_writes_nothing_but_its_gradient(name):
    outputs = np.random.default_rng(1).standard_normal((5, 4))
    loss = of_classes(outputs, [0, 1, 2, 3, 0], name)
    loss.forward()
    before = outputs.copy(), loss.probs.copy(), loss.example_losses.copy()
    loss.backward()
    first = loss.dL_doutputs.copy()
    loss.backward()
    np.testing.assert_array_equal(loss.dL_doutputs, first)
    for then, now in zip(before, (outputs, loss.probs, loss.example_losses), strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_loss_is_the_mean_over_the_examples_not_their_sum(name):
    one, twice = np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 2.0, 3.0]] * 2)
    loss = of_classes(twice, [0, 0], name)
    assert loss.forward() == pytest.approx(of_classes(one, [0], name).forward())
    assert loss.forward() == pytest.approx(loss.example_losses.mean())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mean_squared_error", (4 + 9) / 2),
        ("mean_absolute_error", (2 + 3) / 2),
        ("mean_huber", ((2 - 0.5) + (3 - 0.5)) / 2),
        ("mean_quadratic", (4 + 9) / 2),  # half of the sum, not of the mean
    ],
)
def test_what_two_outputs_cost(name, expected):
    assert of_numbers(np.array([[2.0, -3.0]]), 0, name).forward() == pytest.approx(expected)


@given(st.integers(1, 6), st.integers(1, 6), seeds)
def test_the_quadratic_cost_sums_over_the_outputs_what_the_squared_error_averages(n, k, seed):
    rng = np.random.default_rng(seed)
    outputs, targets = rng.standard_normal((n, k)), rng.standard_normal((n, k))
    quadratic, squared = (of_numbers(outputs, targets, name) for name in ("mean_quadratic", "mean_squared_error"))
    assert quadratic.forward() == pytest.approx(squared.forward() * k / 2)


@given(st.floats(-5, 5), st.floats(0.1, 5))
def test_huber_is_quadratic_near_the_target_and_straight_beyond_delta(difference, delta):
    loss = of_numbers(np.array([[difference]]), 0, "mean_huber", huber_delta=delta).forward()
    near, far = difference**2 / 2, delta * (abs(difference) - delta / 2)
    assert loss == pytest.approx(near if abs(difference) <= delta else far)


@given(n=st.integers(1, 20), seed=seeds, smoothing=st.floats(0, 0.9))
def test_gradient_of_each_example_sums_to_zero_because_probabilities_sum_to_one(n, seed, smoothing):
    rng = np.random.default_rng(seed)
    loss = of_classes(rng.standard_normal((n, 10)) * 5, rng.integers(0, 10, n), label_smoothing=smoothing)
    loss.forward()
    loss.backward()
    np.testing.assert_allclose(loss.probs.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(loss.targets.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(loss.dL_doutputs.sum(axis=1), 0, atol=1e-12)


@given(n=st.integers(1, 8), seed=seeds)
def test_hinge_forces_of_each_example_cancel_and_no_margin_kept_costs_anything(n, seed):
    rng = np.random.default_rng(seed)
    outputs, labels = rng.standard_normal((n, 5)), rng.integers(0, 5, n)
    loss = of_classes(outputs, labels, "mean_hinge")
    assert loss.forward() > 0 or (outputs[np.arange(n), labels] >= np.sort(outputs)[:, -2] + 1).all()
    loss.backward()
    np.testing.assert_allclose(loss.dL_doutputs.sum(axis=1), 0, atol=1e-15)
    outputs[np.arange(n), labels] = outputs.max(axis=1) + 1.001
    assert loss.forward() == 0
    loss.backward()
    assert not loss.dL_doutputs.any()


@given(st.floats(0, 0.9))
def test_a_smoothed_loss_is_least_where_the_probabilities_are_the_targets(smoothing):
    targets = smoothing / 4 + (1 - smoothing) * np.eye(4)[2]
    logits = np.log(np.maximum(targets, 1e-300))[None]
    loss = of_classes(logits, [2], label_smoothing=smoothing)
    assert loss.forward() == pytest.approx(-(targets * logits[0]).sum(), abs=1e-12)
    loss.backward()
    np.testing.assert_allclose(loss.dL_doutputs, 0, atol=1e-12)


def test_a_clueless_network_has_the_loss_log_of_the_number_of_classes():
    assert of_classes(np.zeros((4, 10)), np.arange(4)).forward() == pytest.approx(math.log(10))
    assert of_classes(np.zeros((4, 10)), np.arange(4), label_smoothing=0.3).forward() == pytest.approx(math.log(10))


def test_a_clueless_network_has_the_loss_log_two_where_every_class_is_its_own_question():
    loss = of_classes(np.zeros((4, 10)), np.arange(4), "mean_binary_cross_entropy")
    assert loss.forward() == pytest.approx(math.log(2))
    np.testing.assert_array_equal(loss.probs, 0.5)


@pytest.mark.parametrize("size", [1e2, 1e4, 1e30])
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_large_logits_overflow_nowhere(size, smoothing):
    logits = np.array([[size, 0, -size], [size, 0, -size]], np.float32)
    loss = of_classes(logits, [0, 2], label_smoothing=smoothing)
    assert loss.forward() == pytest.approx(size, rel=1e-5)  # the mean of 0 and 2; smoothing moves both to the mean, 1
    np.testing.assert_allclose(loss.probs, [[1, 0, 0], [1, 0, 0]], atol=1e-40)


@pytest.mark.parametrize("size", [1e2, 1e4, 1e30])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_logits_of_binary_cross_entropy_overflow_nowhere(size, dtype):
    logits = np.array([[size, -size], [size, -size]], dtype)
    loss = of_classes(logits, [0, 1], "mean_binary_cross_entropy")
    loss.forward()
    np.testing.assert_allclose(loss.example_losses, [0, size], rtol=1e-6, atol=1e-40)
    np.testing.assert_allclose(loss.probs, [[1, 0], [1, 0]], atol=1e-40)
    loss.backward()
    np.testing.assert_allclose(loss.dL_doutputs, [[0, 0], [0.25, -0.25]], atol=1e-40)


@pytest.mark.parametrize("name", LOSS_NAMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_outputs_of_ten_thousand_give_finite_numbers_in_the_precision_of_the_run(name, dtype):
    loss = of_classes(np.array([[1e4, -1e4, 0], [-1e4, 1e4, 1e4]], dtype), [1, 2], name)
    assert math.isfinite(loss.forward())
    loss.backward()
    for array in (loss.probs, loss.example_losses, loss.dL_doutputs):
        assert np.isfinite(array).all()
        assert array.dtype == dtype


@pytest.mark.parametrize("name", ["mean_softmax_cross_entropy", "mean_hinge"])
def test_adding_the_same_number_to_all_outputs_changes_nothing_where_classes_compete(name):
    outputs = np.array([[0.5, -1.0, 2.0]])
    assert of_classes(outputs + 64, [1], name).forward() == pytest.approx(of_classes(outputs, [1], name).forward())


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_prediction_is_the_first_of_the_largest_outputs(name):
    loss = of_classes(np.array([[0.0, 0.0], [1.0, 2.0], [0.0, 0.0]]), [0, 1, 1], name)
    loss.forward()
    assert loss.predictions.tolist() == [0, 1, 0]
    assert loss.correct == 2


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_targets_of_classes_are_one_hot(name):
    loss = of_classes(np.zeros((3, 4)), [2, 0, 3], name)
    loss.forward()
    loss.backward()
    np.testing.assert_array_equal(loss.targets, np.eye(4)[[2, 0, 3]])


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_probs_are_probabilities_or_the_outputs_themselves(name):
    outputs = np.array([[-3.0, 0.5, 4.0]])
    loss = of_classes(outputs, [1], name)
    loss.forward()
    if loss.gives_probabilities:
        assert ((loss.probs > 0) & (loss.probs < 1)).all()
    else:
        assert loss.probs is outputs


@pytest.mark.parametrize("name", FOR_NUMBERS)
def test_in_regression_nothing_is_right_or_wrong(name):
    loss = of_numbers(np.array([[1.0], [2.0]]), 3, name)
    loss.forward()
    assert loss.correct is None


@pytest.mark.parametrize("name", FOR_CLASSES)
def test_a_loss_of_classes_refuses_numbers(name):
    with pytest.raises(SpecError, match=name) as refusal:
        of_numbers(np.zeros((1, 2)), 0, name)
    assert (refusal.value.code, refusal.value.where) == ("loss_needs_classes", "loss.name")


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_what_is_not_a_number_is_not_hidden(name):
    loss = of_classes(np.array([[0.0, math.nan], [0.0, 1.0]]), [0, 0], name)
    assert math.isnan(loss.forward())


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_no_allocation_grows_with_the_minibatch(name):
    def peak(n: int) -> int:
        loss = of_classes(np.random.default_rng(0).standard_normal((n, 10)), np.arange(n) % 10, name)

        def once() -> None:
            loss.forward()
            loss.backward()
            assert loss.correct is not None

        once()
        tracemalloc.start()
        try:
            once()
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            once()
            return tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()

    # The smaller one fills the buffers of 8,192 elements through which NumPy converts bytes and booleans.
    assert peak(64_000) <= peak(16_000) + 1024
