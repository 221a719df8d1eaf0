"""Whoever reads a drawing, what is told of it is what the engine computes with exactly those weights."""

import base64
import hashlib
import math
from dataclasses import replace

import numpy as np
import pytest

from app.datasets.library import Library
from app.networks.packaged import load
from app.protocol import commands, drawing, frames
from app.runs.framing import quantize
from app.runs.refusal import RunRefusal
from app.runs.run import Run
from app.runs.shelf import MOST_BENCHES, Shelf
from engine.explain.certainty import entropy
from engine.probes import Probe
from engine.spec import LossSpec
from engine.trainer import Trainer
from tests.app.small import SMALL, Clock

EVERYONE = ("run", "dense", "conv")
BYTES = {"int8": 1, "uint8": 1, "float32": 4}

each_network = pytest.mark.parametrize("network", EVERYONE)


@pytest.fixture(scope="module")
def shelf(toy) -> Shelf:
    return Shelf(Library(toy))


@pytest.fixture
def run(toy, shelf) -> Run:
    run = Run("r", Library(toy), SMALL, clock=Clock(a_look=0.0001), shelf=shelf)
    run.carry_out(commands.Step(count=3))
    run.advance(run._clock() + 10)
    return run


def trainer_of(run: Run, network: str) -> Trainer:
    """The engine's own trainer of a network that reads."""
    return run.trainer if network == "run" else Trainer.from_checkpoint(load(network).checkpoint, run.trainer.dataset)


@each_network
def test_a_reading_is_the_engine_s(run, toy, network):
    probe = Probe(trainer_of(run, network))
    for image in toy.test.inputs[:5]:
        read = run.carry_out(drawing.Predict(pixels=image.tolist(), network=network))
        probs = probe.predict(image[None])[0]
        assert read.probs == probs.tolist()
        assert (read.network, read.prediction) == (network, probs.argmax())
        assert read.entropy == entropy(probs)
        assert (read.loss, read.frame) == (None, "")


@each_network
@pytest.mark.parametrize("label", [None, 0, 7])
def test_a_frame_of_a_drawing_is_its_way_forward_and_back(run, toy, network, label):
    image = toy.test.inputs[2]
    opened = run.carry_out(drawing.OpenNetwork(network=network))
    read = run.carry_out(drawing.Predict(pixels=image.tolist(), network=network, label=label, frame=True))
    frame = frames.decode(base64.b64decode(read.frame))
    infos = {tensor.id: tensor for tensor in opened.manifest.tensors}
    held = {infos[tensor.id].name: tensor for tensor in frame.tensors}
    for tensor in frame.tensors:
        info = infos[tensor.id]
        assert len(tensor.data) == math.prod(info.shape) * BYTES[info.encoding], info.name
    assert (frame.manifest, frame.part, frame.step) == (opened.manifest.id, "units", read.step)
    trace = Probe(trainer_of(run, network)).example(image, read.prediction if label is None else label)
    assert frame.example == frames.Example(
        "drawing", 0, trace.label, trace.targets.tolist(), trace.prediction, trace.loss
    )
    assert held["x"].data == image.tobytes()
    assert np.frombuffer(held["probs"].data, "<f4").tolist() == trace.probs.tolist() == read.probs
    assert (held["dL_dx"].scale, held["dL_dx"].data) == quantize(trace.dL_dx)
    for layer, info in zip(trace.layers, opened.manifest.layers, strict=True):
        for quantity in ("z", "a", "dL_dz"):
            tensor = held[f"{layer.name}.{quantity}"]
            assert (tensor.scale, tensor.data) == quantize(getattr(layer, quantity)[info.shown])
    assert read.loss == (None if label is None else trace.loss)


