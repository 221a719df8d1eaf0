"""Probes: exact copies of what is there, of which training notices nothing."""

from dataclasses import fields, replace

import numpy as np
import pytest

from engine.errors import Diverged
from engine.probes import LayerRequest, Probe
from engine.spec import DenseSpec
from engine.trainer import Trainer


@pytest.fixture
def trainer(toy, small_spec) -> Trainer:
    trainer = Trainer(small_spec, toy)
    for _ in range(5):
        trainer.step()
    return trainer


EVERYTHING = LayerRequest(W=True, dL_dW=True, update=True, b=True)


def test_looking_changes_no_bit_of_training(toy, small_spec):
    watched, alone = Trainer(small_spec, toy), Trainer(small_spec, toy)
    probe = Probe(watched)
    for step in range(20):
        assert watched.step() == alone.step()
        gradient = watched.work.gradient.flat.tobytes()
        probe.example(toy.test.inputs[step], int(toy.test.labels[step]))
        probe.predict(toy.test.inputs)
        probe.snapshot({"dense1": EVERYTHING, "dense3": EVERYTHING})
        assert watched.work.gradient.flat.tobytes() == gradient
    assert watched.network.parameters.flat.tobytes() == alone.network.parameters.flat.tobytes()


def test_a_snapshot_holds_the_requested_rows_exactly(trainer):
    units = np.array([7, 0, 3])
    snapshot = Probe(trainer).snapshot({"dense1": replace(EVERYTHING, units=units), "dense2": LayerRequest(b=True)})
    first, second = snapshot.layers["dense1"], snapshot.layers["dense2"]
    np.testing.assert_array_equal(first.units, units)
    np.testing.assert_array_equal(first.W, trainer.network.layers[0].W[units])
    np.testing.assert_array_equal(first.dL_dW, trainer.work.layers[0].dL_dW[units])
    np.testing.assert_array_equal(first.update, trainer.update["dense1.W"][units])
    np.testing.assert_array_equal(first.b, trainer.network.layers[0].b[units])
    assert (second.W, second.dL_dW, second.update) == (None, None, None)
    np.testing.assert_array_equal(second.b, trainer.network.layers[1].b)
    assert (snapshot.step, snapshot.epoch, snapshot.record) == (5, 5 / 12, trainer.last_record)


