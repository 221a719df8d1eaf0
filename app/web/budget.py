"""How many commands a viewer may send."""

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
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._then) * self._per_second)
        self._then = now
        if self._left < amount:
            return False
        self._left -= amount
        return True
