"""Runs with every kind of layer and data: what the manifest announces is what the frames hold, and both are true."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from app.datasets.library import Library
from app.protocol import commands, drawing, frames, values
from app.protocol.values import Slice
from app.runs.channels import Channel
from app.runs.refusal import RunRefusal
from app.runs.run import Run
from engine.checkpoint import Checkpoint
from engine.errors import SpecError
from engine.spec import (
    AveragePool2DSpec,
    BatchNormSpec,
    Conv2DSpec,
    DatasetSpec,
    DenseSpec,
    DropoutSpec,
    FlattenSpec,
    LayerNormSpec,
    LossSpec,
    MaxPool2DSpec,
    OptimizerSpec,
    ResidualSpec,
    RunSpec,
)
from tests.app.small import Clock

IMAGES = (
    Conv2DSpec(3),
    MaxPool2DSpec(),
    BatchNormSpec("relu"),
    Conv2DSpec(3, kernel=3, padding=1),
    ResidualSpec(1),
    AveragePool2DSpec(),
    FlattenSpec(),
    DropoutSpec(0.3),
    DenseSpec(70, "tanh"),
    LayerNormSpec(),
    DenseSpec(5),
)
SPECS = {
    "convolution": RunSpec(layers=IMAGES, batch_size=16),
    "spiral": RunSpec(
        dataset=DatasetSpec("spirals", count=120, arms=3, features=("x1", "x2", "sin(pi*x1)")),
        layers=(DenseSpec(6, "tanh"), BatchNormSpec(), DenseSpec(4)),
        batch_size=16,
    ),
    "line": RunSpec(
        dataset=DatasetSpec("sine", count=60, features=("x",)),
        layers=(DenseSpec(8, "tanh"),),
        loss=LossSpec("mean_squared_error"),
        optimizer=OptimizerSpec("adam", 0.01),
        batch_size=8,
    ),
    "hills": RunSpec(
        dataset=DatasetSpec("hills", count=60), layers=(DenseSpec(8),), loss=LossSpec("mean_huber"), batch_size=8
    ),
}
BYTES = {"int8": 1, "uint8": 1, "float32": 4}

each_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


@pytest.fixture
def library(toy) -> Library:
    return Library(toy)


def channels() -> list[Channel]:
    """Channels of everything, that have sent nothing yet."""
    return [
        Channel("units", "units", frozenset(), 30.0),
        Channel("all", "matrices", frozenset({"W", "dL_dW", "update"}), 8.0),
    ]


def trained(library: Library, spec: RunSpec, steps: int = 3) -> Run:
    run = Run("r", library, spec, clock=Clock(a_look=0.0001))
    run.carry_out(commands.Step(count=steps))
    while run.status is values.Status.RUNNING:
        run.advance(run._clock() + 0.1)
    return run


@each_spec
def test_frames_hold_what_the_manifest_announces_in_its_shape(library, spec):
    run = trained(library, spec)
    run.watch(channels())
    announced = {tensor.id: tensor for tensor in run.manifest().tensors}
    held = {}
    for outgoing in run.frames():
        frame = frames.decode(outgoing.data)
        for tensor in frame.tensors:
            info = announced[tensor.id]
            held[info.name] = tensor
            assert info.part == frame.part
            assert len(tensor.data) == np.prod(info.shape) * BYTES[info.encoding], info.name
    assert held.keys() == {tensor.name for tensor in announced.values()}


@each_spec
def test_every_announced_tensor_of_a_unit_or_parameter_can_be_inspected(library, spec):
    run = trained(library, spec)
    for tensor in run.manifest().tensors:
        if tensor.quantity in ("response", "prediction", "confidence", "statistics"):
            continue
        reply = run.carry_out(commands.Inspect(slices=[Slice(tensor=tensor.name, index=0)]))
        assert all(value is not None for value in reply.slices[0].values), tensor.name
    for layer in run.manifest().layers:
        if layer.inputs == 0:
            with pytest.raises(RunRefusal) as refused:
                run.carry_out(commands.Inspect(slices=[Slice(tensor=f"{layer.name}.W")]))
            assert refused.value.code == "unknown_tensor"


@each_spec
def test_a_run_goes_on_from_its_checkpoint_bit_by_bit(library, spec):
    run = trained(library, spec)
    kept = Checkpoint.from_tensors(*run.trainer.checkpoint().to_tensors())
    again = Run("r", library, kept, clock=Clock(a_look=0.0001))
    assert again.trainer.step() == run.trainer.step()
    assert again.manifest() == run.manifest()


@each_spec
def test_a_run_is_tested_and_told_of(library, spec):
    run = trained(library, spec)
    points = []
    for _ in range(50):
        run.advance(0.0)
        for event in run.take_events():
            points += getattr(event, "held_out", [])
    assert points
    regression = run.manifest().task == "regression"
    assert [point.accuracy is None for point in points] == [regression] * len(points)
    assert points[-1].loss is not None


def test_the_response_at_a_point_is_the_activation_there(library):
    run = trained(library, SPECS["spiral"])
    run.watch(channels()[1:])
    plane = run.manifest().plane
    assert plane is not None
    frame = frames.decode(next(iter(run.frames())).data)
    info = next(tensor for tensor in run.manifest().tensors if tensor.name == "dense1.response")
    tensor = next(tensor for tensor in frame.tensors if tensor.id == info.id)
    drawn = np.frombuffer(tensor.data, np.int8).reshape(info.shape) * tensor.scale
    steps = plane.least + (plane.most - plane.least) * (np.arange(plane.side) + 0.5) / plane.side
    row, column = 5, 20
    x1, x2 = steps[column], steps[plane.side - 1 - row]
    layer = run.trainer.network["dense1"].parameters
    a = np.tanh(layer["W"] @ [x1, x2, np.sin(np.pi * x1)] + layer["b"])
    np.testing.assert_allclose(drawn[:, row, column], a, atol=tensor.scale)


def test_the_plane_holds_examples_of_both_splits_with_their_answers(library):
    run = trained(library, SPECS["hills"])
    plane = run.manifest().plane
    assert plane is not None
    dataset = run.trainer.dataset
    points = np.frombuffer(base64.b64decode(plane.test_points), "<f4").reshape(-1, plane.dimensions)
    np.testing.assert_array_equal(points, dataset.test.points)
    answers = np.frombuffer(base64.b64decode(plane.train_answers), "<f4")
    np.testing.assert_array_equal(answers, dataset.train.targets[:, 0])


def test_a_network_that_does_not_fit_its_data_is_refused_and_the_run_stays(library):
    run = trained(library, SPECS["hills"])
    before = run.state()
    hinge = replace(SPECS["hills"], loss=LossSpec("mean_hinge"))
    with pytest.raises(SpecError) as refused:
        run.carry_out(commands.Configure(spec=hinge.to_dict()))
    assert refused.value.code == "loss_needs_classes"
    convolution = replace(SPECS["convolution"], dataset=SPECS["hills"].dataset)
    with pytest.raises(SpecError) as refused:
        run.carry_out(commands.Configure(spec=convolution.to_dict()))
    assert (refused.value.code, refused.value.where) == ("image_expected", "layers[0]")
    with pytest.raises(SpecError) as refused:
        run.carry_out(commands.Configure(spec=RunSpec(dataset=DatasetSpec("letters")).to_dict()))
    assert refused.value.where == "dataset.name"
    assert run.state() == before


def test_a_drawing_is_read_by_a_run_on_digits_only(library):
    asked = drawing.Predict(pixels=[9] * 784)
    assert sum(trained(library, SPECS["convolution"]).carry_out(asked).probs) == pytest.approx(1, abs=1e-5)
    with pytest.raises(RunRefusal) as refused:
        trained(library, SPECS["spiral"]).carry_out(asked)
    assert refused.value.code == "reads_no_digits"


def test_the_classes_of_a_data_set_are_counted_and_averaged(library, toy):
    described = trained(library, SPECS["convolution"]).carry_out(commands.DescribeData())
    assert described.train_counts == [20] * 10
    assert described.test_counts == [6] * 10
    means = np.frombuffer(base64.b64decode(described.means), np.uint8).reshape(10, 784)
    np.testing.assert_allclose(means[3], toy.train.inputs[toy.train.labels == 3].mean(axis=0), atol=0.51)
    of_points = trained(library, SPECS["spiral"]).carry_out(commands.DescribeData())
    assert (sum(of_points.train_counts), sum(of_points.test_counts), of_points.means) == (96, 24, "")
    assert trained(library, SPECS["line"]).carry_out(commands.DescribeData()).train_counts == []
