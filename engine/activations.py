"""Activation functions a = f(z) and their slopes f'(z), element by element.

Each function writes into arrays it is given and allocates nothing, because it runs thousands of times a second.
`value(z, out, scratch)` writes f(z); `slope(z, a, out, scratch)` writes f'(z), and may use a = f(z), which is often
the cheaper way to it. `scratch` holds helping arrays of the same shape.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.tensors import Tensor, zeros


class Scratch:
    """Helping arrays for one shape, so that no function allocates any."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[np.floating[Any]]) -> None:
        self.free: Tensor = zeros(shape, dtype)
        """Free to be overwritten."""
        self.mask: NDArray[np.bool_] = zeros(shape, np.bool_)
        """Free to be overwritten."""
        self.zeros: Tensor = zeros(shape, dtype)
        """Never written to. NumPy compares two arrays of one shape three times as fast as an array and a number."""


@dataclass(frozen=True, slots=True)
class Activation:
    """A differentiable function of one number, applied to each pre-activation."""

    name: str
    value: Callable[[Tensor, Tensor, Scratch], None]
    slope: Callable[[Tensor, Tensor, Tensor, Scratch], None]
    is_identity: bool = False


def _linear(z: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f(z) = z."""
    np.copyto(out, z)


def _linear_slope(z: Tensor, a: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f'(z) = 1."""
    out.fill(1)


def _relu(z: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f(z) = max(z, 0), the rectified linear unit (Nair and Hinton, ICML 2010)."""
    np.maximum(z, scratch.zeros, out=out)


def _relu_slope(z: Tensor, a: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f'(z) = 1 for z > 0, else 0. At the kink z = 0 there is no derivative; 0 is the usual choice."""
    np.greater(z, scratch.zeros, out=scratch.mask)
    np.copyto(out, scratch.mask)


LEAK = 0.01
"""Slope of the leaky ReLU left of zero (Maas, Hannun and Ng, ICML 2013)."""


def _leaky_relu(z: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f(z) = z for z > 0, else LEAK z; since LEAK < 1 that is the larger of the two."""
    np.multiply(z, LEAK, out=out)
    np.maximum(z, out, out=out)


def _leaky_relu_slope(z: Tensor, a: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f'(z) = 1 for z > 0, else LEAK."""
    np.greater(z, scratch.zeros, out=scratch.mask)
    np.multiply(scratch.mask, 1 - LEAK, out=out)
    np.add(out, LEAK, out=out)


def _elu(z: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f(z) = z for z > 0, else exp(z) - 1 (Clevert, Unterthiner and Hochreiter, ICLR 2016, with alpha = 1).

    That is the larger of z and exp(min(z, 0)) - 1: right of zero the second is 0, left of zero it lies above its
    tangent z.
    """
    np.minimum(z, scratch.zeros, out=out)
    # expm1 would keep the digits of a tiny |z|, for five times the time. What is lost here is at most one
    # rounding of 1, as much as is lost anyway when a is added up with others.
    np.exp(out, out=out)
    np.subtract(out, 1, out=out)
    np.maximum(z, out, out=out)


def _elu_slope(z: Tensor, a: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f'(z) = 1 for z > 0, else exp(z) = a + 1."""
    np.minimum(a, scratch.zeros, out=out)
    np.add(out, 1, out=out)


_GELU_SCALE = float(np.sqrt(2 / np.pi))
_GELU_CUBIC = 0.044715


def _gelu_tanh(z: Tensor, out: Tensor) -> None:
    """Write t = tanh(sqrt(2/pi) (z + 0.044715 z^3))."""
    np.multiply(z, z, out=out)
    np.multiply(out, _GELU_CUBIC, out=out)
    np.add(out, 1, out=out)
    np.multiply(out, z, out=out)
    np.multiply(out, _GELU_SCALE, out=out)
    np.tanh(out, out=out)


def _gelu(z: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f(z) = z (1 + t) / 2 with t = tanh(sqrt(2/pi) (z + 0.044715 z^3)).

    The tanh form of the Gaussian error linear unit (Hendrycks and Gimpel, 2016, section 2); NumPy has no erf.
    """
    _gelu_tanh(z, out)
    np.add(out, 1, out=out)
    np.multiply(out, z, out=out)
    np.multiply(out, 0.5, out=out)


def _gelu_slope(z: Tensor, a: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f'(z) = (1 + t)/2 + z (1 - t^2) u'/2, where u' = sqrt(2/pi) (1 + 3 * 0.044715 z^2).

    That is the product rule on z (1 + t)/2, with dt/dz = (1 - t^2) u'. Written here as (1 + t)/2 * (1 + z (1 - t) u').
    """
    t = scratch.free
    _gelu_tanh(z, t)
    np.multiply(z, z, out=out)
    np.multiply(out, 3 * _GELU_CUBIC, out=out)
    np.add(out, 1, out=out)
    np.multiply(out, z, out=out)
    np.multiply(out, _GELU_SCALE, out=out)  # z u'
    np.subtract(1, t, out=t)  # 1 - t
    np.multiply(out, t, out=out)
    np.add(out, 1, out=out)
    np.subtract(2, t, out=t)  # 2 - (1 - t) = 1 + t
    np.multiply(out, t, out=out)
    np.multiply(out, 0.5, out=out)


def _tanh(z: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f(z) = tanh(z)."""
    np.tanh(z, out=out)


def _tanh_slope(z: Tensor, a: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f'(z) = 1 - tanh(z)^2 = 1 - a^2."""
    np.multiply(a, a, out=out)
    np.subtract(1, out, out=out)


def _sigmoid(z: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f(z) = 1 / (1 + exp(-z))."""
    np.negative(z, out=out)
    np.minimum(out, 88, out=out)  # exp(89) overflows float32; exp(-88) is 0 for every practical purpose
    np.exp(out, out=out)
    np.add(out, 1, out=out)
    np.reciprocal(out, out=out)


def _sigmoid_slope(z: Tensor, a: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f'(z) = a (1 - a)."""
    np.subtract(1, a, out=out)
    np.multiply(out, a, out=out)


def _silu(z: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f(z) = z s with s = 1 / (1 + exp(-z)), the sigmoid linear unit (Elfwing, Uchibe and Doya, 2017)."""
    _sigmoid(z, out, scratch)
    np.multiply(out, z, out=out)


def _silu_slope(z: Tensor, a: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f'(z) = s + z s (1 - s) = s + a (1 - s) = s (1 - a) + a.

    That is the product rule on z s, with ds/dz = s (1 - s). Here s is computed once more: a / z is it too, but not at
    z = 0.
    """
    s = scratch.free
    _sigmoid(z, s, scratch)
    np.subtract(1, a, out=out)
    np.multiply(out, s, out=out)
    np.add(out, a, out=out)


def _softplus(z: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f(z) = log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|)), a smooth ReLU (Dugas et al., NIPS 2000).

    The second form is the first with exp(max(z, 0)) taken out of the logarithm; its exp is at most 1.
    """
    np.absolute(z, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.log1p(out, out=out)
    np.maximum(z, scratch.zeros, out=scratch.free)
    np.add(out, scratch.free, out=out)


def _softplus_slope(z: Tensor, a: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f'(z) = exp(z) / (1 + exp(z)) = exp(z) / exp(a) = exp(z - a): the sigmoid. z <= a, so nothing overflows."""
    np.subtract(z, a, out=out)
    np.exp(out, out=out)


HARD_SIGMOID_END = 3.0
"""Where the hard sigmoid goes flat, at plus and minus this (Howard et al., Searching for MobileNetV3, 2019, 5.2)."""


def _hard_sigmoid(z: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f(z) = (z + 3) / 6 held between 0 and 1: a straight line through (0, 1/2) instead of the sigmoid's curve."""
    np.multiply(z, 0.5 / HARD_SIGMOID_END, out=out)
    np.add(out, 0.5, out=out)
    np.clip(out, 0, 1, out=out)


def _hard_sigmoid_slope(z: Tensor, a: Tensor, out: Tensor, scratch: Scratch) -> None:
    """f'(z) = 1/6 for -3 < z < 3, else 0. At the kinks there is no derivative; 0 is the usual choice."""
    np.absolute(z, out=out)
    np.less(out, HARD_SIGMOID_END, out=scratch.mask)
    np.copyto(out, scratch.mask)
    np.multiply(out, 0.5 / HARD_SIGMOID_END, out=out)


ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation("relu", _relu, _relu_slope),
        Activation("leaky_relu", _leaky_relu, _leaky_relu_slope),
        Activation("elu", _elu, _elu_slope),
        Activation("gelu", _gelu, _gelu_slope),
        Activation("tanh", _tanh, _tanh_slope),
        Activation("sigmoid", _sigmoid, _sigmoid_slope),
        Activation("silu", _silu, _silu_slope),
        Activation("softplus", _softplus, _softplus_slope),
        Activation("hard_sigmoid", _hard_sigmoid, _hard_sigmoid_slope),
        Activation("linear", _linear, _linear_slope, is_identity=True),
    )
}
"""Every activation function, by the name a run spec uses."""
