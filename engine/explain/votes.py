"""The votes of a minibatch: what each example alone would do to one parameter.

The loss is a mean over n examples, L = 1/n sum_e L_e, and so is its gradient. For one parameter p,

    dL/dp = sum_e vote_e        vote_e = 1/n dL_e/dp

each example pulls p its own way, and p goes where the sum says. The votes of a weight of a dense layer are a product of
two numbers that stand there to be read, vote_e = dL/dz_j x_i of that example; those of a weight of a kernel are sums of
such products over all places (`engine.explain.uses`).

Batch normalization mixes the examples: then L_e depends on the others too, through mean and variance. A vote is still
the part of the sum that goes through the example's own z; with the minibatch the same, the votes add up just so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.explain.addresses import Index, strongest
from engine.explain.frozen import FrozenStep
from engine.explain.uses import uses_of
from engine.tensors import frozen_copy


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """What each example of the minibatch adds to the gradient by one parameter."""

    address: str
    index: Index
    votes: NDArray[np.float64]  # (n,); they add up to the gradient, as the mean's 1/n is in each
    gradient: float  # the entry of the gradient, as the step computed it
    sum: float  # of the votes: the same but for rounding
    mean: float  # of the votes: sum / n. The examples' own gradients are n times their votes, and their mean is `sum`
    agreement: float | None
    """The share of the votes' weight that has the sign of the sum, from 1/2 to 1: sum of |vote| there / sum of |vote|.

    None where nobody votes, and where the votes cancel exactly.
    """
    cancellation: float | None
    """What is lost as votes pull against each other: 1 - |sum| / sum of |vote|, which is 2 (1 - agreement).

    0: all agree. 1: they cancel exactly. None where nobody votes.
    """
    largest: tuple[int, ...]  # examples of the minibatch, those with the largest votes of either sign first


def votes_on(frozen: FrozenStep, address: str, index: Index, *, most: int = 5) -> Votes:
    """Return each example's vote on one parameter, such as (unit, input) of "dense1.W", and name the `most` largest.

    Works for every parameter: W and b of dense and convolutional layers, gamma and beta of normalizations. Raises
    KeyError where there is no such tensor, IndexError where there is no such index.
    """
    votes = uses_of(frozen, address, index).shares.sum(axis=0)
    total, weight = float(votes.sum()), float(np.abs(votes).sum())
    agreeing = float(np.abs(votes[np.sign(votes) == np.sign(total)]).sum())
    return Votes(
        address=address,
        index=index,
        votes=frozen_copy(votes),
        gradient=float(frozen.gradient(address)[index]),
        sum=total,
        mean=total / len(votes),
        agreement=None if weight == 0 or total == 0 else agreeing / weight,
        cancellation=None if weight == 0 else 1 - abs(total) / weight,
        largest=tuple(strongest(votes, most)),
    )
