"""Where an upstream gradient dL/da comes from: the terms, from the layer above, that it is the sum of.

A number a_j goes into every number z_k of the layer above that reads it, so its effects on the loss add up:

    dL/da_j = sum_k dL/dz_k dz_k/da_j

No hidden unit has a target of its own: this weighted sum of what the units above were told is all it is told. What
dz_k/da_j is, the kind of the layer above says:

    dense          dL/dz_k W_kj                           over all units k
    conv           dL/dz_kuv W_kcij                       over all kernels k and the patches with the pixel
    max_pool       dL/da_cuv                              over the windows in which the pixel won
    average_pool   1/size^2 dL/da_cuv                     over the windows in which it lies
    flatten        dL/da_i                                the same number, in a row
    dropout        dL/da_i m_i                            the same mask as forward
    norms          s dL/dz_j gamma_j - s mean(g) - s x_hat_j mean(g x_hat)
                   with g = dL/dz gamma and s = inverse_deviation
    residual       dL/dz_j                                and once more, past all, where the skipped layers begin

At the top there is the loss, L = 1/n sum_e L_e: dL/da_j = 1/n dL_e/da_j. This 1/n is in every gradient of the minibatch
from there down, and nowhere else is anything divided by n.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.explain.addresses import Index, Number, check_example, number_at, strongest
from engine.explain.frozen import FrozenStep
from engine.layer import Layer
from engine.spec import ResidualSpec

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of an upstream gradient: coefficient times the product of the factors."""

    factors: tuple[Number, ...]
    coefficient: float  # a constant of the layer: 1 mostly, 1/size^2 of average pooling, -1 before what is taken out
    value: float


@dataclass(frozen=True, slots=True)
class LossSlope:
    """The gradient by one output of the network: dL/do = own / n."""

    loss: str  # its name in a run spec
    output: Number
    prob: Number  # p; where the loss gives no probabilities, the output itself
    target: Number  # t
    difference: float  # p - t
    own: float
    """dL_e/do_j, the derivative of the example's own loss.

    Of softmax and cross-entropy, and of the quadratic loss, it is p - t itself; 1/k (p - t) of binary cross-entropy and
    2/k (p - t) of the squared error, with k outputs. The others depend on p - t in other ways.
    """


@dataclass(frozen=True, slots=True)
class Upstream:
    """An upstream gradient, and what it is the sum of: `terms` and `rest`, or `loss` for an output."""

    of: Number  # dL/da_j
    terms: tuple[Term, ...]  # those of largest size first
    count: int  # of all terms
    rest: float  # what those not in `terms` add up to
    loss: LossSlope | None


def upstream_of(frozen: FrozenStep, name: str, index: Index, example: int, *, most: int = 16) -> Upstream:
    """Return where dL/da at an index of a layer's output comes from, for one example, by its `most` largest terms.

    Raises KeyError or IndexError for what is not there. The gradient below the lowest layer that learns is not
    computed in a step, and refused with a KeyError.
    """
    check_example(frozen, example)
    layers = frozen.network.layers
    layer = frozen.layer(name)
    position = layers.index(layer)
    of = number_at(frozen, f"{name}.dL_da", index, example)
    if position == len(layers) - 1:
        return Upstream(of, (), 0, 0.0, _loss_slope(frozen, index, example))
    if not any(below.parameters for below in layers[: position + 1]):
        raise KeyError(f"no gradient comes down to {name}: nothing is learned there or below")
    above = layers[position + 1]
    groups = [TERMS[above.spec.kind](frozen, above, index, example)]
    for passing_at, passing in enumerate(layers):
        # What is skipped begins with the layer above, so the addition reads this very number.
        if isinstance(passing.spec, ResidualSpec) and passing_at - passing.spec.skip == position + 1:
            groups.append(_same_place(frozen, f"{passing.name}.dL_dz", index, example))
    summands = [summand for group in groups for summand in group]
    values = np.array([summand.value for summand in summands])
    shown = strongest(values, most)
    return Upstream(
        of=of,
        terms=tuple(summands[at].term() for at in shown),
        count=len(summands),
        rest=float(np.delete(values, shown).sum()),
        loss=None,
    )


@dataclass(frozen=True, slots=True)
class _Summand:
    """A term before anybody wants to see it: its value, and how to look up its factors."""

    value: float
    factors: Callable[[], tuple[Number, ...]]
    coefficient: float = 1.0

    def term(self) -> Term:
        return Term(self.factors(), self.coefficient, self.value)


def _loss_slope(frozen: FrozenStep, index: Index, example: int) -> LossSlope:
    loss = frozen.work.loss
    prob = number_at(frozen, "probs", index, example)
    target = number_at(frozen, "targets", index, example)
    return LossSlope(
        loss=loss.settings.name,
        output=number_at(frozen, "outputs", index, example),
        prob=prob,
        target=target,
        difference=prob.value - target.value,
        own=float(loss.dL_doutputs[example][index]) * len(frozen),
    )


