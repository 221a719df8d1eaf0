"""Optimizers: exactly the formulas of their papers."""

import tracemalloc
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import SpecError
from engine.optimizers import Optimizer, create_optimizer
from engine.schedules import factor, fall, top
from engine.spec import OptimizerSpec
from engine.spec.optimizer import OPTIMIZERS, SCHEDULES

COOLING: dict[str, Any] = {"schedule": "inverse_time", "learning_rate_decay": 0.5}

gradients = st.lists(st.floats(-10, 10), min_size=1, max_size=30)
schedules = st.fixed_dictionaries(
    {
        "schedule": st.sampled_from(SCHEDULES),
        "schedule_steps": st.integers(1, 40),
        "schedule_factor": st.sampled_from([0.0, 0.04, 0.5, 1.0]),
        "warmup_steps": st.integers(0, 8),
        "learning_rate_decay": st.sampled_from([0.0, 0.5]),
    }
)


def step(optimizer: Optimizer, gradient: np.ndarray, out: np.ndarray) -> np.ndarray:
    optimizer.step(gradient, float(gradient @ gradient), out=out)
    return out


def updates(settings: OptimizerSpec, gradients: list[float]) -> list[float]:
    optimizer = create_optimizer(settings, np.zeros(1))
    found = []
    for gradient in gradients:
        out = np.array([np.nan])
        step(optimizer, np.array([gradient]), out)
        found.append(out[0])
    return found


@given(gradients)
def test_sgd_steps_against_the_gradient(gradients):
    assert updates(OptimizerSpec("sgd", 0.5), gradients) == [-0.5 * gradient for gradient in gradients]


@given(gradients, st.floats(0, 0.99))
def test_momentum_is_a_decaying_sum_of_gradients(gradients, momentum):
    found = updates(OptimizerSpec("momentum", 0.1, momentum), gradients)
    for t, update in enumerate(found):
        velocity = sum(momentum ** (t - k) * gradients[k] for k in range(t + 1))
        assert update == pytest.approx(-0.1 * velocity, rel=1e-9, abs=1e-12)


@given(gradients, st.floats(0, 0.99))
def test_nesterov_is_momentum_measured_where_the_velocity_leads(gradients, momentum):
    """Sutskever's form looks at p + momentum w; q = p + momentum w moves by the update of our form."""
    found = updates(OptimizerSpec("nesterov", 0.1, momentum), gradients)
    p = w = q = 0.0
    for gradient, update in zip(gradients, found, strict=True):
        w = momentum * w - 0.1 * gradient
        p += w
        q += update
        assert q == pytest.approx(p + momentum * w, rel=1e-9, abs=1e-9)


@given(gradients)
def test_adagrad_divides_by_the_root_of_the_sum_of_all_squares(gradients):
    found = updates(OptimizerSpec("adagrad", 0.1, epsilon=1e-8), gradients)
    for t, update in enumerate(found):
        total = sum(gradient**2 for gradient in gradients[: t + 1])
        assert update == pytest.approx(-0.1 * gradients[t] / (sqrt(total) + 1e-8), rel=1e-9, abs=1e-12)


def test_the_sum_of_adagrad_stays_finite_when_large_gradients_go_on_forever():
    optimizer = create_optimizer(OptimizerSpec("adagrad", 0.1), np.zeros(1, np.float32))
    out = np.zeros(1, np.float32)
    with np.errstate(over="ignore"):  # as in Trainer.step
        for _ in range(5):
            step(optimizer, np.array([1.8e19], np.float32), out)
    assert np.isfinite(optimizer.state["s"]).all()
    assert out[0] == pytest.approx(-0.1, rel=0.05)


@given(gradients, st.floats(0, 0.9999))
def test_rmsprop_divides_by_the_root_of_the_mean_of_recent_squares(gradients, beta2):
    found = updates(OptimizerSpec("rmsprop", 0.1, beta2=beta2, epsilon=1e-8), gradients)
    v = 0.0
    for gradient, update in zip(gradients, found, strict=True):
        v = beta2 * v + (1 - beta2) * gradient**2
        assert update == pytest.approx(-0.1 * gradient / (sqrt(v) + 1e-8), rel=1e-6, abs=1e-12)


@given(gradients, st.floats(0, 1))
def test_adamw_is_adam_and_a_pull_to_zero_that_no_gradient_weakens(gradients, decay):
    parameters, gradient = np.linspace(-2, 2, len(gradients)), np.array(gradients)
    adam, adamw = np.empty_like(parameters), np.empty_like(parameters)
    step(create_optimizer(OptimizerSpec("adam", 0.5), parameters), gradient, adam)
    step(create_optimizer(OptimizerSpec("adamw", 0.5, weight_decay=decay), parameters), gradient, adamw)
    np.testing.assert_allclose(adamw - adam, -0.5 * decay * parameters, rtol=1e-12, atol=1e-15)


