"""From the engine's snapshots to frames: chooses rows and columns, quantizes, encodes."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from app.protocol import PROTOCOL_VERSION, frames
from app.protocol.values import Manifest, Matrix, Part
from app.runs.plane import grid_of
from app.runs.tensors import STATISTICS
from engine.data.dataset import Rows
from engine.probes import ExampleTrace, LayerRequest, Probe, Snapshot
from engine.tensors import Tensor
from engine.trainer import Trainer

LEAST_SCALE = float(np.finfo(np.float32).tiny)
"""Below it float32 has fewer digits than a colour needs; such a tensor is drawn as zero."""


def quantize(tensor: NDArray[np.floating]) -> tuple[float, bytes]:
    """Return a scale and int8 values whose product is within half a scale of each entry.

    Entries that are not finite, which only a diverged run has, are drawn at the ends of the others' scale, NaN at zero.
    """
    most = float(np.abs(tensor).max(initial=0.0))
    if not math.isfinite(most):
        most = max(float(np.abs(tensor[np.isfinite(tensor)]).max(initial=0.0)), 127 * LEAST_SCALE)
        tensor = np.nan_to_num(tensor, nan=0.0, posinf=most, neginf=-most)
    scale = most / 127
    if scale < LEAST_SCALE:
        return 0.0, bytes(tensor.size)
    return scale, np.rint(tensor / scale).astype(np.int8).tobytes()


def exact(tensor: NDArray[np.floating]) -> bytes:
    """Return the entries as little-endian float32."""
    return tensor.astype("<f4").tobytes()


class Framer:
    """Makes the frames of one trainer."""

    def __init__(self, run: str, manifest: Manifest, trainer: Trainer) -> None:
        self._run = run
        self._manifest = manifest
        self._trainer = trainer
        self._probe = Probe(trainer)
        self._ids = {tensor.name: tensor.id for tensor in manifest.tensors}
        self._shown = {layer.name: np.array(layer.shown, np.intp) for layer in manifest.layers}
        self._gallery = trainer.dataset.test.inputs[manifest.gallery.indices]
        self._grid = None if manifest.plane is None else grid_of(trainer.dataset, manifest.plane)
        self._whole = {layer.name: layer.units == len(layer.shown) for layer in manifest.layers}
        names = [layer.name for layer in manifest.layers]
        kinds = {layer.name: layer.kind for layer in manifest.layers}
        self._columns: dict[str, NDArray[np.intp] | None] = {
            name: None if before is None or kinds[name] == "conv" or self._whole[before] else self._shown[before]
            for before, name in zip([None, *names], names, strict=False)
        }

    @property
    def manifest(self) -> int:
        """The number of the manifest that says what the frames hold."""
        return self._manifest.id

    @property
    def probe(self) -> Probe:
        """The probe that frames are taken with."""
        return self._probe

    def units(self, n: int, time: float, rate: float, split: str, index: int) -> bytes:
        """Return a frame of every layer's units for one example, with biases, statistics and the gallery."""
        data = self._trainer.dataset.train if split == "train" else self._trainer.dataset.test
        trace = self._probe.example(data.inputs[index], data.answers[index])
        snapshot = self._biases()
        tensors = self._units(data.inputs[index], trace, snapshot)
        if len(self._gallery):
            probs = self._probe.predict(self._gallery)
            tensors += [
                frames.Tensor(self._ids["gallery.prediction"], 1.0, probs.argmax(axis=1).astype(np.uint8).tobytes()),
                self._exact("gallery.confidence", probs.max(axis=1)),
            ]
        return self._encode("units", n, time, rate, snapshot, _example(split, index, trace), tensors)

    def drawing(self, n: int, time: float, image: Rows, trace: ExampleTrace) -> bytes:
        """Return a frame of every layer's units for a drawing (inputs,) that was traced; the gallery stays at home."""
        snapshot = self._biases()
        example = _example("drawing", 0, trace)
        return self._encode("units", n, time, 0.0, snapshot, example, self._units(image, trace, snapshot))

    def matrices(self, n: int, time: float, rate: float, wanted: Iterable[Matrix]) -> bytes:
        """Return a frame of the wanted matrices of every layer, between the units that are shown.

        Where the data lie in a plane it also holds what each unit answers everywhere in it.
        """
        wanted = set(wanted)
        snapshot = self._probe.snapshot(
            {
                name: LayerRequest(
                    units=None if self._whole[name] else rows,
                    W="W" in wanted,
                    dL_dW="dL_dW" in wanted,
                    update="update" in wanted,
                )
                for name, rows in self._shown.items()
            }
        )
        tensors = []
        for name, layer in snapshot.layers.items():
            for quantity, tensor in (("W", layer.W), ("dL_dW", layer.dL_dW), ("update", layer.update)):
                if tensor is None:  # not asked for, or not computed yet
                    continue
                columns = self._columns[name]
                tensors.append(self._quantized(f"{name}.{quantity}", tensor if columns is None else tensor[:, columns]))
        tensors += self._responses()
        return self._encode("matrices", n, time, rate, snapshot, None, tensors)

    def _biases(self) -> Snapshot:
        return self._probe.snapshot({name: LayerRequest(units=rows, b=True) for name, rows in self._shown.items()})

    def _units(self, x: Rows, trace: ExampleTrace, snapshot: Snapshot) -> list[frames.Tensor]:
        return [
            frames.Tensor(self._ids["x"], 1.0, x.tobytes()),
            *self._units_of(trace, snapshot),
            self._exact("probs", trace.probs),
            self._quantized("dL_dx", trace.dL_dx),
            self._exact("statistics", _statistics(snapshot)),
        ]

    def _units_of(self, trace: ExampleTrace, snapshot: Snapshot) -> Iterable[frames.Tensor]:
        for layer in trace.layers:
            rows = self._shown[layer.name]
            for quantity, tensor in (("z", layer.z), ("a", layer.a), ("dL_dz", layer.dL_dz)):
                yield self._quantized(f"{layer.name}.{quantity}", tensor[rows])
            biases = snapshot.layers[layer.name].b
            if biases is not None:
                yield self._exact(f"{layer.name}.b", biases)

    def _responses(self) -> Iterable[frames.Tensor]:
        """Yield what each shown unit, then each output, answers at every point of the grid."""
        if self._grid is None:
            return
        responses, said = self._probe.responses(self._grid.inputs)
        for name, response in responses.items():
            yield self._quantized(f"{name}.response", response[:, self._shown[name]].T)
        yield self._quantized("response", said.T)

    def _quantized(self, name: str, tensor: Tensor) -> frames.Tensor:
        return frames.Tensor(self._ids[name], *quantize(tensor))

    def _exact(self, name: str, tensor: NDArray[np.floating]) -> frames.Tensor:
        return frames.Tensor(self._ids[name], 1.0, exact(tensor))

    def _encode(
        self,
        part: Part,
        n: int,
        time: float,
        rate: float,
        snapshot: Snapshot,
        example: frames.Example | None,
        tensors: list[frames.Tensor],
    ) -> bytes:
        record = snapshot.record
        return frames.encode(
            frames.Frame(
                v=PROTOCOL_VERSION,
                part=part,
                n=n,
                manifest=self._manifest.id,
                run=self._run,
                step=snapshot.step,
                epoch=snapshot.epoch,
                time=time,
                steps_per_second=rate,
                loss=_finite(record.loss) if record else None,
                accuracy=record.accuracy if record else None,
                example=example,
                tensors=tensors,
            )
        )


def _statistics(snapshot: Snapshot) -> NDArray[np.float32]:
    rows = [[getattr(layer.statistics, name) for name in STATISTICS] for layer in snapshot.layers.values()]
    # NaN stands for what is not computed yet: float32 has it, JSON would not.
    return np.array([[np.nan if value is None else value for value in row] for row in rows], np.float32)


def _example(split: str, index: int, trace: ExampleTrace) -> frames.Example:
    targets = [float(target) for target in trace.targets]
    return frames.Example(split, index, trace.label, targets, trace.prediction, _finite(trace.loss))


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None
