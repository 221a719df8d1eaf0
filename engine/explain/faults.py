"""Faults: the mistakes that implementations of backpropagation really have, made on purpose in a copy of a run.

Who has only seen what works does not know what a mistake looks like. Here the step of a private trainer goes wrong at
one place, and everything else, all of it the engine's own code, is as it should be. What there is to see of the mistake
is then seen in the same views as any run: a loss that rises, a gradient of the wrong size, units that stay alike.

A fault is convicted by finite differences: is the gradient the faulty copy uses the slope of the loss that the faulty
copy has? Mistakes on the way back are found so. A bad start, wrong labels or too large a rate are not, for there the
gradient is right and something else is wrong. Both are worth knowing.

                                                                                         convicted
    wrong_sign          t - p for p - t: the gradient points the other way               yes
    forgotten_slope     dL/dz = dL/da, without f'(z)                                     yes
    update_in_backward  a layer is updated before its gradient goes down to the next,    yes
                        which so comes through the new weights
    sum_for_mean        the gradient of the sum over the minibatch: n times too long     yes
    forgotten_bias      dL/db stays 0                                                    yes
    untransposed        dL_dW made as x^T dL_dz and read as if it were dL_dz^T x: every  yes
                        number is right and most are in the wrong place
    zero_init           all weights begin at 0                                           no
    shuffled_labels     images have one another's answers                                no
    rate_times_100      the learning rate, times 100                                     no

Sources: Karpathy, CS231n, "Gradient checks" and "Sanity checks"; for the labels, Zhang, Bengio, Hardt, Recht and
Vinyals, Understanding Deep Learning Requires Rethinking Generalization, ICLR 2017.
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engine.activations import Scratch
from engine.checkpoint import Checkpoint
from engine.data.dataset import Dataset
from engine.errors import Diverged, SpecError
from engine.explain.faulty_trainer import FaultyTrainer
from engine.network import Workspace
from engine.optimizers import create_optimizer
from engine.tensors import Tensor
from engine.trainer import Trainer


class WrongSign(FaultyTrainer):
    """The difference at the outputs the wrong way round: all that follows from it has the wrong sign."""

    name = "wrong_sign"
    changes_gradient = True

    def after_loss(self, work: Workspace) -> None:
        """Turn the gradient by the outputs round."""
        np.negative(work.loss.dL_doutputs, out=work.loss.dL_doutputs)


class SumForMean(FaultyTrainer):
    """The loss is a mean over the minibatch, its gradient that of the sum."""

    name = "sum_for_mean"
    changes_gradient = True

    @classmethod
    def is_possible(cls, before: Checkpoint) -> bool:
        """The sum over one example is its mean."""
        return before.spec.batch_size > 1

    def after_loss(self, work: Workspace) -> None:
        """Undo the division by n."""
        np.multiply(work.loss.dL_doutputs, len(work), out=work.loss.dL_doutputs)


def _forgotten(z: Tensor, a: Tensor, out: Tensor, scratch: Scratch) -> None:
    """Say f'(z) = 1, whatever f is."""
    out.fill(1)


class ForgottenSlope(FaultyTrainer):
    """The chain rule without its middle factor: what comes back goes on as if f were the identity."""

    name = "forgotten_slope"
    changes_gradient = True

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        for layer in trainer.network.layers:
            layer.activation = replace(layer.activation, slope=_forgotten)

    @classmethod
    def is_possible(cls, before: Checkpoint) -> bool:
        """Where f is the identity there is nothing to forget."""
        return any(getattr(spec, "activation", "linear") != "linear" for spec in before.architecture.specs)


class UpdateInBackward(FaultyTrainer):
    """Each layer is updated as soon as its own gradient is there.

    But dL_dx = dL_dz W, and W is the new one by then: the layers below get a gradient that belongs to no loss, neither
    to that before nor to that after the step. Where the gradient is to be clipped, each layer is clipped by itself,
    since the length of the whole is not known yet.
    """

    name = "update_in_backward"
    changes_gradient = True

    @classmethod
    def is_possible(cls, before: Checkpoint) -> bool:
        """It takes a layer that learns below another one."""
        return len({address.partition(".")[0] for address in before.architecture.layout()}) > 1

    def backward(self, work: Workspace) -> None:
        """Carry the gradient back, each time through weights that were just changed."""
        trainer, network = self.trainer, self.trainer.network
        self._start = network.parameters.flat.copy()
        clip_factors, scalars = [], dict(trainer.optimizer.scalars)
        stop = len(self._start)
        for layer, kept in zip(reversed(network.layers), reversed(work.layers), strict=True):
            layer.backward(kept)
            if layer.parameters:
                start = stop - sum(parameter.size for parameter in layer.parameters.values())
                clip_factors.append(self._update_part(slice(start, stop), scalars))
                stop = start
                layer.backward(kept)  # its own gradients are what they were; dL_dx now comes through the new weights
            if kept.dL_dx is not None:
                for branch in kept.branches:
                    np.add(kept.dL_dx, branch, out=kept.dL_dx)
        trainer.optimizer.clip_factor = min(clip_factors)
        if not np.isfinite(work.gradient.flat @ work.gradient.flat):
            self._take_back()

    def _update_part(self, part: slice, scalars: Mapping[str, float]) -> float:
        """Update one layer by an optimizer of its own, going on from the state of the whole; return its clipping."""
        trainer, whole = self.trainer, self.trainer.optimizer
        parameters, gradient = trainer.network.parameters.flat, trainer.work.gradient.flat[part]
        optimizer = create_optimizer(whole.settings, parameters[part])
        optimizer.scalars.update(scalars)
        for name, vector in optimizer.state.items():
            np.copyto(vector, whole.state[name][part])
        update = trainer.update.flat[part]
        optimizer.step(gradient, float(gradient.dot(gradient)), out=update)
        np.add(parameters[part], update, out=parameters[part])
        for name, vector in optimizer.state.items():
            np.copyto(whole.state[name][part], vector)
        whole.scalars.update(optimizer.scalars)
        return optimizer.clip_factor

    def _take_back(self) -> None:
        self.trainer.network.parameters.copy_from(self._start)
        self.trainer.update.flat.fill(0)

    def update(self, gradient: Tensor, squares: float) -> None:
        """Do nothing: that is done. Take it back if it was not finite."""
        update = self.trainer.update.flat
        if not math.isfinite(update.dot(update)):
            self._take_back()
            raise Diverged(self.trainer.step_count, "update")


