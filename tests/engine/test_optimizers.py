"""Optimizers: exactly the formulas of their papers."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.optimizers import Optimizer, create_optimizer
from engine.spec import OPTIMIZERS, OptimizerSpec

gradients = st.lists(st.floats(-10, 10), min_size=1, max_size=30)


def updates(settings: OptimizerSpec, gradients: list[float]) -> list[float]:
    optimizer = create_optimizer(settings, np.zeros(1))
    found = []
    for gradient in gradients:
        out = np.array([np.nan])
        optimizer.step(np.array([gradient]), out=out)
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
            optimizer.step(np.array([1.8e19], np.float32), out=out)
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
    create_optimizer(OptimizerSpec("adam", 0.5), parameters).step(gradient, out=adam)
    create_optimizer(OptimizerSpec("adamw", 0.5, weight_decay=decay), parameters).step(gradient, out=adamw)
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
    optimizer.step(gradient, out=update)
    np.testing.assert_array_equal(gradient, np.arange(5))
    assert all(vector.dtype == np.float32 for vector in optimizer.state.values())


def test_changing_beta_in_a_run_keeps_the_first_steps_of_adam_at_the_learning_rate():
    """With a constant gradient the bias-corrected m is that gradient, whatever beta was when."""
    optimizer = create_optimizer(OptimizerSpec("adam", 0.1, beta1=0.5, beta2=0.9), np.zeros(1))
    out = np.zeros(1)
    for beta1, beta2 in [(0.5, 0.9), (0.99, 0.5), (0.0, 0.999), (0.9, 0.99)]:
        optimizer.set(beta1=beta1, beta2=beta2)
        optimizer.step(np.array([3.0]), out=out)
        assert out[0] == pytest.approx(-0.1, rel=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_the_squares_of_an_update_are_known_before_it_is_added(name, weight_decay):
    parameters, gradient, update = np.linspace(-1, 1, 7), np.linspace(-3, 2, 7), np.zeros(7)
    settings = OptimizerSpec(name, 0.3, weight_decay=weight_decay, learning_rate_decay=0.5)
    optimizer = create_optimizer(settings, parameters)
    for _ in range(3):
        rate = optimizer.rate
        optimizer.step(gradient, out=update)
        squares = optimizer.squares_of(update, rate, float(gradient @ gradient))
        assert squares == pytest.approx(float(update @ update), rel=1e-12)


def rates(optimizer: Optimizer, steps: int) -> list[float]:
    found = []
    for _ in range(steps):
        out = np.zeros(1)
        optimizer.step(np.ones(1), out=out)
        found.append(-out[0])
    return found


def test_learning_rate_decays_with_the_inverse_of_the_steps():
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.6, learning_rate_decay=0.5), np.zeros(1))
    assert rates(optimizer, 5) == pytest.approx([0.6, 0.6 / 1.5, 0.6 / 2, 0.6 / 2.5, 0.6 / 3])


def test_a_new_learning_rate_is_the_next_one_used_and_decays_from_there():
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.6, learning_rate_decay=0.5), np.zeros(1))
    rates(optimizer, 4)
    optimizer.set(learning_rate=0.2)
    assert rates(optimizer, 3) == pytest.approx([0.2, 0.2 / 1.5, 0.2 / 2])


def test_a_new_decay_goes_on_from_the_present_learning_rate():
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.6, learning_rate_decay=0.5), np.zeros(1))
    rates(optimizer, 2)
    optimizer.set(learning_rate_decay=0.0)
    assert rates(optimizer, 3) == pytest.approx([0.3, 0.3, 0.3])


def test_other_changes_leave_the_decay_alone():
    optimizer = create_optimizer(OptimizerSpec("sgd", 0.6, learning_rate_decay=0.5), np.zeros(1))
    rates(optimizer, 2)
    optimizer.set(momentum=0.5)
    assert rates(optimizer, 1) == pytest.approx([0.3])


@given(gradients, st.floats(0, 1))
def test_weight_decay_adds_its_share_of_the_parameters_to_the_gradient(gradients, decay):
    parameters, gradient = np.linspace(-2, 2, len(gradients)), np.array(gradients)
    out = np.empty_like(parameters)
    create_optimizer(OptimizerSpec("sgd", 0.5, weight_decay=decay), parameters).step(gradient, out=out)
    np.testing.assert_allclose(out, -0.5 * (gradient + decay * parameters), rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(gradient, gradients)
