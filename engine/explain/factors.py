"""The gradient by one parameter, taken apart into the factors of the chain rule.

For a weight of a dense layer and one example the path from W_ji to the loss is z_j, a_j, and then all that is above:

    dL/dW_ji = dL/da_j  f'(z_j)  x_i
               what the layers above say, whether the unit lets it through, what the weight met

and dL/da_j is itself a sum, over the layer above (`engine.explain.upstream`), which ends at the loss with p - t. A bias
met 1. A weight of a kernel is used at many places of the image, and a gamma may be too; then it is the sum of such
products, one a place (`engine.explain.uses`). The gradient of the step is the sum of this over the examples, for the
mean's 1/n is in each dL/da already.
"""

from dataclasses import dataclass

import numpy as np

from engine.explain.addresses import Index, Number, check_example, strongest
from engine.explain.frozen import FrozenStep
from engine.explain.upstream import Upstream, upstream_of
from engine.explain.uses import Uses, uses_of


@dataclass(frozen=True, slots=True)
class Product:
    """What one place adds: dL/da f'(z) dz/dp."""

    place: Index  # in z: (unit,), or (channel, row, column)
    upstream: Upstream  # dL/da, and where it comes from
    slope: Number  # f'(z)
    dL_dz: Number  # dL/da f'(z), as the step computed it
    met: Number | None  # dz/dp: x, or x_hat; None where that is `met_value` without an address
    met_value: float  # 1 for a bias and for beta; 0 where a kernel met the border
    value: float


@dataclass(frozen=True, slots=True)
class Factors:
    """The gradient by one parameter for one example of the minibatch, and how it goes into that of the step."""

    address: str
    index: Index
    example: int
    products: tuple[Product, ...]  # one a place, those of largest size first
    places: int  # how many there are in all; 1 but in images
    rest: float  # what the places not in `products` add up to
    value: float  # products and rest: 1/n dL_e/dp, what this example adds to the gradient
    others: float  # what all other examples of the minibatch add
    gradient: float  # value and others, but for rounding: the entry of the gradient, as the step computed it
    mean_share: (
        float  # 1/n: the factor that the mean over the minibatch put into every dL/da, at the loss and only there
    )


def factors_of(
    frozen: FrozenStep, address: str, index: Index, example: int, *, most_places: int = 4, most_terms: int = 16
) -> Factors:
    """Take apart the gradient by one parameter, such as (unit, input) of "dense1.W", for one example.

    Shows the `most_places` places and, of each upstream gradient, the `most_terms` terms that are largest; what is not
    shown is added up. Raises KeyError or IndexError for what is not there.
    """
    check_example(frozen, example)
    uses = uses_of(frozen, address, index)
    shares = uses.shares
    own = shares[:, example]
    shown = strongest(own, most_places)
    return Factors(
        address=address,
        index=index,
        example=example,
        products=tuple(_product(frozen, uses, place, example, most_terms) for place in shown),
        places=len(own),
        rest=float(np.delete(own, shown).sum()),
        value=float(own.sum()),
        others=float(np.delete(shares, example, axis=1).sum()),
        gradient=float(frozen.gradient(address)[index]),
        mean_share=1 / len(frozen),
    )


def _product(frozen: FrozenStep, uses: Uses, place: int, example: int, most_terms: int) -> Product:
    at = uses.places[place]
    return Product(
        place=at,
        upstream=upstream_of(frozen, uses.layer, at, example, most=most_terms),
        slope=Number(f"{uses.layer}.slope", at, example, float(uses.slope[place, example])),
        dL_dz=Number(f"{uses.layer}.dL_dz", at, example, float(uses.dL_dz[place, example])),
        met=uses.met_number(place, example),
        met_value=float(uses.met[place, example]),
        value=float(uses.shares[place, example]),
    )
