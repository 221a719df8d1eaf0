"""How long one training step of a small LeNet takes, against PyTorch on one thread, and where the time goes."""

import statistics
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec

import numpy as np

from benchmarks.measurement import Measurement, in_fresh_process, interleaved, median_ratio
from engine.data.mnist import load_mnist
from engine.spec import Conv2DSpec, DenseSpec, FlattenSpec, MaxPool2DSpec, OptimizerSpec, RunSpec
from engine.spec.layers import LayerSpec
from engine.trainer import Trainer

FEATURES: tuple[LayerSpec, ...] = (Conv2DSpec(8), MaxPool2DSpec(), Conv2DSpec(16), MaxPool2DSpec(), FlattenSpec())
NETWORKS: dict[str, tuple[LayerSpec, ...]] = {
    "LeNet 8-16-10": FEATURES,
    "LeNet 8-16-128-10": (*FEATURES, DenseSpec(128)),
}
BATCH_SIZE = 64
CALLS = 5


def measure() -> Iterator[Measurement]:
    """Measure both networks, 5x5 kernels, ReLU, 2x2 maximum pooling and plain SGD, on MNIST."""
    with_torch = find_spec("torch") is not None
    for name, layers in NETWORKS.items():
        spec = RunSpec(layers=layers, optimizer=OptimizerSpec("sgd", 0.1), batch_size=BATCH_SIZE)
        times, parts = in_fresh_process(step_times, spec, with_torch)
        step = times["step"]
        yield Measurement(f"step {name}, minibatch {BATCH_SIZE}: time", statistics.median(step) * 1e3, "ms")
        if with_torch:
            of_torch = median_ratio(times["torch"], step)
            yield Measurement(f"step {name}: speed / PyTorch eager", of_torch, "ratio", ">= 1.0")
        else:
            yield Measurement(f"step {name}: speed / PyTorch eager", None, "PyTorch is not installed", ">= 1.0")
        for part, seconds in parts.items():
            yield Measurement(f"step {name}: {part}", statistics.median(seconds) * 1e3, "ms")


def step_times(spec: RunSpec, with_torch: bool) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Return the times of each contestant, and those of the parts of a step."""
    trainer = Trainer(spec, load_mnist())
    works: dict[str, Callable[[], object]] = {"step": trainer.step}
    if with_torch:
        works["torch"] = torch_step(trainer)
    return interleaved(works, calls=CALLS), interleaved(parts(trainer), calls=CALLS)


def parts(trainer: Trainer) -> dict[str, Callable[[], object]]:
    """Return the work of each layer in either direction, as a step does it."""
    works: dict[str, Callable[[], object]] = {}
    pairs = list(zip(trainer.network.layers, trainer.work.layers, strict=True))
    for layer, kept in pairs:
        works[f"{layer.name} forward"] = partial(layer.forward, kept)
    for layer, kept in reversed(pairs):
        works[f"{layer.name} backward"] = partial(layer.backward, kept)
    return works


def torch_step(trainer: Trainer) -> Callable[[], float]:
    """Return the same step in PyTorch, eager, on one thread, as its tutorials write it."""
    import torch

    torch.set_num_threads(1)
    spec, train = trainer.spec, trainer.dataset.train
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 5),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(8, 16, 5),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
    )
    inputs = 16 * 4 * 4
    for layer in spec.layers:
        if isinstance(layer, DenseSpec):
            model.extend([torch.nn.Linear(inputs, layer.units), torch.nn.ReLU()])
            inputs = layer.units
    model.append(torch.nn.Linear(inputs, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=spec.optimizer.learning_rate)
    images = torch.from_numpy(train.inputs.reshape(-1, 1, 28, 28).copy())
    labels = torch.from_numpy(np.asarray(train.labels, np.int64))
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
