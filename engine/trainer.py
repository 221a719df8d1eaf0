"""Training: one minibatch at a time, the same bits for the same seed."""

import math
from dataclasses import dataclass

import numpy as np

from engine.checkpoint import Checkpoint
from engine.data.dataset import Dataset, Minibatcher
from engine.data.minibatches import INITIALIZATION_STREAM, Minibatches, random_stream
from engine.divergence import first_bad_tensor
from engine.errors import Diverged, SpecError
from engine.initializers import initialize
from engine.network import Architecture, Network, Workspace
from engine.optimizers import Optimizer, create_optimizer
from engine.parameters import ParameterVector
from engine.spec import OptimizerSpec, RunSpec
from engine.tensors import Indices, frozen_copy


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What one step measured."""

    step: int  # updates done, this one included
    epoch: float  # epochs done
    loss: float  # mean over the minibatch, before the update
    accuracy: float  # of the minibatch, before the update
    learning_rate: float  # the one this step used, after any decay
    gradient_rms: float  # root mean square over all parameters


class Trainer:
    """A run: the network, its optimizer and the order of its minibatches.

    `work` holds what the last minibatch left behind in every layer, with the gradient, and `update` what was last added
    to the parameters. Both are overwritten by the next step: look through `engine.probes`, which copies.
    """

    def __init__(self, spec: RunSpec, dataset: Dataset) -> None:
        self.spec = spec = spec.validated()
        self.dataset = dataset
        if (dataset.inputs, len(dataset.classes)) != (spec.sizes[0], spec.sizes[-1]):
            raise ValueError(f"expected the data set {spec.dataset}, got {dataset.name}")
        if spec.batch_size > len(dataset.train):
            count = len(dataset.train)
            raise SpecError("batch_larger_than_data", "batch_size", batch_size=spec.batch_size, count=count)
        self.step_count = 0
        self.last_record: StepRecord | None = None
        self._indices: Indices = np.zeros(0, np.intp)
        self.network = Network(architecture_of(spec), spec.precision)
        initialize(self.network.layers, spec.initializer, rng=random_stream(spec.seed, INITIALIZATION_STREAM))
        self._parameters = self.network.parameters.flat
        self.work: Workspace = self.network.workspace(spec.batch_size)
        self.update = ParameterVector(self.network.parameters.layout, spec.precision)
        self.optimizer: Optimizer = create_optimizer(spec.optimizer, self.network.parameters.flat)
        self._minibatches = Minibatches(len(dataset.train), spec.batch_size, seed=spec.seed)
        self._minibatcher = Minibatcher(dataset.train, self.work.x, self.work.loss)

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which training sees every example once (but for a last, shorter minibatch)."""
        return self._minibatches.steps_per_epoch

    @property
    def last_indices(self) -> Indices:
        """A copy of the indices of the last minibatch's examples in the training split."""
        return frozen_copy(self._indices)

    @property
    def epoch(self) -> float:
        """Epochs done, with fraction."""
        return self.step_count / self._minibatches.steps_per_epoch

    @property
    def finished(self) -> bool:
        """Whether the run has done all the steps its spec allows; `step` itself would go on."""
        return self.spec.max_steps is not None and self.step_count >= self.spec.max_steps

    @property
    def settings(self) -> OptimizerSpec:
        """The hyper-parameters in force; `spec.optimizer` has those the run began with."""
        return self.optimizer.settings

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step, after any decay."""
        return self.optimizer.rate

    def set(self, /, **changes: float) -> None:
        """Change hyper-parameters of the optimizer from the next step on; raise SpecError if one is not acceptable."""
        if "name" in changes:
            raise SpecError("fixed_in_a_run", "optimizer.name")
        self.optimizer.set(**changes)

    # Numbers that are not finite are looked for and reported by name below; NumPy need not warn of them as well.
    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def step(self) -> StepRecord:
        """Learn from one minibatch: forward, loss, backward, update.

        Raises Diverged, and leaves the parameters as they are, when a number is not finite.

        Why the parameters can never silently become infinite or NaN: the update is only added when the sum of its
        squares is finite in the run's precision, so no entry exceeds the root of the largest number, 2e19 in
        float32 (for plain SGD it is the gradient that is held to this, and ten, the largest learning rate, times that
        bounds the update). The parameters start below that too (checkpoints are held to it), so reaching the largest
        number, 3e38, would take more than 1e18 steps.
        """
        work, optimizer, update = self.work, self.optimizer, self.update.flat
        gradient, loss_layer = work.gradient.flat, work.loss
        self._indices = self._minibatches.indices(self.step_count)
        self._minibatcher.gather(self._indices)
        self.network.forward(work)
        loss = loss_layer.forward()
        loss_layer.backward()
        self.network.backward(work)
        # One product finds any bad entry: NaN and infinity survive squaring and summing.
        squares = float(gradient.dot(gradient))
        if not math.isfinite(loss + squares):
            raise Diverged(self.step_count, first_bad_tensor(self.network, work, loss))
        rate = optimizer.rate
        optimizer.step(gradient, squares, out=update)
        if not math.isfinite(optimizer.squares_of(update, rate, squares)):
            update.fill(0)  # for that is what is added
            raise Diverged(self.step_count, "update")
        np.add(self._parameters, update, out=self._parameters)
        self.step_count += 1
        self.last_record = record = StepRecord(
            self.step_count,
            self.step_count / self._minibatches.steps_per_epoch,
            loss,
            loss_layer.correct / len(loss_layer.labels),
            rate,
            math.sqrt(squares / len(gradient)),
        )
        return record

    def checkpoint(self) -> Checkpoint:
        """Return an immutable copy of all that is needed to go on exactly from here."""
        return Checkpoint(
            spec=self.spec,
            step=self.step_count,
            parameters=frozen_copy(self.network.parameters.flat),
            update=frozen_copy(self.update.flat),
            settings=self.optimizer.settings,
            state={name: frozen_copy(vector) for name, vector in self.optimizer.state.items()},
            scalars=dict(self.optimizer.scalars),
        )

    @classmethod
    def from_checkpoint(cls, checkpoint: Checkpoint, dataset: Dataset) -> "Trainer":
        """Return a trainer that goes on from a checkpoint bit by bit as if it had never stopped."""
        trainer = cls(checkpoint.spec, dataset)
        trainer.step_count = checkpoint.step
        trainer.network.parameters.copy_from(checkpoint.parameters)
        trainer.update.copy_from(checkpoint.update)
        trainer.optimizer.settings = checkpoint.settings
        for name, vector in trainer.optimizer.state.items():
            np.copyto(vector, checkpoint.state[name])
        trainer.optimizer.scalars.update(checkpoint.scalars)
        return trainer


def architecture_of(spec: RunSpec) -> Architecture:
    """Return the network of a spec: its hidden layers, then the linear output layer of the data set."""
    hidden = tuple((layer.units, layer.activation) for layer in spec.layers)
    inputs, *_, classes = spec.sizes
    return Architecture(inputs, (*hidden, (classes, "linear")))
