"""The votes of a minibatch are what each example alone would say, and they add up to the gradient."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.explain.votes import votes_on
from engine.spec import AugmentationSpec, BatchNormSpec, Conv2DSpec, DenseSpec, FlattenSpec, LayerNormSpec
from tests.engine.explain.steps import NETWORKS, frozen_of, frozen_regression

STEPS = {network: frozen_of(network, precision="float64") for network in NETWORKS}
STEPS["regression"] = frozen_regression(precision="float64")


@pytest.mark.parametrize("name", STEPS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_votes_add_up_to_the_gradient(name, data):
    frozen = STEPS[name]
    address = data.draw(st.sampled_from(sorted(frozen.network.parameters.layout)))
    index = tuple(data.draw(st.integers(0, size - 1)) for size in frozen.parameter(address).shape)
    votes = votes_on(frozen, address, index)
    scale = np.abs(votes.votes).sum()
    assert votes.votes.shape == (len(frozen),)
    assert votes.sum == pytest.approx(votes.gradient, abs=1e-12 * scale + 1e-300)
    assert votes.mean * len(frozen) == pytest.approx(votes.sum)
    if votes.agreement is not None and votes.cancellation is not None:
        assert 0.5 - 1e-12 <= votes.agreement <= 1 + 1e-12
        assert votes.cancellation == pytest.approx(2 * (1 - votes.agreement), abs=1e-9)
    sizes = np.abs(votes.votes)[list(votes.largest)]
    assert len(sizes) == min(5, len(frozen))
    assert sizes[0] == np.abs(votes.votes).max()
    assert (np.diff(sizes) <= 0).all()


def votes_by_brute_force(frozen, address):
    """Each example's gradient, with the loss of all others taken out of the sum."""
    passed = frozen.in_float64()
    whole = passed.work.loss.dL_doutputs.copy()
    gradients = []
    for example in range(len(frozen)):
        passed.work.loss.dL_doutputs.fill(0)
        passed.work.loss.dL_doutputs[example] = whole[example]
        passed.network.backward(passed.work)
        gradients.append(passed.work.gradient[address].copy())
    return np.array(gradients)


@pytest.mark.parametrize(
    "layers",
    [
        (DenseSpec(5, "tanh"), LayerNormSpec("relu"), DenseSpec(4)),
        (Conv2DSpec(2, 3, stride=2, padding=1), LayerNormSpec(), Conv2DSpec(3, 2), FlattenSpec()),
    ],
)
def test_a_vote_is_the_gradient_of_the_example_alone(layers):
    frozen = frozen_of(layers=layers, precision="float64")
    for address, shape in frozen.network.parameters.layout.items():
        expected = votes_by_brute_force(frozen, address)
        found = np.stack([votes_on(frozen, address, index).votes for index in np.ndindex(shape)])
        assert np.allclose(found, expected.reshape(len(frozen), -1).T, rtol=1e-10, atol=1e-15)


def test_votes_on_gamma_and_beta_of_maps_are_summed_over_places():
    layers = (Conv2DSpec(2, 3, activation="linear"), BatchNormSpec("tanh"), FlattenSpec())
    frozen = frozen_of(layers=layers, precision="float64")
    kept = frozen.kept("batch_norm1")
    by_place = np.einsum("cuvn,cuvn->cn", kept.dL_dz, kept.x_hat)
    assert np.allclose(votes_on(frozen, "batch_norm1.gamma", (1,)).votes, by_place[1], rtol=1e-12)
    assert np.allclose(votes_on(frozen, "batch_norm1.beta", (1,)).votes, kept.dL_dz[1].sum((0, 1)), rtol=1e-12)


def test_votes_of_a_dead_pixel_are_nobodys():
    frozen = frozen_of(augmentation=AugmentationSpec())
    frozen.work.x[:, 3] = 0  # as a corner of a digit is
    votes = votes_on(frozen, "dense1.W", (0, 3))
    assert votes.sum == 0
    assert votes.agreement is None
    assert votes.cancellation is None


def test_votes_that_pull_against_each_other_cancel():
    frozen = frozen_of(layers=(), batch_size=2, augmentation=AugmentationSpec())
    kept = frozen.kept("dense1")
    kept.dL_dz[:, 0] = (0.3, -0.1)
    votes = votes_on(frozen, "dense1.b", (0,))
    assert votes.agreement == pytest.approx(0.75)
    assert votes.cancellation == pytest.approx(0.5)
    assert votes.largest == (0, 1)


def test_what_is_not_there_is_refused():
    frozen = STEPS["dense"]
    with pytest.raises(KeyError):
        votes_on(frozen, "dense1.V", (0, 0))
    with pytest.raises(IndexError, match=r"dense1\.W"):
        votes_on(frozen, "dense1.W", (0, -1))
    with pytest.raises(IndexError):
        votes_on(frozen, "dense1.W", (0,))
