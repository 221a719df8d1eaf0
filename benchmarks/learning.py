"""Training with looks at the held-out digits on the way; the clock stands still while looking."""

import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engine.evaluation import Evaluation
from engine.trainer import Trainer


class Look(NamedTuple):
    """What was seen at one step."""

    step: int
    seconds: float  # of training alone, up to here
    accuracy: float  # on the held-out examples, in %


def looks(trainer: Trainer, at: Iterable[int]) -> Iterator[Look]:
    """Train, and look at these steps."""
    evaluation = Evaluation(trainer.network, trainer.dataset.test)
    spent = 0.0
    for step in at:
        start = time.perf_counter()
        while trainer.step_count < step:
            trainer.step()
        spent += time.perf_counter() - start
        result = evaluation.run(step)
        yield Look(step, spent, 100 * (result.correct or 0) / result.count)
