"""The gradient ladder: how large the gradient is, layer by layer on its way down, and what made it so.

Down through one layer it is changed twice: by f', when it passes the activation, and by W, when it is shared out among
the inputs. With RMS the root mean square over all entries of the minibatch,

    slope gain     RMS dL_dz / RMS dL_da              how far the gates are open; 1 where f is the identity
    weight gain    RMS dL_dx / RMS dL_dz              how W amplifies; dL_dx is dL_da of the layer below
    gain           RMS dL_dx / RMS dL_da              the product of the two

so the size at any layer is exactly the size at the top times all gains in between. Gains below 1, layer after layer,
are a gradient that vanishes; above 1, one that explodes; and which of the two factors it is tells the cause: saturated
units or small weights. Where a residual addition joins, dL_dx has its branch in it.

Layers without weights have a weight gain too, that of how they pass things on: pooling, dropout, normalization.

Sources: Hochreiter, Diploma thesis (1991); Glorot and Bengio, AISTATS 2010, section 4.2.
"""

from dataclasses import dataclass

import numpy as np

from engine.explain.frozen import FrozenStep
from engine.layer import Kept, Layer
from engine.tensors import Tensor


@dataclass(frozen=True, slots=True)
class TensorSizes:
    """Root mean squares of one parameter tensor."""

    address: str
    value: float  # before the step
    gradient: float
    update: float
    update_ratio: float | None  # update / value, near 1e-3 in a healthy run; None for a tensor of zeros


@dataclass(frozen=True, slots=True)
class LayerGain:
    """One rung of the ladder. A gain is None where nothing arrives: nothing has no gain."""

    layer: str
    dL_da: float  # root mean squares of what comes from above,
    dL_dz: float  # of what passes the activation,
    dL_dx: float  # and of what goes down
    slope_gain: float | None
    weight_gain: float | None
    gain: float | None
    tensors: tuple[TensorSizes, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """All rungs, from the top of the network, where the loss is, down to its inputs."""

    layers: tuple[LayerGain, ...]
    whole: float | None  # RMS of dL_dx of the lowest layer / RMS of dL_da of the highest: the product of all gains


def ladder_of(frozen: FrozenStep) -> Ladder:
    """Return the sizes of the gradient of a frozen step in every layer, and the gains between them."""
    passed = frozen.at_before()
    pairs = reversed(list(zip(passed.network.layers, passed.work.layers, strict=True)))
    layers = tuple(_gain(frozen, layer, kept) for layer, kept in pairs)
    return Ladder(layers, _ratio(layers[-1].dL_dx, layers[0].dL_da))


def _gain(frozen: FrozenStep, layer: Layer, kept: Kept) -> LayerGain:
    below = kept.dL_dx
    assert below is not None  # noqa: S101 - a frozen pass takes the gradient down to the inputs
    dL_da, dL_dz, dL_dx = _size(kept.dL_da), _size(kept.dL_dz), _size(below)
    return LayerGain(
        layer=layer.name,
        dL_da=dL_da,
        dL_dz=dL_dz,
        dL_dx=dL_dx,
        slope_gain=_ratio(dL_dz, dL_da),
        weight_gain=_ratio(dL_dx, dL_dz),
        gain=_ratio(dL_dx, dL_da),
        tensors=tuple(_sizes(frozen, f"{layer.name}.{name}") for name in layer.parameters),
    )


def _sizes(frozen: FrozenStep, address: str) -> TensorSizes:
    value, update = _size(frozen.parameter(address)), _size(frozen.update(address))
    return TensorSizes(address, value, _size(frozen.gradient(address)), update, _ratio(update, value))


def _size(tensor: Tensor) -> float:
    """Return the root mean square, in float64: squares of small gradients would vanish in float32."""
    return float(np.sqrt(np.mean(np.square(tensor, dtype=np.float64))))


def _ratio(numerator: float, denominator: float) -> float | None:
    return None if denominator == 0 else numerator / denominator
