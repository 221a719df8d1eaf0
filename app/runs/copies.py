"""Copies of networks that people teach: by name, in the worker's memory, each with the lessons that can be taken back.

Weights are immutable, so taking back a lesson puts the very bits back. The memory is bounded twice: a copy forgets its
oldest lessons, never what it was made from; and where all copies together are too large, the one that nobody used for
longest forgets, and in the end goes.
"""

from collections import deque
from dataclasses import dataclass, replace

from app.runs.kept_drawings import KeptDrawings
from app.runs.refusal import RunRefusal
from app.runs.weights import Weights
from engine.checkpoint import Checkpoint
from engine.tensors import frozen_copy

MOST_BYTES_OF_A_COPY = 24 * 1024 * 1024
"""Some fifty lessons of a packaged network; one, of the largest network that a run may have, with Adam's memory."""

MOST_BYTES = 64 * 1024 * 1024
"""Of all copies of a worker: some fifty students with two lessons each of a packaged network."""


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """What a copy was made from."""

    name: str  # whose manifest its frames have
    checkpoint: Checkpoint
    weights: Weights
    nbytes: int  # that nobody else holds


@dataclass(slots=True, eq=False)
class Copy:
    """A network that somebody teaches."""

    origin: Origin
    weights: Weights
    lessons: int
    _before: deque[Weights]
    """The weights before each of the last lessons, the oldest first."""
    drawings: KeptDrawings | None = None

    @classmethod
    def of(cls, origin: Origin) -> "Copy":
        """Return a copy that has learned nothing yet."""
        return cls(origin, origin.weights, 0, deque())

    @property
    def undoable(self) -> int:
        """How many lessons can be taken back one by one."""
        return len(self._before)

    @property
    def step(self) -> int:
        """The step of the training run that it comes from."""
        return self.origin.checkpoint.step

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        drawings = 0 if self.drawings is None else self.drawings.nbytes
        return self.origin.nbytes + self.weights.nbytes + drawings + sum(weights.nbytes for weights in self._before)

    def learn(self, weights: Weights) -> None:
        """Take on what a lesson made of the weights."""
        self._before.append(self.weights)
        self.weights = weights
        self.lessons += 1
        while self.nbytes > MOST_BYTES_OF_A_COPY and self.undoable > 1:
            self.forget_oldest()

    def forget_oldest(self) -> int:
        """Give up to take back the oldest lesson alone; return the bytes that were freed."""
        return self._before.popleft().nbytes

    def take_back(self, lessons: int | None) -> None:
        """Undo so many lessons, None: all; raise `RunRefusal` for one too long ago."""
        if self.lessons == 0:
            raise RunRefusal("nothing_learned")
        if lessons is None or lessons >= self.lessons:
            self.weights, self.lessons = self.origin.weights, 0
            self._before.clear()
            return
        if lessons > len(self._before):
            raise RunRefusal("lesson_too_long_ago", count=len(self._before))
        for _ in range(lessons):
            self.weights = self._before.pop()
            self.lessons -= 1

    def checkpoint(self) -> Checkpoint:
        """Return the run that it comes from, with what it has learned since."""
        before = self._before[-1] if self._before else None
        update = self.origin.checkpoint.update
        if before is not None:
            update = frozen_copy(self.weights.parameters - before.parameters)
        return replace(
            self.origin.checkpoint, parameters=self.weights.parameters, buffers=self.weights.buffers, update=update
        )


class Copies:
    """All copies of a worker, by the run that they belong to and by name."""

    def __init__(self) -> None:
        self._copies: dict[tuple[str, str], Copy] = {}  # the one not used for longest first

    def get(self, run: str, name: str) -> Copy:
        """Return a copy; raise `RunRefusal` if it is not there (any more)."""
        copy = self._copies.pop((run, name), None)
        if copy is None:
            raise RunRefusal("copy_gone", name)
        self._copies[run, name] = copy
        return copy

    def holds(self, copy: Copy) -> bool:
        """Whether it is kept."""
        return any(other is copy for other in self._copies.values())

    def has(self, run: str, name: str) -> bool:
        """Whether there is such a copy."""
        return (run, name) in self._copies

    def put(self, run: str, name: str, copy: Copy) -> None:
        """Keep a copy, in the place of one of this name; others may have to go for it."""
        self._copies.pop((run, name), None)
        self._copies[run, name] = copy
        nbytes = sum(copy.nbytes for copy in self._copies.values())
        for key in list(self._copies)[:-1]:
            other = self._copies[key]
            while nbytes > MOST_BYTES and other.undoable > 1:
                nbytes -= other.forget_oldest()
            if nbytes > MOST_BYTES:
                nbytes -= self._copies.pop(key).nbytes

    def forget(self, run: str) -> None:
        """Drop the copies of a run."""
        self._copies = {key: copy for key, copy in self._copies.items() if key[0] != run}
