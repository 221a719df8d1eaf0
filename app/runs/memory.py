"""How much memory the runs of one process may take: worked out before anything is allocated, and shared among them."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.runs.refusal import RunRefusal

MEGABYTE = 1 << 20

MOST_HISTORY = 16 * MEGABYTE
"""Of the history of one run where there is room for it: 80 checkpoints of the default network."""


class Memory:
    """An account of bytes, by the names of the runs that take them."""

    def __init__(
        self, *, most: int | None = None, most_of_a_run: int | None = None, history: int | None = None
    ) -> None:
        """`history` is for the histories of all runs together; None, as for the others, is as much as there is."""
        self._most = most
        self._most_of_a_run = most_of_a_run
        self._history = history
        self._taken: dict[str, int] = {}

    @property
    def taken(self) -> int:
        """Bytes that all runs take, as far as arithmetic tells, without their histories."""
        return sum(self._taken.values())

    @property
    def history_of_a_run(self) -> int:
        """Bytes that the history of one run may take: less, the more runs there are."""
        if self._history is None:
            return MOST_HISTORY
        return min(MOST_HISTORY, self._history // max(1, len(self._taken)))

    @contextmanager
    def taking(self, run: str, nbytes: int) -> Iterator[None]:
        """Have a run take so much instead of what it took, unless what is done meanwhile raises.

        Raises `RunRefusal` for more than there may be.
        """
        before = self._taken.get(run, 0)
        self._take(run, nbytes)
        try:
            yield
        except BaseException:
            self._taken[run] = before
            raise

    def give_back(self, run: str) -> None:
        """Note that a run is not there any more."""
        self._taken.pop(run, None)

    def _take(self, run: str, nbytes: int) -> None:
        megabytes = _up(nbytes)
        if self._most_of_a_run is not None and nbytes > self._most_of_a_run:
            raise RunRefusal("run_too_large", "layers", megabytes=megabytes, most=self._most_of_a_run // MEGABYTE)
        if self._most is not None:
            left = self._most - (self.taken - self._taken.get(run, 0))
            if nbytes > left:
                most, left = self._most // MEGABYTE, max(0, left // MEGABYTE)
                raise RunRefusal("memory_full", "layers", megabytes=megabytes, most=most, left=left)
        self._taken[run] = nbytes


def _up(nbytes: int) -> int:
    return -(-nbytes // MEGABYTE)
