"""How many steps a run should do now, and how fast it goes."""

from collections import deque

MOST_BEHIND = 0.25
"""Seconds of steps that are made up for after a delay; what is further behind is let go."""

MEASURED_OVER = 1.0
"""Seconds over which the steps a second are measured."""


class Pace:
    """Turns a rate into steps that are due; at full speed there is always one due."""

    def __init__(self, steps_per_second: float | None) -> None:
        self._rate = steps_per_second
        self._next = 0.0

    @property
    def steps_per_second(self) -> float | None:
        """The rate that is set; None is full speed."""
        return self._rate

    def start(self, now: float, steps_per_second: float | None) -> None:
        """Begin to count at this rate: the first step is due at once."""
        self._rate = steps_per_second
        self._next = now

    def due(self, now: float) -> bool:
        """Whether a step should be done now."""
        return self._rate is None or now >= self._next

    def stepped(self, now: float) -> None:
        """Count a step."""
        if self._rate is not None:
            self._next = max(self._next + 1 / self._rate, now - MOST_BEHIND)

    def next_due(self, now: float) -> float:
        """When the next step is due."""
        return now if self._rate is None else self._next


class Speedometer:
    """Measures steps a second over the last second or so."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, now: float, step: int) -> None:
        """Note that at this time this step was done."""
        if self._marks and now - self._marks[-1][0] < MEASURED_OVER / 20:
            return
        self._marks.append((now, step))
        while now - self._marks[0][0] > MEASURED_OVER and len(self._marks) > 2:
            self._marks.popleft()

    def clear(self) -> None:
        """Begin to measure anew."""
        self._marks.clear()

    def rate(self, now: float, step: int) -> float:
        """Return steps a second; 0 when there was nothing to measure yet."""
        if not self._marks:
            return 0.0
        then, before = self._marks[0]
        return (step - before) / (now - then) if now - then > 0.05 else 0.0