@each_network
def test_an_opened_network_comes_with_its_weights_and_says_whose_they_are(run, network):
    opened = run.carry_out(drawing.OpenNetwork(network=network))
    trainer = trainer_of(run, network)
    frame = frames.decode(base64.b64decode(opened.matrices))
    names = {tensor.id: tensor.name for tensor in opened.manifest.tensors}
    held = {names[tensor.id]: tensor for tensor in frame.tensors}
    first = next(layer for layer in trainer.network.layers if "W" in layer.parameters)
    shown = next(layer.shown for layer in opened.manifest.layers if layer.name == first.name)
    assert held[f"{first.name}.W"].data == quantize(first.parameters["W"][shown])[1]
    assert {name.rpartition(".")[2] for name in held} == {"W"}
    flat, buffers = trainer.network.parameters.flat, trainer.network.buffers.flat
    assert opened.checksum == hashlib.sha256(flat.tobytes() + buffers.tobytes()).hexdigest()[:16]
    assert (opened.parameters, opened.step) == (flat.size, trainer.step_count)
    if network != "run":
        packaged = load(network)
        assert (opened.correct, opened.count) == (packaged.correct, packaged.count)


def test_frames_of_drawings_rise_in_number_with_those_of_the_run(run, toy):
    pixels = toy.test.inputs[0].tolist()
    numbers = []
    for network in EVERYONE * 2:
        read = run.carry_out(drawing.Predict(pixels=pixels, network=network, frame=True))
        numbers.append(frames.decode(base64.b64decode(read.frame)).n)
    assert numbers == sorted(set(numbers))


def test_the_live_run_is_read_as_it_is_at_the_moment_and_a_packaged_network_stays(run, toy):
    pixels = toy.test.inputs[0].tolist()

    def read(network):
        return run.carry_out(drawing.Predict(pixels=pixels, network=network))

    live, conv = read("run"), read("conv")
    assert read("run") == live
    run.carry_out(commands.Step(count=2))
    run.advance(run._clock() + 10)
    assert read("run").step == live.step + 2
    assert read("run").checksum != live.checksum
    assert read("run").probs != live.probs
    assert read("conv") == conv
    run.carry_out(commands.Reset(seed=99))
    first = read("run").checksum
    run.carry_out(commands.Reset(seed=98))
    assert read("run").checksum != first


def test_how_many_digits_the_run_reads_is_told_of_the_step_it_was_measured_at(run):
    run._clock.now += 10
    for _ in range(3):
        run.advance(run._clock())
    opened = run.carry_out(drawing.OpenNetwork())
    assert opened.count == 60
    predictions = Probe(run.trainer).predict(run.trainer.dataset.test.inputs).argmax(axis=1)
    assert opened.correct == np.count_nonzero(predictions == run.trainer.dataset.test.labels)
    run.carry_out(commands.Step())
    run.carry_out(commands.Pause())
    run.trainer.step()
    assert run.carry_out(drawing.OpenNetwork()).correct is None


@pytest.mark.parametrize(
    "command",
    [
        drawing.Predict(pixels=[0] * 784, label=10),
        drawing.Predict(pixels=[0] * 784, label=255, network="conv", frame=True),
    ],
)
def test_a_class_that_there_is_not_is_refused(run, command):
    with pytest.raises(RunRefusal, match="0 to 9") as refused:
        run.carry_out(command)
    assert refused.value.code == "no_such_class"


def test_a_copy_that_nobody_made_is_gone(run):
    for command in (drawing.OpenNetwork(network="copy-12345678"), drawing.Adopt(copy_name="copy-12345678")):
        with pytest.raises(RunRefusal) as refused:
            run.carry_out(command)
        assert refused.value.code == "copy_gone"


def test_scores_that_are_no_probabilities_say_nothing_of_certainty(toy, shelf):
    run = Run("r", Library(toy), replace(SMALL, loss=LossSpec("mean_hinge")), shelf=shelf)
    read = run.carry_out(drawing.Predict(pixels=[200] * 784))
    assert read.entropy == math.log2(10)


def test_few_benches_are_kept_and_those_in_use_longest(shelf, toy):
    specs = [replace(SMALL, seed=seed) for seed in range(MOST_BENCHES)]
    benches = [shelf.bench("r", spec) for spec in specs]
    assert shelf.bench("r", specs[0]) is benches[0]
    shelf.bench("r", replace(SMALL, seed=77))
    assert shelf.bench("r", specs[0]) is benches[0]
    assert shelf.bench("r", specs[1]) is not benches[1]