@given(gradients, st.floats(0, 0.99), st.floats(0.5, 0.9999))
def test_adam_is_algorithm_1_of_its_paper(gradients, beta1, beta2):
    found = updates(OptimizerSpec("adam", 0.1, beta1=beta1, beta2=beta2, epsilon=1e-8), gradients)
    m = v = 0.0
    for t, (gradient, update) in enumerate(zip(gradients, found, strict=True), start=1):
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient**2
        expected = -0.1 * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + 1e-8)
        assert update == pytest.approx(expected, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_gradient_is_not_written_to_and_precision_is_kept(name):
    parameters = np.zeros(5, np.float32)
    gradient, update = np.arange(5, dtype=np.float32), np.zeros(5, np.float32)
    optimizer = create_optimizer(OptimizerSpec(name, 0.1), parameters)
    step(optimizer, gradient, update)
    np.testing.assert_array_equal(gradient, np.arange(5))
    assert all(vector.dtype == np.float32 for vector in optimizer.state.values())


def test_changing_beta_in_a_run_keeps_the_first_steps_of_adam_at_the_learning_rate():
    """With a constant gradient the bias-corrected m is that gradient, whatever beta was when."""
    optimizer = create_optimizer(OptimizerSpec("adam", 0.1, beta1=0.5, beta2=0.9), np.zeros(1))
    out = np.zeros(1)
    for beta1, beta2 in [(0.5, 0.9), (0.99, 0.5), (0.0, 0.999), (0.9, 0.99)]:
        optimizer.set(beta1=beta1, beta2=beta2)
        step(optimizer, np.array([3.0]), out)
        assert out[0] == pytest.approx(-0.1, rel=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("l1", [0.0, 0.1])
@pytest.mark.parametrize("clip_norm", [0.0, 0.5])
def test_the_squares_of_an_update_are_known_before_it_is_added(name, weight_decay, l1, clip_norm):
    parameters, gradient, update = np.linspace(-1, 1, 7), np.linspace(-3, 2, 7), np.zeros(7)
    settings = OptimizerSpec(name, 0.3, weight_decay=weight_decay, l1=l1, clip_norm=clip_norm, **COOLING)
    optimizer = create_optimizer(settings, parameters)
    for _ in range(3):
        rate = optimizer.rate
        step(optimizer, gradient, update)
        squares = optimizer.squares_of(update, rate, float(gradient @ gradient))
        assert squares == pytest.approx(float(update @ update), rel=1e-12)


def rates(optimizer: Optimizer, steps: int) -> list[float]:
    return [-step(optimizer, np.ones(1), np.zeros(1))[0] for _ in range(steps)]


def test_learning_rate_decays_with_the_inverse_of_the_steps():
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.6, **COOLING), np.zeros(1))
    assert rates(optimizer, 5) == pytest.approx([0.6, 0.6 / 1.5, 0.6 / 2, 0.6 / 2.5, 0.6 / 3])


@pytest.mark.parametrize("name", OPTIMIZERS)
@given(schedules, st.integers(0, 30))
def test_the_rate_of_a_step_is_a_formula_of_the_number_of_steps_alone(name, schedule, steps):
    optimizer = create_optimizer(OptimizerSpec(name, 0.6, **schedule), np.zeros(1))
    rates(optimizer, steps)
    assert optimizer.rate == 0.6 * factor(optimizer.settings, steps)


@given(schedules, st.integers(0, 30), st.floats(1e-3, 1))
def test_a_new_learning_rate_is_the_next_one_used_and_falls_from_there(schedule, steps, rate):
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.6, **schedule), np.zeros(1))
    rates(optimizer, steps)
    optimizer.set(learning_rate=rate)
    peak = top(optimizer.settings)
    assert rates(optimizer, 3) == [rate * factor(optimizer.settings, peak + t) for t in range(3)]
    optimizer.set(learning_rate=rate)
    assert optimizer.rate == rate


@given(schedules, schedules, st.integers(0, 30))
def test_a_new_schedule_begins_with_its_warm_up_at_the_height_that_was_reached(before, after, steps):
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.6, **before), np.zeros(1))
    rates(optimizer, steps)
    reached = 0.6 * fall(optimizer.settings, steps)
    optimizer.set(**after)
    height = reached if reached > 0 else 0.6
    assert rates(optimizer, 3) == [height * factor(optimizer.settings, t) for t in range(3)]


def test_a_new_decay_goes_on_from_the_present_learning_rate():
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.6, **COOLING), np.zeros(1))
    rates(optimizer, 2)
    optimizer.set(learning_rate_decay=0.0)
    assert rates(optimizer, 3) == pytest.approx([0.3, 0.3, 0.3])


def test_dragging_a_setting_of_the_schedule_during_the_warm_up_does_not_wear_the_learning_rate_down():
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.6, warmup_steps=100), np.zeros(1))
    for warmup in (99, 98, 97):
        rates(optimizer, 1)
        optimizer.set(warmup_steps=warmup)
    assert optimizer.settings.learning_rate == 0.6


def test_other_changes_leave_the_schedule_alone():
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.6, **COOLING), np.zeros(1))
    rates(optimizer, 2)
    optimizer.set(momentum=0.5)
    assert rates(optimizer, 1) == pytest.approx([0.3])


