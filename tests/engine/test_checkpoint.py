"""Checkpoints: going on from one is the same, bit by bit, as never having stopped."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.checkpoint import STATE_OF_OPTIMIZER, Checkpoint
from engine.errors import CheckpointError
from engine.optimizers import create_optimizer
from engine.spec import OptimizerSpec
from engine.spec.optimizer import OPTIMIZERS
from engine.trainer import StepRecord, Trainer

changes = st.dictionaries(
    st.integers(0, 39),
    st.fixed_dictionaries(
        {},
        optional={
            "learning_rate": st.floats(1e-4, 0.05),
            "momentum": st.floats(0, 0.95),
            "beta1": st.floats(0, 0.99),
            "learning_rate_decay": st.floats(0, 1),
        },
    ),
    max_size=4,
)


def advance(trainer: Trainer, to: int, changes: dict[int, dict[str, float]]) -> list[StepRecord]:
    records: list[StepRecord] = []
    while trainer.step_count < to:
        trainer.set(**changes.get(trainer.step_count, {}))
        records.append(trainer.step())
    return records


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stop=st.integers(0, 40),
    name=st.sampled_from(OPTIMIZERS),
    precision=st.sampled_from(["float32", "float64"]),
    changes=changes,
)
def test_stopping_and_going_on_changes_no_bit(toy, small_spec, stop, name, precision, changes):
    spec = replace(small_spec, optimizer=OptimizerSpec(name, 0.01), precision=precision)
    straight, stopped = Trainer(spec, toy), Trainer(spec, toy)
    expected = advance(straight, 40, changes)
    advance(stopped, stop, changes)
    tensors, metadata = stopped.checkpoint().to_tensors()
    resumed = Trainer.from_checkpoint(Checkpoint.from_tensors(tensors, metadata), toy)
    assert resumed.step_count == stop
    assert resumed.update.flat.tobytes() == stopped.update.flat.tobytes()
    assert advance(resumed, 40, changes) == expected[stop:]
    assert resumed.network.parameters.flat.tobytes() == straight.network.parameters.flat.tobytes()


def test_a_checkpoint_is_not_touched_by_further_training(toy, small_spec):
    trainer = Trainer(small_spec, toy)
    trainer.step()
    checkpoint = trainer.checkpoint()
    before = checkpoint.parameters.copy(), checkpoint.state["velocity"].copy()
    trainer.step()
    np.testing.assert_array_equal(checkpoint.parameters, before[0])
    np.testing.assert_array_equal(checkpoint.state["velocity"], before[1])
    with pytest.raises(ValueError, match="read-only"):
        checkpoint.parameters[0] = 1


def test_parameters_have_the_names_and_shapes_of_the_same_network_in_pytorch(toy, small_spec):
    trainer = Trainer(small_spec, toy)
    tensors, metadata = trainer.checkpoint().to_tensors()
    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "0.weight": (12, 784),
        "0.bias": (12,),
        "2.weight": (9, 12),
        "2.bias": (9,),
        "4.weight": (10, 9),
        "4.bias": (10,),
        "update": (12 * 785 + 9 * 13 + 10 * 10,),
        "optimizer.velocity": (12 * 785 + 9 * 13 + 10 * 10,),
    }
    np.testing.assert_array_equal(tensors["2.weight"], trainer.network.layers[1].W)
    assert all(isinstance(text, str) for text in metadata.values())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_checkpoints_know_all_an_optimizer_carries_from_step_to_step(name):
    optimizer = create_optimizer(OptimizerSpec(name), np.zeros(2))
    assert STATE_OF_OPTIMIZER[name] == (tuple(optimizer.state), tuple(optimizer.scalars))


def refused(tensors, metadata) -> tuple[str, str]:
    with pytest.raises(CheckpointError) as refusal:
        Checkpoint.from_tensors(tensors, metadata)
    assert refusal.value.message
    return refusal.value.code, refusal.value.where


@pytest.fixture
def stored(toy, small_spec):
    trainer = Trainer(replace(small_spec, optimizer=OptimizerSpec("adam", 0.01)), toy)
    trainer.step()
    return trainer.checkpoint().to_tensors()


SCALARS = {"schedule_step": 1.0, "beta1_product": 0.9, "beta2_product": 0.999}


def test_missing_extra_and_renamed_tensors_are_refused(stored):
    tensors, metadata = stored
    assert refused({**tensors, "6.weight": tensors["0.weight"]}, metadata) == ("wrong_tensors", "6.weight")
    assert refused({name: tensors[name] for name in tensors if name != "update"}, metadata) == (
        "wrong_tensors",
        "update",
    )
    assert refused({}, metadata)[0] == "wrong_tensors"


def test_a_tensor_of_another_shape_or_type_is_refused(stored):
    tensors, metadata = stored
    assert refused({**tensors, "0.weight": tensors["0.weight"].T}, metadata) == ("wrong_tensor_shape", "0.weight")
    double = tensors["0.bias"].astype(np.float64)
    assert refused({**tensors, "0.bias": double}, metadata) == ("wrong_tensor_type", "0.bias")


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["0.weight", "4.bias", "update", "optimizer.m", "optimizer.v"])
def test_numbers_that_training_could_not_have_made_are_refused(stored, name, number):
    tensors, metadata = stored
    bad = tensors[name].copy()
    bad.flat[-1] = number
    assert refused({**tensors, name: bad}, metadata) == ("not_finite", name)


def test_parameters_too_large_to_be_squared_are_refused(stored):
    tensors, metadata = stored
    assert refused({**tensors, "0.bias": np.full(12, 3e38, np.float32)}, metadata) == ("not_finite", "0.bias")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"step": -1}, "step"),
        ({"step": True}, "step"),
        ({"step": 1.5}, "step"),
        ({"spec": None}, "spec"),
        ({"settings": None}, "settings"),
        ({"settings": {"learning_rate": 99}}, "optimizer.learning_rate"),
        ({"scalars": {}}, "scalars"),
        ({"scalars": {**SCALARS, "beta1_product": 2.0}}, "scalars.beta1_product"),
        ({"scalars": {**SCALARS, "beta1_product": float("nan")}}, "scalars.beta1_product"),
        ({"scalars": {**SCALARS, "schedule_step": 2.0}}, "scalars.schedule_step"),
        ({"scalars": {**SCALARS, "schedule_step": "1"}}, "scalars.schedule_step"),
        ({"input_shape": []}, "input_shape"),
        ({"input_shape": [784, 1]}, "input_shape"),
        ({"input_shape": [-784]}, "input_shape"),
        ({"input_shape": [10**9]}, "input_shape"),
        ({"input_shape": "784"}, "input_shape"),
        ({"outputs": 0}, "outputs"),
        ({"outputs": True}, "outputs"),
        ({"outputs": None}, "outputs"),
        ({"extra": 1}, "state"),
    ],
)
def test_damaged_metadata_is_refused_by_place(stored, change, where):
    tensors, metadata = stored
    state = {**json.loads(metadata["state"]), **change}
    assert refused(tensors, {**metadata, "state": json.dumps(state)}) == ("wrong_metadata", where)


@pytest.mark.parametrize("text", ["", "null", "[]", "{", "[" * 100_000])
def test_metadata_that_is_no_object_is_refused(stored, text):
    tensors, metadata = stored
    assert refused(tensors, {**metadata, "state": text}) == ("wrong_metadata", "state")


def test_another_format_is_refused(stored):
    tensors, metadata = stored
    assert refused(tensors, {**metadata, "format": "backscope-checkpoint-99"})[0] == "wrong_format"
    assert refused(tensors, {})[0] == "wrong_format"
