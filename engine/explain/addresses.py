"""Numbers of a frozen step with their addresses, so that each can be looked up and followed to its source.

An address is the tensor's name, "dense1.dL_dz" for a layer's or "probs" for one of the loss, the index in it, and the
example of the minibatch, where the tensor has one value for each. The index is that of one example: (unit,) in a row of
numbers, (channel, row, column) in an image, whatever the order of axes in memory.
"""

from dataclasses import dataclass

import numpy as np

from engine.explain.frozen import FrozenStep
from engine.layer import example_of
from engine.normalization import Normalization, NormalizationKept
from engine.tensors import Tensor

OF_EACH_EXAMPLE = ("x", "z", "a", "slope", "dL_da", "dL_dz", "mask", "x_hat", "won")
"""What a layer keeps for each example; mask, x_hat and won where the kind of layer has them."""

OF_A_GROUP = ("mean", "variance", "inverse_deviation", "mean_dL_dx_hat", "mean_product")
"""What a normalization has for each group of numbers: a unit or channel, or an example.

The last two are the means of dL/dx_hat and of its product with x_hat, which its backward takes out of the gradient.
"""

OF_THE_LOSS = ("outputs", "probs", "targets", "dL_doutputs")

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a frozen step: where it stands and what it is."""

    address: str
    index: Index
    example: int | None  # None for parameters and all else that the examples share
    value: float


def tensor_at(frozen: FrozenStep, address: str, example: int | None) -> Tensor:
    """Return the tensor of an address for one example, or the whole one where the examples share it.

    Parameters are those before the step; "dense1.dL_dW" is the gradient by "dense1.W". Raises KeyError for an unknown
    address.
    """
    layer, _, quantity = address.rpartition(".")
    if not layer:
        if address == "x":
            return example_of(frozen.work.x, _needed(example, address))
        if address in OF_THE_LOSS:
            tensor: Tensor = getattr(frozen.work.loss, address)
            return example_of(tensor, _needed(example, address))
        raise KeyError(f"no such tensor: {address}")
    kept = frozen.kept(layer)
    if quantity in OF_EACH_EXAMPLE and hasattr(kept, quantity):
        of_minibatch: Tensor = getattr(kept, quantity)
        return example_of(of_minibatch, _needed(example, address))
    if quantity in OF_A_GROUP and isinstance(kept, NormalizationKept):
        return _of_group(frozen, layer, kept, quantity, example)
    if quantity in kept.gradients:
        return frozen.parameter(address)
    if quantity.removeprefix("dL_d") in kept.gradients:
        return frozen.gradient(f"{layer}.{quantity.removeprefix('dL_d')}")
    raise KeyError(f"no such tensor: {address}")


def number_at(frozen: FrozenStep, address: str, index: Index, example: int | None = None) -> Number:
    """Return the number at an address; raises KeyError or IndexError where there is none."""
    tensor = tensor_at(frozen, address, example)
    check_index(address, index, tensor.shape)
    layer, _, quantity = address.rpartition(".")
    shared = bool(layer) and quantity not in (*OF_EACH_EXAMPLE, *OF_A_GROUP)
    shared = shared or (quantity in OF_A_GROUP and frozen.layer(layer).spec.kind == "batch_norm")
    return Number(address, index, None if shared else example, float(tensor[index]))


def check_index(address: str, index: Index, shape: tuple[int, ...]) -> None:
    """Raise IndexError unless the index is of one number of a tensor of this shape, counted from 0."""
    if len(index) != len(shape) or any(not 0 <= i < size for i, size in zip(index, shape, strict=True)):
        raise IndexError(f"expected an index of {address} below {shape}, got {index}")


def check_example(frozen: FrozenStep, example: int) -> None:
    """Raise IndexError unless the minibatch has this example, counted from 0."""
    if not 0 <= example < len(frozen):
        raise IndexError(f"expected an example below {len(frozen)}, got {example}")


def input_address(frozen: FrozenStep, name: str) -> str:
    """Return the address of what goes into a layer: "x" for the lowest, else `a` of the layer below."""
    names = [layer.name for layer in frozen.network.layers]
    position = names.index(name)
    return "x" if position == 0 else f"{names[position - 1]}.a"


def strongest(values: Tensor, most: int) -> list[int]:
    """Return the positions of the `most` entries of largest size, the first of equal ones first."""
    order = np.argsort(-np.abs(values), kind="stable")[:most]
    return [int(position) for position in order]


def _of_group(frozen: FrozenStep, name: str, kept: NormalizationKept, quantity: str, example: int | None) -> Tensor:
    """Return one number a group: for batch normalization of all units or channels, else of the example, (1,)."""
    layer = frozen.layer(name)
    assert isinstance(layer, Normalization)  # noqa: S101 - what keeps this is one
    if quantity.startswith("mean_"):  # computed afresh, for both are helping arrays that the step wrote over
        g = kept.dL_dz_matrix * layer.as_part_of_matrix(frozen.parameter(f"{name}.gamma"))
        numbers = (g if quantity == "mean_dL_dx_hat" else g * kept.x_hat_matrix).mean(axis=layer.axis)
    else:
        numbers = getattr(kept, quantity).reshape(-1)
    groups: Tensor = numbers
    if layer.spec.kind == "batch_norm":
        return groups
    example = _needed(example, name)
    return groups[example : example + 1]


def _needed(example: int | None, address: str) -> int:
    if example is None:
        raise IndexError(f"expected an example for {address}")
    return example
