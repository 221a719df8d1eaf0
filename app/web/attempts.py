"""Guessing: whoever tries wrong codes or keys has to wait longer and longer; who is right is never held up.

A school of 300 may come from one address, so it is failures that count, not requests. An attacker may have many
addresses, so failures count for all together as well, but only those who failed before are held up by that: addresses
that never failed are not. One code a second in the long run finds one of twenty workshops after more than a year.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from app.rooms.budget import Budget

OF_ONE_ADDRESS = (0.2, 30)
OF_ALL = (1.0, 300)
"""Failures a second in the long run, and at once: a class that mistypes."""

MOST_ADDRESSES = 4096


class Attempts:
    """Failures by address and in all."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._all = Budget(*OF_ALL, clock)
        self._of: OrderedDict[str, Budget] = OrderedDict()

    def failed(self, address: str) -> None:
        """Note a failure."""
        budget = self._of.pop(address, None) or Budget(*OF_ONE_ADDRESS, self._clock)
        self._of[address] = budget
        while len(self._of) > MOST_ADDRESSES:
            self._of.popitem(last=False)
        budget.spend()
        self._all.spend()

    def wait(self, address: str) -> int:
        """Return the whole seconds this address has to wait before it may try; 0 if it may now."""
        budget = self._of.get(address)
        return math.ceil(max(self._all.seconds_until(1), budget.seconds_until(1))) if budget else 0
