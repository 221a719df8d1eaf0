"""A network: dense layers in order, and the walk forward and back through them."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.activations import ACTIVATIONS
from engine.layers import Dense, Kept
from engine.loss import Loss
from engine.losses import create_loss
from engine.parameters import Layout, ParameterVector
from engine.spec import LossSpec
from engine.tensors import Precision, Tensor, zeros


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shape of a network: how many inputs, then units and activation function of each dense layer."""

    inputs: int
    layers: tuple[tuple[int, str], ...]

    def layout(self) -> Layout:
        """Return the shape of each parameter tensor by its address, in order."""
        layout: dict[str, tuple[int, ...]] = {}
        inputs = self.inputs
        for name, (units, _) in zip(self.names, self.layers, strict=True):
            layout.update(Dense.layout(name, inputs, units))
            inputs = units
        return layout

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the layers: "dense1", "dense2", ..."""
        return tuple(f"dense{number}" for number in range(1, len(self.layers) + 1))


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
    """Dense layers in order. Holds the parameters; what a pass computes goes into a workspace.

    Several workspaces (for training, for looking, for testing) can share one network without disturbing each other.
    """

    def __init__(self, architecture: Architecture, precision: Precision = "float32") -> None:
        self.architecture = architecture
        self.precision: Precision = precision
        self.parameters = ParameterVector(architecture.layout(), precision)
        self.layers: tuple[Dense, ...] = tuple(self._build(architecture))

    def _build(self, architecture: Architecture) -> Sequence[Dense]:
        layers, inputs = [], architecture.inputs
        for name, (units, activation) in zip(architecture.names, architecture.layers, strict=True):
            layers.append(Dense(name, inputs, units, ACTIVATIONS[activation], self.parameters))
            inputs = units
        return layers

    def workspace(self, n: int, *, dL_dx: Tensor | None = None) -> Workspace:
        """Allocate what passes of n examples need.

        Backward fills `dL_dx` (n, inputs), the gradient by the images themselves, if it is given. It costs a whole
        product with W and training has no use for it.
        """
        dtype = self.parameters.flat.dtype
        gradient = ParameterVector(self.parameters.layout, self.precision)
        x = first_x = zeros((n, self.architecture.inputs), dtype)
        kept = []
        for layer in self.layers:
            kept.append(layer.keep(x, dL_dx, gradient))
            x, dL_dx = kept[-1].a, kept[-1].dL_da
        loss = create_loss(LossSpec(), kept[-1].a, kept[-1].dL_da, classification=True)
        return Workspace(first_x, tuple(kept), loss, gradient)

    def forward(self, work: Workspace) -> None:
        """Carry `work.x` through all layers to the logits."""
        for layer, kept in zip(self.layers, work.layers, strict=True):
            layer.forward(kept)

    def backward(self, work: Workspace) -> None:
        """Carry the gradient of the loss by the logits back through all layers, last one first."""
        for layer, kept in zip(reversed(self.layers), reversed(work.layers), strict=True):
            layer.backward(kept)

    def copy(self) -> "Network":
        """Return a network of the same shape with its own copy of the parameters."""
        twin = Network(self.architecture, self.precision)
        twin.parameters.copy_from(self.parameters)
        return twin
