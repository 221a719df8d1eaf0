"""The outer product, seen: an input image times one unit's dL_dz is that unit's row of dL_dW, and moves its weights.

For a dense layer the gradient by W is, for each example, the outer product of what the units were told and what they
saw; over the minibatch these are summed:

    dL_dW_ji = sum_e dL_dz_ej x_ei              (units, inputs) = (units, n) (n, inputs)

So what one example writes into the weights of unit j is its own picture, faint or strong, positive or negative, as
dL_dz_ej says. Then the optimizer turns the gradient into the update. At its plainest (SGD) that is

    update = -rate (clip_factor dL_dW + penalty)

and any other rule has the rest in its memory: velocity, means of squares. After the step W is W + update.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.explain.addresses import check_example, check_index
from engine.explain.frozen import FrozenStep
from engine.layer import Shape
from engine.parameters import ParameterVector
from engine.tensors import Tensor, frozen_copy

SAME_ORDER = ("dropout", "batch_norm", "layer_norm")
"""Kinds of layers whose outputs belong to their inputs one by one: above them a picture is still a picture."""


@dataclass(frozen=True, slots=True, eq=False)
class OuterProduct:
    """One row of a dense layer's W, that of one unit, in one step. All arrays are (inputs,)."""

    layer: str
    unit: int
    example: int
    image_shape: Shape | None  # (channels, height, width) as which to draw the arrays, where the inputs are an image
    x: Tensor  # what the example showed the layer
    dL_dz: float  # what the unit was told about it
    product: NDArray[np.float64]  # dL_dz x: what this example adds to the gradient
    sum: NDArray[np.float64]  # of all examples' products: the gradient, but for rounding
    gradient: Tensor  # the row of dL_dW, as the step computed it
    clip_factor: float  # what the optimizer shortened the gradient by
    penalty: Tensor  # what weight decay and L1 added
    rate: float
    plain_update: NDArray[np.float64]  # -rate (clip_factor gradient + penalty): what SGD does
    update: Tensor  # what the optimizer did
    memory: NDArray[np.float64]  # update - plain_update: what came from the optimizer's memory; rounding for SGD
    before: Tensor  # the row of W
    after: Tensor  # before + update, exactly


def outer_product_of(frozen: FrozenStep, layer: str, unit: int, example: int) -> OuterProduct:
    """Follow one example's input through one unit's outer product to the update; raises KeyError or IndexError.

    The layer has to be a dense one.
    """
    if frozen.layer(layer).spec.kind != "dense":
        raise KeyError(f"expected a dense layer, got {layer}")
    address = f"{layer}.W"
    check_example(frozen, example)
    check_index(address, (unit, 0), frozen.parameter(address).shape)
    kept, optimizer = frozen.kept(layer), frozen.trainer.optimizer
    x, dL_dz = kept.x.astype(np.float64), kept.dL_dz[:, unit].astype(np.float64)
    penalties = ParameterVector(frozen.network.parameters.layout, frozen.network.precision)
    penalties.copy_from(optimizer.penalty)
    gradient, penalty = frozen.gradient(address)[unit], penalties[address][unit]
    clip_factor, rate = frozen.record.clip_factor, frozen.record.learning_rate
    update = frozen.update(address)[unit]
    plain_update = -rate * (clip_factor * gradient.astype(np.float64) + penalty)
    return OuterProduct(
        layer=layer,
        unit=unit,
        example=example,
        image_shape=image_shape_of(frozen, layer),
        x=frozen_copy(kept.x[example]),
        dL_dz=float(dL_dz[example]),
        product=frozen_copy(dL_dz[example] * x[example]),
        sum=frozen_copy(dL_dz @ x),
        gradient=frozen_copy(gradient),
        clip_factor=clip_factor,
        penalty=frozen_copy(penalty),
        rate=rate,
        plain_update=frozen_copy(plain_update),
        update=frozen_copy(update),
        memory=frozen_copy(update - plain_update),
        before=frozen_copy(frozen.parameter(address)[unit]),
        after=frozen_copy(frozen.parameter_after(address)[unit]),
    )


def image_shape_of(frozen: FrozenStep, layer: str) -> Shape | None:
    """Return the shape of the image that a dense layer sees as a row, or None where what it sees is none."""
    layers = frozen.network.layers
    position = layers.index(frozen.layer(layer))
    while position > 0 and layers[position - 1].spec.kind in SAME_ORDER:
        position -= 1
    if position > 0:
        below = layers[position - 1]
        return below.input_shape if below.spec.kind == "flatten" else None
    shape = frozen.dataset.input_shape
    return shape if len(shape) == 3 else None
