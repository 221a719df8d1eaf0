"""All parameters of a network as one contiguous vector.

Weights and biases of every layer lie one after the other in `flat`; a layer sees its own part as a view of
the right shape. So an optimizer, a copy or a checkpoint is a few vector operations, whatever the architecture. The
gradient and the last update have the same layout, hence are further vectors of the same kind: entry i of the
gradient belongs to entry i of the parameters.
"""

from collections.abc import Mapping
from math import prod

import numpy as np

from engine.tensors import Precision, Tensor, type_of_precision, zeros

Layout = Mapping[str, tuple[int, ...]]
"""Shape of each parameter tensor by its address ("dense1.W"), in the order of the vector."""


def parameter_count(layout: Layout) -> int:
    """Return how many numbers a layout holds."""
    return sum(prod(shape) for shape in layout.values())


class ParameterVector:
    """One number for each parameter of a network: its value, its gradient or its last update.

    `flat` is the contiguous vector; `vector["dense1.W"]` is the view of one tensor in it.
    """

    def __init__(self, layout: Layout, precision: Precision) -> None:
        self.layout = dict(layout)
        self.flat: Tensor = zeros(parameter_count(layout), type_of_precision[precision])
        self._views: dict[str, Tensor] = {}
        start = 0
        for address, shape in layout.items():
            stop = start + prod(shape)
            self._views[address] = self.flat[start:stop].reshape(shape)
            start = stop

    def __getitem__(self, address: str) -> Tensor:
        return self._views[address]

    def copy_from(self, other: "ParameterVector | Tensor") -> None:
        """Take over all numbers of another vector of the same layout."""
        source = other.flat if isinstance(other, ParameterVector) else other
        if source.shape != self.flat.shape:
            raise ValueError(f"expected {self.flat.size} parameters, got an array of shape {source.shape}")
        np.copyto(self.flat, source)