def test_a_snapshot_stays_as_it_was_while_training_goes_on(trainer):
    snapshot = Probe(trainer).snapshot({"dense1": EVERYTHING})
    layer = snapshot.layers["dense1"]
    before = layer.W.copy(), layer.dL_dW.copy(), layer.update.copy(), layer.b.copy()
    trainer.step()
    for array, copy in zip((layer.W, layer.dL_dW, layer.update, layer.b), before, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not array.flags.writeable


def test_statistics_are_measured(trainer):
    for layer, kept, snapshot in zip(
        trainer.network.layers, trainer.work.layers, Probe(trainer).snapshot().layers.values(), strict=True
    ):
        found = snapshot.statistics
        update = trainer.update[f"{layer.name}.W"]
        assert found.W_rms == pytest.approx(np.sqrt((layer.W**2).mean()), rel=1e-5)
        assert found.dL_dW_rms == pytest.approx(np.sqrt((kept.dL_dW**2).mean()), rel=1e-5)
        assert found.update_rms == pytest.approx(np.sqrt((update**2).mean()), rel=1e-5)
        assert found.dL_dz_rms == pytest.approx(np.sqrt((kept.dL_dz**2).mean()), rel=1e-5)
        assert found.a_mean == pytest.approx(kept.a.mean(), rel=1e-5)


def test_a_unit_is_dead_when_no_example_gets_through_it(trainer):
    trainer.network.layers[0].b[[2, 5, 6]] = -1e6
    trainer.step()
    statistics = Probe(trainer).snapshot().layers["dense1"].statistics
    always_zero = (trainer.work.layers[0].a == 0).all(axis=0)
    assert always_zero[[2, 5, 6]].all()
    assert statistics.dead == pytest.approx(always_zero.mean())


def test_what_is_not_computed_yet_is_none_and_not_zero(toy, small_spec, trainer):
    fresh = Probe(Trainer(small_spec, toy)).snapshot({"dense1": EVERYTHING})
    resumed = Probe(Trainer.from_checkpoint(trainer.checkpoint(), toy)).snapshot({"dense1": EVERYTHING})
    for snapshot in (fresh, resumed):
        layer = snapshot.layers["dense1"]
        statistics = layer.statistics
        assert snapshot.record is None
        assert (layer.dL_dW, statistics.dL_dW_rms, statistics.a_mean, statistics.dL_dz_rms) == (None,) * 4
        assert statistics.dead is None
        assert layer.W is not None
    assert fresh.layers["dense1"].update is None
    np.testing.assert_array_equal(resumed.layers["dense1"].update, trainer.update["dense1.W"])


def test_an_unknown_layer_is_refused(trainer):
    with pytest.raises(KeyError, match="dense9"):
        Probe(trainer).snapshot({"dense9": EVERYTHING})


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_an_example_is_traced_forward_and_back_by_its_own_loss(toy, small_spec, precision):
    trainer = Trainer(replace(small_spec, precision=precision, layers=(DenseSpec(12, "tanh"),)), toy)
    trainer.step()
    hidden, output = trainer.network.layers
    trace = Probe(trainer).example(toy.test.inputs[3], 8)
    x = toy.test.inputs[3] / 255
    z = hidden.W @ x + hidden.b
    logits = output.W @ np.tanh(z) + output.b
    probs = np.exp(logits) / np.exp(logits).sum()
    error = probs - np.eye(10)[8]
    close = {"rtol": 2e-4, "atol": 1e-6} if precision == "float32" else {"rtol": 1e-12, "atol": 1e-15}
    np.testing.assert_allclose(trace.x, x, **close)
    np.testing.assert_allclose(trace.layers[0].z, z, **close)
    np.testing.assert_allclose(trace.layers[0].a, np.tanh(z), **close)
    np.testing.assert_allclose(trace.layers[0].dL_da, error @ output.W, **close)
    np.testing.assert_allclose(trace.layers[0].dL_dz, (error @ output.W) * (1 - np.tanh(z) ** 2), **close)
    np.testing.assert_allclose(trace.layers[1].z, logits, **close)
    np.testing.assert_allclose(trace.layers[1].dL_dz, error, **close)
    np.testing.assert_allclose(trace.dL_dx, trace.layers[0].dL_dz @ hidden.W, **close)
    np.testing.assert_allclose(trace.probs, probs, **close)
    assert trace.loss == pytest.approx(-np.log(probs[8]), rel=1e-4)
    assert (trace.step, trace.label, trace.prediction) == (1, 8, logits.argmax())
    assert [layer.name for layer in trace.layers] == ["dense1", "dense2"]


def test_a_trace_is_immutable(trainer, toy):
    probe = Probe(trainer)
    trace = probe.example(toy.test.inputs[0], 1)
    before = trace.probs.copy()
    probe.example(toy.test.inputs[1], 2)
    np.testing.assert_array_equal(trace.probs, before)
    for owner in (trace, *trace.layers):
        for field in fields(owner):
            value = getattr(owner, field.name)
            assert not isinstance(value, np.ndarray) or not value.flags.writeable


@pytest.mark.parametrize("count", [0, 1, 57, 64])
def test_predictions_of_bytes_and_of_numbers_agree_with_traces(trainer, toy, count):
    probe = Probe(trainer)
    images = toy.train.inputs[:count]
    probs = probe.predict(images)
    assert probs.shape == (count, 10)
    np.testing.assert_allclose(probs, probe.predict(images / 255), rtol=1e-5)
    for image, found in zip(images, probs, strict=True):
        np.testing.assert_allclose(found, probe.example(image, 0).probs, rtol=1e-4, atol=1e-6)


def test_an_image_of_another_size_or_an_unknown_label_is_refused(trainer, toy):
    probe = Probe(trainer)
    with pytest.raises(ValueError, match="expected images of shape"):
        probe.example(np.zeros(28, np.uint8), 0)
    with pytest.raises(ValueError, match="expected images of shape"):
        probe.predict(np.zeros((2, 783)))
    for label in (-1, 10):
        with pytest.raises(ValueError, match="expected a label"):
            probe.example(toy.test.inputs[0], label)


def test_after_a_divergence_the_bad_numbers_can_be_looked_at(trainer):
    trainer.network.layers[1].b[0] = np.nan
    with pytest.raises(Diverged):
        trainer.step()
    probe = Probe(trainer)
    layers = probe.snapshot({"dense1": EVERYTHING}).layers
    assert np.isfinite(layers["dense1"].W).all()
    assert layers["dense1"].statistics.a_mean is not None
    assert trainer.checkpoint().step == 5
