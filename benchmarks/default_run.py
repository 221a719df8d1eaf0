"""What a visitor sees of the default run: the first minute at its usual pace, and 20 seconds at full speed.

It prints the figures named beside `DEFAULT_SPEC`: `python -m benchmarks default_run`.
"""

import statistics
import time
from collections.abc import Iterator

from benchmarks.measurement import Measurement, in_fresh_process
from engine.data.mnist import load_mnist
from engine.evaluation import Evaluation
from engine.spec import DEFAULT_SPEC
from engine.trainer import Trainer

SEEDS = range(8)
STEPS_A_SECOND = 64
"""The pace at which the page starts a run."""
FULL_SPEED_SECONDS = 20.0
AFTERWARDS_SECONDS = 10.0


def measure() -> Iterator[Measurement]:
    """Train the default run with eight seeds for half a minute each, and look at its held-out accuracy on the way."""
    runs = [in_fresh_process(watch, seed) for seed in SEEDS]
    speeds, minutes, full_speeds, lowests = zip(*runs, strict=True)
    yield Measurement("default run: full speed", statistics.median(speeds), "steps/s")
    yield Measurement("default run: accuracy after a minute at 64 steps/s, lowest seed", min(minutes), "%", ">= 94.5")
    yield Measurement("default run: accuracy after a minute at 64 steps/s", statistics.median(minutes), "%", ">= 95")
    yield Measurement("default run: accuracy after 20 s, lowest seed", min(full_speeds), "%", "> 97")
    yield Measurement("default run: accuracy after 20 s", statistics.median(full_speeds), "%", "> 97")
    yield Measurement("default run: lowest accuracy in the next 10 s of any seed", min(lowests), "%", "> 97")


def watch(seed: int) -> tuple[float, float, float, float]:
    """Return the steps a second, and the accuracy in % after a minute's steps, after 20 s, and at its lowest after."""
    dataset = load_mnist()
    trainer = Trainer(DEFAULT_SPEC.with_seed(seed), dataset)
    evaluation = Evaluation(trainer.network, dataset.test)

    def accuracy() -> float:
        return 100 * (evaluation.run(trainer.step_count).accuracy or 0.0)

    spent = 0.0
    while trainer.step_count < 60 * STEPS_A_SECOND:
        spent += train(trainer)
    minute = accuracy()
    while spent < FULL_SPEED_SECONDS:
        spent += train(trainer)
    speed = trainer.step_count / spent
    full_speed = accuracy()
    lowest = 100.0
    next_look = spent
    while spent < FULL_SPEED_SECONDS + AFTERWARDS_SECONDS:
        spent += train(trainer)
        if spent >= next_look:
            lowest = min(lowest, accuracy())
            next_look += 0.5
    return speed, minute, full_speed, lowest


def train(trainer: Trainer) -> float:
    """Do 64 steps and return the seconds they took."""
    start = time.perf_counter()
    for _ in range(STEPS_A_SECOND):
        trainer.step()
    return time.perf_counter() - start
