"""The trained networks in the package: a checkpoint each, with what was measured when it was made.

A file is a checkpoint as `app.store` writes it, with three more texts in its metadata, all JSON: `recipe` (the run
spec it was trained by), `held_out` (how many of the held-out digits it reads rightly) and `distances` (how far held-out
digits are from their nearest training digit). `scripts/train-networks` makes them anew.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from app.store.checkpoints import from_bytes
from engine.checkpoint import Checkpoint

HERE = Path(__file__).parent

PACKAGED = ("conv", "dense")
"""The names of the networks, the better reader first."""

SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
"""Shares of the held-out digits that are no farther from the training digits than the quantiles in `distances`."""


@dataclass(frozen=True, slots=True, eq=False)
class Packaged:
    """A trained network and how well it reads digits that it was not trained with."""

    name: str
    checkpoint: Checkpoint
    correct: int  # of the held-out digits
    count: int  # of the held-out digits
    distances: tuple[tuple[float, float], ...]  # (share, distance): Euclidean, grey values from 0 to 1

    @property
    def accuracy(self) -> float:
        """The share of the held-out digits that it reads rightly."""
        return self.correct / self.count


def path_of(name: str) -> Path:
    """Return where the file of a packaged network is; raises ValueError for a name that is none."""
    if name not in PACKAGED:
        raise ValueError(f"expected one of {PACKAGED}, got {name}")
    return HERE / f"{name}.safetensors"


def load(name: str) -> Packaged:
    """Read a packaged network; raises ValueError for a name that is none. Takes a few milliseconds: keep the result."""
    stored = from_bytes(path_of(name).read_bytes())
    held_out = json.loads(stored.metadata["held_out"])
    distances = json.loads(stored.metadata["distances"])
    return Packaged(
        name,
        Checkpoint.from_tensors(stored.tensors, stored.metadata),
        held_out["correct"],
        held_out["count"],
        tuple((share, distance) for share, distance in distances),
    )
