"""What the engine computes alone, with one thread of linear algebra as in a worker: its bits are the promise."""

from contextlib import AbstractContextManager
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types

from engine.data.mnist import open_mnist
from engine.spec import RunSpec
from engine.trainer import StepRecord, Trainer


def one_thread() -> AbstractContextManager[object]:
    """Compute as a worker does."""
    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits


def straight_run(digits: Path, spec: RunSpec, steps: int) -> tuple[Trainer, list[StepRecord]]:
    """Train for so many steps; return the trainer and what each step measured."""
    with one_thread():
        trainer = Trainer(spec, open_mnist(digits))
        return trainer, [trainer.step() for _ in range(steps)]
