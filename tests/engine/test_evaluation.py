"""Evaluation: the same numbers as one plain forward pass, however it is sliced."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data.dataset import Split
from engine.evaluation import Evaluation
from engine.trainer import Trainer


def plain_logits(trainer: Trainer, split: Split) -> np.ndarray:
    relu, tanh, output = (layer.parameters for layer in trainer.network.layers)
    x = split.inputs / 255
    hidden = np.tanh(np.maximum(x @ relu["W"].T + relu["b"], 0) @ tanh["W"].T + tanh["b"])
    return hidden @ output["W"].T + output["b"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chunk=st.integers(1, 80), steps=st.integers(0, 30))
def test_it_equals_a_plain_forward_pass_over_the_whole_split(toy, small_spec, chunk, steps):
    trainer = Trainer(small_spec, toy)
    for _ in range(steps):
        trainer.step()
    logits, labels = plain_logits(trainer, toy.test), toy.test.labels
    result = Evaluation(trainer.network, toy.test, chunk=chunk).run(trainer.step_count)
    losses = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(labels)), labels]
    predictions = logits.argmax(axis=1)
    assert result.loss == pytest.approx(losses.mean(), rel=1e-5)
    assert result.correct == (predictions == labels).sum()
    assert result.accuracy == result.correct / 57
    assert (result.step, result.count) == (steps, 57)
    assert result.confusion.sum() == 57
    for label, prediction in np.ndindex(10, 10):
        assert result.confusion[label, prediction] == ((labels == label) & (predictions == prediction)).sum()


def test_all_chunks_see_the_parameters_of_the_start_while_training_goes_on(toy, small_spec):
    trainer, still = Trainer(small_spec, toy), Trainer(small_spec, toy)
    expected = Evaluation(still.network, toy.test).run(0)
    evaluation = Evaluation(trainer.network, toy.test, chunk=10)
    evaluation.start(0)
    while not evaluation.advance():
        assert evaluation.result is None
        trainer.step(), still.step()
    assert evaluation.result is not None
    assert evaluation.result.loss == pytest.approx(expected.loss, rel=1e-6)
    assert trainer.network.parameters.flat.tobytes() == still.network.parameters.flat.tobytes()


def test_it_can_be_used_again_and_keeps_the_last_result_meanwhile(toy, small_spec):
    trainer = Trainer(small_spec, toy)
    evaluation = Evaluation(trainer.network, toy.test, chunk=20)
    assert not evaluation.running
    assert evaluation.advance()
    first = evaluation.run(0)
    for _ in range(40):
        trainer.step()
    evaluation.start(40)
    assert evaluation.running
    assert evaluation.result is not None
    assert evaluation.result.step == 0
    second = evaluation.run(40)
    assert second.accuracy > first.accuracy
    assert second.confusion is not first.confusion
    assert first.confusion.sum() == second.confusion.sum() == 57


def test_an_empty_split_or_chunk_is_refused(toy, small_spec):
    network = Trainer(small_spec, toy).network
    with pytest.raises(ValueError, match="at least one"):
        Evaluation(network, toy.test, chunk=0)
    with pytest.raises(ValueError, match="at least one"):
        Evaluation(network, Split(np.zeros((0, 784), np.uint8), np.zeros(0, np.uint8)))
