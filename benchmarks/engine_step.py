"""How long one training step takes: against its matrix products alone, and against PyTorch on one thread."""

import statistics
import tracemalloc
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import pairwise

import numpy as np

from benchmarks.measurement import Measurement, in_fresh_process, interleaved, median_ratio
from engine.data.mnist import load_mnist
from engine.spec import DenseSpec, OptimizerSpec, RunSpec
from engine.tensors import Tensor, zeros
from engine.trainer import Trainer

SIZES = {
    "784-128-64-10, minibatch 64": (
        RunSpec(layers=(DenseSpec(128), DenseSpec(64)), optimizer=OptimizerSpec("sgd", 0.1), batch_size=64),
        ("<= 1.35", ">= 2"),
    ),
    "784-32-16-10, minibatch 32": (
        RunSpec(layers=(DenseSpec(32), DenseSpec(16)), optimizer=OptimizerSpec("sgd", 0.1), batch_size=32),
        ("<= 2.0", ">= 4"),
    ),
}
CALLS = 200
BUFFERS = 40_000
"""NumPy converts between types through buffers of 8,192 elements, whatever the size of the layers."""


def measure() -> Iterator[Measurement]:
    """Measure both networks, ReLU and plain SGD, on MNIST."""
    with_torch = find_spec("torch") is not None
    for name, (spec, (products_reach, torch_reach)) in SIZES.items():
        times, peak = in_fresh_process(step_times, spec, with_torch)
        step = times["step"]
        yield Measurement(f"step {name}: time", statistics.median(step) * 1e6, "µs")
        of_products = median_ratio(step, times["products"])
        yield Measurement(f"step {name}: time / its matrix products", of_products, "ratio", products_reach)
        if with_torch:
            of_torch = median_ratio(times["torch"], step)
            yield Measurement(f"step {name}: speed / PyTorch eager", of_torch, "ratio", torch_reach)
        else:
            yield Measurement(f"step {name}: speed / PyTorch eager", None, "PyTorch is not installed", torch_reach)
        yield Measurement(f"step {name}: largest allocation", peak, "bytes", f"<= {BUFFERS}")


def step_times(spec: RunSpec, with_torch: bool) -> tuple[dict[str, list[float]], int]:
    """Return the times of each contestant and the peak of bytes allocated in a step."""
    trainer = Trainer(spec, load_mnist())
    works: dict[str, Callable[[], object]] = {"step": trainer.step, "products": matrix_products(spec)}
    if with_torch:
        works["torch"] = torch_step(trainer)
    times = interleaved(works, calls=CALLS)
    return times, peak_allocation(trainer)


def matrix_products(spec: RunSpec) -> Callable[[], None]:
    """Return the matrix products of one step and nothing else, on arrays as the engine has them."""
    rng = np.random.default_rng(0)

    def array(rows: int, columns: int) -> Tensor:
        filled = zeros((rows, columns), spec.precision)
        filled[...] = rng.standard_normal(filled.shape)
        return filled

    n, products = spec.batch_size, []
    for position, (inputs, units) in enumerate(pairwise(spec.sizes)):
        x, W, z = array(n, inputs), array(units, inputs), array(n, units)
        products.append((x, W.T, array(n, units)))  # z = x W^T
        products.append((z.T, x, array(units, inputs)))  # dL_dW = dL_dz^T x
        if position > 0:
            products.append((z, W, array(n, inputs)))  # dL_dx = dL_dz W

    def work() -> None:
        for left, right, out in products:
            left.dot(right, out=out)

    return work


def torch_step(trainer: Trainer) -> Callable[[], float]:
    """Return the same step in PyTorch, eager, on one thread, as its tutorials write it."""
    import torch

    torch.set_num_threads(1)
    spec, train = trainer.spec, trainer.dataset.train
    modules: list[torch.nn.Module] = []
    for inputs, units in pairwise(spec.sizes):
        modules += [torch.nn.Linear(inputs, units), torch.nn.ReLU()]
    model = torch.nn.Sequential(*modules[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=spec.optimizer.learning_rate)
    images = torch.from_numpy(train.inputs.copy())
    labels = torch.from_numpy(train.labels.astype(np.int64))
    order = torch.randperm(len(train))
    batches = [order[start : start + spec.batch_size] for start in range(0, len(train), spec.batch_size)][:-1]
    step = 0

    def work() -> float:
        nonlocal step
        batch = batches[step % len(batches)]
        step += 1
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images[batch].float() / 255), labels[batch])
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return work


def peak_allocation(trainer: Trainer) -> int:
    """Return the most bytes that NumPy and Python had allocated at any moment of one step."""
    tracemalloc.start()
    trainer.step()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    trainer.step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak - before
