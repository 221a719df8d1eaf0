"""A lesson is one step down the gradient of one example; a preview of it is that very step, and leaves no trace."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Diverged
from engine.explain.lesson import FACTORS, MOST_LEARNING_RATE, MOST_WEIGHTS, Lesson
from engine.probes import Probe
from engine.spec import LossSpec
from engine.trainer import Trainer
from tests.engine.explain.steps import NETWORKS, frozen_regression, pictures, spec_of

each_network = pytest.mark.parametrize("network", NETWORKS)


def trained(network="images", precision="float32", **changes):
    trainer = Trainer(spec_of(network, precision=precision, **changes), pictures())
    for _ in range(5):
        trainer.step()
    return trainer


def an_example(seed=1):
    return np.random.default_rng(seed).uniform(0.1, 1, 64)


def state_of(network):
    return network.parameters.flat.tobytes() + network.buffers.flat.tobytes()


def loss_of(trainer, x, label):
    return Probe(trainer).example(x, label).loss


@each_network
@pytest.mark.parametrize("rate", [1e-4, 0.3, 4.0])
def test_a_preview_is_what_teaching_then_does_bit_for_bit_and_changes_nothing(network, rate):
    trainer = trained(network)
    lesson, x = Lesson(trainer.network), an_example()
    before = state_of(trainer.network)
    preview = lesson.preview(x, 2, rate)
    assert state_of(trainer.network) == before
    taught = lesson.teach(x, 2, rate)
    assert taught.steps == 1
    assert preview.before.tobytes() == taught.before.tobytes()
    assert preview.after.tobytes() == taught.after.tobytes()
    assert taught.after.tobytes() != taught.before.tobytes()
    reading = Probe(trainer).predict(x[None])[0]
    assert taught.after.tobytes() == reading.tobytes()


@each_network
def test_every_point_of_the_curve_is_a_step_that_was_really_taken(network):
    trainer = trained(network)
    lesson, x = Lesson(trainer.network), an_example()
    preview = lesson.preview(x, 1, 0.5)
    rates = [point.learning_rate for point in preview.curve]
    assert rates == sorted(set(rates))
    assert 0.5 in rates
    assert rates[0] == pytest.approx(0.005)
    assert rates[-1] == 5.0
    start = trainer.network.parameters.flat.copy()
    for point in preview.curve:
        taught = lesson.teach(x, 1, point.learning_rate)
        assert (point.prob, point.prediction) == (taught.after[1], taught.after.argmax())
        trainer.network.parameters.flat[:] = start


def test_no_point_of_the_curve_goes_farther_than_a_step_may():
    preview = Lesson(trained().network).preview(an_example(), 0, 4.0)
    rates = [point.learning_rate for point in preview.curve]
    assert rates[-1] == MOST_LEARNING_RATE
    assert len(rates) == sum(4.0 * factor < MOST_LEARNING_RATE for factor in FACTORS) + 1


@each_network
def test_each_parameter_moves_by_the_slope_of_the_loss_times_the_rate(network):
    trainer = trained(network, "float64")
    flat = trainer.network.parameters.flat
    x, rate, h = an_example(), 1e-3, 1e-6
    rng = np.random.default_rng(4)
    before = flat.copy()
    Lesson(trainer.network).teach(x, 3, rate)
    moved = flat - before
    for at in rng.choice(np.flatnonzero(moved), 6, replace=False):
        losses = []
        for sign in (1, -1):
            flat[:] = before
            flat[at] += sign * h
            losses.append(loss_of(trainer, x, 3))
        slope = (losses[0] - losses[1]) / (2 * h)
        assert moved[at] == pytest.approx(-rate * slope, rel=1e-4, abs=1e-10)


@each_network
def test_a_preview_tells_which_layers_and_weights_move_and_how_far(network):
    trainer = trained(network)
    lesson, x = Lesson(trainer.network), an_example()
    preview = lesson.preview(x, 2, 0.1)
    before = trainer.network.copy().parameters
    lesson.teach(x, 2, 0.1)
    after = trainer.network.parameters
    for move in preview.layers:
        addresses = [address for address in after.layout if address.startswith(f"{move.layer}.")]
        assert move.parameters == sum(after[address].size for address in addresses)
        assert move.moved == sum(np.count_nonzero(after[address] != before[address]) for address in addresses)
    assert sum(move.parameters for move in preview.layers) == after.flat.size
    assert sum(move.share for move in preview.layers) == pytest.approx(1, rel=1e-5)
    squares = sum(move.gradient_rms**2 * move.parameters for move in preview.layers)
    assert np.sqrt(squares) * 0.1 == pytest.approx(np.linalg.norm(after.flat - before.flat), rel=1e-3)
    assert len(preview.weights) == MOST_WEIGHTS
    named = [abs(move.after - move.before) for move in preview.weights]
    assert named == sorted(named, reverse=True)
    for move in preview.weights:
        assert (move.before, move.after) == (before[move.address][move.index], after[move.address][move.index])
    weights = [np.abs(after[address] - before[address]).max() for address in after.layout if address.endswith(".W")]
    assert named[0] == pytest.approx(max(weights))


@each_network
def test_until_it_agrees_is_the_shortest_lesson_after_which_the_label_is_read(network):
    trainer, x = trained(network), an_example()
    lesson, probe = Lesson(trainer.network), Probe(trainer)
    start = trainer.network.parameters.flat.copy()
    label = int(probe.predict(x[None])[0].argmin())
    taught = lesson.teach(x, label, 0.05, steps=100, until_agrees=True)
    assert taught.agrees
    assert 1 <= taught.steps < 100
    end = state_of(trainer.network)
    trainer.network.parameters.flat[:] = start
    for _ in range(taught.steps):
        assert probe.predict(x[None])[0].argmax() != label
        lesson.teach(x, label, 0.05)
    assert state_of(trainer.network) == end
    again = lesson.teach(x, label, 0.05, steps=100, until_agrees=True)
    assert (again.steps, again.agrees) == (0, True)
    assert state_of(trainer.network) == end


@settings(max_examples=30)
@given(rate=st.sampled_from([1e-3, 0.5, 10.0]), scale=st.sampled_from([1, 1e6, 1e18]), steps=st.integers(1, 30))
def test_a_lesson_is_finite_or_refused_with_every_bit_as_it_was(rate, scale, steps):
    trainer = trained("dense")
    trainer.network.parameters.flat[:] *= scale
    lesson, x = Lesson(trainer.network), an_example()
    before = state_of(trainer.network)
    try:
        taught = lesson.teach(x, 1, rate, steps=steps)
    except Diverged:
        assert state_of(trainer.network) == before
    else:
        assert np.isfinite(taught.after).all()
        flat = trainer.network.parameters.flat
        assert np.isfinite(flat.dot(flat))
    before = state_of(trainer.network)
    try:
        preview = lesson.preview(x, 1, rate)
    except Diverged:
        pass
    else:
        assert np.isfinite([point.prob for point in preview.curve]).all()
    assert state_of(trainer.network) == before


def test_a_lesson_that_overflows_is_refused():
    trainer = trained("dense")
    trainer.network.parameters.flat[:] *= 1e18
    with pytest.raises(Diverged):
        Lesson(trainer.network).teach(an_example(), 1, 10.0, steps=3)


def test_scores_without_probabilities_can_be_taught_by():
    trainer = trained("dense", loss=LossSpec("mean_hinge"))
    lesson, x = Lesson(trainer.network), an_example()
    label = int(Probe(trainer).predict(x[None])[0].argmin())
    assert lesson.teach(x, label, 0.01, steps=100, until_agrees=True).agrees


def test_only_classes_that_there_are_can_be_taught():
    lesson = Lesson(trained("dense").network)
    for label in (-1, 4):
        with pytest.raises(ValueError, match="0 to 3"):
            lesson.teach(an_example(), label, 0.1)
    with pytest.raises(ValueError, match="network of classes"):
        Lesson(frozen_regression().network)
