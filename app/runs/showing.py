"""Which example is shown: one of each minibatch in turn, or the one that somebody pinned."""

from app.protocol.values import Shown, Split
from app.runs.refusal import RunRefusal
from engine.trainer import Trainer

SECONDS_AN_EXAMPLE_IS_SHOWN = 1.6
"""While it trains by itself: long enough to read the digit and what the network says."""


class Showing:
    """The shown example of a run, over all of its trainers."""

    def __init__(self) -> None:
        self.shown = Shown(split="train", index=0, pinned=False)
        self._pinned: tuple[Split, int] | None = None
        self._since = 0.0

    def begin(self, trainer: Trainer, now: float) -> None:
        """Show the first example of a new trainer's data, or what is pinned if it is there too."""
        if self._pinned is not None and self._pinned[1] >= _count(trainer, self._pinned[0]):
            self._pinned = None
        split, index = self._pinned or ("train", 0)
        self.shown = Shown(split=split, index=index, pinned=self._pinned is not None)
        self._since = now

    def pin(self, trainer: Trainer, split: Split, index: int | None) -> None:
        """Show this example until further notice; None lets it go. Raises `RunRefusal` for one that there isn't."""
        if index is None:
            self._pinned = None
            self.shown = self.shown.model_copy(update={"pinned": False})
            return
        count = _count(trainer, split)
        if index >= count:
            raise RunRefusal("no_such_example", split, count=count, index=index)
        self._pinned = (split, index)
        self.shown = Shown(split=split, index=index, pinned=True)

    def move_on(self, trainer: Trainer, now: float, *, at_once: bool = False) -> None:
        """Show an example of the last minibatch, if the one before was shown for long enough and none is pinned."""
        if self._pinned is not None or trainer.last_record is None:
            return
        if at_once or now - self._since >= SECONDS_AN_EXAMPLE_IS_SHOWN:
            self.shown = Shown(split="train", index=int(trainer.last_indices[0]), pinned=False)
            self._since = now


def _count(trainer: Trainer, split: Split) -> int:
    return len(trainer.dataset.train if split == "train" else trainer.dataset.test)
