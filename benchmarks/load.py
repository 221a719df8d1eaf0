"""What a workshop's server holds: many viewers, many runs, slow viewers, restarts, kills, memory.

Clients share the cores with the server and its workers, and with whatever else runs here: the first figure tells how
busy the machine was before anything began. On a busy one the others are too bad, not too good.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import churn, endings, watching
from benchmarks.measurement import Measurement

SECONDS_TO_LOOK = 2.0


def measure() -> Iterator[Measurement]:
    """Yield the rows of DESIGN's table from viewers of one run to memory."""
    yield busy_before()
    yield from watching.measure()
    yield from endings.measure()
    yield from churn.measure()


def busy_before() -> Measurement:
    """Return how busy the cores are without us."""
    name = f"busy with other things before it began, of {os.cpu_count()} cores"
    try:
        idle, every = _ticks()
        time.sleep(SECONDS_TO_LOOK)
        idle_after, every_after = _ticks()
    except (OSError, ValueError, IndexError):
        return Measurement(name, None, "the system does not say")
    return Measurement(name, 100 * (1 - (idle_after - idle) / max(1, every_after - every)), "%")


def _ticks() -> tuple[int, int]:
    numbers = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return numbers[3] + numbers[4], sum(numbers)
