"""The anatomy of an update: its parts make up the real update, whatever the optimizer, and its state is the run's."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.explain.anatomy import update_anatomy, update_history
from engine.spec import OptimizerSpec
from engine.spec.optimizer import OPTIMIZERS, SCHEDULES
from engine.trainer import Trainer
from tests.engine.explain.steps import freeze, pictures, spec_of

EPSILON = {"float32": float(np.finfo(np.float32).eps), "float64": float(np.finfo(np.float64).eps)}


def optimizer_of(name: str, **changes: object) -> OptimizerSpec:
    settings = OptimizerSpec(name, 0.02, weight_decay=0.05, l1=0.01, clip_norm=0.5, warmup_steps=2, schedule="cosine")
    return replace(settings, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("precision", EPSILON)
@pytest.mark.parametrize("name", OPTIMIZERS)
@settings(max_examples=6)
@given(
    steps=st.integers(0, 6), l1=st.sampled_from([0.0, 0.01]), clip=st.sampled_from([0.0, 0.3]), seed=st.integers(0, 99)
)
def test_the_shares_add_up_to_the_real_update(name, precision, steps, l1, clip, seed):
    optimizer = optimizer_of(name, l1=l1, clip_norm=clip)
    frozen = freeze(spec_of(precision=precision, optimizer=optimizer), steps=steps)
    rng = np.random.default_rng(seed)
    for address, shape in frozen.network.parameters.layout.items():
        index = tuple(int(rng.integers(size)) for size in shape)
        found = update_anatomy(frozen, address, index)
        shares = found.shares
        size = sum(map(abs, (shares.memory, shares.loss, shares.l2, shares.l1)))
        assert abs(shares.total - found.update) <= 16 * EPSILON[precision] * size
        assert found.update == frozen.update(address)[index]
        assert found.parameter_before == frozen.parameter(address)[index]
        assert found.parameter_after == frozen.parameter_after(address)[index]
        assert found.dL_dp == frozen.gradient(address)[index]
        assert found.rate == frozen.record.learning_rate == found.learning_rate * found.schedule_factor
        assert found.clip_factor == frozen.record.clip_factor
        assert found.step == frozen.record.step


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adamw"])
def test_a_share_is_what_the_update_would_lack_without_it(name):
    """For the rules in which the penalty does not change the scale: without it the update lacks its share."""
    with_l2 = freeze(spec_of(precision="float64", optimizer=optimizer_of(name, l1=0.0)), steps=0)
    without = freeze(spec_of(precision="float64", optimizer=optimizer_of(name, l1=0.0, weight_decay=0.0)), steps=0)
    there, not_there = (update_anatomy(frozen, "dense2.W", (1, 2)) for frozen in (with_l2, without))
    assert there.shares.l2 != 0
    assert there.update - not_there.update == pytest.approx(there.shares.l2, rel=1e-9)


def test_the_state_is_that_of_the_run_before_and_after():
    frozen = freeze(spec_of(optimizer=optimizer_of("adam")), steps=4)
    found = update_anatomy(frozen, "dense1.W", (2, 30))
    at = 2 * 64 + 30
    for name in ("m", "v"):
        assert found.state_before[name] == frozen.before.state[name][at]
        assert found.state_after[name] == frozen.trainer.optimizer.state[name][at]
    assert found.state_after["m"] == pytest.approx(0.9 * found.state_before["m"] + 0.1 * found.g, rel=1e-4)
    assert found.bias_corrections == pytest.approx({"c1": 1 - 0.9**5, "c2": 1 - 0.999**5})
    assert found.g == pytest.approx(found.clip_factor * found.dL_dp + found.l2 + found.l1)
    assert found.l1 == pytest.approx(0.01 * np.sign(found.parameter_before))


def test_the_penalties_of_adamw_are_not_in_the_gradient():
    found = update_anatomy(freeze(spec_of(optimizer=optimizer_of("adamw"))), "dense1.W", (0, 0))
    assert not found.penalty_in_gradient
    assert found.g == found.clip_factor * found.dL_dp
    assert found.shares.l2 == pytest.approx(-found.rate * 0.05 * found.parameter_before)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_history_follows_one_weight_through_the_steps_of_the_run(schedule):
    spec = spec_of("images", optimizer=optimizer_of("nesterov", schedule=schedule, learning_rate_decay=0.1))
    trainer = Trainer(spec, pictures())
    trainer.step()
    before = trainer.checkpoint()
    history = list(update_history(before, trainer.dataset, "conv1.W", (2, 0, 1, 1), 5))
    for found in history:
        assert found.parameter_before == trainer.network["conv1"].parameters["W"][2, 0, 1, 1]
        record = trainer.step()
        assert (found.step, found.rate) == (record.step, record.learning_rate)
        assert found.parameter_after == trainer.network["conv1"].parameters["W"][2, 0, 1, 1]
    for earlier, later in pairwise(history):
        assert earlier.state_after == later.state_before


@pytest.mark.parametrize("index", [(0,), (7, 0), (0, -1), (0, 64)])
def test_what_is_not_there_has_no_anatomy(index):
    frozen = freeze(spec_of())
    with pytest.raises(IndexError, match=r"dense1\.W has the shape"):
        update_anatomy(frozen, "dense1.W", index)
    with pytest.raises(KeyError):
        update_anatomy(frozen, "dense9.W", index)
