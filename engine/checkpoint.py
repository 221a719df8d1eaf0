"""A checkpoint: all that is needed to continue a run bit by bit as if it had never stopped.

It is small: parameters, buffers, last update, the optimizer's state, the hyper-parameters in force and the number of
the step. The order of the minibatches, their augmentation and the dropout masks follow from the seed and the step
(`engine.data.minibatches`).

`to_tensors` gives named arrays and text, ready for a safetensors file, with the parameters under the names and in the
layout of the same network in PyTorch, `nn.Sequential(Linear, Activation, Linear, ...)`: "0.weight", "0.bias", ...
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from engine.architecture import Architecture, architecture_of
from engine.errors import CheckpointError, SpecError
from engine.layer import Shape
from engine.schedules import top
from engine.spec import OptimizerSpec, RunSpec
from engine.tensors import Tensor, frozen_copy

FORMAT = "backscope-checkpoint-2"

MOST_SIZE = 1 << 16
"""Of one dimension of the data."""

STATE_FIELDS = {"step", "spec", "input_shape", "outputs", "settings", "scalars"}

STATE_OF_OPTIMIZER: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sgd": ((), ("schedule_step",)),
    "momentum": (("velocity",), ("schedule_step",)),
    "nesterov": (("velocity",), ("schedule_step",)),
    "adagrad": (("s",), ("schedule_step",)),
    "rmsprop": (("v",), ("schedule_step",)),
    "adam": (("m", "v"), ("schedule_step", "beta1_product", "beta2_product")),
    "adamw": (("m", "v"), ("schedule_step", "beta1_product", "beta2_product")),
}
"""The vectors and the single numbers that each optimizer carries from step to step."""


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """An immutable copy of a run's state between two steps."""

    spec: RunSpec
    input_shape: Shape  # of the data set
    outputs: int  # likewise
    step: int
    parameters: Tensor
    update: Tensor
    buffers: Tensor
    settings: OptimizerSpec
    state: Mapping[str, Tensor]
    scalars: Mapping[str, float]

    @property
    def architecture(self) -> Architecture:
        """The network that the parameters are of."""
        return architecture_of(self.spec, self.input_shape, self.outputs)

    @property
    def nbytes(self) -> int:
        """How much memory its arrays take."""
        vectors = (self.parameters, self.update, self.buffers, *self.state.values())
        return sum(vector.nbytes for vector in vectors)

    def to_tensors(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Return all arrays by name, and the rest as JSON text by name."""
        architecture = self.architecture
        tensors = {
            **_parts(self.parameters, parameter_shapes(architecture)),
            **_parts(self.buffers, buffer_shapes(architecture)),
            "update": self.update,
            **{f"optimizer.{name}": vector for name, vector in self.state.items()},
        }
        state = {
            "step": self.step,
            "spec": self.spec.to_dict(),
            "input_shape": list(self.input_shape),
            "outputs": self.outputs,
            "settings": asdict(self.settings),
            "scalars": dict(self.scalars),
        }
        return tensors, {"format": FORMAT, "state": json.dumps(state, allow_nan=False)}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> "Checkpoint":
        """Read back what `to_tensors` gave; raise CheckpointError for anything else."""
        if metadata.get("format") != FORMAT:
            raise CheckpointError("wrong_format", "format")
        spec, architecture, settings, step, scalars = _read_state(metadata.get("state", ""))
        parameters, buffers = parameter_shapes(architecture), buffer_shapes(architecture)
        flat = (architecture.parameter_count,)
        vectors, _ = STATE_OF_OPTIMIZER[spec.optimizer.name]
        state = {f"optimizer.{name}": flat for name in vectors}
        expected = {**parameters, **buffers, "update": flat, **state}
        for name in sorted(expected.keys() ^ tensors.keys()):
            raise CheckpointError("wrong_tensors", name)
        for name, shape in expected.items():
            _check_tensor(name, tensors[name], shape, spec.precision)
        for name in parameters:
            _check_squares(name, tensors[name])
        return cls(
            spec=spec,
            input_shape=architecture.input_shape,
            outputs=architecture.outputs,
            step=step,
            parameters=_joined(tensors, parameters, spec.precision),
            update=frozen_copy(tensors["update"]),
            buffers=_joined(tensors, buffers, spec.precision),
            settings=settings,
            state={name: frozen_copy(tensors[f"optimizer.{name}"]) for name in vectors},
            scalars=scalars,
        )


IN_PYTORCH = {"W": "weight", "b": "bias", "gamma": "weight", "beta": "bias"}
"""What PyTorch calls the parameters; buffers have the same names there."""

WITHOUT_ACTIVATION = {"max_pool", "average_pool", "flatten", "dropout"}
"""Kinds of layers that are one module there; each of the others is followed by one for its activation function."""


def parameter_shapes(architecture: Architecture) -> dict[str, Shape]:
    """Return the shape of each parameter tensor by its PyTorch name, in the order of the flat vector."""
    return _in_pytorch(architecture, architecture.layout())


def buffer_shapes(architecture: Architecture) -> dict[str, Shape]:
    """Return the shape of each buffer by its PyTorch name, in the order of their vector."""
    return _in_pytorch(architecture, architecture.buffer_layout())


def _in_pytorch(architecture: Architecture, layout: Mapping[str, Shape]) -> dict[str, Shape]:
    positions, position = {}, 0
    for name, spec, _ in architecture:
        positions[name] = position
        if spec.kind != "images":  # which PyTorch's images are from the beginning
            position += 1 if spec.kind in WITHOUT_ACTIVATION else 2
    named = {}
    for address, shape in layout.items():
        layer, _, quantity = address.partition(".")
        named[f"{positions[layer]}.{IN_PYTORCH.get(quantity, quantity)}"] = shape
    return named


def _parts(flat: Tensor, shapes: Mapping[str, Shape]) -> dict[str, Tensor]:
    """Cut a vector into tensors."""
    sizes = [int(np.prod(shape)) for shape in shapes.values()]
    cut = np.split(flat, np.cumsum(sizes)[:-1]) if sizes else []
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), cut, strict=True)}


def _joined(tensors: Mapping[str, Tensor], shapes: Mapping[str, Shape], precision: str) -> Tensor:
    """Put tensors into one vector."""
    parts = [tensors[name].reshape(-1) for name in shapes]
    return frozen_copy(np.concatenate([np.zeros(0, precision), *parts]))


def _read_state(text: str) -> tuple[RunSpec, Architecture, OptimizerSpec, int, dict[str, float]]:
    try:
        state: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise CheckpointError("wrong_metadata", "state") from None
    if not isinstance(state, dict) or state.keys() != STATE_FIELDS:
        raise CheckpointError("wrong_metadata", "state")
    step, scalars = state["step"], state["scalars"]
    if type(step) is not int or not 0 <= step <= 2**53:
        raise CheckpointError("wrong_metadata", "step")
    try:
        spec = RunSpec.from_dict(state["spec"])
        architecture = architecture_of(spec, *_read_shape(state["input_shape"], state["outputs"]))
        settings = spec.optimizer.changed(**state["settings"])
    except (SpecError, TypeError) as refusal:
        raise CheckpointError("wrong_metadata", getattr(refusal, "where", "settings")) from refusal
    if settings.name != spec.optimizer.name:
        raise CheckpointError("wrong_metadata", "settings.name")
    _, names = STATE_OF_OPTIMIZER[spec.optimizer.name]
    if not isinstance(scalars, dict) or scalars.keys() != set(names):
        raise CheckpointError("wrong_metadata", "scalars")
    for name, number in scalars.items():
        # A product of betas is between 0 and 1; a schedule is at most as many steps on as were done, or that beyond its
        # top, where a new learning rate begins.
        most = step + top(settings) if name == "schedule_step" else 1
        if not isinstance(number, float) or not 0 <= number <= most:
            raise CheckpointError("wrong_metadata", f"scalars.{name}")
    return spec, architecture, settings, step, dict(scalars)


def _read_shape(input_shape: Any, outputs: Any) -> tuple[Shape, int]:
    """Check the shape of the data, before anything is counted with it."""
    if not isinstance(input_shape, list) or len(input_shape) not in (1, 3) or not all(map(_is_size, input_shape)):
        raise CheckpointError("wrong_metadata", "input_shape")
    if not _is_size(outputs):
        raise CheckpointError("wrong_metadata", "outputs")
    return tuple(input_shape), outputs


def _is_size(size: object) -> bool:
    return type(size) is int and 1 <= size <= MOST_SIZE


def _check_tensor(name: str, tensor: Tensor, shape: tuple[int, ...], precision: str) -> None:
    if tensor.dtype != np.dtype(precision):
        raise CheckpointError("wrong_tensor_type", name, dtype=str(tensor.dtype), expected=precision)
    if tensor.shape != shape:
        raise CheckpointError("wrong_tensor_shape", name, shape=tensor.shape, expected=shape)
    if not np.isfinite(tensor).all():
        raise CheckpointError("not_finite", name)


def _check_squares(name: str, tensor: Tensor) -> None:
    # Training relies on parameters that are not only finite but small enough to be squared (see Trainer.step).
    with np.errstate(over="ignore", invalid="ignore"):
        if not np.isfinite(np.vdot(tensor, tensor)):
            raise CheckpointError("not_finite", name)
