"""Health: silent on runs that are well, and on runs made to break it names the layer, the kind and the cause."""

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import Diverged
from engine.health import LARGEST_SLOPE, SATURATED, HealthCheck
from engine.spec import (
    DEFAULT_SPEC,
    BatchNormSpec,
    Conv2DSpec,
    DenseSpec,
    FlattenSpec,
    LossSpec,
    MaxPool2DSpec,
    OptimizerSpec,
    RunSpec,
)
from engine.trainer import Trainer

CONVOLUTIONS = (Conv2DSpec(3, 7, 3), MaxPool2DSpec(), FlattenSpec(), DenseSpec(8, "tanh"))


def findings(trainer, steps=1, held_out=0):
    check = HealthCheck(trainer, held_out)
    for _ in range(steps):
        trainer.step()
    return check.findings()


def kinds(found):
    return {(finding.kind, finding.cause) for finding in found}


def of_kind(found, kind):
    return {finding.layer: finding for finding in found if finding.kind == kind}


def test_the_default_run_is_well(mnist):
    trainer = Trainer(DEFAULT_SPEC, mnist)
    check = HealthCheck(trainer, held_out=64)
    for step in range(500):
        trainer.step()
        if step < 10 or step % 10 == 0:
            assert check.findings() == ()


@pytest.mark.parametrize(
    "spec",
    [
        RunSpec(layers=(DenseSpec(64), DenseSpec(32)), optimizer=OptimizerSpec("adam", 0.001)),
        RunSpec(layers=(DenseSpec(32, "tanh"), DenseSpec(16, "tanh")), initializer="glorot"),
        RunSpec(layers=(DenseSpec(32, "linear"), BatchNormSpec("relu"), DenseSpec(16, "sigmoid"))),
        RunSpec(layers=CONVOLUTIONS),
    ],
    ids=["relu", "tanh", "normalized", "convolutions"],
)
def test_healthy_runs_have_no_finding_but_units_that_are_truly_dead(mnist, spec):
    trainer = Trainer(spec, mnist)
    check = HealthCheck(trainer, held_out=64)
    for step in range(150):
        trainer.step()
        if step % 15 == 0:
            for finding in check.findings():
                assert finding.kind == "dead_units"
                assert not trainer.work.layers[0].slope[:, finding.units].any() or finding.layer != "dense1"


def test_before_the_first_step_nothing_is_known(toy):
    assert HealthCheck(Trainer(RunSpec(initializer="zeros"), toy)).findings() == ()


@pytest.mark.parametrize("initializer", ["he", "glorot", "lecun"])
def test_through_eight_sigmoid_layers_the_gradient_vanishes_at_the_slopes(mnist, initializer):
    trainer = Trainer(RunSpec(layers=(DenseSpec(32, "sigmoid"),) * 8, initializer=initializer), mnist)
    found = findings(trainer, 3)
    vanishing = of_kind(found, "vanishing_gradient")
    assert {"dense1", "dense2"} <= set(vanishing) <= {"dense1", "dense2", "dense3", "dense4"}
    assert list(vanishing) == sorted(vanishing), "the lowest first"
    for finding in vanishing.values():
        assert finding.cause == "small_slopes"
        assert finding.evidence["ratio"] < 1e-3
        assert finding.evidence["slope_part"] < 1e-3 < 0.5 < finding.evidence["weight_part"]
    work = trainer.work.layers
    ratio = np.linalg.norm(work[0].dL_dz) / np.linalg.norm(work[-1].dL_dz)
    parts = vanishing["dense1"].evidence
    assert parts["ratio"] == pytest.approx(ratio, rel=1e-5)
    assert parts["slope_part"] * parts["weight_part"] == pytest.approx(ratio, rel=1e-4)


def test_saturated_sigmoids_are_told_from_sound_ones(mnist):
    trainer = Trainer(RunSpec(layers=(DenseSpec(32, "sigmoid"),) * 2), mnist)
    trainer.network["dense2"].b[:] = 8  # |z| of about 8: f' of 0.0003
    found = findings(trainer)
    assert of_kind(found, "saturated_units")["dense2"].cause == "saturation"
    assert len(of_kind(found, "saturated_units")["dense2"].units) == 32
    assert of_kind(found, "vanishing_gradient")["dense1"].cause == "saturation"
    evidence = of_kind(found, "saturated_units")["dense2"].evidence
    assert 0 < evidence["largest_slope"] < SATURATED * LARGEST_SLOPE["sigmoid"]


def test_weights_that_are_too_small_let_the_gradient_vanish_too(mnist):
    trainer = Trainer(RunSpec(layers=(DenseSpec(32, "linear"),) * 3), mnist)
    for name in ("dense2", "dense3"):
        trainer.network[name].W[:] *= 0.01
    vanishing = of_kind(findings(trainer), "vanishing_gradient")
    assert {layer: finding.cause for layer, finding in vanishing.items()} == {"dense1": "small_weights"}


