"""The anatomy of an update: every number between the gradient of one parameter and what was added to it.

An optimizer computes whole vectors and leaves no trace of single numbers. But all rules of `engine.optimizers` have one
shape, in which the update of one parameter falls into four shares that add up to it:

    update = -scale * (memory + weight * g)             g = clip_factor * dL_dp + l2 + l1
           = memory share + loss share + l2 share + l1 share

`scale` is how far a step goes for a unit of what stands in brackets, `memory` is what former gradients have left, and
`weight` is how much the present gradient counts. In the letters of each rule (m, v, s after the step):

                  scale                                       memory               weight
    sgd           rate                                        0                    1
    momentum      rate                                        momentum * v_old     1
    nesterov      rate                                        momentum^2 * v_old   1 + momentum
    adagrad       rate / (sqrt(s) + epsilon)                  0                    1
    rmsprop       rate / (sqrt(v) + epsilon)                  0                    1
    adam, adamw   rate / (c1 (sqrt(v / c2) + epsilon))        beta1 * m_old        1 - beta1

For AdamW the penalties are not in g: their shares are -rate * l2 and -rate * l1. The sources of the rules stand in
`engine.optimizers`.

The shares are computed here in float64 from the parts, the update is the one the step made: that the two agree, to the
rounding of the run's precision, is what makes the anatomy true.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod, sqrt
from types import MappingProxyType

import numpy as np

from engine.checkpoint import Checkpoint
from engine.data.dataset import Dataset
from engine.explain.frozen import FrozenStep
from engine.optimizers import OPTIMIZER_OF, Optimizer
from engine.schedules import factor
from engine.spec import OptimizerSpec
from engine.trainer import Trainer

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UpdateShares:
    """What the update of one parameter is made of; the four shares add up to it. In float64."""

    scale: float
    weight: float  # of the present gradient
    memory: float  # share of former gradients
    loss: float  # share of the present gradient of the loss
    l2: float  # share of the L2 penalty
    l1: float  # share of the L1 penalty

    @property
    def total(self) -> float:
        """The update, put together from its shares."""
        return self.memory + self.loss + self.l2 + self.l1


@dataclass(frozen=True, slots=True)
class UpdateAnatomy:
    """One parameter in one step, from the gradient of the loss to the new value."""

    step: int  # updates done, this one included
    address: str  # such as "dense1.W"
    index: Index
    optimizer: str
    parameter_before: float
    dL_dp: float  # the gradient of the loss, which clipping and penalties leave as it is
    clip_factor: float
    l2: float  # weight_decay * p
    l1: float  # l1 * sign(p)
    penalty_in_gradient: bool  # whether the optimizer's rule sees the penalties; AdamW's does not
    g: float  # what the rule sees
    learning_rate: float  # the one set
    schedule_factor: float  # the share of it that the schedule leaves in this step
    rate: float  # learning_rate * schedule_factor
    state_before: Mapping[str, float]  # velocity; m and v; s
    state_after: Mapping[str, float]
    bias_corrections: Mapping[str, float]  # c1 and c2 of Adam and AdamW
    update: float  # as the step made it
    parameter_after: float
    shares: UpdateShares


def update_anatomy(frozen: FrozenStep, address: str, index: Index) -> UpdateAnatomy:
    """Return the anatomy of the update of one parameter in a frozen step.

    Raises KeyError for an address, and IndexError for an index, that is none.
    """
    return _anatomy(frozen.before, frozen.trainer, address, index)


def update_history(
    before: Checkpoint, dataset: Dataset, address: str, index: Index, steps: int
) -> Iterator[UpdateAnatomy]:
    """Yield the anatomy of one parameter's update in each of the steps that follow a checkpoint, made once more.

    The run itself is left alone. Raises Diverged where the run did.
    """
    trainer = Trainer.from_checkpoint(before, dataset)
    for _ in range(steps):
        before = trainer.checkpoint()
        trainer.step()
        yield _anatomy(before, trainer, address, index)


def _anatomy(before: Checkpoint, trainer: Trainer, address: str, index: Index) -> UpdateAnatomy:
    """Collect the parts: `before` is the state before a step that `trainer` has just done."""
    settings, layout = before.settings, trainer.network.parameters.layout
    at = _position(layout, address, index)
    p, dL_dp = float(before.parameters[at]), float(trainer.work.gradient.flat[at])
    clip_factor = trainer.optimizer.clip_factor
    l2, l1 = settings.weight_decay * p, settings.l1 * ((p > 0) - (p < 0))
    in_gradient = OPTIMIZER_OF[settings.name].penalty_in_gradient
    share = factor(settings, before.scalars["schedule_step"])
    state_before = {name: float(vector[at]) for name, vector in before.state.items()}
    state_after = {name: float(vector[at]) for name, vector in trainer.optimizer.state.items()}
    rate = settings.learning_rate * share
    corrections = bias_corrections(trainer.optimizer)
    rule = RULES[settings.name](settings, rate, state_before, state_after, corrections)
    penalty_scale = rule.scale * rule.weight if in_gradient else rate
    return UpdateAnatomy(
        step=trainer.step_count,
        address=address,
        index=index,
        optimizer=settings.name,
        parameter_before=p,
        dL_dp=dL_dp,
        clip_factor=clip_factor,
        l2=l2,
        l1=l1,
        penalty_in_gradient=in_gradient,
        g=clip_factor * dL_dp + (l2 + l1 if in_gradient else 0.0),
        learning_rate=settings.learning_rate,
        schedule_factor=share,
        rate=rate,
        state_before=MappingProxyType(state_before),
        state_after=MappingProxyType(state_after),
        bias_corrections=MappingProxyType(corrections),
        update=float(trainer.update.flat[at]),
        parameter_after=float(trainer.network.parameters.flat[at]),
        shares=UpdateShares(
            scale=rule.scale,
            weight=rule.weight,
            memory=-rule.scale * rule.memory,
            loss=-rule.scale * rule.weight * clip_factor * dL_dp,
            l2=-penalty_scale * l2,
            l1=-penalty_scale * l1,
        ),
    )


def bias_corrections(optimizer: Optimizer) -> dict[str, float]:
    """Return c1 = 1 - beta1^t and c2 = 1 - beta2^t as they were in the last step; nothing where m and v are not."""
    products = {"c1": "beta1_product", "c2": "beta2_product"}
    return {name: 1 - optimizer.scalars[of] for name, of in products.items() if of in optimizer.scalars}


@dataclass(frozen=True, slots=True)
class Rule:
    """An optimizer's rule at one parameter: update = -scale * (memory + weight * g)."""

    scale: float
    memory: float
    weight: float