def test_a_refused_change_changes_nothing():
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.6, **COOLING), np.zeros(1))
    rates(optimizer, 2)
    before, scalars = optimizer.settings, dict(optimizer.scalars)
    with pytest.raises(SpecError):
        optimizer.set(learning_rate=0.1, schedule="none")
    assert (optimizer.settings, optimizer.scalars) == (before, scalars)


@given(gradients, st.floats(0, 1), st.floats(0, 1))
def test_the_penalty_is_added_to_the_gradient_and_visible_by_itself(gradients, decay, l1):
    parameters, gradient = np.linspace(-2, 2, len(gradients)), np.array(gradients)
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.5, weight_decay=decay, l1=l1), parameters)
    out = step(optimizer, gradient, np.empty_like(parameters))
    penalty = decay * parameters + l1 * np.sign(parameters)
    np.testing.assert_allclose(optimizer.penalty, penalty, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(out, -0.5 * (gradient + penalty), rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(gradient, gradients)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_penalty_is_zero_again_when_it_is_taken_away(name):
    parameters = np.linspace(-2, 2, 5)
    optimizer = create_optimizer(OptimizerSpec(name, 0.1, weight_decay=0.1, l1=0.2), parameters)
    step(optimizer, np.ones(5), np.zeros(5))
    assert optimizer.penalty.any()
    optimizer.set(weight_decay=0.0, l1=0.0)
    step(optimizer, np.ones(5), np.zeros(5))
    assert not optimizer.penalty.any()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_penalty_pulls_towards_zero_where_the_loss_does_not_care(name):
    parameters = np.array([-1.0, 0.0, 2.0])
    for settings in ({"weight_decay": 0.1}, {"l1": 0.1}):
        optimizer = create_optimizer(OptimizerSpec(name, 0.1, **settings), parameters)
        update = step(optimizer, np.zeros(3), np.zeros(3))
        np.testing.assert_array_equal(np.sign(update), [1, 0, -1])


@given(gradients, st.floats(0.01, 20))
def test_a_clipped_gradient_keeps_its_direction_and_is_no_longer_than_it_may_be(gradients, clip_norm):
    gradient = np.array(gradients)
    optimizer = create_optimizer(OptimizerSpec("sgd", 1.0, clip_norm=clip_norm), np.zeros(len(gradients)))
    seen = -step(optimizer, gradient, np.empty_like(gradient))
    norm = float(np.linalg.norm(gradient))
    np.testing.assert_allclose(seen, gradient * optimizer.clip_factor, rtol=1e-12, atol=1e-15)
    assert np.linalg.norm(seen) <= clip_norm * (1 + 1e-12)
    assert (optimizer.clip_factor < 1) == (norm + 1e-6 > clip_norm)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("extras", [{"clip_norm": 1.0}, {"weight_decay": 0.3, "l1": 0.2}])
@given(gradients=gradients)
def test_each_rule_sees_the_clipped_gradient_and_the_penalty_as_if_they_were_the_gradient(name, extras, gradients):
    parameters, gradient = np.linspace(-2, 2, len(gradients)), np.array(gradients)
    optimizer = create_optimizer(OptimizerSpec(name, 0.1, **extras), parameters)
    bare = create_optimizer(OptimizerSpec(name, 0.1), parameters)
    for _ in range(3):
        found = step(optimizer, gradient, np.empty_like(gradient))
        seen = optimizer.clip_factor * gradient
        if optimizer.penalty_in_gradient:
            expected = step(bare, seen + optimizer.penalty, np.empty_like(gradient))
        else:
            expected = step(bare, seen, np.empty_like(gradient)) - 0.1 * optimizer.penalty
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", OPTIMIZERS)
@given(gradients)
def test_each_parameter_is_treated_as_if_it_were_alone(name, gradients):
    """So the same optimizer can be run on the history of a single weight; only clipping looks at all of them."""
    parameters = np.linspace(-2, 2, len(gradients))
    settings = OptimizerSpec(name, 0.1, weight_decay=0.1, l1=0.1, schedule="cosine", schedule_steps=5)
    whole = create_optimizer(settings, parameters)
    last = create_optimizer(settings, parameters[-1:])
    for scale in (1, -2, 0.5):
        gradient = scale * np.array(gradients)
        update = step(whole, gradient, np.empty_like(gradient))
        assert step(last, gradient[-1:], np.empty(1))[0] == pytest.approx(update[-1], rel=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("extras", [{}, {"weight_decay": 0.1, "l1": 0.1, "clip_norm": 0.1}])
def test_no_allocation_grows_with_the_parameters(name, extras):
    def peak(count: int) -> int:
        optimizer = create_optimizer(OptimizerSpec(name, 0.1, **extras), np.ones(count, np.float32))
        gradient, update = np.ones(count, np.float32), np.zeros(count, np.float32)
        step(optimizer, gradient, update)
        tracemalloc.start()
        try:
            step(optimizer, gradient, update)
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            step(optimizer, gradient, update)
            return tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()

    assert peak(400_000) <= peak(20_000) + 1024
