"""Where the weights start. Biases start at zero, as in every source named here.

`he`, `glorot` and `lecun` draw W from a normal distribution with mean 0 whose variance is chosen so that signals
neither die out nor explode from layer to layer. The argument: z_j sums `inputs` independent terms W_ji x_i, so
Var(z) = inputs Var(W) E[x^2]; each rule chooses Var(W) so that the factor stays near one for its kind of activation.
`orthogonal` keeps the length of every signal, not just the mean. `constant` and `zeros` are there to be seen failing.
"""

from collections.abc import Callable
from math import sqrt

import numpy as np

from engine.tensors import Tensor

Initializer = Callable[[int, int, np.random.Generator], Tensor]
"""Weights (units, inputs) of a layer with so many units and inputs."""


def he(units: int, inputs: int, rng: np.random.Generator) -> Tensor:
    """Var(W) = 2 / inputs: a ReLU drops half the signal, 2 makes up for it (He et al., ICCV 2015, equation 10)."""
    return rng.standard_normal((units, inputs)) * sqrt(2 / inputs)


def glorot(units: int, inputs: int, rng: np.random.Generator) -> Tensor:
    """Var(W) = 2 / (inputs + units), between forward and backward (Glorot and Bengio, 2010, equation 12)."""
    return rng.standard_normal((units, inputs)) * sqrt(2 / (inputs + units))


def lecun(units: int, inputs: int, rng: np.random.Generator) -> Tensor:
    """Var(W) = 1 / inputs keeps the forward variance (LeCun et al., Efficient BackProp, 1998, equation 16)."""
    return rng.standard_normal((units, inputs)) * sqrt(1 / inputs)


def orthogonal(units: int, inputs: int, rng: np.random.Generator) -> Tensor:
    """W W^T = I or W^T W = I, whichever the shape allows: what comes in is turned, not stretched (Saxe et al., 2014).

    Q of the decomposition Q R of a normal matrix is such a W. With the diagonal of R made positive it is unique, and
    every direction is equally likely (Mezzadri, Notices of the AMS 54, 2007, section 5).
    """
    Q, R = np.linalg.qr(rng.standard_normal((max(units, inputs), min(units, inputs))))
    Q *= np.copysign(1, np.diagonal(R))
    return Q if units >= inputs else Q.T


def constant(units: int, inputs: int, rng: np.random.Generator) -> Tensor:
    """1 / inputs everywhere: z is the mean of x, and all units of a layer stay copies of each other."""
    return np.full((units, inputs), 1 / inputs)


def zeros(units: int, inputs: int, rng: np.random.Generator) -> Tensor:
    """0 everywhere: likewise copies, and at first no gradient reaches the layers below."""
    return np.zeros((units, inputs))


INITIALIZERS: dict[str, Initializer] = {
    "he": he,
    "glorot": glorot,
    "lecun": lecun,
    "orthogonal": orthogonal,
    "constant": constant,
    "zeros": zeros,
}
"""Every initializer, by the name a run spec uses."""
