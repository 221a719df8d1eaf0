"""What all runs of a worker share where drawings are read: benches, packaged networks, copies; made when asked for."""

from app.datasets.library import Library
from app.networks.packaged import Packaged, load
from app.runs.copies import Copies, Origin
from app.runs.readers import Bench
from app.runs.weights import Weights
from engine.spec import RunSpec

MOST_BENCHES = 4
"""Benches kept: the two packaged networks, and two architectures of runs that people draw for."""


class Shelf:
    """Takes what is asked for from where it is kept, or puts it there."""

    def __init__(self, library: Library) -> None:
        self.copies = Copies()
        self._library = library
        self._benches: dict[tuple[str, RunSpec], Bench] = {}
        self._packaged: dict[str, tuple[Packaged, Origin]] = {}

    def packaged(self, name: str) -> tuple[Packaged, Origin]:
        """Return a trained network of the package, and what copies of it are made from."""
        if name not in self._packaged:
            packaged = load(name)
            checkpoint = packaged.checkpoint
            weights = Weights(checkpoint.parameters, checkpoint.buffers)
            self._packaged[name] = (packaged, Origin(name, checkpoint, weights, nbytes=0))
        return self._packaged[name]

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
