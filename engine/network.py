"""A network: layers in order, and the walk forward and back through them."""

from dataclasses import dataclass

import numpy as np

from engine.architecture import LAYERS, Architecture
from engine.initializers import INITIALIZERS
from engine.layer import Kept, Layer
from engine.loss import Loss
from engine.losses import create_loss
from engine.parameters import ParameterVector
from engine.spec import LossSpec
from engine.tensors import Precision, Tensor, zeros


@dataclass(slots=True)
class Workspace:
    """Everything one pass of a minibatch needs and leaves behind, allocated once."""

    x: Tensor  # (n, inputs)
    layers: tuple[Kept, ...]
    loss: Loss
    gradient: ParameterVector

    def __len__(self) -> int:
        return len(self.x)


class Network:
    """Layers in order. Holds the parameters; what a pass computes goes into a workspace.

    Several workspaces (for training, for looking, for testing) can share one network without disturbing each other.
    """

    def __init__(
        self,
        architecture: Architecture,
        precision: Precision = "float32",
        *,
        loss: LossSpec | None = None,
        classification: bool = True,
    ) -> None:
        self.architecture = architecture
        self.precision: Precision = precision
        self.loss = loss or LossSpec()
        self.classification = classification
        self.parameters = ParameterVector(architecture.layout(), precision)
        self.buffers = ParameterVector(architecture.buffer_layout(), precision)
        """What layers remember without learning it by the gradient: the running statistics of batch normalization."""
        self.layers: tuple[Layer, ...] = tuple(
            LAYERS[spec.kind](name, spec, shape, self.parameters, self.buffers) for name, spec, shape in architecture
        )

    def __getitem__(self, name: str) -> Layer:
        return next(layer for layer in self.layers if layer.name == name)

    def initialize(self, initializer: str, rng: np.random.Generator) -> None:
        """Set all parameters to where training starts, first layer first."""
        for layer in self.layers:
            layer.initialize(INITIALIZERS[initializer], rng)

    def workspace(self, n: int, *, training: bool = False, dL_dx: Tensor | None = None) -> Workspace:
        """Allocate what passes of n examples need.

        Backward fills `dL_dx` (n, inputs), the gradient by the images themselves, if it is given. It costs a whole
        product with W and training has no use for it.
        """
        dtype = self.parameters.flat.dtype
        gradient = ParameterVector(self.parameters.layout, self.precision)
        x = first_x = zeros((n, self.architecture.inputs), dtype)
        kept: list[Kept] = []
        for layer in self.layers:
            kept.append(layer.keep(n, x, dL_dx, gradient, training=training, below=kept))
            x, dL_dx = kept[-1].a, kept[-1].dL_da
            if not kept[-1].gradients and kept[-1].dL_dx is None:
                dL_dx = None  # nothing is learned up to here, so no gradient needs to come down to it
        # The loss writes the first gradient of the way back, whoever asks for it.
        loss = create_loss(self.loss, kept[-1].a, kept[-1].dL_da, classification=self.classification)
        return Workspace(first_x, tuple(kept), loss, gradient)

    def forward(self, work: Workspace) -> None:
        """Carry `work.x` through all layers to the outputs."""
        for layer, kept in zip(self.layers, work.layers, strict=True):
            layer.forward(kept)

    def backward(self, work: Workspace) -> None:
        """Carry the gradient of the loss by the outputs back through all layers, last one first."""
        for layer, kept in zip(reversed(self.layers), reversed(work.layers), strict=True):
            layer.backward(kept)
            if kept.dL_dx is not None:
                for branch in kept.branches:
                    np.add(kept.dL_dx, branch, out=kept.dL_dx)

    def copy(self) -> "Network":
        """Return a network of the same shape with its own copy of the parameters and buffers."""
        twin = Network(self.architecture, self.precision, loss=self.loss, classification=self.classification)
        twin.copy_from(self)
        return twin

    def copy_from(self, other: "Network") -> None:
        """Take over the parameters and buffers of a network of the same shape."""
        self.parameters.copy_from(other.parameters)
        self.buffers.copy_from(other.buffers)
