"""The runner-up: a changed image that the network itself reads as another class, changed no more than need be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.explain.runner_up import RunnerUps, _within
from engine.trainer import Trainer
from tests.engine.explain.steps import NETWORKS, pictures, spec_of

each_network = pytest.mark.parametrize("network", NETWORKS)


def trained(network="dense", precision="float64", steps=5, **changes):
    trainer = Trainer(spec_of(network, precision=precision, **changes), pictures())
    for _ in range(steps):
        trainer.step()
    return trainer.network


def read(network, x):
    work = network.workspace(1)
    work.x[0] = x
    network.forward(work)
    return work.loss.outputs[0].copy()


def images(count):
    return pictures().test.x_of(np.arange(count)).astype(np.float64)


@each_network
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_changed_image_really_is_read_as_another_class(network, precision):
    net = trained(network, precision)
    finder, found = RunnerUps(net), 0
    for x in images(8).astype(precision):
        told = finder.find(x)
        if told is None:
            continue
        found += 1
        before, after = read(net, x), read(net, told.image)
        assert told.before == before.argmax() != after.argmax() == told.prediction
        assert told.probs.argmax() == told.prediction
        assert told.probs_before.argmax() == told.before
        assert (told.image >= 0).all()
        assert (told.image <= 1).all()
        np.testing.assert_allclose(told.image * 255, np.round(told.image * 255), atol=1e-4)
        assert told.size == pytest.approx(float(np.linalg.norm(told.image.astype(float) - x)), rel=1e-6)
        assert told.noticeable == (np.abs(told.image.astype(float) - x) > 0.1).sum() == told.share * len(x)
    assert found >= 4


@each_network
def test_it_goes_along_the_difference_of_the_two_gradients(network):
    net = trained(network)
    finder, x = RunnerUps(net), images(1)[0]
    value, slope = finder.contrast(x, 0, 2)
    logits = read(net, x)
    assert value == pytest.approx(logits[2] - logits[0], rel=1e-12)
    rng = np.random.default_rng(4)
    for _ in range(4):
        direction = rng.standard_normal(len(x)) / 8
        above, below = (read(net, x + h * direction) for h in (1e-6, -1e-6))
        numeric = ((above[2] - above[0]) - (below[2] - below[0])) / 2e-6
        assert numeric == pytest.approx(float(slope @ direction), rel=1e-5, abs=1e-9)


def test_in_a_linear_network_the_change_is_as_short_as_it_can_be():
    net = trained(layers=())
    finder = RunnerUps(net)
    W = net["dense1"].parameters["W"]
    x = np.full(64, 128 / 255)  # grey: no pixel comes to the end of its range
    told = finder.find(x)
    logits = read(net, x)
    shortest = min(
        (logits[told.before] - logits[k]) / np.linalg.norm(W[k] - W[told.before]) for k in range(4) if k != told.before
    )
    rounding = 0.5 / 255 * np.sqrt(64)
    assert shortest - rounding <= told.size <= 1.3 * shortest + 2 * rounding
    assert told.steps == 1


def test_the_class_that_wins_is_the_runner_up_where_only_two_are_near():
    net = trained(layers=())
    net["dense1"].parameters["b"][2:] = -50
    told = RunnerUps(net).find(images(1)[0])
    assert {told.before, told.prediction} == {0, 1}


def test_a_network_that_reads_everything_alike_has_no_runner_up():
    net = trained(layers=())
    net["dense1"].parameters["W"].fill(0)
    assert RunnerUps(net).find(images(1)[0]) is None
    net["dense1"].parameters["W"][0, 0] = 1e-9
    net["dense1"].parameters["b"][:] = (5, 0, 0, 0)
    assert RunnerUps(net).find(images(1)[0]) is None


def test_numbers_that_are_not_finite_find_nothing():
    net = trained()
    net.parameters.flat[3] = np.nan
    assert RunnerUps(net).find(images(1)[0]) is None


def test_the_network_is_left_as_it_is():
    net = trained("images")
    before = net.parameters.flat.tobytes(), net.buffers.flat.tobytes()
    x = images(1)[0]
    asked = x.copy()
    RunnerUps(net).find(x)
    assert (net.parameters.flat.tobytes(), net.buffers.flat.tobytes()) == before
    np.testing.assert_array_equal(x, asked)


def test_what_cannot_be_read_is_refused():
    with pytest.raises(ValueError, match="expected 64 inputs"):
        RunnerUps(trained()).find(np.zeros(3))


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 12), share=st.floats(0.01, 1.5))
def test_the_change_within_a_range_is_the_shortest_that_closes_the_lead(seed, n, share):
    rng = np.random.default_rng(seed)
    slope, x = rng.standard_normal(n), rng.uniform(0, 1, n)
    lowest, highest = -x, 1 - x
    most = float(np.where(slope > 0, slope * highest, slope * lowest).sum())
    lead = share * most
    change = _within(slope, lead, lowest, highest)
    assert (change >= lowest).all()
    assert (change <= highest).all()
    assert float(slope @ change) == pytest.approx(min(lead, most), rel=1e-9, abs=1e-12)
    if share < 1:  # any other change that does as much is longer: change is the projection of 0 on a convex set
        for _ in range(5):
            other = rng.uniform(lowest, highest)
            gained = float(slope @ other)
            if gained >= lead:
                assert np.linalg.norm(other) >= np.linalg.norm(change) - 1e-9
