"""What would have to change for another class to win: the smallest change of the ink that was found.

Let s be the class that a network reads in an image x, and k the runner-up, the class with the second highest logit.
Near x the lead of s is about linear,

    z_k(x + r) - z_s(x + r)  ~  -lead + w . r          lead = z_s - z_k,  w = d(z_k - z_s)/dx

so the shortest change that closes it is along w: r = lead / |w|^2 w. The network is not linear: one looks again from
x + r, and takes another step, until it reads something else. A step goes a little too far, as else it would end on
the border between the classes, on either side of it.

Ink is between 0 and 1. Where r would leave that range it ends there, and the pixels that are still free go farther:
then r_i = lambda w_i, cut to what is possible, with the smallest lambda that closes the lead. At last the whole change
is made as small as it can be with the class still another, and the ink is rounded to bytes, so that what is shown is
what was tried: the answer is never the linear guess but always read by the network.

The change found is small, not proven the smallest. A third class may win on the way; then it is the one that is told.

Source: S. Moosavi-Dezfooli, A. Fawzi, P. Frossard, DeepFool: a simple and accurate method to fool deep neural networks,
CVPR 2016, section 2, with the class fixed to the runner-up and the range of the ink kept.
"""

from dataclasses import dataclass

import numpy as np

from engine.data.dataset import WHITE
from engine.network import Network, Workspace
from engine.tensors import Tensor, frozen_copy, zeros

MOST_STEPS = 40
OVERSHOOT = 0.02
"""How far beyond the border to aim, as a share of the lead; farther with each step, as rounding takes some back."""

PARTS = 16
"""Lengths of the change tried at once, and again between the two where the class changes."""

NOTICEABLE = 0.1
"""A pixel that changes by more, of full white, is seen to change."""


@dataclass(frozen=True, slots=True, eq=False)
class RunnerUp:
    """An image like another one that the network reads as another class."""

    image: Tensor  # (inputs,), multiples of 1/255
    prediction: int  # of the changed image
    before: int  # of the image itself
    size: float  # Euclidean length of the change
    noticeable: int  # pixels that change by more than NOTICEABLE
    probs: Tensor  # (classes,), of the changed image
    probs_before: Tensor  # (classes,)
    steps: int

    @property
    def share(self) -> float:
        """Share of the pixels that change noticeably."""
        return self.noticeable / len(self.image)


class RunnerUps:
    """Finds such images for one network, with its parameters as they are at each call and workspaces of its own."""

    def __init__(self, network: Network) -> None:
        if not network.classification:
            raise ValueError("expected a network that tells classes apart")
        self._network = network
        dtype = network.parameters.flat.dtype
        self._dL_dx: Tensor = zeros((1, network.architecture.inputs), dtype)
        self._one: Workspace = network.workspace(1, dL_dx=self._dL_dx)
        self._some: Workspace = network.workspace(PARTS)

    @np.errstate(over="ignore", invalid="ignore")
    def find(self, x: Tensor) -> RunnerUp | None:
        """Change an image x (inputs,), grey values 0 to 1; None if the class stays, or a number is not finite."""
        if x.shape != self._one.x.shape[1:]:
            raise ValueError(f"expected {self._one.x.shape[1]} inputs, got {x.shape}")
        logits, probs_before = self._read(x)
        if len(logits) < 2 or not np.isfinite(logits).all():
            return None
        second, first = (int(index) for index in np.argsort(logits, kind="stable")[-2:])
        lead = float(logits[first]) - float(logits[second])
        changed = x.astype(np.float64)
        for step in range(1, MOST_STEPS + 1):
            behind, slope = self.contrast(changed.astype(x.dtype), first, second)
            beyond = OVERSHOOT * step * lead
            change = _within(slope.astype(np.float64), max(beyond - behind, 0.0), -changed, 1 - changed)
            if change is None:
                return None
            np.clip(changed + change, 0, 1, out=changed)
            image = _rounded(changed, x.dtype)
            logits, _ = self._read(image)
            if not np.isfinite(logits).all():
                return None
            if int(logits.argmax()) != first:
                return self._told(x, self._least(x, changed, first), first, probs_before, step)
        return None

    def contrast(self, x: Tensor, first: int, second: int) -> tuple[float, Tensor]:
        """Return z_second - z_first at an image (inputs,), and its gradient there."""
        work = self._one
        work.x[0] = x
        self._network.forward(work)
        outputs, dL_doutputs = work.loss.outputs, work.loss.dL_doutputs
        # The way back begins with the derivative of the contrast by the logits, in place of the loss's.
        dL_doutputs.fill(0)
        dL_doutputs[0, second] += 1
        dL_doutputs[0, first] -= 1
        value = float(outputs[0, second]) - float(outputs[0, first])
        self._network.backward(work)
        return value, frozen_copy(self._dL_dx[0])

    def _least(self, x: Tensor, changed: Tensor, first: int) -> Tensor:
        """Return the least part of a change that is still read as another class, rounded."""
        low, high = 0.0, 1.0
        way = changed - x
        for _ in range(2):
            parts = low + (high - low) * np.arange(1, PARTS + 1) / PARTS
            self._some.x[...] = _rounded(x + parts[:, None] * way, x.dtype)
            self._network.forward(self._some)
            other = np.flatnonzero(self._some.loss.outputs.argmax(axis=1) != first)
            # A pass of many images may round otherwise than one of one image: then the whole change stays.
            at = int(other[0]) if len(other) else PARTS - 1
            low, high = (float(parts[at - 1]) if at else low), float(parts[at])
        least = _rounded(x + high * way, x.dtype)
        return least if int(self._read(least)[0].argmax()) != first else _rounded(changed, x.dtype)

    def _told(self, x: Tensor, image: Tensor, first: int, probs_before: Tensor, steps: int) -> RunnerUp:
        logits, probs = self._read(image)
        difference = np.abs(image.astype(np.float64) - x)
        return RunnerUp(
            image=frozen_copy(image),
            prediction=int(logits.argmax()),
            before=first,
            size=float(np.linalg.norm(difference)),
            noticeable=int((difference > NOTICEABLE).sum()),
            probs=probs,
            probs_before=probs_before,
            steps=steps,
        )

    def _read(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return copies of the logits and the probabilities of one image."""
        work = self._one
        work.x[0] = x
        self._network.forward(work)
        work.loss.labels.fill(0)  # the probabilities are the same for any label
        work.loss.forward()
        return frozen_copy(work.loss.outputs[0]), frozen_copy(work.loss.probs[0])


def _within(slope: Tensor, lead: float, lowest: Tensor, highest: Tensor) -> Tensor | None:
    """Return the shortest change r with slope . r = lead and lowest <= r <= highest; all that is possible if none is.

    None where no change makes a difference.
    """
    change = np.zeros_like(slope)
    free = np.isfinite(slope) & (slope != 0)
    if not free.any():
        return None
    while free.any():
        left = lead - float(slope[~free] @ change[~free])
        if left <= 0:
            break
        wanted = slope * (left / float(slope[free] @ slope[free]))
        out = free & ((wanted < lowest) | (wanted > highest))
        change[free] = np.clip(wanted, lowest, highest)[free]
        if not out.any():
            break
        free &= ~out  # farther along the slope they stay at their ends, so they need not be looked at again
    return change


def _rounded(x: Tensor, dtype: "np.dtype[np.floating]") -> Tensor:
    """Return grey values as bytes have them."""
    rounded: Tensor = (np.floor(x * WHITE + 0.5) / WHITE).astype(dtype)
    return rounded
