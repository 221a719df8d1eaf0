"""Shadow optimizers: the gradients that one weight saw, sent through other optimizers.

Each shadow is the real optimizer of `engine.optimizers`, on a vector of one weight, with settings of its own. It is
given the gradients of the run one after the other and its weight goes where its updates take it.

What such a path says and what it does not: all shadows see the *same* gradients, those on the way the run took. Had
the run itself used another optimizer, it would have gone elsewhere and seen others. So the paths compare what the rules
make of one sequence, which is what their formulas are about; they are no forecast of a run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from engine.optimizers import create_optimizer
from engine.spec import OptimizerSpec
from engine.tensors import Tensor, frozen_copy


@dataclass(frozen=True, slots=True, eq=False)
class ShadowPath:
    """Where one optimizer takes a weight by T gradients, in their precision."""

    settings: OptimizerSpec
    parameters: Tensor  # (T + 1,)   the start, then the weight after each step
    updates: Tensor  # (T,)
    rates: Tensor  # (T,)   float64, by the schedule of the settings
    state: Mapping[str, Tensor]  # (T,) each: velocity; m and v; s, after each step


def shadow_paths(
    gradients: Tensor, start: float, optimizers: Sequence[OptimizerSpec], squares: Tensor | None = None
) -> tuple[ShadowPath, ...]:
    """Return the path of each optimizer for the gradients (T,) of one weight that begins at `start`.

    Clipping looks at the length of the gradient of all weights of a network; `squares` (T,) are the sums of its
    squares. Without them the one weight is taken for all there is.
    """
    squares = gradients.astype(np.float64) ** 2 if squares is None else squares
    if gradients.ndim != 1 or squares.shape != gradients.shape:
        raise ValueError(f"expected T gradients and T sums of squares, got {gradients.shape} and {squares.shape}")
    return tuple(_path(gradients, start, settings, squares) for settings in optimizers)


def _path(gradients: Tensor, start: float, settings: OptimizerSpec, squares: Tensor) -> ShadowPath:
    dtype, count = gradients.dtype, len(gradients)
    weight: Tensor = np.full(1, start, dtype)
    optimizer = create_optimizer(settings, weight)
    parameters, updates = np.empty(count + 1, dtype), np.empty(count, dtype)
    rates = np.empty(count)
    state = {name: np.empty(count, dtype) for name in optimizer.state}
    parameters[0] = weight[0]
    for t in range(count):
        rates[t] = optimizer.rate
        optimizer.step(gradients[t : t + 1], float(squares[t]), out=updates[t : t + 1])
        np.add(weight, updates[t : t + 1], out=weight)
        parameters[t + 1] = weight[0]
        for name, vector in optimizer.state.items():
            state[name][t] = vector[0]
    return ShadowPath(
        settings,
        frozen_copy(parameters),
        frozen_copy(updates),
        frozen_copy(rates),
        MappingProxyType({name: frozen_copy(numbers) for name, numbers in state.items()}),
    )
