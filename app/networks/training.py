"""How the packaged networks are made: `python -m app.networks.training`, which `scripts/train-networks` starts.

Both learn MNIST's digits from varied images: moved, turned and scaled, because people draw on a page in all ways. What
is written is a checkpoint from which a run goes on by plain SGD, the optimizer that the views explain, at a small
constant learning rate; its minibatches are varied as in training.

The same seed gives the same bits on the same machine, with the one thread for linear algebra that the script asks for;
another library may round otherwise.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.networks.packaged import HERE, PACKAGED, SHARES
from app.store.checkpoints import to_bytes
from engine.checkpoint import Checkpoint
from engine.data.dataset import Dataset
from engine.data.mnist import load_mnist
from engine.evaluation import Evaluation
from engine.explain.neighbours import Neighbours, unlikeness
from engine.spec import (
    AugmentationSpec,
    Conv2DSpec,
    DenseSpec,
    FlattenSpec,
    MaxPool2DSpec,
    OptimizerSpec,
    RunSpec,
)
from engine.trainer import Trainer

VARIED = AugmentationSpec(shift=1.5, rotation=15.0, scale=0.15)
GOING_ON = OptimizerSpec("sgd", learning_rate=0.01)
"""How a run learns that begins with a packaged network: gently, so that it stays what it is while one looks."""


def recipe(name: str, steps: int | None = None) -> RunSpec:
    """Return the run by which a packaged network is trained, or a shorter one of the same shape."""
    if name == "conv":
        steps = steps or 36_000
        return RunSpec(
            layers=(Conv2DSpec(16), MaxPool2DSpec(), Conv2DSpec(32), MaxPool2DSpec(), FlattenSpec(), DenseSpec(128)),
            augmentation=VARIED,
            optimizer=_one_cycle("nesterov", 0.05, steps),
            batch_size=64,
            max_steps=steps,
        )
    steps = steps or 120_000
    return RunSpec(
        layers=(DenseSpec(128), DenseSpec(64)),
        augmentation=VARIED,
        optimizer=_one_cycle("nesterov", 0.05, steps),
        batch_size=64,
        max_steps=steps,
    )


def _one_cycle(name: str, rate: float, steps: int) -> OptimizerSpec:
    return OptimizerSpec(
        name, rate, 0.9, weight_decay=2e-5, schedule="one_cycle", schedule_steps=steps, schedule_factor=0.05
    )


def train(spec: RunSpec, dataset: Dataset) -> Checkpoint:
    """Train as a recipe says, and return a checkpoint from which a run goes on gently from there."""
    trainer = Trainer(spec, dataset)
    while not trainer.finished:
        trainer.step()
    return ready(trainer.checkpoint())


def ready(checkpoint: Checkpoint) -> Checkpoint:
    """Return the same parameters at the same step for a run that goes on from there by plain SGD, without an end."""
    return replace(
        checkpoint,
        spec=replace(checkpoint.spec, optimizer=GOING_ON, max_steps=None),
        settings=GOING_ON,
        update=np.zeros_like(checkpoint.update),
        state={},
        scalars={"schedule_step": 0.0},
    )


def quantiles(dataset: Dataset) -> dict[str, list[tuple[float, float]]]:
    """Return how far held-out digits are from their nearest training digit, by name as (share, value) pairs."""
    neighbours, test = Neighbours(dataset.train.grey), dataset.test.grey
    nearest = [neighbours.nearest(pixels)[0].distance for pixels in test]
    unlike = [unlikeness(pixels, distance) for pixels, distance in zip(test, nearest, strict=True)]
    return {
        name: [(share, round(float(np.quantile(values, share)), 4)) for share in SHARES]
        for name, values in (("distances", nearest), ("unlikenesses", unlike))
    }


def file_of(checkpoint: Checkpoint, spec: RunSpec, dataset: Dataset) -> tuple[bytes, float]:
    """Return the content of the file of a packaged network, and its accuracy on the held-out digits."""
    network = Trainer.from_checkpoint(checkpoint, dataset).network
    result = Evaluation(network, dataset.test, chunk=64).run(checkpoint.step)
    tensors, metadata = checkpoint.to_tensors()
    measured = {
        "recipe": spec.to_dict(),
        "held_out": {"correct": result.correct, "count": result.count},
        **quantiles(dataset),
    }
    content = to_bytes(tensors, {**metadata, **{name: json.dumps(value) for name, value in measured.items()}})
    return content, (result.correct or 0) / result.count


def main(arguments: Sequence[str]) -> None:
    """Train the networks named, or all, and write them into the package; `name=steps` trains for so many steps."""
    dataset = load_mnist()
    for argument in arguments or PACKAGED:
        name, _, steps = argument.partition("=")
        spec = recipe(name, int(steps) if steps else None)
        begun = time.monotonic()
        checkpoint = train(spec, dataset)
        content, accuracy = file_of(checkpoint, spec, dataset)
        path: Path = HERE / f"{name}.safetensors"
        path.write_bytes(content)
        spent = time.monotonic() - begun
        sys.stdout.write(f"{name}: {accuracy:.2%} of the held-out digits, {len(content):,} bytes, {spent:.0f} s\n")


if __name__ == "__main__":
    main(sys.argv[1:])
