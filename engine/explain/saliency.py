"""Saliency: which inputs the answer hangs on. Three maps of one example, told apart by name and by what they are of.

Of what: of the output (logit) of a class, which asks "what speaks for this class?", or of the loss, which asks "what
would make the answer worse?". Both are a number F that depends on the inputs x.

    gradient                  dF/dx_i                          how F answers to a small change of x_i
    gradient_times_input      x_i dF/dx_i                      what x_i adds to F, were F linear; black pixels have none
    integrated_gradients      (x_i - x'_i) mean of dF/dx_i on the straight way from a baseline x' to x

Only the last keeps accounts: its values add up to F(x) - F(x') ("completeness"), because along a way the gradient
integrates to the difference of the ends. The mean is taken over the middles of `steps` equal pieces of the way, so
a gap remains, which is returned, not hidden. The baseline is black, all zeros, unless another one is given.

A network is asked as it is used, not as it is trained: nothing is dropped, and batch normalization goes by its running
statistics.

Sources: Simonyan, Vedaldi and Zisserman, Deep Inside Convolutional Networks, 2013, section 3 (gradient); Shrikumar,
Greenside, Shcherbina and Kundaje, Not Just a Black Box, 2016 (gradient times input); Sundararajan, Taly and Yan,
Axiomatic Attribution for Deep Networks, ICML 2017, equations 1 and 3 and proposition 1 (integrated gradients).
"""

from dataclasses import dataclass

import numpy as np

from engine.network import Network, Workspace
from engine.tensors import Tensor, frozen_copy, zeros

MOST_STEPS = 4096


@dataclass(frozen=True, slots=True)
class Logit:
    """The output of a class (or, for regression, of a target value), before any softmax."""

    output: int


@dataclass(frozen=True, slots=True, eq=False)
class ExampleLoss:
    """The loss of the example itself, given its answer: a label or, for regression, target values (outputs,)."""

    answer: int | Tensor


Quantity = Logit | ExampleLoss
"""What a map is of."""


@dataclass(frozen=True, slots=True, eq=False)
class SaliencyMap:
    """One number for each input of one example."""

    method: str  # gradient, gradient_times_input or integrated_gradients
    of: str  # logit or loss
    output: int | None  # which logit
    values: Tensor  # (inputs,)
    at_input: float  # F(x)


@dataclass(frozen=True, slots=True, eq=False)
class IntegratedGradients(SaliencyMap):
    """A map whose values add up to F(x) - F(baseline), but for the gap."""

    baseline: Tensor  # (inputs,)
    at_baseline: float  # F(baseline)
    steps: int  # pieces of the way
    completeness_gap: float  # sum of the values - (F(x) - F(baseline)); 0 if the pieces were small enough


class Saliency:
    """Makes maps for one network, with its parameters as they are at each call and a workspace of its own."""

    def __init__(self, network: Network, chunk: int = 32) -> None:
        self._network = network
        self._dL_dx: Tensor = zeros((chunk, network.architecture.inputs), network.parameters.flat.dtype)
        self._work: Workspace = network.workspace(chunk, dL_dx=self._dL_dx)

    def gradient(self, x: Tensor, of: Quantity) -> SaliencyMap:
        """Return dF/dx at an example x (inputs,), in numbers as they enter the network."""
        value, slope = self._at(x, of)
        return SaliencyMap("gradient", *_named(of), frozen_copy(slope), value)

    def gradient_times_input(self, x: Tensor, of: Quantity) -> SaliencyMap:
        """Return x * dF/dx at an example x (inputs,)."""
        value, slope = self._at(x, of)
        return SaliencyMap("gradient_times_input", *_named(of), frozen_copy(x * slope), value)

    def integrated_gradients(
        self, x: Tensor, of: Quantity, *, steps: int = 64, baseline: Tensor | None = None
    ) -> IntegratedGradients:
        """Return the integrated gradients of an example x (inputs,) on the way from the baseline in so many pieces."""
        if not 1 <= steps <= MOST_STEPS:
            raise ValueError(f"expected 1 to {MOST_STEPS} steps, got {steps}")
        start = np.zeros_like(x) if baseline is None else baseline
        way = x - start
        # A sum of many gradients, in float64: float32 would lose digits that the gap should tell of.
        total = np.zeros(x.shape)
        middles = (np.arange(steps) + 0.5) / steps
        for first in range(0, steps, len(self._work)):
            shares = middles[first : first + len(self._work)]
            _, slopes = self._pass(start + shares[:, None] * way, of)
            total += slopes.sum(axis=0, dtype=np.float64)
        values = way * (total / steps)
        at_input, at_baseline = self._at(x, of)[0], self._at(start, of)[0]
        return IntegratedGradients(
            "integrated_gradients",
            *_named(of),
            frozen_copy(values.astype(self._dL_dx.dtype)),
            at_input,
            frozen_copy(start),
            at_baseline,
            steps,
            float(values.sum() - (at_input - at_baseline)),
        )

    def _at(self, x: Tensor, of: Quantity) -> tuple[float, Tensor]:
        values, slopes = self._pass(x[None], of)
        return float(values[0]), slopes[0]

    @np.errstate(over="ignore", invalid="ignore")
    def _pass(self, rows: Tensor, of: Quantity) -> tuple[Tensor, Tensor]:
        """Return F and dF/dx for some rows, at most a chunk; both belong to the next pass."""
        work, count = self._work, len(rows)
        if rows.shape[1] != work.x.shape[1]:
            raise ValueError(f"expected {work.x.shape[1]} inputs, got {rows.shape[1]}")
        work.x[:count] = rows
        work.x[count:] = rows[0]  # some finite numbers, which nobody asked for
        self._network.forward(work)
        values = self._logits(of) if isinstance(of, Logit) else self._losses(of)
        self._network.backward(work)
        return values[:count], self._dL_dx[:count]

    def _logits(self, of: Logit) -> Tensor:
        """Begin the way back with dF/dz: 1 at the logit asked for, 0 elsewhere. The loss has no part in it."""
        loss = self._work.loss
        _check_output(of.output, loss.outputs.shape[1])
        loss.dL_doutputs.fill(0)
        loss.dL_doutputs[:, of.output] = 1
        values: Tensor = loss.outputs[:, of.output]
        return values

    def _losses(self, of: ExampleLoss) -> Tensor:
        """Begin the way back with the gradient of each example's own loss, not divided by their number."""
        loss = self._work.loss
        if loss.classification:
            label = int(of.answer)
            _check_output(label, loss.outputs.shape[1])
            loss.labels.fill(label)
        else:
            loss.targets[...] = of.answer
        loss.forward()
        loss.backward()
        np.multiply(loss.dL_doutputs, len(self._work), out=loss.dL_doutputs)
        return loss.example_losses


def _named(of: Quantity) -> tuple[str, int | None]:
    return ("logit", of.output) if isinstance(of, Logit) else ("loss", None)


def _check_output(output: int, count: int) -> None:
    if not 0 <= output < count:
        raise ValueError(f"expected an output from 0 to {count - 1}, got {output}")