class ForgottenBias(FaultyTrainer):
    """The biases get no gradient and stay where they are."""

    name = "forgotten_bias"
    changes_gradient = True

    def after_backward(self, work: Workspace) -> None:
        """Leave dL_db at 0."""
        for kept in work.layers:
            if "b" in kept.gradients:
                kept.gradients["b"].fill(0)


class Untransposed(FaultyTrainer):
    """dL_dW was made as (inputs, units) and is read as (units, inputs), number by number: its shape tells nothing."""

    name = "untransposed"
    changes_gradient = True

    @classmethod
    def is_possible(cls, before: Checkpoint) -> bool:
        """A row and a column are read the same way."""
        return any(
            address.endswith(".W") and min(shape[0], math.prod(shape[1:])) > 1
            for address, shape in before.architecture.layout().items()
        )

    def after_backward(self, work: Workspace) -> None:
        """Read the transposed matrix as if it were not."""
        for kept in work.layers:
            if "W" in kept.gradients:
                dL_dW = kept.gradients["W"]
                dL_dW[...] = dL_dW.reshape(len(dL_dW), -1).T.reshape(dL_dW.shape)


class ZeroInit(FaultyTrainer):
    """All weights begin at 0, so the units of a layer are copies of each other and stay it. Training begins anew."""

    name = "zero_init"

    @classmethod
    def spoil(cls, trainer: Trainer) -> None:
        """Put the parameters where the initializer `zeros` does, and forget former gradients."""
        trainer.network.initialize("zeros", np.random.default_rng(0))
        trainer.optimizer = create_optimizer(trainer.optimizer.settings, trainer.network.parameters.flat)


class ShuffledLabels(FaultyTrainer):
    """The images of the training split have one another's answers, each always the same one."""

    name = "shuffled_labels"

    @classmethod
    def spoiled(cls, dataset: Dataset, seed: int) -> Dataset:
        """Return the data set with the answers of its training split in another order."""
        train = dataset.train
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(train))
        labels = None if train.labels is None else train.labels[order]
        targets = None if train.targets is None else train.targets[order]
        return replace(dataset, train=replace(train, labels=labels, targets=targets))


class RateTimes100(FaultyTrainer):
    """The steps go the right way, a hundred times too far."""

    name = "rate_times_100"

    @classmethod
    def spoil(cls, trainer: Trainer) -> None:
        """Set the rate past all limits, at the same point of its schedule."""
        settings = trainer.optimizer.settings
        trainer.optimizer.settings = replace(settings, learning_rate=100 * settings.learning_rate)


FAULTS: dict[str, type[FaultyTrainer]] = {
    fault.name: fault
    for fault in (
        WrongSign,
        ForgottenSlope,
        UpdateInBackward,
        SumForMean,
        ForgottenBias,
        Untransposed,
        ZeroInit,
        ShuffledLabels,
        RateTimes100,
    )
}
"""Every fault, by its name."""


def possible_faults(before: Checkpoint) -> tuple[str, ...]:
    """Return the names of the faults that would change something in a run."""
    return tuple(name for name, fault in FAULTS.items() if fault.is_possible(before))


def hidden_fault(before: Checkpoint, seed: int) -> str:
    """Return the name of one of the possible faults: which one, the seed says, and nobody has to tell."""
    names, rng = possible_faults(before), np.random.default_rng(seed)
    return names[int(rng.integers(len(names)))]


def start_fault(name: str, before: Checkpoint, dataset: Dataset, *, seed: int = 0) -> FaultyTrainer:
    """Return a copy of a run that goes on from a checkpoint with a fault.

    Raises SpecError for a fault that there is not, or that would change nothing in this run.
    """
    if name not in FAULTS:
        raise SpecError("unknown_choice", "fault", choices=", ".join(FAULTS))
    if not FAULTS[name].is_possible(before):
        raise SpecError("fault_not_possible", "fault", name=name)
    return FAULTS[name].start(before, dataset, seed=seed)
