"""The same network in PyTorch computes the same numbers."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine.activations import ACTIVATIONS
from engine.spec import LayerSpec, OptimizerSpec, RunSpec
from engine.trainer import Trainer

torch = pytest.importorskip("torch", reason="PyTorch is not installed", exc_type=ImportError)
torch.set_num_threads(1)  # more threads only wait for each other on networks this small

MODULES = {
    "relu": torch.nn.ReLU,
    "leaky_relu": torch.nn.LeakyReLU,
    "elu": torch.nn.ELU,
    "gelu": lambda: torch.nn.GELU(approximate="tanh"),
    "tanh": torch.nn.Tanh,
    "sigmoid": torch.nn.Sigmoid,
    "linear": torch.nn.Identity,
}


def twin(trainer: Trainer) -> "torch.nn.Sequential":
    """Build the same network in PyTorch and load the checkpoint into it, by name."""
    modules = []
    sizes = trainer.spec.sizes
    for position, (inputs, units) in enumerate(pairwise(sizes)):
        modules.append(torch.nn.Linear(inputs, units))
        if position < len(trainer.spec.layers):
            modules.append(MODULES[trainer.spec.layers[position].activation]())
    model = torch.nn.Sequential(*modules).to(getattr(torch, trainer.spec.precision))
    tensors, _ = trainer.checkpoint().to_tensors()
    model.load_state_dict({name: torch.tensor(tensors[name]) for name in model.state_dict()})
    return model


def backpropagate(model, trainer: Trainer, dataset) -> float:
    x = torch.tensor(dataset.train.images[trainer.last_indices] / 255, dtype=next(model.parameters()).dtype)
    labels = torch.tensor(dataset.train.labels[trainer.last_indices], dtype=torch.long)
    model.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(x), labels)
    loss.backward()
    return loss.item()


def flat(model, *, gradient: bool) -> np.ndarray:
    return torch.cat([(p.grad if gradient else p.detach()).reshape(-1) for p in model.parameters()]).numpy()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_loss_and_gradient_are_those_of_pytorch(toy, activation, precision):
    layers = (LayerSpec(15, activation), LayerSpec(11, activation))
    trainer = Trainer(RunSpec(layers=layers, batch_size=20, seed=5, precision=precision), toy)
    model = twin(trainer)
    record = trainer.step()
    loss = backpropagate(model, trainer, toy)
    accuracy = 1e-5 if precision == "float32" else 1e-12
    assert record.loss == pytest.approx(loss, rel=accuracy)
    difference = np.abs(trainer.work.gradient.flat - flat(model, gradient=True)).max()
    assert difference <= accuracy * np.abs(flat(model, gradient=True)).max()


@pytest.mark.parametrize(
    ("settings", "build"),
    [
        (OptimizerSpec("sgd", 0.05), lambda p: torch.optim.SGD(p, lr=0.05)),
        (OptimizerSpec("momentum", 0.01, 0.9), lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9)),
        (OptimizerSpec("adam", 0.002), lambda p: torch.optim.Adam(p, lr=0.002)),
        (OptimizerSpec("sgd", 0.05, weight_decay=0.1), lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.1)),
        (
            OptimizerSpec("momentum", 0.01, 0.9, weight_decay=0.1),
            lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.1),
        ),
        (OptimizerSpec("adam", 0.002, weight_decay=0.1), lambda p: torch.optim.Adam(p, lr=0.002, weight_decay=0.1)),
    ],
    ids=["sgd", "momentum", "adam", "sgd decayed", "momentum decayed", "adam decayed"],
)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_fifty_steps_end_where_those_of_pytorch_end(toy, small_spec, settings, build, precision):
    trainer = Trainer(replace(small_spec, optimizer=settings, precision=precision), toy)
    model = twin(trainer)
    optimizer = build(model.parameters())
    accuracy = 5e-4 if precision == "float32" else 1e-9
    for _ in range(50):
        record = trainer.step()
        assert record.loss == pytest.approx(backpropagate(model, trainer, toy), rel=accuracy, abs=accuracy)
        optimizer.step()
    np.testing.assert_allclose(trainer.network.parameters.flat, flat(model, gradient=False), rtol=0, atol=accuracy)
