"""A trainer that can be made to go wrong: the step of `engine.trainer`, with a moment for every mistake.

Composition, not a change of the engine: the private trainer inside has the network, the data, the optimizer and all the
arrays, all sound. Here is only the order in which a step uses them, once more, with methods between them that a fault
(`engine.explain.faults`) overrides. Without a fault it is the trainer, bit by bit.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.checkpoint import Checkpoint
from engine.data.dataset import Dataset
from engine.divergence import first_bad_tensor
from engine.errors import Diverged
from engine.explain.frozen import FrozenStep
from engine.network import Workspace
from engine.parameters import ParameterVector
from engine.tensors import Tensor, frozen_copy
from engine.trainer import StepRecord, Trainer


@dataclass(frozen=True, slots=True, eq=False)
class GradientPair:
    """The gradient of one step as the faulty copy makes it, and as it is, for the same parameters and minibatch."""

    fault: str
    wrong: Mapping[str, Tensor]  # by address
    clean: Mapping[str, Tensor]  # likewise
    frozen: FrozenStep  # the step done right, for finite differences of the loss that the faulty copy has


class FaultyTrainer:
    """A private trainer whose step goes wrong at one place, by one of the methods below. In this class none does.

    `trainer` can be looked at as any other (`engine.probes`), but only `step` of this class makes the fault.
    """

    name: ClassVar[str] = "none"
    changes_gradient: ClassVar[bool] = False
    """Whether finite differences convict it."""

    def __init__(self, trainer: Trainer) -> None:
        """Take over a trainer whose data and state are already as faulty as the fault wants them: see `start`."""
        self.trainer = trainer

    @classmethod
    def start(cls, before: Checkpoint, dataset: Dataset, *, seed: int = 0) -> "FaultyTrainer":
        """Return a copy of the run that goes on from a checkpoint with the fault; the seed is for what is random."""
        trainer = Trainer.from_checkpoint(before, cls.spoiled(dataset, seed))
        cls.spoil(trainer)
        return cls(trainer)

    @classmethod
    def is_possible(cls, before: Checkpoint) -> bool:
        """Whether the fault would change anything in this run."""
        return True

    @classmethod
    def spoiled(cls, dataset: Dataset, seed: int) -> Dataset:
        """Return the data set as the fault has it."""
        return dataset

    @classmethod
    def spoil(cls, trainer: Trainer) -> None:
        """Change what the fault changes once and for all."""

    def after_loss(self, work: Workspace) -> None:
        """Go wrong with the gradient by the outputs."""

    def backward(self, work: Workspace) -> None:
        """Carry the gradient back; go wrong on the way."""
        self.trainer.network.backward(work)

    def after_backward(self, work: Workspace) -> None:
        """Go wrong with the gradients by the parameters."""

    def update(self, gradient: Tensor, squares: float) -> None:
        """Make the update and add it to the parameters."""
        trainer, update = self.trainer, self.trainer.update.flat
        rate = trainer.optimizer.rate
        trainer.optimizer.step(gradient, squares, out=update)
        if not math.isfinite(trainer.optimizer.squares_of(update, rate, squares)):
            update.fill(0)
            raise Diverged(trainer.step_count, "update")
        parameters = trainer.network.parameters.flat
        np.add(parameters, update, out=parameters)

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def step(self) -> StepRecord:
        """Learn from the next minibatch as `Trainer.step` does, but for the fault.

        Raises Diverged, and leaves the parameters as they are, when a number is not finite.
        """
        trainer, work, loss_layer = self.trainer, self.trainer.work, self.trainer.work.loss
        trainer.load(trainer.step_count)
        trainer.network.forward(work)
        loss = loss_layer.forward()
        loss_layer.backward()
        self.after_loss(work)
        rate = trainer.optimizer.rate
        self.backward(work)
        self.after_backward(work)
        gradient = work.gradient.flat
        squares = float(gradient.dot(gradient))
        if not math.isfinite(loss + squares):
            raise Diverged(trainer.step_count, first_bad_tensor(trainer.network, work, loss))
        self.update(gradient, squares)
        for layer, kept in zip(trainer.network.layers, work.layers, strict=True):
            layer.track(kept)
        trainer.step_count += 1
        correct = loss_layer.correct
        trainer.last_record = record = StepRecord(
            step=trainer.step_count,
            epoch=trainer.epoch,
            loss=loss,
            accuracy=None if correct is None else correct / len(work),
            learning_rate=rate,
            gradient_rms=math.sqrt(squares / len(gradient)),
            clip_factor=trainer.optimizer.clip_factor,
        )
        return record

    def gradients(self) -> GradientPair:
        """Return the wrong and the clean gradient of the next step, which is made on copies and not done here.

        Raises Diverged if either has no update.
        """
        before, dataset = self.trainer.checkpoint(), self.trainer.dataset
        wrong = type(self)(Trainer.from_checkpoint(before, dataset))
        wrong.step()
        frozen = FrozenStep(before, dataset)
        return GradientPair(
            self.name, _by_address(wrong.trainer.work.gradient), _by_address(frozen.work.gradient), frozen
        )


def _by_address(gradient: ParameterVector) -> dict[str, Tensor]:
    return {address: frozen_copy(gradient[address]) for address in gradient.layout}
