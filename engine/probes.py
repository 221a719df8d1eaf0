"""Looking at a run without touching it: immutable copies of what is asked for.

A `Probe` has workspaces of its own, so that looking never changes what training computes. `snapshot` copies out of the
last minibatch; `example` and `predict` send other images through the parameters as they are now.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.data.dataset import scale_grey
from engine.layer import Kept, Layer, example_of
from engine.network import Workspace
from engine.tensors import Bytes, Indices, Tensor, frozen_copy
from engine.trainer import StepRecord, Trainer

PREDICTION_CHUNK = 16


@dataclass(frozen=True, slots=True, eq=False)
class LayerTrace:
    """What one example left behind in one layer; every tensor has the shape of the layer's output."""

    name: str
    z: Tensor
    a: Tensor
    slope: Tensor  # f'(z)
    dL_da: Tensor  # upstream gradient
    dL_dz: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class ExampleTrace:
    """One example's way forward and back through the parameters of one step, by its own loss."""

    step: int
    x: Tensor  # (inputs,)
    label: int | None  # None for regression
    targets: Tensor  # (outputs,); one-hot, perhaps smoothed, where there is a label
    layers: tuple[LayerTrace, ...]
    logits: Tensor  # (outputs,)   what the last layer says
    probs: Tensor  # (outputs,)   as probabilities, where the loss makes it such
    loss: float
    prediction: int | None
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
    """One layer in a few numbers, measured; None where nothing is computed yet or, of W, where there is none."""

    W_rms: float | None
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
    W: Tensor | None  # (units, inputs) or (units, channels, K, K), the value after the last update
    dL_dW: Tensor | None  # likewise, of the last minibatch, before the last update
    update: Tensor | None  # likewise, what the last update added to W
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
        self._everywhere: Workspace | None = None  # made when somebody asks for responses

    def example(self, x: Bytes | Tensor, answer: int | Tensor) -> ExampleTrace:
        """Send one example of (inputs,) numbers, grey values 0..255 or as they are, forward and its own loss back.

        `answer` is its label or, for regression, its target values.
        """
        work, loss_layer = self._one, self._one.loss
        _fill(work.x, x.reshape(1, -1))
        label: int | None = None
        if loss_layer.classification:
            label, classes = int(answer), loss_layer.probs.shape[1]
            if not 0 <= label < classes:
                raise ValueError(f"expected a label from 0 to {classes - 1}, got {label}")
            loss_layer.labels[0] = label
        else:
            loss_layer.targets[0] = answer
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            self._network.forward(work)
            loss = work.loss.forward()
            work.loss.backward()
            self._network.backward(work)
        return ExampleTrace(
            step=self._trainer.step_count,
            x=frozen_copy(work.x[0]),
            label=label,
            targets=frozen_copy(loss_layer.targets[0]),
            layers=tuple(
                LayerTrace(
                    layer.name,
                    *(
                        frozen_copy(example_of(tensor, 0))
                        for tensor in (kept.z, kept.a, kept.slope, kept.dL_da, kept.dL_dz)
                    ),
                )
                for layer, kept in zip(self._network.layers, work.layers, strict=True)
            ),
            logits=frozen_copy(work.loss.outputs[0]),
            probs=frozen_copy(work.loss.probs[0]),
            loss=loss,
            prediction=None if label is None else int(work.loss.predictions[0]),
            dL_dx=frozen_copy(self._input_gradient[0]),
        )

    def predict(self, images: Bytes | Tensor) -> Tensor:
        """Return the probabilities (n, classes) for (n, inputs) grey values, 0..255 as bytes or 0..1 as numbers."""
        work = self._one if len(images) == 1 else self._many  # the same bits as an `example` has
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

    def responses(self, inputs: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Return each layer's activations (n, units) for n rows of inputs, and what the network says (n, outputs).

        Only for networks without layers for images.
        """
        if self._everywhere is None or len(self._everywhere) != len(inputs):
            self._everywhere = self._network.workspace(len(inputs))
        work = self._everywhere
        np.copyto(work.x, inputs)
        with np.errstate(over="ignore", invalid="ignore"):
            self._network.forward(work)
            work.loss.forward()
        found = {layer.name: frozen_copy(kept.a) for layer, kept in zip(self._network.layers, work.layers, strict=True)}
        return found, frozen_copy(work.loss.probs)

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

    def _layer(self, layer: Layer, kept: Kept, request: LayerRequest) -> LayerSnapshot:
        # After a checkpoint is loaded the last update is known, the last minibatch is not.
        passed = self._trainer.last_record is not None
        updated = self._trainer.step_count > 0
        W, b, dL_dW = layer.parameters.get("W"), layer.parameters.get("b"), kept.gradients.get("W")
        update = None if W is None else self._trainer.update[f"{layer.name}.W"]
        units = np.arange(layer.units) if request.units is None else request.units

        def rows(wanted: bool, tensor: Tensor | None) -> Tensor | None:
            if not wanted or tensor is None:
                return None
            return frozen_copy(tensor if request.units is None else tensor[request.units])

        # A unit's numbers are a column of a minibatch of rows, a whole map of each image in one of images.
        others = tuple(axis for axis in range(kept.slope.ndim) if axis != (1 if kept.slope.ndim == 2 else 0))
        return LayerSnapshot(
            name=layer.name,
            units=frozen_copy(units),
            W=rows(request.W, W),
            dL_dW=rows(request.dL_dW and passed, dL_dW),
            update=rows(request.update and updated, update),
            b=rows(request.b, b),
            statistics=LayerStatistics(
                W_rms=None if W is None else root_mean_square(W),
                dL_dW_rms=None if dL_dW is None or not passed else root_mean_square(dL_dW),
                update_rms=None if update is None or not updated else root_mean_square(update),
                a_mean=float(kept.a.mean()) if passed else None,
                dL_dz_rms=root_mean_square(kept.dL_dz) if passed else None,
                dead=1 - float(kept.slope.any(axis=others).mean()) if passed else None,
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
