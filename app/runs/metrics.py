"""The points of the loss and accuracy curves: every step when it is slow, evenly spaced ones when it is fast."""

import math
import time
from collections.abc import Container

from app.protocol.values import HeldOutPoint, TrainingPoint
from engine.evaluation import Evaluation, EvaluationResult
from engine.trainer import StepRecord, Trainer

POINTS_PER_SECOND = 60
SMOOTHING = 0.05
"""Weight of the newest minibatch in the smoothed loss and accuracy: an average over about 20 minibatches."""

DECIMALS = 6
"""Of the points of a curve: more than a chart shows, and a late joiner gets a thousand of them."""

LEAST_SECONDS_BETWEEN_TESTS = 0.4
MOST_SHARE_OF_TESTS = 0.05
"""Testing on all held-out examples takes no more than this share of the run's time."""


CHUNK, CHUNK_OF_IMAGES = 500, 100
"""Examples tested at once. The maps of an image layer are large: of more examples than these they leave the cache."""


class TrainingCurve:
    """Smooths the minibatches' loss and accuracy and picks the steps to show."""

    def __init__(self, marks: Container[int] = ()) -> None:
        """`marks` are steps to show in any case."""
        self._marks = marks
        self._loss: float | None = None
        self._accuracy: float | None = None
        self._next = 0
        self._stride = 1
        self._points: list[TrainingPoint] = []

    def add(self, record: StepRecord) -> None:
        """Take in a step; this is done for each, so it is cheap."""
        if self._loss is None:
            self._loss, self._accuracy = record.loss, record.accuracy
        else:
            self._loss += SMOOTHING * (record.loss - self._loss)
            if self._accuracy is not None and record.accuracy is not None:
                self._accuracy += SMOOTHING * (record.accuracy - self._accuracy)
        due = record.step >= self._next
        if due:
            self._next = record.step + self._stride
        if due or record.step in self._marks:
            self._points.append(
                TrainingPoint(
                    step=record.step,
                    epoch=round(record.epoch, 4),
                    loss=round(record.loss, DECIMALS),
                    smoothed_loss=round(self._loss, DECIMALS),
                    accuracy=None if self._accuracy is None else round(self._accuracy, DECIMALS),
                )
            )

    def spread(self, steps_per_second: float) -> None:
        """From now on pick so many of the steps that about POINTS_PER_SECOND points come a second."""
        self._stride = max(1, int(steps_per_second / POINTS_PER_SECOND))

    def take(self) -> list[TrainingPoint]:
        """Return the points picked since the last time."""
        points, self._points = self._points, []
        return points


class HeldOutTests:
    """Tests the network on the held-out split, a chunk at a time, no more often than is worth its cost."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        has_maps = any(len(shape) == 3 for shape in trainer.network.architecture.shapes)
        chunk = CHUNK_OF_IMAGES if has_maps else CHUNK
        self._evaluation = Evaluation(trainer.network, trainer.dataset.test, chunk=chunk)
        self._tested: int | None = None
        self._not_before = 0.0
        self._cost = 0.0
        self.among = 1
        """How many runs share the processor: a run has only so much of it, and its tests a share of that."""

    @property
    def result(self) -> EvaluationResult | None:
        """The last test that was finished."""
        return self._evaluation.result

    def due(self, now: float) -> bool:
        """Whether a chunk should be evaluated now."""
        return self._evaluation.running or (self._tested != self._trainer.step_count and now >= self._not_before)

    def next_due(self) -> float | None:
        """When a chunk is due; None if there is nothing to test."""
        if self._evaluation.running:
            return 0.0
        return None if self._tested == self._trainer.step_count else self._not_before

    def soon(self) -> None:
        """Test at the next chance, whenever the last test was: training has stopped."""
        self._not_before = 0.0

    def advance(self, now: float) -> HeldOutPoint | None:
        """Evaluate a chunk; return the point when all are done."""
        # Counted in the processor's time: on a busy machine tests are as frequent as on an idle one.
        began = time.thread_time()
        if not self._evaluation.running:
            self._tested = self._trainer.step_count
            self._evaluation.start(self._tested)
        self._evaluation.advance()
        self._cost += time.thread_time() - began
        result = self._evaluation.result
        if self._evaluation.running or result is None:
            return None
        # What an untrained network reads is soon no longer true, so the first test is followed by another at once.
        pause = 0.0 if result.step == 0 else self._cost * self.among / MOST_SHARE_OF_TESTS
        self._not_before = now + max(LEAST_SECONDS_BETWEEN_TESTS, pause)
        self._cost = 0.0
        return _point(result, self._trainer.steps_per_epoch)


def _point(result: EvaluationResult, steps_per_epoch: int) -> HeldOutPoint:
    return HeldOutPoint(
        step=result.step,
        epoch=result.step / steps_per_epoch,
        loss=result.loss if math.isfinite(result.loss) else None,
        accuracy=result.accuracy,
        correct=result.correct,
        count=result.count,
    )
