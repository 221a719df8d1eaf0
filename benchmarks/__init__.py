"""Measurements of what the project promises, each beside the figure it should reach.

`ALL` maps the name of a group to a function that measures it and yields `Measurement`s. To add a group, write a module
with a `measure` function and name it here.
"""

from collections.abc import Callable, Iterator

from benchmarks import (
    conv_accuracy,
    default_run,
    dense_accuracy,
    drawings,
    engine_step,
    far,
    frames,
    lenet_step,
    load,
    published,
    reading,
    seek,
    serving,
    visiting,
)
from benchmarks.measurement import Measurement

ALL: dict[str, Callable[[], Iterator[Measurement]]] = {
    "engine_step": engine_step.measure,
    "lenet_step": lenet_step.measure,
    "default_run": default_run.measure,
    "dense_accuracy": dense_accuracy.measure,
    "conv_accuracy": conv_accuracy.measure,
    "published": published.measure,
    "seek": seek.measure,
    "frames": frames.measure,
    "serving": serving.measure,
    "visiting": visiting.measure,
    "reading": reading.measure,
    "drawings": drawings.measure,
    "load": load.measure,
    "load_far": far.measure,
}
"""Every group of measurements, in the order in which they are made."""
