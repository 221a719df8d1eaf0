"""The optimizer, its hyper-parameters and the schedule of its learning rate as plain data."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from engine.spec.fields import choice, fields_of, integer, number

OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
SCHEDULES = ("constant", "inverse_time", "step", "exponential", "cosine", "one_cycle")

MOST_LEARNING_RATE = 10.0
MOST_MEMORY = 0.9999
"""Momentum and beta stay below 1: at 1 nothing is ever forgotten and the velocity grows without bound."""
MOST_WEIGHT_DECAY = 1.0
MOST_L1 = 1.0
MOST_CLIP_NORM = 1e6
MOST_LEARNING_RATE_DECAY = 1.0
MOST_SCHEDULE_STEPS = 10**7
LEAST_EPSILON, MOST_EPSILON = 1e-12, 1.0


@dataclass(frozen=True, slots=True)
class OptimizerSpec:
    """The optimizer and its hyper-parameters; those the optimizer or the schedule does not have are kept but unused."""

    name: str = "sgd"
    learning_rate: float = 0.1
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0  # the L2 penalty weight_decay / 2 |p|^2; for AdamW its decoupled form
    l1: float = 0.0  # the L1 penalty l1 |p|
    clip_norm: float = 0.0  # the longest a gradient may be; 0: as long as it is
    schedule: str = "constant"
    schedule_steps: int = 1000
    schedule_factor: float = 0.1
    warmup_steps: int = 0
    learning_rate_decay: float = 0.0  # of the schedule inverse_time

    def changed(self, /, **changes: Any) -> "OptimizerSpec":
        """Return these settings with some hyper-parameters changed; raise SpecError for one that is not acceptable."""
        merged: dict[str, Any] = {**asdict(self), **changes}
        for name in ("schedule_steps", "warmup_steps"):  # a live control speaks of every number as a float
            value = merged[name]
            merged[name] = int(value) if isinstance(value, float) and value.is_integer() else value
        return read_optimizer(merged, "optimizer")


def read_optimizer(plain: object, where: str) -> OptimizerSpec:
    """Read the optimizer of a run spec; raise SpecError at the first thing that is not acceptable."""
    read = fields_of(plain, where, OptimizerSpec)

    def bounded(name: str, least: float, most: float) -> float:
        return number(read[name], f"{where}.{name}", least, most)

    def steps(name: str, least: int) -> int:
        return integer(read[name], f"{where}.{name}", least, MOST_SCHEDULE_STEPS)

    return OptimizerSpec(
        name=choice(read["name"], f"{where}.name", OPTIMIZERS),
        learning_rate=bounded("learning_rate", math.ulp(0.0), MOST_LEARNING_RATE),
        momentum=bounded("momentum", 0.0, MOST_MEMORY),
        beta1=bounded("beta1", 0.0, MOST_MEMORY),
        beta2=bounded("beta2", 0.0, MOST_MEMORY),
        epsilon=bounded("epsilon", LEAST_EPSILON, MOST_EPSILON),
        weight_decay=bounded("weight_decay", 0.0, MOST_WEIGHT_DECAY),
        l1=bounded("l1", 0.0, MOST_L1),
        clip_norm=bounded("clip_norm", 0.0, MOST_CLIP_NORM),
        schedule=choice(read["schedule"], f"{where}.schedule", SCHEDULES),
        schedule_steps=steps("schedule_steps", 1),
        schedule_factor=bounded("schedule_factor", 0.0, 1.0),
        warmup_steps=steps("warmup_steps", 0),
        learning_rate_decay=bounded("learning_rate_decay", 0.0, MOST_LEARNING_RATE_DECAY),
    )
