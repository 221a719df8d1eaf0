"""The ropes at the logits: built from the chain rule's terms, in balance, and the very gradient of the engine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.errors import SpecError
from engine.explain.forces import softmax_forces
from engine.spec import LossSpec
from tests.engine.explain.steps import frozen_of

SMOOTHED = LossSpec(label_smoothing=0.2)
logit_vectors = arrays(np.float64, st.integers(2, 12), elements=st.floats(-30, 30))


@given(z=logit_vectors, smoothing=st.sampled_from([0.0, 0.1, 0.9]), data=st.data())
def test_the_terms_of_the_chain_rule_add_up_to_p_minus_t_and_are_in_balance(z, smoothing, data):
    label = data.draw(st.integers(0, len(z) - 1))
    forces = softmax_forces(LossSpec(label_smoothing=smoothing), z, label)
    np.testing.assert_allclose(forces.terms, forces.dL_dp[:, None] * forces.dp_dz, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(forces.dL_dz, forces.probs - forces.targets, atol=1e-14)
    assert abs(forces.dL_dz.sum()) < 1e-12
    np.testing.assert_allclose(forces.dp_dz.sum(axis=1), 0, atol=1e-12)
    assert forces.targets.sum() == pytest.approx(1)
    assert forces.targets.argmax() == label


@given(z=logit_vectors)
def test_each_factor_is_a_derivative(z):
    h = 1e-6
    forces = softmax_forces(SMOOTHED, z, 0)
    for j in range(len(z)):
        step = h * np.eye(len(z))[j]
        above, below = softmax_forces(SMOOTHED, z + step, 0), softmax_forces(SMOOTHED, z - step, 0)
        np.testing.assert_allclose((above.probs - below.probs) / (2 * h), forces.dp_dz[:, j], atol=1e-8)
        assert (above.loss - below.loss) / (2 * h) == pytest.approx(forces.dL_dz[j], abs=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_they_are_the_gradient_of_the_frozen_step(smoothing):
    frozen = frozen_of("images", loss=LossSpec(label_smoothing=smoothing))
    loss = frozen.work.loss
    for example in range(len(frozen)):
        forces = softmax_forces(loss.settings, loss.outputs[example], int(loss.labels[example]))
        np.testing.assert_allclose(forces.dL_dz, loss.dL_doutputs[example] * len(frozen), atol=1e-6)
        np.testing.assert_allclose(forces.probs, loss.probs[example], atol=1e-6)
        np.testing.assert_array_equal(forces.targets.astype(np.float32), loss.targets[example])
        assert forces.loss == pytest.approx(loss.example_losses[example], rel=1e-5)


def test_a_wrong_class_is_pushed_down_through_the_true_one_alone():
    forces = softmax_forces(LossSpec(), np.array([2.0, 1.0, 0.0]), 2)
    assert not forces.terms[:2].any()
    assert (forces.terms[2, :2] > 0).all()
    assert forces.terms[2, 2] < 0


def test_a_hopeless_example_has_finite_forces():
    forces = softmax_forces(LossSpec(), np.array([2000.0, 0.0]), 1)
    np.testing.assert_array_equal(forces.dL_dz, [1, -1])
    assert forces.loss == 2000
    assert forces.dL_dp[1] == -np.inf


def test_a_loss_without_softmax_is_refused():
    with pytest.raises(SpecError) as refusal:
        softmax_forces(LossSpec("mean_hinge"), np.zeros(3), 0)
    assert (refusal.value.code, refusal.value.where) == ("softmax_needed", "loss.name")
    assert "mean_hinge" in refusal.value.message


def test_a_label_that_is_no_class_is_refused():
    with pytest.raises(ValueError, match="from 0 to 2, got 3"):
        softmax_forces(LossSpec(), np.zeros(3), 3)


def test_nobody_can_write_to_them():
    forces = softmax_forces(SMOOTHED, np.zeros(3), 0)
    for name in ("logits", "probs", "targets", "dL_dp", "dp_dz", "terms", "dL_dz"):
        assert not getattr(forces, name).flags.writeable
