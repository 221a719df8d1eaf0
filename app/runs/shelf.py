"""What all runs of a worker share where drawings are read: benches, packaged networks, copies; made when asked for."""

from dataclasses import dataclass

import numpy as np

from app.datasets.library import Library
from app.networks.packaged import Packaged, load
from app.runs.copies import Copies, Origin
from app.runs.practising import Practices
from app.runs.readers import Bench
from app.runs.weights import Weights
from engine.data.dataset import Split
from engine.explain.neighbours import Neighbours
from engine.spec import RunSpec

MOST_BENCHES = 4
"""Benches kept: the two packaged networks, and two architectures of runs that people draw for."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingDigits:
    """MNIST's training digits, to find among them those that are like a drawing."""

    train: Split
    neighbours: Neighbours
    distances: tuple[tuple[float, float], ...]
    """(share, distance): so many of the held-out digits are no farther from their nearest training digit."""


class Shelf:
    """Takes what is asked for from where it is kept, or puts it there."""

    def __init__(self, library: Library) -> None:
        self.copies = Copies()
        self.practices = Practices()
        self._library = library
        self._benches: dict[tuple[str, RunSpec], Bench] = {}
        self._digits: TrainingDigits | None = None
        self._packaged: dict[str, tuple[Packaged, Origin]] = {}

    def packaged(self, name: str) -> tuple[Packaged, Origin]:
        """Return a trained network of the package, and what copies of it are made from."""
        if name not in self._packaged:
            packaged = load(name)
            checkpoint = packaged.checkpoint
            weights = Weights(checkpoint.parameters, checkpoint.buffers)
            self._packaged[name] = (packaged, Origin(name, checkpoint, weights, nbytes=0))
        return self._packaged[name]

    def training_digits(self, spec: RunSpec) -> TrainingDigits | None:
        """Return the digits that a run of this spec is trained with; None where they are not MNIST's."""
        if spec.dataset.name != "mnist":
            return None
        if self._digits is None:
            train = self._library.open(spec.dataset).train
            distances = self.packaged("conv")[0].distances
            self._digits = TrainingDigits(train, Neighbours(np.asarray(train.inputs, np.uint8)), distances)
        return self._digits

    def bench(self, name: str, spec: RunSpec) -> Bench:
        """Return a bench for networks of a spec; whoever wants to read with it has it take on weights first."""
        key = (name, spec)
        bench = self._benches.pop(key, None)
        if bench is None:
            bench = Bench(name, spec, self._library.open(spec.dataset))
            while len(self._benches) >= MOST_BENCHES:
                del self._benches[next(iter(self._benches))]  # the one not used for longest
        self._benches[key] = bench
        return bench
