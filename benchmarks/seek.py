"""What going back costs: the time to be at a random step of a long run again, the memory, and what noting takes."""

import statistics
import time
from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.measurement import Measurement, in_fresh_process, interleaved, median_ratio
from engine.data.mnist import load_mnist
from engine.spec import DEFAULT_SPEC
from engine.timeline import Timeline
from engine.trainer import Trainer

STEPS = 50_000
SEEKS = 30
LATELY = 1000
"""Steps: a quarter of a minute at the pace at which the page starts a run."""
ROUND = 320
"""Steps in which ten checkpoints are made, where the timeline is noted in."""


def measure() -> Iterator[Measurement]:
    """Train the default run for long, then go to steps anywhere in it, and to some of the last thousand."""
    yield from in_fresh_process(_measured)


def _measured() -> list[Measurement]:
    trainer = Trainer(DEFAULT_SPEC, load_mnist())
    timeline = Timeline(trainer)
    for _ in range(STEPS):
        trainer.step()
        timeline.note(trainer)
    figures = [
        Measurement(f"history of {STEPS} steps of the default run", timeline.nbytes / 2**20, "MiB", "<= 32"),
        Measurement(f"history of {STEPS} steps of the default run", len(timeline.steps), "checkpoints"),
    ]
    rng = np.random.default_rng(0)
    for where, steps in {
        "any step": rng.integers(0, STEPS + 1, SEEKS),
        f"one of the last {LATELY} steps": rng.integers(STEPS - LATELY, STEPS + 1, SEEKS),
    }.items():
        seconds = sorted(seconds_to(timeline, int(step)) for step in steps)
        replayed = statistics.median(timeline.replay_cost(int(step)) for step in steps)
        figures += [
            Measurement(f"going to {where}, median", statistics.median(seconds) * 1000, "ms"),
            Measurement(f"going to {where}, longest of {SEEKS}", seconds[-1] * 1000, "ms"),
            Measurement(f"going to {where}, steps made again, median", replayed, "steps"),
        ]
    # The two trainers take turns; one of them has a history.
    plain = Trainer(DEFAULT_SPEC, trainer.dataset)
    times = interleaved(
        {"noted": partial(train, trainer, timeline), "plain": partial(train, plain, None)}, calls=1, rounds=31
    )
    share = median_ratio(times["noted"], times["plain"])
    figures.append(Measurement("training with a history / without", share, "ratio", "<= 1.02"))
    return figures


def seconds_to(timeline: Timeline, step: int) -> float:
    """Return how long it takes to be at a step again."""
    start = time.perf_counter()
    timeline.seek(step)
    return time.perf_counter() - start


def train(trainer: Trainer, timeline: Timeline | None) -> None:
    """Do a round of steps, noting each in the timeline if there is one."""
    for _ in range(ROUND):
        trainer.step()
        if timeline is not None:
            timeline.note(trainer)
