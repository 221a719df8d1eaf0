"""How long a small convolutional network trains until it reads 99 % of the held-out digits.

The recipe: a LeNet with 16 and 32 kernels, Nesterov's momentum, and one cycle of the learning rate that is short, since
the accuracy comes in its calm end. It passes 99 % after 1,300 to 1,500 steps, less than two epochs.

Also tried: 8 and 16 kernels take as long, in twice the steps, and end lower, not every seed above 99 %, least of all
without the layer of 128 units; Adam is no faster; augmentation ends higher (99.2 % after 4,000 steps) but passes 99 %
no sooner; a cycle of 1,400 steps ends closer to 99 %.
"""

import math
import statistics
from collections.abc import Iterator

from benchmarks.learning import looks
from benchmarks.measurement import Measurement, in_fresh_process
from engine.data.mnist import load_mnist
from engine.spec import Conv2DSpec, DenseSpec, FlattenSpec, MaxPool2DSpec, OptimizerSpec, RunSpec
from engine.trainer import Trainer

SEEDS = range(5)
TARGET = 99.0
STEPS = 1800
FIRST_LOOK, STEPS_BETWEEN_LOOKS = 1000, 100
SPEC = RunSpec(
    layers=(Conv2DSpec(16), MaxPool2DSpec(), Conv2DSpec(32), MaxPool2DSpec(), FlattenSpec(), DenseSpec(128)),
    optimizer=OptimizerSpec("nesterov", 0.1, 0.9, schedule="one_cycle", schedule_steps=STEPS, schedule_factor=0.1),
    batch_size=64,
)


def measure() -> Iterator[Measurement]:
    """Train with five seeds; the seconds are of training alone, without the looks at the test digits."""
    times, ends = zip(*(in_fresh_process(learn, seed) for seed in SEEDS), strict=True)
    name = "LeNet 16-32-128-10"
    yield Measurement(f"{name}: training until 99 %, median seed", statistics.median(times), "s", "<= 45")
    yield Measurement(f"{name}: training until 99 %, slowest seed", max(times), "s")
    yield Measurement(f"{name}: accuracy after {STEPS} steps, median seed", statistics.median(ends), "%", ">= 99")
    yield Measurement(f"{name}: accuracy after {STEPS} steps, lowest seed", min(ends), "%")


def learn(seed: int) -> tuple[float, float]:
    """Return the seconds of training until the accuracy is at the target, and the accuracy in % at the end."""
    trainer = Trainer(SPEC.with_seed(seed), load_mnist())
    seen = list(looks(trainer, range(FIRST_LOOK, STEPS + 1, STEPS_BETWEEN_LOOKS)))
    return next((look.seconds for look in seen if look.accuracy >= TARGET), math.inf), seen[-1].accuracy
