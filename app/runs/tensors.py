"""Which tensors the frames of a network hold: names, shapes, meanings and encodings."""

from collections.abc import Iterator
from itertools import pairwise

from app.protocol import values
from app.protocol.frames import shown_units
from engine.layer import Layer
from engine.trainer import Trainer

STATISTICS = ("W_rms", "dL_dW_rms", "update_rms", "a_mean", "dL_dz_rms", "dead")
"""Columns of the tensor `statistics`: fields of the engine's LayerStatistics."""

UNIT_QUANTITIES = {
    "z": "pre-activation of the shown example",
    "a": "activation of the shown example",
    "dL_dz": "gradient of the shown example's loss by z",
}
MATRIX_QUANTITIES = {
    "W": "weights now, after the last update",
    "dL_dW": "gradient of the last minibatch's mean loss by W, before the last update",
    "update": "what the last update added to W",
}


Described = tuple[values.Part, str, list[int], values.Encoding, str]
"""A tensor: the part of frames it is in, its name, shape, encoding and meaning."""


def layer_infos(trainer: Trainer) -> list[values.LayerInfo]:
    """Describe the layers of the network, first to last."""
    last = trainer.network.layers[-1]
    softmax = trainer.work.loss.gives_probabilities and trainer.spec.loss.name == "mean_softmax_cross_entropy"
    return [
        values.LayerInfo(
            name=layer.name,
            kind=layer.spec.kind,
            shape=list(layer.output_shape),
            units=layer.units,
            inputs=_inputs(layer),
            activation="softmax" if layer is last and softmax else layer.activation.name,
            shown=shown_units(layer.units),
        )
        for layer in trainer.network.layers
    ]


def _inputs(layer: Layer) -> int:
    W = layer.parameters.get("W")
    return 0 if W is None else W[0].size


def tensor_infos(
    trainer: Trainer, layers: list[values.LayerInfo], plane: values.Plane | None, gallery: int
) -> list[values.TensorInfo]:
    """Describe the tensors of the frames of both parts."""
    described = [*_units(trainer, layers, gallery), *_matrices(trainer, layers, plane)]
    return [
        values.TensorInfo(
            id=number,
            name=name,
            layer=name.rpartition(".")[0] or None,
            quantity=name.rpartition(".")[2],
            part=part,
            shape=shape,
            encoding=encoding,
            meaning=meaning,
        )
        for number, (part, name, shape, encoding, meaning) in enumerate(described)
    ]


def _units(trainer: Trainer, layers: list[values.LayerInfo], gallery: int) -> Iterator[Described]:
    dataset = trainer.dataset
    if dataset.train.is_grey:
        yield "units", "x", [dataset.inputs], "uint8", "grey values of the shown example"
    else:
        yield "units", "x", [dataset.inputs], "float32", "inputs of the shown example"
    for info, layer in zip(layers, trainer.network.layers, strict=True):
        for quantity, meaning in UNIT_QUANTITIES.items():
            yield "units", f"{info.name}.{quantity}", [len(info.shown), *info.shape[1:]], "int8", meaning
        if "b" in layer.parameters:
            yield "units", f"{info.name}.b", [len(info.shown)], "float32", "biases now"
    yield (
        "units",
        "probs",
        [dataset.outputs],
        "float32",
        "what the network says of the shown example, as probabilities where it can",
    )
    yield "units", "dL_dx", [dataset.inputs], "int8", "gradient of the shown example's loss by its inputs"
    yield (
        "units",
        "statistics",
        [len(layers), len(STATISTICS)],
        "float32",
        "each layer measured; NaN where there is nothing yet",
    )
    if gallery:
        yield "units", "gallery.prediction", [gallery], "uint8", "class read in each image of the gallery"
        yield "units", "gallery.confidence", [gallery], "float32", "what the network says for that class"


def _matrices(trainer: Trainer, layers: list[values.LayerInfo], plane: values.Plane | None) -> Iterator[Described]:
    columns = [trainer.dataset.inputs, *(len(layer.shown) for layer in layers)]
    for info, layer, (inputs, units) in zip(layers, trainer.network.layers, pairwise(columns), strict=True):
        if "W" in layer.parameters:
            # Kernels are whole; of a row of W there are the columns of units that are shown below.
            shape = [units, *layer.parameters["W"].shape[1:]] if info.kind == "conv" else [units, inputs]
            for quantity, meaning in MATRIX_QUANTITIES.items():
                yield "matrices", f"{info.name}.{quantity}", shape, "int8", meaning
        if plane:
            grid = [plane.side] * plane.dimensions
            yield (
                "matrices",
                f"{info.name}.response",
                [units, *grid],
                "int8",
                "activation of each unit at every point of the grid",
            )
    if plane:
        yield (
            "matrices",
            "response",
            [trainer.dataset.outputs, *grid],
            "int8",
            "what the network says at every point of the grid",
        )