State = Mapping[str, float]


def _sgd(settings: OptimizerSpec, rate: float, old: State, new: State, c: State) -> Rule:
    return Rule(rate, 0.0, 1.0)


def _momentum(settings: OptimizerSpec, rate: float, old: State, new: State, c: State) -> Rule:
    return Rule(rate, settings.momentum * old["velocity"], 1.0)


def _nesterov(settings: OptimizerSpec, rate: float, old: State, new: State, c: State) -> Rule:
    # g + momentum * v, with v = momentum * v_old + g
    return Rule(rate, settings.momentum**2 * old["velocity"], 1 + settings.momentum)


def _adagrad(settings: OptimizerSpec, rate: float, old: State, new: State, c: State) -> Rule:
    return Rule(rate / (sqrt(new["s"]) + settings.epsilon), 0.0, 1.0)


def _rmsprop(settings: OptimizerSpec, rate: float, old: State, new: State, c: State) -> Rule:
    return Rule(rate / (sqrt(new["v"]) + settings.epsilon), 0.0, 1.0)


def _adam(settings: OptimizerSpec, rate: float, old: State, new: State, c: State) -> Rule:
    scale = rate / (c["c1"] * (sqrt(new["v"] / c["c2"]) + settings.epsilon))
    return Rule(scale, settings.beta1 * old["m"], 1 - settings.beta1)


RULES: dict[str, Callable[[OptimizerSpec, float, State, State, State], Rule]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adam,
}
"""The shape of each optimizer's rule, from its settings, the rate, its state before and after, and c1 and c2."""


def _position(layout: Mapping[str, tuple[int, ...]], address: str, index: Index) -> int:
    """Return where a parameter stands in the flat vector."""
    shape = layout[address]
    if len(index) != len(shape) or not all(0 <= i < size for i, size in zip(index, shape, strict=True)):
        raise IndexError(f"{address} has the shape {shape}, there is no {index} in it")
    addresses = list(layout)
    start = sum(prod(layout[earlier]) for earlier in addresses[: addresses.index(address)])
    return start + int(np.ravel_multi_index(index, shape))
