"""What a late joiner needs: the curves so far, thinned when they grow long, and the last numbered events."""

from collections import deque
from typing import TypeVar

from app.protocol.message import RoomEvent
from app.protocol.values import HeldOutPoint, TrainingPoint

Point = TypeVar("Point", TrainingPoint, HeldOutPoint)


MOST_MARKS = 8


class Curves:
    """The points of a run's curves, of the whole run however long, never more than so many."""

    def __init__(self, points_kept: int) -> None:
        self._kept = points_kept
        self._marks: deque[int] = deque(maxlen=MOST_MARKS)
        self.training: list[TrainingPoint] = []
        self.held_out: list[HeldOutPoint] = []

    def add(self, training: list[TrainingPoint], held_out: list[HeldOutPoint]) -> None:
        """Append points; when there are too many, so many are dropped that they lie evenly over the steps."""
        self.training = self._thinned(self.training + training) if training else self.training
        self.held_out = self._thinned(self.held_out + held_out) if held_out else self.held_out

    def mark(self, step: int) -> None:
        """Keep the points of this step in any case."""
        self._marks.append(step)

    def rewind(self, step: int) -> None:
        """Drop the points from this step on."""
        self.training = [point for point in self.training if point.step < step]
        self.held_out = [point for point in self.held_out if point.step < step]

    def clear(self) -> None:
        """Drop all points."""
        self.training, self.held_out = [], []

    def _thinned(self, points: list[Point]) -> list[Point]:
        if len(points) <= self._kept:
            return points
        # By steps and not by place in the list: else the beginning would be halved again and again. Sizes are powers of
        # two, so that stretches only ever merge: with any other, gaps would creep on from one time to the next.
        size = 1
        fewer = _first_of_each(points, size)
        while len(fewer) > max(2, 3 / 4 * self._kept):
            size *= 2
            fewer = _first_of_each(points, size)
        stay = {point.step for point in fewer}.union(self._marks)
        return [point for point in points if point.step in stay]


def _first_of_each(points: list[Point], size: int) -> list[Point]:
    """Return the first point in each stretch of so many steps; the last point of all stays too."""
    first: dict[int, Point] = {point.step // size: point for point in reversed(points[:-1])}
    return list(reversed(first.values())) + points[-1:]


class EventRing:
    """The last numbered events, for those who were away for a moment."""

    def __init__(self, kept: int) -> None:
        self._events: deque[tuple[int, str]] = deque(maxlen=kept)
        self.seq = 0

    def number(self, event: RoomEvent) -> str:
        """Give an event the next number, keep it, and return it as text."""
        self.seq += 1
        text = event.model_copy(update={"seq": self.seq}).model_dump_json()
        self._events.append((self.seq, text))
        return text

    def since(self, seq: int) -> list[str] | None:
        """Return the events after this number; None if some of them are gone, or never were."""
        if seq > self.seq or (seq < self.seq and (not self._events or self._events[0][0] > seq + 1)):
            return None
        return [text for number, text in self._events if number > seq]