def _same_place(frozen: FrozenStep, address: str, index: Index, example: int) -> Iterator[_Summand]:
    number = number_at(frozen, address, index, example)
    yield _Summand(number.value, lambda: (number,))


def _dense(frozen: FrozenStep, above: Layer, index: Index, example: int) -> Iterator[_Summand]:
    (j,) = index
    dL_dz = frozen.kept(above.name).dL_dz[example].astype(np.float64)
    for k, value in enumerate(dL_dz * frozen.parameter(f"{above.name}.W")[:, j]):
        yield _Summand(float(value), _weighted(frozen, above.name, (k,), (k, j), example))


def _conv(frozen: FrozenStep, above: Layer, index: Index, example: int) -> Iterator[_Summand]:
    c, row, column = index
    spec, W, dL_dz = above.spec, frozen.parameter(f"{above.name}.W"), frozen.kept(above.name).dL_dz
    for u, i in _windows(row + spec.padding, spec.kernel, spec.stride, dL_dz.shape[1]):
        for v, j in _windows(column + spec.padding, spec.kernel, spec.stride, dL_dz.shape[2]):
            values = dL_dz[:, u, v, example].astype(np.float64) * W[:, c, i, j]
            for k, value in enumerate(values):
                yield _Summand(float(value), _weighted(frozen, above.name, (k, u, v), (k, c, i, j), example))


def _weighted(
    frozen: FrozenStep, name: str, place: Index, weight: Index, example: int
) -> Callable[[], tuple[Number, ...]]:
    return lambda: (
        number_at(frozen, f"{name}.dL_dz", place, example),
        number_at(frozen, f"{name}.W", weight),
    )


def _windows(pixel: int, size: int, stride: int, count: int) -> Iterator[tuple[int, int]]:
    """Yield the windows along one side that a pixel lies in, and the place it has there."""
    for window in range(count):
        place = pixel - window * stride
        if 0 <= place < size:
            yield window, place


def _max_pool(frozen: FrozenStep, above: Layer, index: Index, example: int) -> Iterator[_Summand]:
    c, row, column = index
    size, stride = above.spec.size, above.spec.stride
    _, height, width = above.output_shape
    for u, i in _windows(row, size, stride, height):
        for v, j in _windows(column, size, stride, width):
            won = number_at(frozen, f"{above.name}.won", (c, u, v), example)
            if won.value == i * size + j:
                yield from _same_place(frozen, f"{above.name}.dL_da", (c, u, v), example)


def _average_pool(frozen: FrozenStep, above: Layer, index: Index, example: int) -> Iterator[_Summand]:
    c, row, column = index
    size, stride = above.spec.size, above.spec.stride
    _, height, width = above.output_shape
    for u, _ in _windows(row, size, stride, height):
        for v, _ in _windows(column, size, stride, width):
            for summand in _same_place(frozen, f"{above.name}.dL_da", (c, u, v), example):
                yield _Summand(summand.value / size**2, summand.factors, 1 / size**2)


def _flatten(frozen: FrozenStep, above: Layer, index: Index, example: int) -> Iterator[_Summand]:
    at = int(np.ravel_multi_index(index, above.input_shape))
    return _same_place(frozen, f"{above.name}.dL_da", (at,), example)


def _dropout(frozen: FrozenStep, above: Layer, index: Index, example: int) -> Iterator[_Summand]:
    factors = tuple(number_at(frozen, f"{above.name}.{name}", index, example) for name in ("dL_da", "mask"))
    yield _Summand(factors[0].value * factors[1].value, lambda: factors)


def _residual(frozen: FrozenStep, above: Layer, index: Index, example: int) -> Iterator[_Summand]:
    return _same_place(frozen, f"{above.name}.dL_dz", index, example)


def _normalization(frozen: FrozenStep, above: Layer, index: Index, example: int) -> Iterator[_Summand]:
    is_batch = above.spec.kind == "batch_norm"
    group = index[:1] if is_batch else (0,)

    def at(quantity: str, place: Index) -> Number:
        return number_at(frozen, f"{above.name}.{quantity}", place, example)

    inverse_deviation = at("inverse_deviation", group)
    for coefficient, others in (
        (1.0, (at("dL_dz", index), at("gamma", group if is_batch else index))),
        (-1.0, (at("mean_dL_dx_hat", group),)),
        (-1.0, (at("x_hat", index), at("mean_product", group))),
    ):
        yield _summand(coefficient, (inverse_deviation, *others))


def _summand(coefficient: float, factors: tuple[Number, ...]) -> _Summand:
    return _Summand(coefficient * float(np.prod([factor.value for factor in factors])), lambda: factors, coefficient)


TERMS: dict[str, Callable[[FrozenStep, Layer, Index, int], Iterator[_Summand]]] = {
    "dense": _dense,
    "conv": _conv,
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "flatten": _flatten,
    "dropout": _dropout,
    "batch_norm": _normalization,
    "layer_norm": _normalization,
    "residual": _residual,
}
"""The terms that each kind of layer sends down."""
