"""Finding where the first number that is not finite appeared."""

from collections.abc import Iterator

import numpy as np

from engine.network import Network, Workspace
from engine.tensors import Tensor


def computed_tensors(network: Network, work: Workspace) -> Iterator[tuple[str, Tensor]]:
    """Yield every tensor of a pass with its address, in the order of computation; "loss" is that of each example."""
    for layer, kept in zip(network.layers, work.layers, strict=True):
        yield f"{layer.name}.z", kept.z
        yield f"{layer.name}.a", kept.a
    yield "probs", work.loss.probs
    yield "loss", work.loss.example_losses
    for layer, kept in zip(reversed(network.layers), reversed(work.layers), strict=True):
        yield f"{layer.name}.dL_da", kept.dL_da
        yield f"{layer.name}.dL_dz", kept.dL_dz
        for name, gradient in kept.gradients.items():
            yield f"{layer.name}.dL_d{name}", gradient


def first_bad_tensor(network: Network, work: Workspace, loss: float) -> str:
    """Return the address of the first tensor with an entry that is not finite, or too large to be squared."""
    tensors = list(computed_tensors(network, work))
    for address, tensor in tensors:
        if not np.isfinite(tensor).all():
            return address
    # All entries are finite, so it was a sum that overflowed: that of the losses, or of the squared gradient.
    if not np.isfinite(loss):
        return "loss"
    gradients = {id(gradient) for kept in work.layers for gradient in kept.gradients.values()}
    for address, tensor in tensors:
        if id(tensor) in gradients and not np.isfinite(np.vdot(tensor, tensor)):
            return address
    return "gradient"