def test_weights_that_are_too_large_let_it_explode(mnist):
    trainer = Trainer(RunSpec(layers=(DenseSpec(32, "linear"),) * 3), mnist)
    for name in ("dense2", "dense3"):
        trainer.network[name].W[:] *= 15
    exploding = of_kind(findings(trainer), "exploding_gradient")
    assert exploding["dense1"].cause == "large_weights"
    assert exploding["dense1"].evidence["ratio"] > 100


def test_a_rate_of_ten_is_named_and_kills_relus(mnist):
    trainer = Trainer(RunSpec(optimizer=OptimizerSpec("sgd", 10.0)), mnist)
    first = findings(trainer)
    assert {finding.cause for finding in first if finding.kind == "large_update"} == {"large_rate"}
    evidence = of_kind(first, "large_update")["dense1"].evidence
    assert evidence["rate"] == 10
    assert evidence["ratio"] == pytest.approx(10 * evidence["dL_dW"] / evidence["W"], rel=1e-4)
    later = findings(trainer, 30)
    assert ("dead_units", "negative_z") in kinds(later)
    assert ("vanishing_gradient", "dead_units") in kinds(later)
    assert len(of_kind(later, "dead_units")["dense2"].units) > 8


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("initializer", ["zeros", "constant"])
def test_units_that_begin_alike_stay_alike(mnist, activation, initializer):
    spec = RunSpec(layers=(DenseSpec(9, activation), DenseSpec(5, activation)), initializer=initializer)
    identical = of_kind(findings(Trainer(spec, mnist), 5), "identical_units")
    assert {layer: len(finding.units) for layer, finding in identical.items()} == {"dense1": 9, "dense2": 5}
    assert {finding.cause for finding in identical.values()} == {"symmetry"}


def test_two_copies_among_many_are_found_and_only_while_they_are_copies(mnist):
    trainer = Trainer(RunSpec(layers=(DenseSpec(12), DenseSpec(6))), mnist)
    trainer.network["dense1"].W[7] = trainer.network["dense1"].W[2]
    assert not of_kind(findings(trainer), "identical_units"), "their gradients differ: they will part"
    trainer = Trainer(RunSpec(layers=(DenseSpec(12, "tanh"), DenseSpec(6))), mnist)
    trainer.network["dense1"].W[7] = trainer.network["dense1"].W[2]
    trainer.network["dense2"].W[:, 7] = trainer.network["dense2"].W[:, 2]
    assert of_kind(findings(trainer), "identical_units")["dense1"].units.tolist() == [2, 7]


def test_dead_channels_are_counted_as_channels(mnist):
    trainer = Trainer(RunSpec(layers=CONVOLUTIONS), mnist)
    trainer.network["conv1"].b[1] = -100
    finding = of_kind(findings(trainer, held_out=40), "dead_units")["conv1"]
    assert finding.units.tolist() == [1]
    assert finding.cause == "negative_z"
    assert finding.evidence == {"units": 1, "of_units": 3, "examples": 72, "largest_slope": 0}


def test_a_unit_that_is_only_rare_is_cleared_by_held_out_examples(mnist):
    spec = RunSpec(layers=(DenseSpec(32),), batch_size=1)
    dead = [of_kind(findings(Trainer(spec, mnist), held_out=count), "dead_units") for count in (0, 500)]
    without, cleared = (set(found["dense1"].units.tolist()) if found else set() for found in dead)
    assert cleared < without
    assert len(without) > 5


def test_after_a_divergence_the_bad_numbers_are_named(mnist):
    spec = RunSpec(layers=(DenseSpec(8, "linear"),) * 4, loss=LossSpec("mean_quadratic"))
    trainer = Trainer(replace(spec, optimizer=OptimizerSpec("sgd", 10.0)), mnist)
    check = HealthCheck(trainer)

    def train():
        for _ in range(200):
            trainer.step()

    with pytest.raises(Diverged):
        train()
    assert ("exploding_gradient", "not_finite") in kinds(check.findings())
    for finding in check.findings():
        assert all(np.isfinite(number) for number in finding.evidence.values())


def test_an_examination_leaves_the_run_alone_and_cannot_be_changed(mnist):
    ours, theirs = (Trainer(RunSpec(initializer="constant"), mnist) for _ in range(2))
    check = HealthCheck(ours, held_out=10)
    for _ in range(3):
        assert ours.step() == theirs.step()
        found = check.findings()
        assert found
    assert ours.network.parameters.flat.tobytes() == theirs.network.parameters.flat.tobytes()
    assert not found[0].units.flags.writeable
    with pytest.raises(TypeError):
        found[0].evidence["units"] = 0
