"""A run's past: checkpoints on the way, and exact replay of what lies between them.

Training is deterministic, so one can go back to *any* step of a run without keeping every step: take the nearest
checkpoint before it and train again from there, with the same hyper-parameters changed at the same steps. What comes
out is not similar to what was, it is the same, bit by bit.

Which checkpoints to keep. Memory is bounded, a run is not, so some have to go. Let k be how many steps ago something
was; s the spacing at which checkpoints are made; C how many fit into the budget; T the steps since the beginning. The
age of a checkpoint is k + s. Removing the one between two others, of ages A > B, leaves a gap of A - B = (A/B - 1) B
steps. The one whose removal makes A/B - 1 smallest goes, never the first or the last. Then, at any time:

    gap around k steps ago <= max(s, c (k + s)),    c = (1 + T/s)^(1/floor(C/2)) - 1

Proof. A gap, once made, keeps its length while its age B grows, so a gap that was made with some A/B - 1 never is more
than that share of its age. And the smallest ratio is bounded when one goes: the C + 1 checkpoints have floor(C/2) pairs
of neighbours' neighbours, one after the other, whose ratios A/B multiply to at most (T + s)/s, the age of the oldest by
that of the newest; so one of them is at most the floor(C/2)-th root. What is recent is dense and what is long ago is
sparse, in proportion. With 160 checkpoints 32 steps apart, c is 0.14 after a million steps.

The idea is that of checkpoints for reverse-mode differentiation (Griewank and Walther, Algorithm 799: revolve, ACM TOMS
26, 2000), with the run's length not known beforehand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.checkpoint import Checkpoint
from engine.data.dataset import Dataset
from engine.errors import SpecError
from engine.trainer import Trainer

BUDGET = 1 << 25
"""Bytes that a timeline may take, if nothing else is said: 160 checkpoints of the default run."""

SPACING = 32
"""Steps between checkpoints: making one takes a fraction of a step, so this costs less than a percent."""

MOST_KEPT = 256
"""However small the network: more would only make the choice of the one to remove slower."""

CHECKPOINT_OBJECTS = 2048
"""Bytes of what stands around the numbers of one checkpoint, at most."""

CHANGE_OBJECTS = 1536
"""Bytes of one change in the log, at most."""


@dataclass(frozen=True, slots=True)
class Change:
    """Hyper-parameters that were changed between the steps `step` and `step + 1`."""

    step: int
    changes: Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class _Kept:
    checkpoint: Checkpoint
    changes: int  # how many changes of the log it already holds

    @property
    def step(self) -> int:
        return self.checkpoint.step


class Timeline:
    """The history of one run, from the step at which the timeline was made to the present.

    It only ever copies: the trainer goes on undisturbed. Call `note` after every step, which nearly always costs
    nothing, and change hyper-parameters through `set`. A run that raised Diverged ends there; to go on, go back.
    """

    def __init__(self, trainer: Trainer, *, budget: int = BUDGET, spacing: int = SPACING) -> None:
        """Begin at the present of a trainer; raise ValueError for a budget under `least_budget`."""
        if spacing < 1:
            raise ValueError(f"expected a spacing of at least one step, got {spacing}")
        if budget < (least := least_budget(trainer)):
            raise ValueError(f"expected a budget of at least {least} bytes, got {budget}")
        self.budget = budget
        self.spacing = spacing
        self.present = trainer.step_count
        self._dataset: Dataset = trainer.dataset
        self._settings = trainer.settings
        self._log: list[Change] = []
        self._kept: list[_Kept] = []
        self._keep(trainer)

    @property
    def beginning(self) -> int:
        """The first step of the history, which is always kept."""
        return self._kept[0].step

    @property
    def changes(self) -> Sequence[Change]:
        """All changes of hyper-parameters, in order."""
        return tuple(self._log)

    @property
    def steps(self) -> Sequence[int]:
        """The steps of the checkpoints that are kept, in order."""
        return tuple(kept.step for kept in self._kept)

    @property
    def nbytes(self) -> int:
        """How much memory the history takes, at most; never more than the budget."""
        return len(self._kept) * self._size + len(self._log) * CHANGE_OBJECTS

    @property
    def capacity(self) -> int:
        """How many checkpoints fit into the budget at present."""
        return min(MOST_KEPT, (self.budget - len(self._log) * CHANGE_OBJECTS) // self._size)

    def note(self, trainer: Trainer) -> None:
        """Take notice of where the trainer is now."""
        step = trainer.step_count
        self._check(trainer)
        self.present = step
        if step >= self._due:
            self._keep(trainer)

    def set(self, trainer: Trainer, /, **changes: float | str) -> None:
        """Change hyper-parameters of the trainer from the next step on, and remember it; refuse as the trainer does."""
        self._check(trainer)
        if not changes:
            return
        if 2 * self._size + (len(self._log) + 1) * CHANGE_OBJECTS > self.budget:
            raise SpecError("too_many_changes", "optimizer", count=len(self._log))
        trainer.set(**changes)
        self._settings = trainer.settings
        self.present = trainer.step_count
        self._log.append(Change(self.present, dict(changes)))
        self._thin()

    def bound(self, budget: int) -> None:
        """Take another budget from now on, but at least what the changes made so far and two checkpoints need."""
        self.budget = max(budget, 2 * self._size + len(self._log) * CHANGE_OBJECTS)
        self._thin()

    def replay_cost(self, step: int) -> int:
        """Return how many steps have to be made again to be at a step."""
        return step - self._before(step).step

    def replay(self, step: int) -> "Replay":
        """Begin to go to a step, piece by piece; raise SpecError for one that is not in the history."""
        start = self._before(step)
        ahead = self._log[start.changes :]
        return Replay(Trainer.from_checkpoint(start.checkpoint, self._dataset), ahead, step)

    def seek(self, step: int) -> Trainer:
        """Return a new trainer that is, to the bit, where the run was at a step; raise SpecError as `replay` does.

        Changes made at that step are in it, so that its next step is the one that came next. Its last record, update
        and minibatch, and all that its workspace holds, are those of the step too.
        """
        replay = self.replay(step)
        replay.advance(replay.steps_left)
        return replay.trainer

    def branch(self, step: int) -> tuple[Trainer, "Timeline"]:
        """Return a trainer at a step of the past and a history of its own, from where it may go another way."""
        trainer = self.seek(step)
        return trainer, self.branched(trainer)

    def branched(self, trainer: Trainer) -> "Timeline":
        """Return the history of a trainer that `seek` or a finished `replay` has brought to a step of this one.

        This timeline stays as it is. What lies before the branching is shared, checkpoints and all, and as dense as it
        is here: the law above holds for the branch once it is as old as this timeline.
        """
        self._before(trainer.step_count)
        twin = Timeline(trainer, budget=self.budget, spacing=self.spacing)
        twin._log = [change for change in self._log if change.step <= trainer.step_count]
        here = _Kept(trainer.checkpoint(), len(twin._log))
        twin._kept = [*(kept for kept in self._kept if kept.step < here.step), here]
        twin._thin()
        return twin

    def _check(self, trainer: Trainer) -> None:
        if trainer.settings is not self._settings:  # quicker than a comparison, for it is done after every step
            if trainer.settings != self._settings:
                raise ValueError("expected hyper-parameters to be changed through the timeline")
            self._settings = trainer.settings  # of a trainer that `seek` brought back to the present
        if trainer.step_count < self.present:
            raise ValueError(f"expected a trainer at step {self.present} or later, got one at {trainer.step_count}")

    def _keep(self, trainer: Trainer) -> None:
        checkpoint = trainer.checkpoint()
        self._kept.append(_Kept(checkpoint, len(self._log)))
        self._size = checkpoint.nbytes + CHECKPOINT_OBJECTS  # the same for all of a run
        self._due = checkpoint.step + self.spacing
        self._thin()

    def _thin(self) -> None:
        while len(self._kept) > self.capacity:
            del self._kept[most_dispensable([kept.step for kept in self._kept], self.present + self.spacing)]

    def _before(self, step: int) -> _Kept:
        """Return the last checkpoint before a step: strictly, so that the step itself is made again."""
        if not self.beginning <= step <= self.present:
            raise SpecError("step_not_in_history", "step", step=step, least=self.beginning, most=self.present)
        return next((kept for kept in reversed(self._kept) if kept.step < step), self._kept[0])


class Replay:
    """Going to a step of the past in pieces, so that whoever has other things to do can do them in between."""

    def __init__(self, trainer: Trainer, changes: Sequence[Change], stop: int) -> None:
        self.trainer = trainer
        """On its way; where it should be once `steps_left` is 0."""
        self._changes = changes
        self._made = 0
        self._stop = stop
        self._change()

    @property
    def steps_left(self) -> int:
        """Steps still to be made."""
        return self._stop - self.trainer.step_count

    def advance(self, steps: int) -> bool:
        """Make at most so many steps; return whether the trainer has arrived."""
        for _ in range(min(steps, self.steps_left)):
            self.trainer.step()
            self._change()
        return self.steps_left == 0

    def _change(self) -> None:
        """Make the changes of hyper-parameters that were made at the present step."""
        while self._made < len(self._changes) and self._changes[self._made].step == self.trainer.step_count:
            self.trainer.set(**self._changes[self._made].changes)
            self._made += 1


def least_budget(trainer: Trainer) -> int:
    """Return the smallest budget a run's timeline can do with: for its beginning and one more checkpoint."""
    return 2 * (trainer.checkpoint().nbytes + CHECKPOINT_OBJECTS)


def most_dispensable(steps: Sequence[int], now: int) -> int:
    """Return which checkpoint (not the first or last) can be removed with the smallest gap in proportion to its age.

    `now` is one spacing after the present, so that every age is at least that.
    """
    return min(range(1, len(steps) - 1), key=lambda i: (now - steps[i - 1]) / (now - steps[i + 1]))
