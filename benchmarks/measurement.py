"""What a measurement is, and how two pieces of work are compared fairly on a machine that does other things too."""

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What the common linear algebra libraries read, when they are loaded, to decide on their number of threads."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured figure and the figure to reach, such as "<= 1.35"; no reach where it is only information."""

    name: str
    value: float | None  # None: could not be measured, `unit` says why
    unit: str
    reach: str | None = None


def seconds_per_call(work: Callable[[], object], calls: int) -> float:
    """Return the mean time of one call in a run of calls, without pauses of the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        for _ in range(calls):
            work()
        return (time.perf_counter() - start) / calls
    finally:
        gc.enable()


def interleaved(works: Mapping[str, Callable[[], object]], *, calls: int, rounds: int = 41) -> dict[str, list[float]]:
    """Time several pieces of work in turn, `rounds` times; return the seconds per call of every round.

    Because they take turns, a change of the machine's speed meets all of them; compare them round by round.
    """
    for work in works.values():
        seconds_per_call(work, calls)  # caches, branch predictors, lazy initialization
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            times[name].append(seconds_per_call(work, calls))
    return times


def median_ratio(numerators: list[float], denominators: list[float]) -> float:
    """Return the median over the rounds of one time divided by the other."""
    return statistics.median(a / b for a, b in zip(numerators, denominators, strict=True))


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Have processes that start in this block use one thread for linear algebra."""
    before = {name: os.environ.get(name) for name in BLAS_THREADS}
    os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def in_fresh_process(work: Callable[..., Any], *arguments: Any) -> Any:
    """Return `work(*arguments)`, done in a new process with one thread for linear algebra.

    The number of threads is read when NumPy is first imported, so it cannot be set in a process that has it already.
    """
    with one_blas_thread(), get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)
