"""Training: one minibatch at a time, the same bits for the same seed."""

import math
from dataclasses import dataclass

import numpy as np

from engine.architecture import architecture_of
from engine.checkpoint import Checkpoint
from engine.data.augmentation import Augmentation
from engine.data.dataset import Dataset, Minibatcher
from engine.data.minibatches import DROPOUT_STREAM, INITIALIZATION_STREAM, Minibatches, random_stream
from engine.divergence import first_bad_tensor
from engine.errors import Diverged, SpecError
from engine.network import Network, Workspace
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
    accuracy: float | None  # of the minibatch, before the update; None for regression
    learning_rate: float  # the one this step used, by its schedule
    gradient_rms: float  # root mean square over all parameters, before any clipping
    clip_factor: float  # what the gradient was shortened by; 1 where it was not


class Trainer:
    """A run: the network, its optimizer and the order of its minibatches.

    `work` holds what the last minibatch left behind in every layer, with the gradient, and `update` what was last added
    to the parameters. Both are overwritten by the next step: look through `engine.probes`, which copies.
    """

    def __init__(self, spec: RunSpec, dataset: Dataset) -> None:
        self.spec = spec = spec.validated()
        self.dataset = dataset
        if dataset.name != spec.dataset.name:
            raise ValueError(f"expected the data set {spec.dataset.name}, got {dataset.name}")
        if spec.batch_size > len(dataset.train):
            count = len(dataset.train)
            raise SpecError("batch_larger_than_data", "batch_size", batch_size=spec.batch_size, count=count)
        self.step_count = 0
        self.last_record: StepRecord | None = None
        self._indices: Indices = np.zeros(0, np.intp)
        architecture = architecture_of(spec, dataset.input_shape, dataset.outputs)
        self.network = Network(architecture, spec.precision, loss=spec.loss, classification=not dataset.is_regression)
        self.network.initialize(spec.initializer, random_stream(spec.seed, INITIALIZATION_STREAM))
        self._parameters = self.network.parameters.flat
        self.work: Workspace = self.network.workspace(spec.batch_size, training=True)
        self.update = ParameterVector(self.network.parameters.layout, spec.precision)
        self.optimizer: Optimizer = create_optimizer(spec.optimizer, self.network.parameters.flat)
        self._minibatches = Minibatches(len(dataset.train), spec.batch_size, seed=spec.seed)
        self._minibatcher = Minibatcher(dataset.train, self.work.x, self.work.loss)
        self._augmentation = (
            Augmentation(
                spec.augmentation, dataset.input_shape, spec.batch_size, self._parameters.dtype, seed=spec.seed
            )
            if spec.augmentation
            else None
        )
        pairs = list(zip(self.network.layers, self.work.layers, strict=True))
        # Most networks have neither of these kinds of layers, and a step should not look for them.
        self._drawing = [(layer, kept) for layer, kept in pairs if layer.spec.kind == "dropout"]
        self._tracking = [(layer, kept) for layer, kept in pairs if layer.spec.kind == "batch_norm"]

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
        """The learning rate of the next step, by its schedule."""
        return self.optimizer.rate

    def set(self, /, **changes: float | str) -> None:
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
        self.load(self.step_count)
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
        for layer, kept in self._tracking:
            layer.track(kept)
        self.step_count += 1
        correct = loss_layer.correct
        self.last_record = record = StepRecord(
            self.step_count,
            self.step_count / self._minibatches.steps_per_epoch,
            loss,
            None if correct is None else correct / len(work),
            rate,
            math.sqrt(squares / len(gradient)),
            optimizer.clip_factor,
        )
        return record

    def load(self, step: int) -> None:
        """Put the minibatch of a step into `work`, varied, and with the dropout masks of that step."""
        self._indices = self._minibatches.indices(step)
        self._minibatcher.gather(self._indices)
        if self._augmentation is not None:
            self._augmentation.apply(self.work.x, step)
        if self._drawing:
            rng = random_stream(self.spec.seed, DROPOUT_STREAM, step)
            for layer, kept in self._drawing:
                layer.draw(kept, rng)

    def checkpoint(self) -> Checkpoint:
        """Return an immutable copy of all that is needed to go on exactly from here."""
        return Checkpoint(
            spec=self.spec,
            input_shape=self.dataset.input_shape,
            outputs=self.dataset.outputs,
            step=self.step_count,
            parameters=frozen_copy(self.network.parameters.flat),
            update=frozen_copy(self.update.flat),
            buffers=frozen_copy(self.network.buffers.flat),
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
        trainer.network.buffers.copy_from(checkpoint.buffers)
        trainer.optimizer.settings = checkpoint.settings
        for name, vector in trainer.optimizer.state.items():
            np.copyto(vector, checkpoint.state[name])
        trainer.optimizer.scalars.update(checkpoint.scalars)
        return trainer
