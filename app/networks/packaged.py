"""The trained networks in the package: a checkpoint each, with what was measured when it was made.

A file is a checkpoint as `app.store` writes it, with more texts in its metadata, all JSON: `recipe` (the run spec it
was trained by), `held_out` (how many of the held-out digits it reads rightly), and how far held-out digits are from
their nearest training digit: `distances`, and `unlikenesses` (`engine.explain.neighbours.unlikeness`).
`scripts/train-networks` makes them anew.

A drawing is called unlike a digit when it is more unlike its nearest training digit than nine of ten held-out digits
are, or farther from it than 19 of 20: a scribble has so much ink that every digit is much like it, as a share.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from app.store.checkpoints import from_bytes
from engine.checkpoint import Checkpoint

HERE = Path(__file__).parent

PACKAGED = ("conv", "dense")
"""The names of the networks, the better reader first."""

SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
"""Shares of the held-out digits that are no farther from the training digits than the quantiles say."""

LIKE, NEAR = 0.9, 0.95
"""Shares of the held-out digits that are like a digit by their unlikeness and by their distance; the rest are odd."""


@dataclass(frozen=True, slots=True, eq=False)
class Packaged:
    """A trained network and how well it reads digits that it was not trained with."""

    name: str
    checkpoint: Checkpoint
    correct: int  # of the held-out digits
    count: int  # of the held-out digits
    distances: tuple[tuple[float, float], ...]  # (share, distance): Euclidean, grey values from 0 to 1
    unlikenesses: tuple[tuple[float, float], ...]  # (share, distance as a share of the digit's own length)

    @property
    def accuracy(self) -> float:
        """The share of the held-out digits that it reads rightly."""
        return self.correct / self.count

    def is_like_a_digit(self, distance: float, unlikeness: float) -> bool:
        """Tell whether a drawing so far from its nearest training digit, and so unlike it, may be called a digit."""
        return unlikeness <= dict(self.unlikenesses)[LIKE] and distance <= dict(self.distances)[NEAR]


def path_of(name: str) -> Path:
    """Return where the file of a packaged network is; raises ValueError for a name that is none."""
    if name not in PACKAGED:
        raise ValueError(f"expected one of {PACKAGED}, got {name}")
    return HERE / f"{name}.safetensors"


def load(name: str) -> Packaged:
    """Read a packaged network; raises ValueError for a name that is none. Takes a few milliseconds: keep the result."""
    stored = from_bytes(path_of(name).read_bytes())
    held_out = json.loads(stored.metadata["held_out"])
    return Packaged(
        name,
        Checkpoint.from_tensors(stored.tensors, stored.metadata),
        held_out["correct"],
        held_out["count"],
        _pairs(stored.metadata["distances"]),
        _pairs(stored.metadata["unlikenesses"]),
    )


def _pairs(text: str) -> tuple[tuple[float, float], ...]:
    return tuple((share, value) for share, value in json.loads(text))
