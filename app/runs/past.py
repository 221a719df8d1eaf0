"""A run's past: any step of it can be gone back to, looked at, and trained on from.

While a step of the past is visited, the whole history stays: one can go to another step of it, or to the present. Only
training on from there, or changing a hyper-parameter there, begins a branch, and then what lay after it is left behind.
"""

from collections.abc import Callable

from engine.timeline import Replay, Timeline, least_budget
from engine.trainer import Trainer

STEPS_BETWEEN_CLOCKS = 4


class Past:
    """The timeline of one trainer, and the way to a step of it."""

    def __init__(self, trainer: Trainer, budget: int) -> None:
        """`budget` is how many bytes of history to keep, but four checkpoints are always kept."""
        self._least = 4 * least_budget(trainer)
        self.timeline = Timeline(trainer, budget=max(budget, self._least))
        self.visiting = False
        """Whether the run's trainer stands at a step of the past."""
        self._replay: Replay | None = None

    @property
    def under_way(self) -> bool:
        """Whether the run is on its way to a step."""
        return self._replay is not None

    def bound(self, budget: int) -> None:
        """Keep no more bytes of history than this from now on."""
        self.timeline.bound(max(budget, self._least))

    def seek(self, step: int) -> None:
        """Set out for a step; raise SpecError for one that the history does not have."""
        self._replay = self.timeline.replay(step)

    def stay(self) -> None:
        """Go nowhere."""
        self._replay = None

    def advance(self, until: float, clock: Callable[[], float]) -> Trainer | None:
        """Go on for some time; return the trainer once it has arrived, exactly as the run was there."""
        replay = self._replay
        if replay is None:
            return None
        while not replay.advance(STEPS_BETWEEN_CLOCKS):
            if clock() >= until:
                return None
        self._replay = None
        self.visiting = replay.trainer.step_count != self.timeline.present
        return replay.trainer

    def set(self, trainer: Trainer, /, **changes: float | str) -> bool:
        """Change hyper-parameters, on a branch if a step of the past is visited; return whether one began.

        Raises SpecError, with nothing changed and nothing left behind, for what is not acceptable.
        """
        began = self.visiting
        timeline = self.timeline.branched(trainer) if began else self.timeline
        timeline.set(trainer, **changes)
        self.timeline, self.visiting = timeline, False
        self.stay()  # a way that was under way knows nothing of the change
        return began

    def branch(self, trainer: Trainer) -> bool:
        """Make the visited step the present; return whether a branch began."""
        if not self.visiting:
            return False
        self.timeline = self.timeline.branched(trainer)
        self.visiting = False
        return True
