"""A frozen step: one step of a run, made once more apart from it, with all that it left behind.

Nothing has to be recorded while a run trains. Training is deterministic, so the step that follows a checkpoint can be
made again at any time, and then it *is* that step, bit by bit: the same minibatch, varied in the same way, the same
dropout masks, the same gradient and the same update.

To ask what the loss would have been elsewhere, all that is random or drawn in the step has to stay as it was. A
`FrozenPass` holds just that, the function

    L(p) = the loss of this minibatch, with these dropout masks, of a network with the parameters p

with batch normalization by the statistics of the minibatch, as in training, so that dL/dp at the parameters before the
step is the very gradient the step used.
"""

from functools import cached_property

import numpy as np

from engine.checkpoint import Checkpoint
from engine.data.dataset import Dataset
from engine.dropout import DropoutKept
from engine.layer import Kept, Layer
from engine.network import Network, Workspace
from engine.parameters import ParameterVector
from engine.tensors import Precision, Tensor, frozen_copy, zeros
from engine.trainer import Trainer


class FrozenPass:
    """The minibatch of a frozen step and a private network to send it through, with any parameters.

    `work` holds what the last pass left behind. It belongs to whoever asked for it: any method overwrites it.
    """

    def __init__(self, trainer: Trainer, before: Checkpoint, precision: Precision) -> None:
        source = trainer.network
        self.network = Network(source.architecture, precision, loss=source.loss, classification=source.classification)
        dtype = self.network.parameters.flat.dtype
        self.dL_dx: Tensor = zeros(trainer.work.x.shape, dtype)
        """(n, inputs): the gradient by the inputs themselves, which training has no use for."""
        self.work: Workspace = self.network.workspace(len(trainer.work), training=True, dL_dx=self.dL_dx)
        self.parameters_before: Tensor = frozen_copy(before.parameters.astype(dtype))
        self.network.parameters.copy_from(self.parameters_before)
        self.network.buffers.copy_from(before.buffers)
        np.copyto(self.work.x, trainer.work.x)
        np.copyto(self.work.loss.labels, trainer.work.loss.labels)
        np.copyto(self.work.loss.targets, trainer.work.loss.targets)
        for kept, drawn in zip(self.work.layers, trainer.work.layers, strict=True):
            if isinstance(kept, DropoutKept) and isinstance(drawn, DropoutKept):
                np.copyto(kept.mask, drawn.mask)

    # What a far-away parameter vector gives may be infinite, and whoever asked sees that.
    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def loss_of(self, parameters: Tensor) -> float:
        """Return L(p) for a flat vector of parameters: one pass forward."""
        self.network.parameters.copy_from(parameters)
        self.network.forward(self.work)
        return self.work.loss.forward()

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def gradient_of(self, parameters: Tensor) -> Tensor:
        """Return a copy of dL/dp at p, a flat vector: one pass forward and one back; `dL_dx` is filled as well."""
        self.loss_of(parameters)
        self.work.loss.backward()
        self.network.backward(self.work)
        return frozen_copy(self.work.gradient.flat)

    def kept(self, name: str) -> Kept:
        """Return what the last pass left behind in a layer."""
        return _kept(self.network, self.work, name)


class FrozenStep:
    """The step after a checkpoint, made once more. It never touches the run that the checkpoint came from.

    `trainer` has done exactly that step and will do no other: its `work` holds x, z, a, slope, dL_da, dL_dz, the masks
    and the gradients of every layer for every example, its `network` the parameters *after* the step, `update` what was
    added to them, `optimizer` its state after. Everything of before is in `before`.

    Examples of the minibatch are counted from 0 to n - 1; `indices` says which of the training split they are.
    """

    def __init__(self, before: Checkpoint, dataset: Dataset) -> None:
        """Make the step again; raises Diverged if it had no update."""
        self.before = before
        self.dataset = dataset
        self.trainer = Trainer.from_checkpoint(before, dataset)
        self.record = self.trainer.step()
        self.indices = self.trainer.last_indices
        self._before = ParameterVector(self.trainer.network.parameters.layout, before.spec.precision)
        self._before.copy_from(before.parameters)
        self._before.flat.flags.writeable = False

    def __len__(self) -> int:
        """Examples in the minibatch."""
        return len(self.work)

    @property
    def work(self) -> Workspace:
        """What the step left behind in every layer, computed with the parameters of before; only to be read."""
        return self.trainer.work

    @property
    def network(self) -> Network:
        """The layers; their parameters are those *after* the step (those of before: `parameter`, `at_before`)."""
        return self.trainer.network

    @property
    def loss_before(self) -> float:
        """The loss of the minibatch before the update, as the step recorded it."""
        return self.record.loss

    def layer(self, name: str) -> Layer:
        """Return a layer by its name; raises KeyError where there is none."""
        return self.network.layers[_position(self.network, name)]

    def kept(self, name: str) -> Kept:
        """Return what the step left behind in a layer; only to be read."""
        return _kept(self.network, self.work, name)

    def parameter(self, address: str) -> Tensor:
        """Return a parameter tensor, such as "dense1.W", as it was before the step; read-only."""
        return _read_only(self._before[address])

    def parameter_after(self, address: str) -> Tensor:
        """Return a parameter tensor as it was after the step; read-only."""
        return _read_only(self.network.parameters[address])

    def update(self, address: str) -> Tensor:
        """Return what the step added to a parameter tensor; read-only."""
        return _read_only(self.trainer.update[address])

    def gradient(self, address: str) -> Tensor:
        """Return the gradient of the loss by a parameter tensor; read-only."""
        return _read_only(self.work.gradient[address])

    def at_before(self) -> FrozenPass:
        """Return a new pass in the run's precision, done forward and back with the parameters of before.

        It holds the same numbers as `work`, and besides the gradients below the lowest layer that learns, down to
        `dL_dx`, which the step itself did not compute. It is the caller's own.
        """
        return self._passed(self.before.spec.precision)

    def in_float64(self) -> FrozenPass:
        """Return the same in float64, for small differences that float32 would round away.

        Inputs, masks and parameters are those of the run, exactly; only what is computed from them has more digits.
        """
        return self._passed("float64")

    def loss_of(self, parameters: Tensor) -> float:
        """Return the loss of the frozen minibatch for other parameters, a flat vector, in the run's precision."""
        return self._trial.loss_of(parameters)

    def _passed(self, precision: Precision) -> FrozenPass:
        passed = FrozenPass(self.trainer, self.before, precision)
        passed.gradient_of(passed.parameters_before)
        return passed

    @cached_property
    def _trial(self) -> FrozenPass:
        return FrozenPass(self.trainer, self.before, self.before.spec.precision)


def _position(network: Network, name: str) -> int:
    for position, layer in enumerate(network.layers):
        if layer.name == name:
            return position
    raise KeyError(f"no such layer: {name}")


def _kept(network: Network, work: Workspace, name: str) -> Kept:
    return work.layers[_position(network, name)]


def _read_only(tensor: Tensor) -> Tensor:
    view = tensor.view()
    view.flags.writeable = False
    return view
