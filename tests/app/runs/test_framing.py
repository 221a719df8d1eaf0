"""Quantized tensors: within half a scale of the value, whatever the values are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from app.protocol import frames
from app.runs.framing import LEAST_SCALE, Framer, exact, quantize
from app.runs.manifest import build_manifest
from engine.spec import DenseSpec, RunSpec
from engine.trainer import Trainer
from tests.app.small import SMALL

LEAST_SHOWN = 127 * LEAST_SCALE
"""What is smaller is drawn as zero."""

ROUNDING = 1e-4
"""Of a scale: float32 divides and multiplies with 24 bits."""

any_floats = st.sampled_from([np.float32, np.float64]).flatmap(
    lambda dtype: arrays(dtype, array_shapes(max_dims=2, max_side=8), elements={"allow_subnormal": False})
)


def dequantized(tensor: np.ndarray) -> tuple[float, np.ndarray]:
    scale, data = quantize(tensor)
    q = np.frombuffer(data, np.int8)
    assert q.size == tensor.size
    return scale, q.reshape(tensor.shape) * np.longdouble(scale)  # wider, so that the test itself cannot overflow


@given(any_floats)
def test_a_finite_value_is_drawn_within_half_a_scale_of_what_it_is(tensor):
    scale, drawn = dequantized(tensor)
    assert 0 <= scale < np.inf
    finite = np.isfinite(tensor)
    error = np.abs(tensor[finite] - drawn[finite])
    assert np.all(error <= np.maximum(scale * (0.5 + ROUNDING), LEAST_SHOWN))


@given(any_floats)
def test_what_is_not_finite_is_drawn_at_the_ends_of_the_scale_and_nan_at_zero(tensor):
    scale, drawn = dequantized(tensor)
    assert np.all(drawn[np.isnan(tensor)] == 0)
    infinite = np.isinf(tensor)
    assert np.all(np.rint(drawn[infinite] / (scale or 1)) == np.sign(tensor[infinite]) * 127)


@given(any_floats)
def test_no_scale_is_larger_than_the_largest_finite_value_needs(tensor):
    scale, _ = quantize(tensor)
    most = float(np.abs(tensor[np.isfinite(tensor)]).max(initial=0.0))
    assert scale <= max(most / 127, LEAST_SCALE)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_extremes_of_a_type_are_drawn_like_all_others(dtype):
    most = np.finfo(dtype).max
    _, drawn = dequantized(np.array([most, -most, most / 2, 0], dtype))
    assert np.allclose((drawn / most).astype(float), [1, -1, 0.5, 0], atol=1 / 254 + ROUNDING)
    assert quantize(np.zeros(3, dtype)) == (0.0, bytes(3))
    assert quantize(np.zeros(0, dtype)) == (0.0, b"")
    assert quantize(np.array([np.finfo(dtype).smallest_subnormal], dtype)) == (0.0, bytes(1))


@given(arrays(np.float32, array_shapes(max_dims=2, max_side=6)))
def test_exact_values_keep_every_bit(tensor):
    assert np.array_equal(np.frombuffer(exact(tensor), "<f4").reshape(tensor.shape), tensor, equal_nan=True)


def framed(trainer: Trainer) -> tuple[Framer, dict[int, str], dict[str, list[int]]]:
    manifest = build_manifest("r", trainer)
    names = {tensor.id: tensor.name for tensor in manifest.tensors}
    shapes = {tensor.name: tensor.shape for tensor in manifest.tensors}
    return Framer("r", manifest, trainer), names, shapes


def test_a_frame_of_matrices_holds_the_engine_s_arrays(toy):
    trainer = Trainer(SMALL, toy)
    framer, names, shapes = framed(trainer)
    trainer.step()
    frame = frames.decode(framer.matrices(1, 0.0, 0.0, ["W", "dL_dW", "update"]))
    held = {names[tensor.id]: tensor for tensor in frame.tensors}
    assert len(held) == 9
    for layer, kept in zip(trainer.network.layers, trainer.work.layers, strict=True):
        arrays = {"W": layer.W, "dL_dW": kept.dL_dW, "update": trainer.update[f"{layer.name}.W"]}
        for quantity, array in arrays.items():
            tensor = held[f"{layer.name}.{quantity}"]
            assert (tensor.scale, tensor.data) == quantize(array)
            assert shapes[f"{layer.name}.{quantity}"] == list(array.shape)


def test_before_the_first_step_a_frame_holds_weights_but_no_gradients(toy):
    framer, names, _ = framed(Trainer(SMALL, toy))
    frame = frames.decode(framer.matrices(1, 0.0, 0.0, ["W", "dL_dW", "update"]))
    assert {names[tensor.id].rpartition(".")[2] for tensor in frame.tensors} == {"W"}
    assert (frame.loss, frame.accuracy) == (None, None)


def test_a_frame_of_units_holds_everything_the_manifest_announces_in_its_shape(toy):
    trainer = Trainer(SMALL, toy)
    framer, _, _ = framed(trainer)
    trainer.step()
    manifest = build_manifest("r", trainer)
    announced = {tensor.id: tensor for tensor in manifest.tensors if tensor.part == "units"}
    frame = frames.decode(framer.units(1, 0.0, 0.0, "test", 3))
    assert {tensor.id for tensor in frame.tensors} == announced.keys()
    bytes_each = {"int8": 1, "uint8": 1, "float32": 4}
    for tensor in frame.tensors:
        info = announced[tensor.id]
        assert len(tensor.data) == np.prod(info.shape) * bytes_each[info.encoding]
    assert frame.example is not None
    assert (frame.example.split, frame.example.index) == ("test", 3)
    assert frame.example.label == toy.test.labels[3]


def test_of_a_layer_wider_than_fits_frames_hold_the_rows_and_columns_that_the_manifest_names(toy):
    spec = RunSpec(layers=(DenseSpec(150), DenseSpec(64), DenseSpec(65)), batch_size=16, seed=1)
    trainer = Trainer(spec, toy)
    framer, names, shapes = framed(trainer)
    trainer.step()
    shown = {layer.name: layer.shown for layer in build_manifest("r", trainer).layers}
    assert [len(rows) for rows in shown.values()] == [64, 64, 64, 10]
    frame = frames.decode(framer.matrices(1, 0.0, 0.0, ["W"]))
    before = list(range(784))
    for tensor, layer in zip(frame.tensors, trainer.network.layers, strict=True):
        rows = shown[layer.name]
        assert names[tensor.id] == f"{layer.name}.W"
        assert shapes[f"{layer.name}.W"] == [len(rows), len(before)]
        assert tensor.data == quantize(layer.W[np.ix_(rows, before)])[1]
        before = rows


def test_the_same_architecture_has_the_same_manifest_and_another_one_another(toy):
    first = build_manifest("r", Trainer(SMALL, toy))
    assert build_manifest("r", Trainer(SMALL.with_seed(9), toy)) == first
    other = build_manifest("r", Trainer(RunSpec(batch_size=16), toy))
    assert other.id != first.id
