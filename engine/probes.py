"""Looking at a run without touching it: immutable copies of what is asked for.

A `Probe` has workspaces of its own, so that looking never changes what training computes. `snapshot` copies out of the
last minibatch; `example` and `predict` send other images through the parameters as they are now.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.data.dataset import scale_grey
from engine.layers import Dense, Kept
from engine.network import Workspace
from engine.tensors import Bytes, Indices, Tensor, frozen_copy
from engine.trainer import StepRecord, Trainer

PREDICTION_CHUNK = 16


@dataclass(frozen=True, slots=True, eq=False)
class LayerTrace:
    """What one example left behind in one layer."""

    name: str
    z: Tensor  # (units,)
    a: Tensor  # (units,)
    slope: Tensor  # (units,)   f'(z)
    dL_da: Tensor  # (units,)   upstream gradient
    dL_dz: Tensor  # (units,)


@dataclass(frozen=True, slots=True, eq=False)
class ExampleTrace:
    """One example's way forward and back through the parameters of one step, by its own loss."""

    step: int
    x: Tensor  # (inputs,)
    label: int
    layers: tuple[LayerTrace, ...]
    logits: Tensor  # (classes,)
    probs: Tensor  # (classes,)
    loss: float
    prediction: int
    dL_dx: Tensor  # (inputs,)


@dataclass(frozen=True, slots=True)
class LayerRequest:
    """What to copy of one layer: which rows (units; None for all) of which tensors."""

    units: Indices | None = None
    W: bool = False
    dL_dW: bool = False
    update: bool = False
    b: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LayerStatistics:
    """One layer in a few numbers, measured; None where nothing is computed yet."""

    W_rms: float
    dL_dW_rms: float | None  # of the last minibatch
    update_rms: float | None  # of the last update of W
    a_mean: float | None  # over the units and examples of the last minibatch
    dL_dz_rms: float | None  # likewise
    dead: float | None  # fraction of units that let no gradient through for any example: f'(z) = 0


@dataclass(frozen=True, slots=True, eq=False)
class LayerSnapshot:
    """The requested rows of one layer's tensors; None where not asked for or not computed yet."""

    name: str
    units: Indices  # which rows
    W: Tensor | None  # (units, inputs), the value after the last update
    dL_dW: Tensor | None  # (units, inputs), of the last minibatch, before the last update
    update: Tensor | None  # (units, inputs), what the last update added to W
    b: Tensor | None  # (units,)
    statistics: LayerStatistics


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """An immutable copy of what was asked for, all of it from one step."""

    step: int
    epoch: float
    record: StepRecord | None  # of the last step; None before the first
    layers: Mapping[str, LayerSnapshot]


class Probe:
    """Copies out of one trainer."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._network = trainer.network
        self._input_gradient: Tensor = np.zeros((1, self._network.architecture.inputs), trainer.work.x.dtype)
        self._one: Workspace = trainer.network.workspace(1, dL_dx=self._input_gradient)
        self._many: Workspace = trainer.network.workspace(PREDICTION_CHUNK)

    def example(self, x: Bytes | Tensor, label: int) -> ExampleTrace:
        """Send one image of (inputs,) grey values, 0..255 or 0..1, forward and its own loss back."""
        work = self._one
        classes = work.loss.probs.shape[1]
        if not 0 <= label < classes:
            raise ValueError(f"expected a label from 0 to {classes - 1}, got {label}")
        _fill(work.x, x.reshape(1, -1))
        work.loss.labels[0] = label
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            self._network.forward(work)
            loss = work.loss.forward()
            work.loss.backward()
            self._network.backward(work)
        return ExampleTrace(
            step=self._trainer.step_count,
            x=frozen_copy(work.x[0]),
            label=label,
            layers=tuple(
                LayerTrace(
                    layer.name,
                    *(frozen_copy(tensor[0]) for tensor in (kept.z, kept.a, kept.slope, kept.dL_da, kept.dL_dz)),
                )
                for layer, kept in zip(self._network.layers, work.layers, strict=True)
            ),
            logits=frozen_copy(work.loss.outputs[0]),
            probs=frozen_copy(work.loss.probs[0]),
            loss=loss,
            prediction=int(work.loss.predictions[0]),
            dL_dx=frozen_copy(self._input_gradient[0]),
        )

    def predict(self, images: Bytes | Tensor) -> Tensor:
        """Return the probabilities (n, classes) for (n, inputs) grey values, 0..255 as bytes or 0..1 as numbers."""
        work = self._many
        probs = np.empty((len(images), work.loss.probs.shape[1]), work.loss.probs.dtype)
        for start in range(0, len(images), len(work)):
            chunk = images[start : start + len(work)]
            _fill(work.x[: len(chunk)], chunk)
            with np.errstate(over="ignore", invalid="ignore"):
                self._network.forward(work)
                work.loss.forward()
            probs[start : start + len(chunk)] = work.loss.probs[: len(chunk)]
        probs.flags.writeable = False
        return probs

    def snapshot(self, requests: Mapping[str, LayerRequest] | None = None) -> Snapshot:
        """Copy what is requested, by name of layer, and measure every layer."""
        trainer = self._trainer
        requests = requests or {}
        unknown = requests.keys() - {layer.name for layer in self._network.layers}
        if unknown:
            raise KeyError(f"no such layer: {', '.join(sorted(unknown))}")
        with np.errstate(over="ignore", invalid="ignore"):  # after a divergence there are bad numbers to look at
            layers = {
                layer.name: self._layer(layer, kept, requests.get(layer.name, NOTHING))
                for layer, kept in zip(self._network.layers, trainer.work.layers, strict=True)
            }
        return Snapshot(trainer.step_count, trainer.epoch, trainer.last_record, layers)

    def _layer(self, layer: Dense, kept: Kept, request: LayerRequest) -> LayerSnapshot:
        # After a checkpoint is loaded the last update is known, the last minibatch is not.
        passed = self._trainer.last_record is not None
        updated = self._trainer.step_count > 0
        update = self._trainer.update[f"{layer.name}.W"]
        units = np.arange(layer.units) if request.units is None else request.units

        def rows(wanted: bool, tensor: Tensor) -> Tensor | None:
            if not wanted:
                return None
            return frozen_copy(tensor if request.units is None else tensor[request.units])

        return LayerSnapshot(
            name=layer.name,
            units=frozen_copy(units),
            W=rows(request.W, layer.W),
            dL_dW=rows(request.dL_dW and passed, kept.dL_dW),
            update=rows(request.update and updated, update),
            b=rows(request.b, layer.b),
            statistics=LayerStatistics(
                W_rms=root_mean_square(layer.W),
                dL_dW_rms=root_mean_square(kept.dL_dW) if passed else None,
                update_rms=root_mean_square(update) if updated else None,
                a_mean=float(kept.a.mean()) if passed else None,
                dL_dz_rms=root_mean_square(kept.dL_dz) if passed else None,
                dead=1 - float(kept.slope.any(axis=0).mean()) if passed else None,
            ),
        )


NOTHING = LayerRequest()


def root_mean_square(tensor: Tensor) -> float:
    """Return the square root of the mean of the squares of all entries."""
    flat = tensor.reshape(-1)
    return float(np.sqrt(np.dot(flat, flat) / flat.size))


def _fill(x: Tensor, images: Bytes | Tensor) -> None:
    if images.shape != x.shape:
        raise ValueError(f"expected images of shape {x.shape}, got {images.shape}")
    if images.dtype == np.uint8:
        scale_grey(images.view(np.uint8), out=x)
    else:
        np.copyto(x, images)
