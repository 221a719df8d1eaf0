"""Practice of a copy, beside the training of runs: asked for now, done in time slices, answered when it is done.

In one worker one copy practises at a time, the others wait for their turn: what practice needs to compute in is large.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.protocol import drawing
from app.protocol.message import Reply
from app.runs.copies import Copy
from app.runs.readers import Bench
from app.runs.refusal import RunRefusal
from app.runs.weights import Weights
from engine import practice
from engine.errors import Diverged
from engine.practice import Plan, Practice, PracticeResult


@dataclass(frozen=True, slots=True)
class Later:
    """A command is being carried out; its reply will come under this number."""

    ticket: int


class Practising:
    """One practice that somebody asked for."""

    def __init__(self, ticket: int, run: str, copy: Copy, asked: drawing.Practise) -> None:
        """Take it in; raise `RunRefusal` if there is nothing to practise on."""
        if copy.drawings is None or not len(copy.drawings.split(held_out=False)):
            raise RunRefusal("no_drawings")
        self.ticket = ticket
        self.run = run
        self.copy = copy
        self._asked = asked
        self._drawings = copy.drawings
        self._weights = copy.weights
        self._lessons = copy.lessons
        self._practice: Practice | None = None
        self._told: tuple[int, int] | None = None

    def progress(self, before: int) -> drawing.PracticeProgress | None:
        """Return how far it is, with so many others `before` it; None if that was returned the last time."""
        curve = self._practice.curve if self._practice else ()
        if self._told == (before, len(curve)):
            return None
        self._told = (before, len(curve))
        return drawing.PracticeProgress(
            copy_name=self._asked.copy_name, before=before, steps=self._asked.steps, curve=_plain(curve)
        )

    def advance(self, bench_of: Callable[[Copy], Bench], until: float, clock: Callable[[], float]) -> Reply | None:
        """Go on for some time; return the answer once it is done. Raises `RunRefusal` where it can't be.

        The copy may have been taught or taken back meanwhile: then what is being learned here is for other weights.
        """
        if self.copy.weights is not self._weights:
            raise RunRefusal("practice_ended")
        if self._practice is None:
            self._practice = self._begin(bench_of(self.copy))
        try:
            while not self._practice.advance():
                if clock() >= until:
                    return None
        except Diverged as diverged:
            raise RunRefusal("lesson_diverges") from diverged
        assert self._practice.result is not None  # noqa: S101 - narrows the type
        self.copy.learn(Weights.of(self._practice.network))
        return self._done(self._practice.result)

    def _begin(self, bench: Bench) -> Practice:
        """Practise on a network of its own, for the bench is needed by others meanwhile."""
        asked = self._asked
        # The same lessons before, the same order: who takes practice back and practises again gets the same bits.
        plan = Plan(asked.steps, asked.learning_rate, asked.mnist_share, seed=self._lessons)
        new, held_out = self._drawings.split(held_out=False), self._drawings.split(held_out=True)
        return Practice(bench.network.copy(), new, held_out, bench.dataset, plan)

    def _done(self, result: PracticeResult) -> drawing.Practised:
        copy, before, after = self.copy, result.before, result.after
        return drawing.Practised(
            copy_name=self._asked.copy_name,
            steps=self._asked.steps,
            curve=_plain(result.curve),
            drawings_before=_score(before.learned),
            drawings_after=_score(after.learned),
            held_out_before=_score(before.held_out),
            held_out_after=_score(after.held_out),
            mnist_before=_score(before.old),
            mnist_after=_score(after.old),
            checksum_before=self._weights.checksum,
            checksum=copy.weights.checksum,
            lessons=copy.lessons,
            undoable=copy.undoable,
        )


class Practices:
    """All practices of a worker, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Practising] = []

    def add(self, practising: Practising) -> None:
        """Have a copy practise when its turn comes; raise `RunRefusal` if it does already."""
        if any(other.copy is practising.copy for other in self._waiting):
            raise RunRefusal("practising")
        self._waiting.append(practising)

    def turn_of(self, run: str) -> Practising | None:
        """Return the practice whose turn it is, if it is of this run."""
        return self._waiting[0] if self._waiting and self._waiting[0].run == run else None

    def progress(self, run: str) -> list[tuple[int, drawing.PracticeProgress]]:
        """Return how far the practices of a run are where that changed, by their tickets."""
        told = [(one.ticket, one.progress(place)) for place, one in enumerate(self._waiting) if one.run == run]
        return [(ticket, progress) for ticket, progress in told if progress is not None]

    def remove(self, practising: Practising) -> None:
        """End a practice, be it done or not."""
        self._waiting = [other for other in self._waiting if other is not practising]

    def forget(self, run: str) -> None:
        """End all practices of a run."""
        self._waiting = [other for other in self._waiting if other.run != run]


def _plain(curve: Iterable[practice.PracticePoint]) -> list[drawing.PracticePoint]:
    return [
        drawing.PracticePoint(
            step=point.step, loss=point.loss, held_out=_score(point.held_out), mnist=_score(point.old)
        )
        for point in curve
    ]


def _score(score: practice.Score) -> drawing.Score:
    return drawing.Score(correct=score.correct, count=score.count)
