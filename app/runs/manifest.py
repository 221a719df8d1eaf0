"""What the frames of one architecture hold: built from the network once, before its first frame."""

import base64
import zlib
from itertools import pairwise

from app.protocol import values
from app.protocol.frames import shown_units
from engine.activations import ACTIVATIONS
from engine.data.dataset import Dataset
from engine.spec import (
    INITIALIZER_NAMES,
    MOST_BATCH_SIZE,
    MOST_LAYERS,
    MOST_LEARNING_RATE,
    MOST_PARAMETERS,
    MOST_UNITS,
    OPTIMIZERS,
)
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

GALLERY_SIZE = 16

LIMITS = values.Limits(
    layers=MOST_LAYERS,
    units=MOST_UNITS,
    parameters=MOST_PARAMETERS,
    batch_size=MOST_BATCH_SIZE,
    learning_rate=MOST_LEARNING_RATE,
    activations=list(ACTIVATIONS),
    optimizers=list(OPTIMIZERS),
    initializers=list(INITIALIZER_NAMES),
)


def gallery_indices(dataset: Dataset) -> list[int]:
    """Return the held-out digits of the gallery: the classes in order, each time the next example of the class."""
    count = len(dataset.classes)
    by_class = [dataset.test.of_class(label) for label in range(count)]
    return [int(by_class[position % count][position // count]) for position in range(GALLERY_SIZE)]


def build_manifest(run: str, trainer: Trainer) -> values.Manifest:
    """Describe the frames of this trainer's architecture."""
    dataset, network = trainer.dataset, trainer.network
    shown = [shown_units(layer.units) for layer in network.layers]
    layers = [
        values.LayerInfo(
            name=layer.name,
            units=layer.units,
            inputs=layer.W.shape[1],
            activation="softmax" if layer is network.layers[-1] else layer.activation.name,
            shown=rows,
        )
        for layer, rows in zip(network.layers, shown, strict=True)
    ]
    indices = gallery_indices(dataset)
    gallery = values.Gallery(
        indices=indices,
        labels=[dataset.test.label(index) for index in indices],
        images=base64.b64encode(dataset.test.inputs[indices].tobytes()).decode(),
    )
    draft = values.Manifest(
        id=0,
        run=run,
        dataset=dataset.name,
        image_shape=list(dataset.input_shape[-2:]),
        classes=list(dataset.classes),
        train_count=len(dataset.train),
        test_count=len(dataset.test),
        steps_per_epoch=trainer.steps_per_epoch,
        layers=layers,
        tensors=_tensors(dataset, layers),
        statistics=list(STATISTICS),
        gallery=gallery,
    )
    # The same architecture has the same id, so that frames of a run that was moved to another worker still fit.
    return draft.model_copy(update={"id": zlib.crc32(draft.model_dump_json().encode())})


def _tensors(dataset: Dataset, layers: list[values.LayerInfo]) -> list[values.TensorInfo]:
    tensors: list[values.TensorInfo] = []

    def add(name: str, shape: list[int], encoding: values.Encoding, meaning: str, part: values.Part = "units") -> None:
        layer, _, quantity = name.rpartition(".")
        tensors.append(
            values.TensorInfo(
                id=len(tensors),
                name=name,
                layer=layer or None,
                quantity=quantity,
                part=part,
                shape=shape,
                encoding=encoding,
                meaning=meaning,
            )
        )

    add("x", [dataset.inputs], "uint8", "grey values of the shown example")
    for layer in layers:
        for quantity, meaning in UNIT_QUANTITIES.items():
            add(f"{layer.name}.{quantity}", [len(layer.shown)], "int8", meaning)
        add(f"{layer.name}.b", [len(layer.shown)], "float32", "biases now")
    add("probs", [len(dataset.classes)], "float32", "probabilities of the classes for the shown example")
    add("dL_dx", [dataset.inputs], "int8", "gradient of the shown example's loss by its grey values")
    add("statistics", [len(layers), len(STATISTICS)], "float32", "each layer measured; NaN where not computed yet")
    add("gallery.prediction", [GALLERY_SIZE], "uint8", "class read in each digit of the gallery")
    add("gallery.confidence", [GALLERY_SIZE], "float32", "probability of that class")
    columns = [dataset.inputs, *(len(layer.shown) for layer in layers)]
    for layer, (inputs, units) in zip(layers, pairwise(columns), strict=True):
        for quantity, meaning in MATRIX_QUANTITIES.items():
            add(f"{layer.name}.{quantity}", [units, inputs], "int8", meaning, "matrices")
    return tensors
