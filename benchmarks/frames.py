"""What looking costs: bytes of a frame, and the time from a snapshot of the trainer to the bytes on the wire."""

import statistics
from collections.abc import Callable, Iterator

from app.protocol.values import Matrix
from app.runs.framing import Framer
from app.runs.manifest import build_manifest
from benchmarks.measurement import Measurement, in_fresh_process, seconds_per_call
from engine.data.mnist import load_mnist
from engine.spec import DEFAULT_SPEC
from engine.trainer import Trainer

ROUNDS, CALLS, WARM_UP_STEPS = 31, 20, 200


def measure() -> Iterator[Measurement]:
    """Yield bytes and microseconds of the frames of the default run."""
    yield from in_fresh_process(_measured)


def _measured() -> list[Measurement]:
    trainer = Trainer(DEFAULT_SPEC, load_mnist())
    for _ in range(WARM_UP_STEPS):
        trainer.step()
    framer = Framer("bench", build_manifest("bench", trainer), trainer)
    weights: list[Matrix] = ["W"]
    every: list[Matrix] = ["W", "dL_dW", "update"]
    works: dict[str, Callable[[], bytes]] = {
        "units": lambda: framer.units(1, 0.0, 0.0, "test", 0),
        "matrices, one lens": lambda: framer.matrices(1, 0.0, 0.0, weights),
        "matrices, all three": lambda: framer.matrices(1, 0.0, 0.0, every),
    }
    figures = []
    for name, work in works.items():
        seconds = statistics.median(seconds_per_call(work, CALLS) for _ in range(ROUNDS))
        figures.append(Measurement(f"frame of {name}, default network", float(len(work())), "bytes"))
        figures.append(Measurement(f"frame of {name}, made and encoded", seconds * 1e6, "microseconds"))
    step = statistics.median(seconds_per_call(trainer.step, CALLS) for _ in range(ROUNDS))
    figures.append(Measurement("training step beside it", step * 1e6, "microseconds"))
    return figures
