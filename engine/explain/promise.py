"""Promise and delivery: what a step should have changed about the loss, and what it did change.

The gradient is a promise for small moves only. For a move d of the parameters, Taylor's theorem says

    L(p + d) - L(p) = g . d  +  1/2 d . H d + ...
                      promised  remainder, of second and higher order

with g = dL/dp. The promise is a sum over the parameters, hence the sum of what its layers promise. The delivery is not:
layers that move together get in each other's way, or help each other. So each layer is also moved alone,

    delivered = sum over layers of L(p + d of this layer alone) - L(p)  +  interaction

and that is measured too. All of it on the same frozen minibatch. Elsewhere the loss may well rise.

The move d is the difference of the parameters after and before the step, which is the update but for the rounding of
the addition; with weight decay or momentum it is not along the gradient, and the promise may even be of a rise.
"""

from dataclasses import dataclass

import numpy as np

from engine.explain.frozen import FrozenPass, FrozenStep
from engine.parameters import ParameterVector
from engine.tensors import Tensor


@dataclass(frozen=True, slots=True)
class TensorPromise:
    """The part of one parameter tensor in the promise."""

    address: str
    promised: float


@dataclass(frozen=True, slots=True)
class LayerPromise:
    """What one layer's move alone promises and delivers."""

    layer: str
    promised: float  # the sum of its tensors' promises
    delivered: float  # L(p + d of this layer alone) - L(p)
    remainder: float  # delivered - promised: second and higher order within the layer
    tensors: tuple[TensorPromise, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """The change of the loss by one step: as the gradient promised it, and as it came."""

    precision: str  # in which the losses were computed
    loss_before: float
    loss_after: float  # of the same minibatch
    promised: float  # g . d, the first order
    delivered: float  # loss_after - loss_before
    remainder: float  # delivered - promised: second and higher order
    layers: tuple[LayerPromise, ...]  # those with parameters, in order
    interaction: float  # delivered - the sum of what the layers deliver alone


def promise_of(frozen: FrozenStep, *, in_float64: bool = True) -> Promise:
    """Return promise and delivery of a frozen step.

    In float64, or else in the run's own precision, where the losses are those of the run, but a change smaller than
    about 1e-7 of the loss is mostly rounding.
    """
    passed = frozen.in_float64() if in_float64 else frozen.at_before()
    before = passed.parameters_before
    after = frozen.network.parameters.flat.astype(before.dtype)
    move = after - before
    # The products are summed in float64 in every precision: a promise should not lose digits to its own sum.
    promises = passed.work.gradient.flat.astype(np.float64) * move
    loss_before, loss_after = passed.loss_of(before), passed.loss_of(after)
    layers = _layers(passed, promises, after, loss_before)
    promised, delivered = float(promises.sum()), loss_after - loss_before
    return Promise(
        precision=str(before.dtype),
        loss_before=loss_before,
        loss_after=loss_after,
        promised=promised,
        delivered=delivered,
        remainder=delivered - promised,
        layers=layers,
        interaction=delivered - sum(layer.delivered for layer in layers),
    )


def _layers(passed: FrozenPass, promises: Tensor, after: Tensor, loss_before: float) -> tuple[LayerPromise, ...]:
    """Move one layer after the other, each alone."""
    layout, precision = passed.network.parameters.layout, passed.network.precision
    moved, promise = ParameterVector(layout, precision), ParameterVector(layout, "float64")
    of_after = ParameterVector(layout, precision)
    of_after.copy_from(after)
    promise.copy_from(promises)
    layers = []
    for layer in passed.network.layers:
        addresses = [f"{layer.name}.{name}" for name in layer.parameters]
        if not addresses:
            continue
        moved.copy_from(passed.parameters_before)
        for address in addresses:
            np.copyto(moved[address], of_after[address])
        tensors = tuple(TensorPromise(address, float(promise[address].sum())) for address in addresses)
        promised = sum(tensor.promised for tensor in tensors)
        delivered = passed.loss_of(moved.flat) - loss_before
        layers.append(LayerPromise(layer.name, promised, delivered, delivered - promised, tensors))
    return tuple(layers)
