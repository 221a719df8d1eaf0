"""Blame paths: the strongest single ways on which the loss reaches back to one input, or to one weight.

Written out, the chain rule through dense layers is a sum over all paths, one for every choice of a unit in each layer:

    dL/dx_i = sum_k sum_j ... sum_h   dL/dz_k  W_kj f'(z_j) ... f'(z_h) W_hi

Backward never writes it out. It factors out what the paths share, and so needs one product of matrices a layer where
there are thousands or billions of paths. Here the strongest are named one by one (`engine.explain.layered_graph`), and
all others together are known by what is missing: dL/dx_i minus those shown. A path says what a small *change* of the
input does; times x_i it is a share of the input's effect.

A path to a weight W_ji has x_i at its end instead, one to a bias has 1: the paths to z_j, times dz_j/dW_ji. Dropout
between dense layers multiplies by its mask. Through other layers no paths are followed: in a network that has them,
paths go down the *dense tail*, the dense layers on top, to what comes into the lowest of these.

Source: Rumelhart, Hinton and Williams, Nature 323 (1986), on why the sum need not be written out.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.explain.addresses import Index, Number, check_example, check_index, input_address, number_at
from engine.explain.frozen import FrozenStep
from engine.explain.layered_graph import LayeredGraph
from engine.explain.uses import uses_of

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Path:
    """One way from the loss down."""

    units: tuple[int, ...]  # one of each dense layer, that of the output layer first
    factors: tuple[Number, ...]  # from the top: dL_dz; W, masks and slope of each layer; at the end W and masks, or x
    value: float  # their product
    share: float  # |value| / absolute_total


@dataclass(frozen=True, slots=True)
class Blame:
    """The strongest paths to one number, and what all the others add up to."""

    to: Number  # the input, or the parameter
    example: int
    layers: tuple[str, ...]  # the dense layers on the way, the output layer first
    paths: tuple[Path, ...]  # the strongest first; those of size 0 are left out
    total: float  # the sum of all paths: dL/dx_i, or what this example adds to the gradient by the parameter
    gradient: float  # the same as the step computed it, in its own precision
    remainder: float  # total - the sum of the paths shown: what all the others add up to
    absolute_total: float  # the sum of the sizes of all paths
    share: float | None  # how much of it the paths shown have; None where all paths are 0
    count: int  # of all paths
    open_count: int  # of those on which no gate is closed, f' or mask 0


def blame_of_input(frozen: FrozenStep, index: int, example: int, *, most: int = 10) -> Blame:
    """Return the `most` strongest paths from the loss of one example to one of its inputs, such as a pixel.

    In a network with other layers below the dense tail it is an input of that tail: `to` has its address.
    """
    check_example(frozen, example)
    tail = _Tail(frozen, example)
    lowest = tail.dense[-1]
    address = input_address(frozen, tail.names[-1])
    check_index(address, (index,), frozen.layer(lowest).input_shape)
    masks = tuple(number_at(frozen, f"{name}.mask", (index,), example) for name in tail.below_dense)
    let_in = math.prod(mask.value for mask in masks)
    dL_dx = frozen.kept(tail.names[-1]).dL_dx
    if dL_dx is None:  # the step itself had no use for it
        dL_dx = frozen.at_before().dL_dx
    return tail.blame(
        to=number_at(frozen, address, (index,), example),
        depth=len(tail.dense),
        end=frozen.parameter(f"{lowest}.W")[:, index].astype(np.float64) * let_in,
        last=lambda unit: (number_at(frozen, f"{lowest}.W", (unit, index)), *masks),
        ends=np.ones(tail.units(lowest), np.bool_),
        is_open=let_in != 0,
        gradient=float(dL_dx[example, index]),
        most=most,
    )


def blame_of_parameter(frozen: FrozenStep, address: str, index: Index, example: int, *, most: int = 10) -> Blame:
    """Return the `most` strongest paths from the loss of one example to one weight or bias of a dense layer.

    Raises KeyError for parameters of other layers, and of dense layers below others that no paths are followed through.
    """
    check_example(frozen, example)
    tail = _Tail(frozen, example)
    layer, _, _ = address.rpartition(".")
    if layer not in tail.dense:
        raise KeyError(f"expected a parameter of {', '.join(tail.dense)}, got {address}")
    uses = uses_of(frozen, address, index)
    met = uses.met_number(0, example)
    ends = np.arange(tail.units(layer)) == index[0]
    return tail.blame(
        to=number_at(frozen, address, index),
        depth=tail.dense.index(layer) + 1,
        end=ends * float(uses.met[0, example]),
        last=lambda unit: () if met is None else (met,),
        ends=ends,
        is_open=True,
        gradient=float(uses.shares[0, example]),
        most=most,
    )


def dense_tail(frozen: FrozenStep) -> tuple[str, ...]:
    """Return the layers that paths go through, the output layer first: dense ones, with dropout between and below."""
    names = []
    for layer in reversed(frozen.network.layers):
        if layer.spec.kind not in ("dense", "dropout"):
            break
        names.append(layer.name)
    return tuple(names)


class _Tail:
    """The dense layers on top, as one example went through them."""

    def __init__(self, frozen: FrozenStep, example: int) -> None:
        self.names = dense_tail(frozen)
        self.dense = tuple(name for name in self.names if frozen.layer(name).spec.kind == "dense")
        self.below_dense = self.names[self.names.index(self.dense[-1]) + 1 :]
        self._frozen = frozen
        self._example = example

    def units(self, name: str) -> int:
        return self._frozen.layer(name).units

    def gates(self, name: str) -> tuple[str, ...]:
        """Return what the gradient passes on its way to z of a dense layer, once through W above it: masks, then f'."""
        at = self.names.index(name)
        above = self.names.index(self.dense[self.dense.index(name) - 1])
        return (*(f"{dropout}.mask" for dropout in self.names[above + 1 : at]), f"{name}.slope")

    def gate(self, name: str) -> Numbers:
        """Return the product of all gates for each unit."""
        product = np.ones(self.units(name))
        for address in self.gates(name):
            layer, _, quantity = address.rpartition(".")
            product *= getattr(self._frozen.kept(layer), quantity)[self._example]
        return product

    def blame(
        self,
        *,
        to: Number,
        depth: int,
        end: Numbers,
        last: Callable[[int], tuple[Number, ...]],
        ends: NDArray[np.bool_],
        is_open: bool,
        gradient: float,
        most: int,
    ) -> Blame:
        """Search through the uppermost `depth` dense layers, from their dL_dz to what `end` says of the lowest's z.

        `last` looks up what `end` is made of; `ends` says which units of the lowest layer are ends at all, and
        `is_open` whether the masks after them are.
        """
        layers = self.dense[:depth]
        gates = [self.gate(name) for name in layers[1:]]
        graph = LayeredGraph(
            start=self._frozen.kept(layers[0]).dL_dz[self._example].astype(np.float64),
            hops=tuple(
                self._frozen.parameter(f"{upper}.W") * gate for upper, gate in zip(layers[:-1], gates, strict=True)
            ),
            end=end,
        )
        absolute_total, total = graph.absolute_total, graph.total
        paths = tuple(self._path(layers, units, last, absolute_total) for units in graph.strongest(most))
        units_open = [np.ones(len(graph.start), np.bool_), *(gate != 0 for gate in gates)]
        units_open[-1] = units_open[-1] & ends & is_open
        return Blame(
            to=to,
            example=self._example,
            layers=layers,
            paths=paths,
            total=total,
            gradient=gradient,
            remainder=total - math.fsum(path.value for path in paths),
            absolute_total=absolute_total,
            share=sum(path.share for path in paths) if absolute_total > 0 else None,
            count=graph.count // len(ends) * int(np.count_nonzero(ends)),
            open_count=math.prod(int(np.count_nonzero(units)) for units in units_open),
        )

    def _path(
        self,
        layers: tuple[str, ...],
        units: tuple[int, ...],
        last: Callable[[int], tuple[Number, ...]],
        absolute_total: float,
    ) -> Path:
        frozen, example = self._frozen, self._example
        factors = [number_at(frozen, f"{layers[0]}.dL_dz", units[:1], example)]
        for (upper, above), (lower, unit) in itertools.pairwise(zip(layers, units, strict=True)):
            factors.append(number_at(frozen, f"{upper}.W", (above, unit)))
            factors.extend(number_at(frozen, gate, (unit,), example) for gate in self.gates(lower))
        factors.extend(last(units[-1]))
        value = math.prod(factor.value for factor in factors)
        return Path(units, tuple(factors), value, abs(value) / absolute_total)
