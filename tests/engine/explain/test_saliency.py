"""Saliency maps: derivatives of what they say they are of, in any network, with accounts that add up."""

import numpy as np
import pytest

from engine.explain.saliency import ExampleLoss, Logit, Saliency
from engine.probes import Probe
from engine.spec import DenseSpec, LossSpec
from engine.trainer import Trainer
from tests.engine.explain.steps import NETWORKS, frozen_regression, pictures, spec_of

each_network = pytest.mark.parametrize("network", NETWORKS)


def trained(network="images", precision="float64", **changes):
    trainer = Trainer(spec_of(network, precision=precision, **changes), pictures())
    for _ in range(5):
        trainer.step()
    return trainer


def numeric_slope(saliency, x, of, direction, h=1e-6):
    above, below = saliency.gradient(x + h * direction, of), saliency.gradient(x - h * direction, of)
    return (above.at_input - below.at_input) / (2 * h)


@each_network
@pytest.mark.parametrize("of", [Logit(0), Logit(3), ExampleLoss(2)], ids=["logit0", "logit3", "loss"])
def test_the_gradient_is_that_of_what_it_is_of(network, of):
    saliency = Saliency(trained(network).network, chunk=3)
    rng = np.random.default_rng(1)
    x = rng.uniform(0.2, 1, 64)
    found = saliency.gradient(x, of)
    for _ in range(3):
        direction = rng.standard_normal(64) / 8
        assert numeric_slope(saliency, x, of, direction) == pytest.approx(
            float(found.values @ direction), rel=1e-5, abs=1e-9
        )


@each_network
@pytest.mark.parametrize("of", [Logit(1), ExampleLoss(1)], ids=["logit", "loss"])
def test_integrated_gradients_add_up_to_the_difference(network, of):
    saliency = Saliency(trained(network).network)
    x = np.random.default_rng(2).uniform(0, 1, 64)
    found = saliency.integrated_gradients(x, of, steps=1000)
    difference = found.at_input - found.at_baseline
    assert abs(difference) > 1e-3
    assert found.values.sum() - difference == pytest.approx(found.completeness_gap, abs=1e-12)
    assert abs(found.completeness_gap) < 0.01 * abs(difference) + 1e-4
    assert found.at_baseline == saliency.gradient(np.zeros(64), of).at_input
    assert not found.baseline.any()


def test_a_coarse_way_tells_its_gap():
    saliency = Saliency(trained().network)
    x = np.random.default_rng(2).uniform(0, 1, 64)
    coarse, fine = (saliency.integrated_gradients(x, ExampleLoss(1), steps=steps) for steps in (1, 512))
    assert abs(coarse.completeness_gap) > 10 * abs(fine.completeness_gap)
    assert (coarse.steps, fine.steps) == (1, 512)


def test_the_middles_of_the_pieces_close_the_gap_with_the_square_of_their_number():
    saliency = Saliency(trained(layers=(DenseSpec(7, "tanh"),)).network)
    x = np.random.default_rng(2).uniform(0, 1, 64)
    gaps = [abs(saliency.integrated_gradients(x, Logit(1), steps=steps).completeness_gap) for steps in (40, 160)]
    assert gaps[0] / gaps[1] == pytest.approx(16, rel=0.1)


def test_the_way_begins_at_the_baseline_that_is_given():
    saliency = Saliency(trained().network)
    x = np.random.default_rng(2).uniform(0, 1, 64)
    assert not saliency.integrated_gradients(x, Logit(0), baseline=x).values.any()
    grey = saliency.integrated_gradients(x, Logit(0), baseline=np.full(64, 0.5), steps=500)
    assert grey.at_baseline == saliency.gradient(np.full(64, 0.5), Logit(0)).at_input
    assert grey.values.sum() == pytest.approx(grey.at_input - grey.at_baseline, abs=1e-3)


def test_the_three_maps_are_told_apart_and_agree_where_the_network_is_linear():
    trainer = trained(layers=())
    saliency = Saliency(trainer.network)
    x = np.random.default_rng(3).uniform(0, 1, 64)
    gradient, times, integrated = (
        saliency.gradient(x, Logit(2)),
        saliency.gradient_times_input(x, Logit(2)),
        saliency.integrated_gradients(x, Logit(2), steps=1),
    )
    assert [found.method for found in (gradient, times, integrated)] == [
        "gradient",
        "gradient_times_input",
        "integrated_gradients",
    ]
    np.testing.assert_allclose(gradient.values, trainer.network["dense1"].parameters["W"][2], rtol=1e-12)
    np.testing.assert_array_equal(times.values, x * gradient.values)
    np.testing.assert_allclose(integrated.values, times.values, rtol=1e-12)
    assert (gradient.of, gradient.output) == ("logit", 2)
    loss = saliency.gradient(x, ExampleLoss(2))
    assert (loss.of, loss.output) == ("loss", None)


@pytest.mark.parametrize("network", ["dense", "images"])
def test_the_gradient_of_the_loss_is_that_of_the_probe(network):
    trainer = trained(network, "float32", loss=LossSpec(label_smoothing=0.1))
    x = pictures().test.x_of(np.array([4]))[0]
    found, trace = Saliency(trainer.network).gradient(x, ExampleLoss(1)), Probe(trainer).example(x, 1)
    np.testing.assert_allclose(found.values, trace.dL_dx, rtol=1e-4, atol=1e-6)
    assert found.at_input == pytest.approx(trace.loss, rel=1e-5)


def test_a_regression_has_maps_of_its_loss_by_its_targets():
    frozen = frozen_regression(precision="float64")
    saliency = Saliency(frozen.network)
    x, answer = np.array([0.3, -0.4]), np.array([0.7])
    found = saliency.gradient(x, ExampleLoss(answer))
    assert numeric_slope(saliency, x, ExampleLoss(answer), np.array([0, 1.0])) == pytest.approx(
        found.values[1], rel=1e-5
    )


def test_maps_leave_the_run_alone_and_cannot_be_written_to():
    trainer, twin = trained(), trained()
    found = Saliency(trainer.network).integrated_gradients(np.ones(64), Logit(0))
    assert not found.values.flags.writeable
    assert not found.baseline.flags.writeable
    assert trainer.step() == twin.step()
    assert trainer.network.parameters.flat.tobytes() == twin.network.parameters.flat.tobytes()


def test_what_is_not_there_is_refused():
    saliency = Saliency(trained().network)
    with pytest.raises(ValueError, match="an output from 0 to 3, got 4"):
        saliency.gradient(np.zeros(64), Logit(4))
    with pytest.raises(ValueError, match="an output from 0 to 3, got -1"):
        saliency.gradient(np.zeros(64), ExampleLoss(-1))
    with pytest.raises(ValueError, match="expected 64 inputs, got 2"):
        saliency.gradient(np.zeros(2), Logit(0))
    with pytest.raises(ValueError, match="steps, got 0"):
        saliency.integrated_gradients(np.zeros(64), Logit(0), steps=0)
