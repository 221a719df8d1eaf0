"""Exact values on request: parts of named tensors of the current step, in float32."""

import math
from collections.abc import Iterable

import numpy as np

from app.protocol.values import InspectedSlice, Shown, Slice
from app.runs.refusal import RunRefusal
from engine.probes import ExampleTrace, LayerRequest, Probe
from engine.tensors import Tensor
from engine.trainer import Trainer

MOST_VALUES = 8192
"""Values in one answer: ten rows of 784 fit; a whole first layer has to be asked for in parts."""

OF_EXAMPLE = ("x", "logits", "probs", "dL_dx")
OF_UNITS = ("z", "a", "slope", "dL_da", "dL_dz")
OF_PARAMETERS = ("W", "dL_dW", "update", "b")


def inspect(trainer: Trainer, probe: Probe, shown: Shown, slices: Iterable[Slice]) -> tuple[int, list[InspectedSlice]]:
    """Return the step and the values of each slice; raise `RunRefusal` for what there isn't.

    What is of an example (x, z, a, dL_dz, probs ...) is of the shown one, sent through the parameters as they are now.
    """
    split = trainer.dataset.train if shown.split == "train" else trainer.dataset.test
    trace = probe.example(split.inputs[shown.index], split.answers[shown.index])
    inspected = []
    total = 0
    for asked in slices:
        tensor = _tensor(trainer, probe, trace, asked)
        total += tensor.size
        if total > MOST_VALUES:
            raise RunRefusal("too_many_values", asked.tensor, count=total, most=MOST_VALUES)
        values = [float(value) for value in tensor.astype(np.float32).reshape(-1)]
        inspected.append(
            InspectedSlice(
                tensor=asked.tensor,
                index=asked.index,
                shape=list(tensor.shape),
                values=[value if math.isfinite(value) else None for value in values],
            )
        )
    return trainer.step_count, inspected


def _tensor(trainer: Trainer, probe: Probe, trace: ExampleTrace, asked: Slice) -> Tensor:
    if asked.tensor in OF_EXAMPLE:
        return _entry(getattr(trace, asked.tensor), asked)
    name, _, quantity = asked.tensor.rpartition(".")
    position = next((at for at, layer in enumerate(trainer.network.layers) if layer.name == name), None)
    if position is None or quantity not in OF_UNITS + OF_PARAMETERS:
        raise RunRefusal("unknown_tensor", asked.tensor)
    if quantity in OF_UNITS:
        return _entry(getattr(trace.layers[position], quantity), asked)
    layer = trainer.network.layers[position]
    _check_index(asked, layer.units)
    units = np.arange(layer.units) if asked.index is None else np.array([asked.index])
    if quantity in ("W", "dL_dW", "update") and "W" not in layer.parameters:
        raise RunRefusal("unknown_tensor", asked.tensor)
    if quantity == "b" and "b" not in layer.parameters:
        raise RunRefusal("unknown_tensor", asked.tensor)
    request = LayerRequest(units=units, **{quantity: True})
    rows: Tensor | None = getattr(probe.snapshot({name: request}).layers[name], quantity)
    if rows is None:
        raise RunRefusal("not_computed_yet", asked.tensor)
    return rows if asked.index is None else rows.reshape(rows.shape[1:])


def _entry(tensor: Tensor, asked: Slice) -> Tensor:
    if asked.index is None:
        return tensor
    _check_index(asked, len(tensor))
    return tensor[asked.index : asked.index + 1].reshape(tensor.shape[1:])


def _check_index(asked: Slice, count: int) -> None:
    if asked.index is not None and asked.index >= count:
        raise RunRefusal("index_out_of_range", asked.tensor, count=count, index=asked.index)
