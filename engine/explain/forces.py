"""Softmax forces: why the gradient by the logits is p - t, put together from the terms of the chain rule.

The gradient p - t is often taken for a definition: "the error". It is none, it follows. The loss sees probabilities,

    L = -sum_k t_k log p_k        dL/dp_k = -t_k / p_k

and every probability depends on *every* logit, because they sum to one:

    dp_k/dz_j = p_k (1[k = j] - p_j)        the Jacobian of softmax

so that the chain rule has a term for each pair of classes, and K terms for each logit:

    term_kj = dL/dp_k dp_k/dz_j = -t_k (1[k = j] - p_j)
    dL/dz_j = sum_k term_kj = p_j sum_k t_k - t_j = p_j - t_j

With a one-hot target only one row of terms is not zero, that of the true class: it alone pulls its own logit up and,
through what it takes from them, pushes all others down. With label smoothing every class pulls a little.

A gradient shows where the loss grows; a step goes the other way. The rope of logit j pulls with `-dL_dz[j]`, and all
ropes together are in balance: the forces sum to zero.

Sources: Bishop, Pattern Recognition and Machine Learning (2006), equations 4.106 and 4.109; Szegedy et al., Rethinking
the Inception Architecture, CVPR 2016, section 7 (label smoothing).
"""

from dataclasses import dataclass

import numpy as np

from engine.errors import SpecError
from engine.spec import LossSpec
from engine.tensors import Tensor, frozen_copy


@dataclass(frozen=True, slots=True, eq=False)
class SoftmaxForces:
    """The ropes at the logits of one example, by its own loss (not divided by the minibatch), all in float64."""

    logits: Tensor  # (K,)
    probs: Tensor  # (K,)   p
    targets: Tensor  # (K,)   t: one-hot, perhaps smoothed
    dL_dp: Tensor  # (K,)   -t / p; minus infinity where p is too small a number even for float64
    dp_dz: Tensor  # (K, K)   row k, column j: how the probability of k answers to logit j
    terms: Tensor  # (K, K)   row k, column j: dL_dp[k] * dp_dz[k, j]
    dL_dz: Tensor  # (K,)   the sums of the columns of `terms`
    loss: float


def softmax_forces(loss: LossSpec, logits: Tensor, label: int) -> SoftmaxForces:
    """Return the forces on the logits (K,) of an example of class `label`.

    Raises SpecError for a loss without softmax, and ValueError for a label that is no class.
    """
    if loss.name != "mean_softmax_cross_entropy":
        raise SpecError("softmax_needed", "loss.name", name=loss.name)
    classes = len(logits)
    if not 0 <= label < classes:
        raise ValueError(f"expected a label from 0 to {classes - 1}, got {label}")
    z = np.array(logits, np.float64)
    one_hot = np.eye(classes)[label]
    t = (1 - loss.label_smoothing) * one_hot + loss.label_smoothing / classes
    log_p = _log_softmax(z)
    p = np.exp(log_p)
    dp_dz = p[:, None] * (np.eye(classes) - p)
    # The p_k of the two factors cancel; multiplied out first, an underflow of p would make it 0 times infinity.
    terms = -t[:, None] * (np.eye(classes) - p)
    with np.errstate(divide="ignore"):
        dL_dp = -np.divide(t, p, out=np.zeros(classes), where=t > 0)
    return SoftmaxForces(
        logits=frozen_copy(z),
        probs=frozen_copy(p),
        targets=frozen_copy(t),
        dL_dp=frozen_copy(dL_dp),
        dp_dz=frozen_copy(dp_dz),
        terms=frozen_copy(terms),
        dL_dz=frozen_copy(terms.sum(axis=0)),
        loss=float(-(t @ log_p)),
    )


def _log_softmax(z: Tensor) -> Tensor:
    """Return log p_j = z_j - log sum_k exp(z_k), the largest logit taken out so that exp cannot overflow."""
    shifted = z - z.max()
    log_p: Tensor = shifted - np.log(np.exp(shifted).sum())
    return log_p
