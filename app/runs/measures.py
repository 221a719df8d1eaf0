"""What is measured of a run as it trains: its speed, the curve of training, held-out tests, what is wrong with it."""

from collections import deque
from collections.abc import Callable

from app.protocol import events
from app.protocol.message import RoomEvent
from app.runs.health import Health
from app.runs.metrics import HeldOutTests, TrainingCurve
from app.runs.pace import Speedometer
from engine.evaluation import EvaluationResult
from engine.trainer import StepRecord, Trainer

SECONDS_BETWEEN_METRICS = 0.1

MOST_MARKS = 8
"""Steps that somebody asked to see on the curve, the newest."""


class Measures:
    """The measurements of a run, over all of its trainers; `begin` says which is the first."""

    _trainer: Trainer
    _curve: TrainingCurve
    _tests: HeldOutTests
    _health: Health

    def __init__(self, say: Callable[[RoomEvent], None]) -> None:
        self._say = say
        self._among = 1
        self._marks: deque[int] = deque(maxlen=MOST_MARKS)
        self._speed = Speedometer()
        self._every_step = False
        self._due = 0.0

    @property
    def tested(self) -> EvaluationResult | None:
        """The last test on the held-out split that was finished."""
        return self._tests.result

    def begin(self, trainer: Trainer) -> None:
        """Measure another run from now on."""
        self.branch()
        self._speed.clear()
        self.look_through(trainer)

    def look_through(self, trainer: Trainer) -> None:
        """Measure this trainer, at another step of the same run."""
        self._trainer = trainer
        self._tests = HeldOutTests(trainer)
        self._tests.among = self._among
        self._health = Health(trainer)

    def branch(self) -> None:
        """Begin the curve anew: what came after this step no longer holds."""
        self._curve = TrainingCurve(self._marks)

    def mark(self, step: int) -> None:
        """Have this step on the curve in any case, once it is made."""
        self._marks.append(step)

    def share(self, among: int) -> None:
        """Note among how many runs the processor is shared."""
        self._among = among
        self._tests.among = among

    def add(self, record: StepRecord) -> None:
        """Take in a step that was made."""
        self._curve.add(record)

    def set_out(self, now: float, *, every_step: bool) -> None:
        """Note that training begins; of a few steps that somebody asked for `every_step` is on the curve."""
        self._every_step = every_step
        self.change_pace()
        self.time(now)

    def change_pace(self) -> None:
        """Measure the speed anew."""
        self._speed.clear()

    def time(self, now: float) -> None:
        """Note how far training is by now."""
        self._speed.mark(now, self._trainer.step_count)

    def steps_per_second(self, now: float) -> float:
        """How fast it trained over the last second."""
        return self._speed.rate(now, self._trainer.step_count)

    def stop(self, now: float) -> None:
        """Tell what is known, and look at the rest at the next chance: training has stopped."""
        self._tests.soon()
        self._health.soon()
        self._say_points(now)

    def advance(self, now: float) -> None:
        """Test a little and look for what is wrong, where that is due, and say what is new."""
        if self._tests.due(now):
            point = self._tests.advance(now)
            if point:
                self._say(events.MetricsAdded(held_out=[point]))
        if self._health.due(now):
            findings = self._health.look(now)
            if findings is not None:
                self._say(events.HealthChanged(step=self._trainer.step_count, findings=findings))
        if now >= self._due:
            self._say_points(now)

    def next_due(self) -> float | None:
        """When there is something to measure; None when all is known. Points of the curve wait for a step."""
        return min((due for due in (self._tests.next_due(), self._health.next_due()) if due is not None), default=None)

    def _say_points(self, now: float) -> None:
        self._due = now + SECONDS_BETWEEN_METRICS
        self._curve.spread(0.0 if self._every_step else self.steps_per_second(now))
        points = self._curve.take()
        if points:
            self._say(events.MetricsAdded(training=points))
