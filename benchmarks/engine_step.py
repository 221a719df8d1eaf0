"""How long one training step takes: against its matrix products alone, and against PyTorch and JAX on one thread.

Each contestant learns from its own shuffled minibatches of the same digits, converts their bytes to numbers, updates
its parameters and says its loss, as a step of ours does. All take turns in one process.
"""

import os
import statistics
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.measurement import Measurement, in_fresh_process, interleaved, median_ratio
from engine.data.mnist import load_mnist
from engine.spec import DenseSpec, OptimizerSpec, RunSpec
from engine.tensors import Tensor, zeros
from engine.trainer import Trainer

SIZES = {
    "784-128-64-10, minibatch 64": (
        RunSpec(layers=(DenseSpec(128), DenseSpec(64)), optimizer=OptimizerSpec("sgd", 0.1), batch_size=64),
        {"products": "<= 1.35", "torch": ">= 2", "jax": ">= 1.7"},
    ),
    "784-32-16-10, minibatch 32": (
        RunSpec(layers=(DenseSpec(32), DenseSpec(16)), optimizer=OptimizerSpec("sgd", 0.1), batch_size=32),
        {"products": "<= 2.0", "torch": ">= 4", "jax": ">= 2"},
    ),
}
CALLS = 100
BUFFERS = 40_000
"""NumPy converts between types through buffers of 8,192 elements, whatever the size of the layers."""


RIVALS = {"torch": "PyTorch eager", "jax": "JAX jit"}
"""Packages that may be installed, and what is measured of them."""


def measure() -> Iterator[Measurement]:
    """Measure both networks, ReLU and plain SGD, on MNIST."""
    present = [package for package in RIVALS if find_spec(package) is not None]
    for name, (spec, reaches) in SIZES.items():
        times, peak = in_fresh_process(step_times, spec, present)
        step = times["step"]
        yield Measurement(f"step {name}: time", statistics.median(step) * 1e6, "µs")
        of_products = median_ratio(step, times["products"])
        yield Measurement(f"step {name}: time / its matrix products", of_products, "ratio", reaches["products"])
        for package, rival in RIVALS.items():
            title, reach = f"step {name}: speed / {rival}", reaches[package]
            if package in present:
                yield Measurement(title, median_ratio(times[package], step), "ratio", reach)
            else:
                yield Measurement(title, None, f"{rival.split()[0]} is not installed", reach)
        yield Measurement(f"step {name}: largest allocation", peak, "bytes", f"<= {BUFFERS}")


def step_times(spec: RunSpec, rivals: list[str]) -> tuple[dict[str, list[float]], int]:
    """Return the times of each contestant and the peak of bytes allocated in a step."""
    trainer = Trainer(spec, load_mnist())
    works: dict[str, Callable[[], object]] = {"step": trainer.step, "products": matrix_products(trainer)}
    for package in rivals:
        works[package] = {"torch": torch_step, "jax": jax_step}[package](trainer)
    times = interleaved(works, calls=CALLS)
    return times, peak_allocation(trainer)


def sizes_of(trainer: Trainer) -> list[int]:
    """Return the inputs and the units of each layer of a dense network."""
    return [trainer.dataset.inputs, *(layer.output_shape[0] for layer in trainer.network.layers)]


def matrix_products(trainer: Trainer) -> Callable[[], None]:
    """Return the matrix products of one step and nothing else, on arrays as the engine has them."""
    spec, rng = trainer.spec, np.random.default_rng(0)

    def array(rows: int, columns: int) -> Tensor:
        filled = zeros((rows, columns), spec.precision)
        filled[...] = rng.standard_normal(filled.shape)
        return filled

    n, products = spec.batch_size, []
    for position, (inputs, units) in enumerate(pairwise(sizes_of(trainer))):
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
    for inputs, units in pairwise(sizes_of(trainer)):
        modules += [torch.nn.Linear(inputs, units), torch.nn.ReLU()]
    model = torch.nn.Sequential(*modules[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=spec.optimizer.learning_rate)
    images = torch.from_numpy(train.inputs.copy())
    labels = torch.from_numpy(np.asarray(train.labels, np.int64))
    order = torch.randperm(len(train))
    batches = list(order.split(spec.batch_size))[:-1]
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


def jax_step(trainer: Trainer) -> Callable[[], float]:
    """Return the same step in JAX, compiled as a whole, on one thread, as its tutorials write it.

    The digits and the orders of the minibatches are on the device from the beginning, the parameters are donated.
    """
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    import jax.numpy as jnp

    spec, train, rng = trainer.spec, trainer.dataset.train, np.random.default_rng(0)
    rate = spec.optimizer.learning_rate
    parameters: Any = jax.device_put(
        [
            (rng.standard_normal((inputs, units), np.float32) * (2 / inputs) ** 0.5, np.zeros(units, np.float32))
            for inputs, units in pairwise(sizes_of(trainer))
        ]
    )
    images = jax.device_put(np.asarray(train.inputs))
    labels = jax.device_put(np.asarray(train.labels, np.int32))
    order = rng.permutation(len(train)).astype(np.int32)
    starts = range(0, len(train) - spec.batch_size + 1, spec.batch_size)
    batches = [jax.device_put(order[start : start + spec.batch_size]) for start in starts]

    def loss_of(parameters: Any, x: Any, labels: Any) -> Any:
        *hidden, (W, b) = parameters
        for hidden_W, hidden_b in hidden:
            x = jax.nn.relu(x @ hidden_W + hidden_b)
        log_probs = jax.nn.log_softmax(x @ W + b)
        return -jnp.mean(jnp.take_along_axis(log_probs, labels[:, None], axis=1))

    @partial(jax.jit, donate_argnums=0)
    def update(parameters: Any, images: Any, labels: Any, batch: Any) -> Any:
        x = images[batch].astype(jnp.float32) / 255
        loss, gradient = jax.value_and_grad(loss_of)(parameters, x, labels[batch])
        return jax.tree.map(lambda p, dL_dp: p - rate * dL_dp, parameters, gradient), loss

    step = 0

    def work() -> float:
        nonlocal step, parameters
        parameters, loss = update(parameters, images, labels, batches[step % len(batches)])
        step += 1
        jax.block_until_ready(parameters)
        return float(loss)

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
