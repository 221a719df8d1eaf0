"""Who trains next: every run is owed the same share of its worker's time, and the one that is owed most gets it.

A step cannot be interrupted, and one of the largest network takes a thousand times as long as one of the smallest. So
slices alone are not fair: what counts is the time that was used. While n runs train, each is owed 1/n of all time that
passes; a slice of t seconds costs its run t. A run that took more than it was owed waits until it has made up for it.

Among those who are owed something, that one is next who is owed most *beyond what its next slice will take*, as far as
its last one tells. So a run of short steps waits for one long step, never for those of all others in a row, and still
nobody has more than a slice above their share. This is earliest eligible virtual deadline first (Stoica, Abdel-Wahab,
Proportional Share Resource Allocation, 1995), with equal weights. Runs that somebody watches step by step come before
all others who are owed something: they take little, and it is they whose delay one sees.
"""

from collections.abc import Collection

LONGEST_SLICE, SHORTEST_SLICE = 0.005, 0.0005

FRAME_INTERVAL = 1 / 30
"""All runs that train should get a slice within one frame's time."""


def slice_seconds(runs: int) -> float:
    """Return how long a slice is while so many runs train."""
    return min(LONGEST_SLICE, max(SHORTEST_SLICE, FRAME_INTERVAL / runs))


class Shares:
    """The accounts of all runs of a worker, by name."""

    def __init__(self) -> None:
        self._owed_to_each = 0.0
        """The time that a run would have had by now if it had been there from the beginning and got its share."""
        self._had: dict[str, float] = {}
        self._expected: dict[str, float] = {}
        self._used: dict[str, float] = {}
        self._there: frozenset[str] = frozenset()

    def owed(self, run: str) -> float:
        """Return the seconds a run is owed; less than nothing if it had more than its share."""
        return self._owed_to_each - self._had.get(run, self._owed_to_each)

    def join(self, runs: Collection[str]) -> None:
        """Note who trains now: whoever did not until now saved up no more than a slice."""
        least = self._owed_to_each - slice_seconds(max(1, len(runs)))
        for run in runs:
            if run not in self._there:
                self._had[run] = max(self._had.get(run, self._owed_to_each), least)
        self._there = frozenset(runs)

    def next(self, runs: Collection[str], first: Collection[str]) -> str:
        """Return which of these runs is next; `first` are those that come before others who are owed something."""
        owed = {run: self.owed(run) for run in runs}
        most = max(owed.values())
        if most < 0:  # those who were owed something are gone
            self._owed_to_each -= most
        eligible = [run for run in runs if owed[run] >= min(0.0, most)]
        longest = max(self._expected.values(), default=0.0)  # of a new one nobody knows how long its steps are
        return max(eligible, key=lambda run: (run in first, owed[run] - self._expected.get(run, longest)))

    def charge(self, run: str, seconds: float, runs: int) -> None:
        """Note that a run used so much time while so many trained, it among them."""
        self._owed_to_each += seconds / max(1, runs)
        self._had[run] = self._had.get(run, self._owed_to_each) + seconds
        self._expected[run] = seconds
        self._used[run] = self._used.get(run, 0.0) + seconds

    def leave(self, run: str) -> None:
        """Close the account of a run that is not there any more."""
        for account in (self._had, self._expected, self._used):
            account.pop(run, None)

    def take_used(self) -> dict[str, float]:
        """Return the seconds that each run used since this was last asked."""
        used, self._used = self._used, {}
        return used
