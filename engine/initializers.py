"""Where the weights start. Biases start at zero, as in every source named here.

All but `zeros` draw W from a normal distribution with mean 0 whose variance is chosen so that signals neither die out
nor explode from layer to layer. The argument: z_j sums `inputs` independent terms W_ji x_i, so
Var(z) = inputs Var(W) E[x^2]; each rule chooses Var(W) so that the factor stays near one for its kind of activation.
"""

from collections.abc import Callable
from math import sqrt

import numpy as np

from engine.layers import Dense

Deviation = Callable[[int, int], float]
"""Standard deviation of the weights of a layer with (inputs, units)."""


def he(inputs: int, units: int) -> float:
    """sqrt(2 / inputs): a ReLU drops half the signal, 2 makes up for it (He et al., ICCV 2015, equation 10)."""
    return sqrt(2 / inputs)


def glorot(inputs: int, units: int) -> float:
    """sqrt(2 / (inputs + units)): a compromise between forward and backward (Glorot and Bengio, 2010, equation 12)."""
    return sqrt(2 / (inputs + units))


def lecun(inputs: int, units: int) -> float:
    """sqrt(1 / inputs): keeps the forward variance at one (LeCun et al., Efficient BackProp, 1998, equation 16)."""
    return sqrt(1 / inputs)


def zeros(inputs: int, units: int) -> float:
    """0: all units of a layer stay copies of each other, for the lesson that symmetry must be broken."""
    return 0.0


INITIALIZERS: dict[str, Deviation] = {"he": he, "glorot": glorot, "lecun": lecun, "zeros": zeros}
"""Every initializer, by the name a run spec uses."""


def initialize(layers: tuple[Dense, ...], name: str, *, rng: np.random.Generator) -> None:
    """Fill W of each layer, first layer first, and set its b to zero."""
    deviation = INITIALIZERS[name]
    for layer in layers:
        # Drawn in float64 in every precision, so that a float64 run starts where the float32 run starts.
        layer.W[...] = rng.standard_normal(layer.W.shape) * deviation(layer.inputs, layer.units)
        layer.b.fill(0)
