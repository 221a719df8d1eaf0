"""Where in a step one single parameter is used, and what it meets there.

A parameter p changes the loss through every pre-activation z in which it stands:

    dL/dp = sum over examples and places of dL/dz dz/dp            dL/dz = dL/da f'(z)

Which places these are, and what dz/dp is, the kind of the layer says. In each case it is something that stands there to
be read:

    dense       W_ji     one place, z_j                    dz/dp = x_i
                b_j      the same                          1
    conv        W_kcij   every place of map k, z_kuv       x_c(us+i-p)(vs+j-p): the pixel it meets, 0 in the border
                b_k      the same                          1
    norms       gamma    all numbers that share it         x_hat
                beta     the same                          1
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.convolution import ConvolutionKept
from engine.explain.addresses import Index, Number, check_index, input_address
from engine.explain.frozen import FrozenStep
from engine.layer import Kept
from engine.normalization import NormalizationKept
from engine.tensors import Tensor

Numbers = NDArray[np.float64]

MetAt = Callable[[int], tuple[str, Index] | None]


@dataclass(frozen=True, slots=True, eq=False)
class Uses:
    """The P places where a parameter is used, for each of the n examples; in float64, with the digits of the run."""

    layer: str
    places: tuple[Index, ...]  # the index of each place in z of one example
    dL_da: Numbers  # (P, n)
    slope: Numbers  # (P, n)
    dL_dz: Numbers  # (P, n)
    met: Numbers  # (P, n): dz/dp
    met_at: MetAt
    """The address of dz/dp at a place; None where it is nothing computed: 1 for a bias, 0 in the border of an image."""

    @property
    def shares(self) -> Numbers:
        """What each place of each example adds to the gradient, (P, n)."""
        return np.multiply(self.dL_dz, self.met)

    def met_number(self, place: int, example: int) -> Number | None:
        """Return dz/dp at a place of an example with its address, if it has one."""
        at = self.met_at(place)
        return None if at is None else Number(*at, example, float(self.met[place, example]))


def uses_of(frozen: FrozenStep, address: str, index: Index) -> Uses:
    """Find all uses of the parameter at an index of a parameter tensor, such as (unit, input) of "dense1.W".

    Raises KeyError where there is no such tensor, IndexError where there is no such index.
    """
    check_index(address, index, frozen.parameter(address).shape)
    name, _, parameter = address.rpartition(".")
    kept = frozen.kept(name)
    # Of the index of a weight only its first number, the unit or channel, is a place in z.
    own = index[:1] if parameter in ("W", "b") else index
    places = _places(kept, own)
    dL_dz = _at(kept.dL_dz, own)
    met_at: MetAt
    if parameter in ("b", "beta"):
        met, met_at = np.ones(dL_dz.shape), lambda place: None
    elif isinstance(kept, NormalizationKept):
        met, met_at = _at(kept.x_hat, own), lambda place: (f"{name}.x_hat", places[place])
    elif isinstance(kept, ConvolutionKept):
        met, met_at = _pixels(frozen, name, kept, index)
    else:
        met, met_at = _at(kept.x, index[1:]), lambda place: (input_address(frozen, name), index[1:])
    return Uses(
        layer=name,
        places=places,
        dL_da=_at(kept.dL_da, own),
        slope=_at(kept.slope, own),
        dL_dz=dL_dz,
        met=met,
        met_at=met_at,
    )


def _at(tensor: Tensor, index: Index) -> Numbers:
    """Cut the places of a parameter out of a tensor of a minibatch, as (P, n)."""
    if tensor.ndim == 2:
        column: Numbers = tensor[:, index[0]].reshape(1, -1).astype(np.float64)
        return column
    # One number, a channel, leaves all places of its map; three leave one place.
    places: Numbers = tensor[index].reshape(-1, tensor.shape[-1]).astype(np.float64)
    return places


def _places(kept: Kept, index: Index) -> tuple[Index, ...]:
    if kept.z.ndim == 2 or len(index) == 3:
        return (index,)
    _, height, width, _ = kept.z.shape
    return tuple((index[0], row, column) for row in range(height) for column in range(width))


def _pixels(frozen: FrozenStep, name: str, kept: ConvolutionKept, index: Index) -> tuple[Numbers, MetAt]:
    """Return the pixels that one weight of a kernel meets, place by place."""
    spec, x_address = frozen.layer(name).spec, input_address(frozen, name)
    _, channel, i, j = index
    stride, padding = spec.stride, spec.padding
    _, rows, columns, n = kept.z.shape
    _, height, width, _ = kept.x.shape
    pixels = kept.padded_x[
        channel, i : i + (rows - 1) * stride + 1 : stride, j : j + (columns - 1) * stride + 1 : stride
    ]

    def at(place: int) -> tuple[str, Index] | None:
        u, v = divmod(place, columns)
        row, column = u * stride + i - padding, v * stride + j - padding
        inside = 0 <= row < height and 0 <= column < width
        return (x_address, (channel, row, column)) if inside else None

    return pixels.reshape(-1, n).astype(np.float64), at
