"""A step in the steady state allocates nothing that grows with the layers."""

import tracemalloc

import pytest

from engine.activations import ACTIVATIONS
from engine.spec import DenseSpec, OptimizerSpec, RunSpec
from engine.spec.optimizer import OPTIMIZERS
from engine.trainer import Trainer

BATCH_SIZE = 64


def peak_of_a_step(trainer: Trainer) -> int:
    """Return the most bytes that were allocated, by NumPy or Python, at any moment of one step."""
    for _ in range(3):
        trainer.step()
    tracemalloc.start()
    try:
        trainer.step()
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        trainer.step()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak - before


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_no_allocation_grows_with_the_layers(toy, name, activation):
    def peak(first: int, second: int) -> int:
        layers = (DenseSpec(first, activation), DenseSpec(second, activation))
        spec = RunSpec(layers=layers, optimizer=OptimizerSpec(name, 1e-4), batch_size=BATCH_SIZE)
        return peak_of_a_step(Trainer(spec, toy))

    # Both are large enough to fill the buffers of 8,192 elements through which NumPy converts bytes and booleans.
    narrow, wide = peak(160, 130), peak(800, 450)
    assert wide <= narrow + 1024, f"{narrow} bytes in a step of a narrow network, {wide} in one of a wide network"
