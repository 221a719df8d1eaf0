"""A checkpoint: all that is needed to continue a run bit by bit as if it had never stopped.

It is small: parameters, last update, the optimizer's state, the hyper-parameters in force and the number of the step.
The order of the minibatches follows from the seed and the step (`engine.data.minibatches`).

`to_tensors` gives named arrays and text, ready for a safetensors file, with the parameters under the names and in the
layout of the same network in PyTorch, `nn.Sequential(Linear, Activation, Linear, ...)`: "0.weight", "0.bias", ...
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from engine.errors import CheckpointError, SpecError
from engine.schedules import top
from engine.spec import OptimizerSpec, RunSpec
from engine.tensors import Tensor, frozen_copy

FORMAT = "backscope-checkpoint-1"

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
    step: int
    parameters: Tensor
    update: Tensor
    settings: OptimizerSpec
    state: Mapping[str, Tensor]
    scalars: Mapping[str, float]

    def to_tensors(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Return all arrays by name, and the rest as JSON text by name."""
        tensors: dict[str, Tensor] = {}
        start = 0
        for name, shape in parameter_shapes(self.spec).items():
            stop = start + int(np.prod(shape))
            tensors[name] = self.parameters[start:stop].reshape(shape)
            start = stop
        tensors["update"] = self.update
        tensors.update({f"optimizer.{name}": vector for name, vector in self.state.items()})
        state = {
            "step": self.step,
            "spec": self.spec.to_dict(),
            "settings": asdict(self.settings),
            "scalars": dict(self.scalars),
        }
        return tensors, {"format": FORMAT, "state": json.dumps(state, allow_nan=False)}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> "Checkpoint":
        """Read back what `to_tensors` gave; raise CheckpointError for anything else."""
        if metadata.get("format") != FORMAT:
            raise CheckpointError("wrong_format", "format")
        spec, settings, step, scalars = _read_state(metadata.get("state", ""))
        shapes = parameter_shapes(spec)
        flat = (spec.parameter_count,)
        vectors, _ = STATE_OF_OPTIMIZER[spec.optimizer.name]
        expected = {**shapes, "update": flat, **{f"optimizer.{name}": flat for name in vectors}}
        for name in sorted(expected.keys() ^ tensors.keys()):
            raise CheckpointError("wrong_tensors", name)
        for name, shape in expected.items():
            _check_tensor(name, tensors[name], shape, spec.precision)
        for name in shapes:
            _check_squares(name, tensors[name])
        return cls(
            spec=spec,
            step=step,
            parameters=frozen_copy(np.concatenate([tensors[name].reshape(-1) for name in shapes])),
            update=frozen_copy(tensors["update"]),
            settings=settings,
            state={name: frozen_copy(tensors[f"optimizer.{name}"]) for name in vectors},
            scalars=scalars,
        )


def parameter_shapes(spec: RunSpec) -> dict[str, tuple[int, ...]]:
    """Return the shape of each parameter tensor by its PyTorch name, in the order of the flat vector."""
    shapes: dict[str, tuple[int, ...]] = {}
    for position, (inputs, units) in enumerate(pairwise(spec.sizes)):
        # Every second module of the nn.Sequential is an activation, which has no parameters.
        shapes[f"{2 * position}.weight"] = (units, inputs)
        shapes[f"{2 * position}.bias"] = (units,)
    return shapes


def _read_state(text: str) -> tuple[RunSpec, OptimizerSpec, int, dict[str, float]]:
    try:
        state: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise CheckpointError("wrong_metadata", "state") from None
    if not isinstance(state, dict) or state.keys() != {"step", "spec", "settings", "scalars"}:
        raise CheckpointError("wrong_metadata", "state")
    step, scalars = state["step"], state["scalars"]
    if type(step) is not int or not 0 <= step <= 2**53:
        raise CheckpointError("wrong_metadata", "step")
    try:
        spec = RunSpec.from_dict(state["spec"])
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
    return spec, settings, step, dict(scalars)


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
