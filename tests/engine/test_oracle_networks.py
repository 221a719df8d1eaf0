"""A whole network of convolutions and all that goes with them computes what the same network in PyTorch computes."""

import numpy as np
import pytest

from engine.spec import (
    BatchNormSpec,
    Conv2DSpec,
    DenseSpec,
    DropoutSpec,
    FlattenSpec,
    LayerNormSpec,
    MaxPool2DSpec,
    OptimizerSpec,
    ResidualSpec,
    RunSpec,
)
from engine.trainer import Trainer

torch = pytest.importorskip("torch", reason="PyTorch is not installed", exc_type=ImportError)
torch.set_num_threads(1)

each_precision = pytest.mark.parametrize("precision", ["float32", "float64"])
ACCURACY = {"float32": 1e-3, "float64": 1e-11}
N = 20

BLOCK = (
    Conv2DSpec(4, 5, activation="linear"),
    BatchNormSpec("relu"),
    MaxPool2DSpec(),
    Conv2DSpec(4, 3, padding=1, activation="tanh"),
    Conv2DSpec(4, 3, padding=1, activation="linear"),
    ResidualSpec(2, "relu"),
    MaxPool2DSpec(3, 2),
    FlattenSpec(),
    DenseSpec(12, "tanh"),
    LayerNormSpec(),
    DenseSpec(12, "linear"),
    BatchNormSpec(),
    ResidualSpec(3),
)


class Twin(torch.nn.Module):  # type: ignore[name-defined,misc]  # PyTorch is not always there to be checked
    """The layers of a network in PyTorch, by name, with the same parameters."""

    def __init__(self, network):
        super().__init__()
        self.layers = list(network.layers)
        for layer in self.layers:
            module = self.module_of(layer)
            if module is not None:
                self.add_module(layer.name, module.to(getattr(torch, network.precision)))
        with torch.no_grad():
            for (layer, name), parameter in self.matched():
                parameter.copy_(torch.from_numpy(layer.parameters[name]))

    def module_of(self, layer):
        spec, shape = layer.spec, layer.input_shape
        match spec.kind:
            case "dense":
                return torch.nn.Linear(shape[0], spec.units)
            case "conv":
                return torch.nn.Conv2d(shape[0], spec.channels, spec.kernel, spec.stride, spec.padding)
            case "max_pool":
                return torch.nn.MaxPool2d(spec.size, spec.stride)
            case "flatten":
                return torch.nn.Flatten()
            case "dropout":
                return torch.nn.Dropout(spec.rate)
            case "batch_norm":
                return (torch.nn.BatchNorm1d if len(shape) == 1 else torch.nn.BatchNorm2d)(shape[0])
            case "layer_norm":
                return torch.nn.LayerNorm(shape)
        return None

    def matched(self):
        """Yield each parameter's layer and name there with the parameter here."""
        names = {
            "dense": ("W", "b"),
            "conv": ("W", "b"),
            "batch_norm": ("gamma", "beta"),
            "layer_norm": ("gamma", "beta"),
        }
        for layer in self.layers:
            if layer.parameters:
                module = getattr(self, layer.name)
                for name, parameter in zip(names[layer.spec.kind], (module.weight, module.bias), strict=True):
                    yield (layer, name), parameter

    def forward(self, x):
        went_in = []
        for layer in self.layers:
            went_in.append(x)
            if layer.name.startswith("images"):
                x = x.reshape(-1, *layer.output_shape)
            elif layer.spec.kind == "residual":
                x = x + went_in[-1 - layer.spec.skip]
            else:
                x = getattr(self, layer.name)(x)
            f = {"linear": lambda z: z, "relu": torch.relu, "tanh": torch.tanh}[layer.activation.name]
            x = f(x)
        return x


def assert_gradients_equal(twin, work, precision):
    kept_of = dict(zip((layer.name for layer in twin.layers), work.layers, strict=True))
    largest = max(float(parameter.grad.abs().max()) for _, parameter in twin.matched())
    for (layer, name), parameter in twin.matched():
        found = kept_of[layer.name].gradients[name]
        np.testing.assert_allclose(
            found, parameter.grad.numpy(), rtol=0, atol=ACCURACY[precision] * largest, err_msg=f"{layer.name}.{name}"
        )


def spec_of(layers, precision) -> RunSpec:
    return RunSpec(layers=layers, batch_size=N, seed=5, precision=precision, optimizer=OptimizerSpec("sgd", 0.05))


def backpropagate(twin, inputs, labels):
    twin.zero_grad()
    loss = torch.nn.functional.cross_entropy(twin(inputs), torch.tensor(labels, dtype=torch.long))
    loss.backward()
    return loss.item()


@each_precision
def test_steps_of_training_and_the_running_statistics_after_them(toy, precision):
    trainer = Trainer(spec_of(BLOCK, precision), toy)
    twin = Twin(trainer.network)
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.05)
    for _ in range(3):
        record = trainer.step()
        inputs = torch.tensor(toy.train.inputs[trainer.last_indices] / 255, dtype=getattr(torch, precision))
        loss = backpropagate(twin, inputs, toy.train.labels[trainer.last_indices])
        assert record.loss == pytest.approx(loss, rel=ACCURACY[precision])
        assert_gradients_equal(twin, trainer.work, precision)
        optimizer.step()
    for name in ("batch_norm1", "batch_norm2"):
        for statistic in ("running_mean", "running_var"):
            found, expected = trainer.network.buffers[f"{name}.{statistic}"], getattr(getattr(twin, name), statistic)
            np.testing.assert_allclose(
                found, expected.numpy(), rtol=1e3 * ACCURACY[precision], atol=ACCURACY[precision]
            )


@each_precision
def test_a_pass_outside_of_training_and_the_gradient_by_the_images(toy, precision):
    network = Trainer(spec_of((*BLOCK, DropoutSpec(0.5)), precision), toy).network
    rng = np.random.default_rng(2)
    network.buffers.flat[:] = rng.uniform(0.5, 2, network.buffers.flat.shape)
    dL_dx = np.full((N, 784), np.nan, precision)
    work = network.workspace(N, dL_dx=dL_dx)
    work.x[...] = toy.train.inputs[:N] / 255
    work.loss.labels[...] = toy.train.labels[:N]
    twin = Twin(network).eval()
    for name in ("batch_norm1", "batch_norm2"):
        for statistic in ("running_mean", "running_var"):
            getattr(getattr(twin, name), statistic).copy_(torch.from_numpy(network.buffers[f"{name}.{statistic}"]))
    network.forward(work)
    loss = work.loss.forward()
    work.loss.backward()
    network.backward(work)
    x = torch.from_numpy(work.x.copy()).requires_grad_()
    assert loss == pytest.approx(backpropagate(twin, x, toy.train.labels[:N]), rel=ACCURACY[precision])
    assert_gradients_equal(twin, work, precision)
    expected = x.grad.numpy()
    np.testing.assert_allclose(dL_dx, expected, rtol=0, atol=ACCURACY[precision] * np.abs(expected).max())
