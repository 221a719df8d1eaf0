"""The same network in PyTorch computes the same numbers."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from engine.activations import ACTIVATIONS
from engine.spec import DenseSpec, OptimizerSpec, RunSpec
from engine.spec.optimizer import OPTIMIZERS
from engine.trainer import Trainer

torch = pytest.importorskip("torch", reason="PyTorch is not installed", exc_type=ImportError)
torch.set_num_threads(1)  # more threads only wait for each other on networks this small


class HardSigmoid(torch.nn.Module):  # type: ignore[name-defined,misc]  # PyTorch is not always there to be checked
    """PyTorch's own takes 1/6 in float32 on the way back, whatever the precision."""

    def forward(self, z):
        return torch.nn.functional.hardtanh(z, -3.0, 3.0) / 6 + 0.5


MODULES = {
    "relu": torch.nn.ReLU,
    "leaky_relu": torch.nn.LeakyReLU,
    "elu": torch.nn.ELU,
    "gelu": lambda: torch.nn.GELU(approximate="tanh"),
    "tanh": torch.nn.Tanh,
    "sigmoid": torch.nn.Sigmoid,
    "silu": torch.nn.SiLU,
    "softplus": lambda: torch.nn.Softplus(threshold=50),  # beyond its threshold PyTorch goes on with a straight line
    "hard_sigmoid": HardSigmoid,
    "linear": torch.nn.Identity,
}


def twin(trainer):
    """Build the same network in PyTorch and load the checkpoint into it, by name."""
    modules = []
    sizes = [shape[0] for shape in trainer.network.architecture.shapes]
    for position, (inputs, units) in enumerate(pairwise(sizes)):
        modules.append(torch.nn.Linear(inputs, units))
        if position < len(trainer.spec.layers):
            modules.append(MODULES[trainer.spec.layers[position].activation]())
    model = torch.nn.Sequential(*modules).to(getattr(torch, trainer.spec.precision))
    tensors, _ = trainer.checkpoint().to_tensors()
    model.load_state_dict({name: torch.tensor(tensors[name]) for name in model.state_dict()})
    return model


def backpropagate(model, trainer: Trainer, dataset) -> float:
    x = torch.tensor(dataset.train.inputs[trainer.last_indices] / 255, dtype=next(model.parameters()).dtype)
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
    layers = (DenseSpec(15, activation), DenseSpec(11, activation))
    trainer = Trainer(RunSpec(layers=layers, batch_size=20, seed=5, precision=precision), toy)
    model = twin(trainer)
    record = trainer.step()
    loss = backpropagate(model, trainer, toy)
    accuracy = 1e-5 if precision == "float32" else 1e-12
    assert record.loss == pytest.approx(loss, rel=accuracy)
    difference = np.abs(trainer.work.gradient.flat - flat(model, gradient=True)).max()
    assert difference <= accuracy * np.abs(flat(model, gradient=True)).max()


IN_PYTORCH = {
    "sgd": (OptimizerSpec("sgd", 0.05), partial(torch.optim.SGD, lr=0.05)),
    "momentum": (OptimizerSpec("momentum", 0.01, 0.9), partial(torch.optim.SGD, lr=0.01, momentum=0.9)),
    "nesterov": (OptimizerSpec("nesterov", 0.01, 0.9), partial(torch.optim.SGD, lr=0.01, momentum=0.9, nesterov=True)),
    "adagrad": (OptimizerSpec("adagrad", 0.01, epsilon=1e-6), partial(torch.optim.Adagrad, lr=0.01, eps=1e-6)),
    "rmsprop": (
        OptimizerSpec("rmsprop", 0.0005, beta2=0.9, epsilon=1e-4),
        partial(torch.optim.RMSprop, lr=0.0005, alpha=0.9, eps=1e-4),
    ),
    "adam": (OptimizerSpec("adam", 0.002), partial(torch.optim.Adam, lr=0.002)),
    "adamw": (OptimizerSpec("adamw", 0.002), partial(torch.optim.AdamW, lr=0.002)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("weight_decay", [0, 0.1])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_fifty_steps_end_where_those_of_pytorch_end(toy, small_spec, name, weight_decay, precision):
    settings, build = IN_PYTORCH[name]
    settings = settings.changed(weight_decay=weight_decay)
    trainer = Trainer(replace(small_spec, optimizer=settings, precision=precision), toy)
    model = twin(trainer)
    optimizer = build(model.parameters(), weight_decay=weight_decay)
    accuracy = 5e-4 if precision == "float32" else 1e-9
    for _ in range(50):
        record = trainer.step()
        assert record.loss == pytest.approx(backpropagate(model, trainer, toy), rel=accuracy, abs=accuracy)
        optimizer.step()
    np.testing.assert_allclose(trainer.network.parameters.flat, flat(model, gradient=False), rtol=0, atol=accuracy)
