"""Token buckets: how much somebody may do, in the long run and at once."""

from collections.abc import Callable


class Budget:
    """A token bucket: so many a second, and so many at once after a pause."""

    def __init__(self, per_second: float, at_once: int, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._most = float(at_once)
        self._left = float(at_once)
        self._clock = clock
        self._then = clock()

    def spend(self, amount: float = 1) -> bool:
        """Take this much; return whether there was so much, and else take nothing."""
        self._refill()
        if self._left < amount:
            return False
        self._left -= amount
        return True

    def seconds_until(self, amount: float) -> float:
        """Return how long it takes until there is this much, if nothing is spent meanwhile."""
        self._refill()
        return max(0.0, (amount - self._left) / self._per_second)

    def _refill(self) -> None:
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._then) * self._per_second)
        self._then = now
