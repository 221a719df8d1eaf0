"""Each kind of layer in PyTorch computes the same numbers, forward and backward."""

import itertools

import numpy as np
import pytest

from engine.convolution import Conv2D
from engine.normalization import BatchNorm, LayerNorm
from engine.pooling import AveragePool2D, MaxPool2D
from engine.reshaping import Flatten
from engine.spec import AveragePool2DSpec, BatchNormSpec, Conv2DSpec, FlattenSpec, LayerNormSpec, MaxPool2DSpec
from tests.engine.single_layer import from_pytorch, in_pytorch, single

torch = pytest.importorskip("torch", reason="PyTorch is not installed", exc_type=ImportError)
torch.set_num_threads(1)

each_precision = pytest.mark.parametrize("precision", ["float32", "float64"])
ACCURACY = {"float32": 2e-5, "float64": 1e-12}
NAMES = {"weight": "gamma", "bias": "beta"}


def assert_close(found, expected, precision):
    """Equal but for rounding, measured by the largest number: a sum is as exact as its largest terms."""
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype == np.dtype(precision)
    scale = max(np.abs(expected).max(), 1e-3)
    np.testing.assert_allclose(found, expected, rtol=0, atol=ACCURACY[precision] * scale)


def assert_equals_pytorch(one, module, precision, names=None):
    """Load the layer's parameters into the module by name; compare a, the gradients and dL_dx."""
    module.to(getattr(torch, precision))
    names = {"weight": "W", "bias": "b"} if names is None else names
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.from_numpy(one.layer.parameters[names[name]]))
    one.forward_and_backward()
    x = torch.from_numpy(in_pytorch(one.kept.x)).requires_grad_()
    a = module(x)
    a.backward(torch.from_numpy(in_pytorch(one.kept.dL_da)))
    assert_close(one.kept.a, from_pytorch(a.detach().numpy()), precision)
    assert_close(one.dL_dx, from_pytorch(x.grad.numpy()), precision)
    for name, parameter in module.named_parameters():
        assert_close(one.kept.gradients[names[name]], parameter.grad.numpy(), precision)


@each_precision
@pytest.mark.parametrize(("kernel", "stride", "padding"), list(itertools.product((1, 3, 5), (1, 2, 3), (0, 2))))
def test_convolution(kernel, stride, padding, precision):
    spec = Conv2DSpec(6, kernel, stride, padding, "linear")
    one = single(Conv2D, spec, (3, 11, 14), 9, precision=precision)
    assert_equals_pytorch(one, torch.nn.Conv2d(3, 6, kernel, stride, padding), precision)


@each_precision
def test_convolution_with_relu_in_several_groups_of_rows(precision):
    one = single(Conv2D, Conv2DSpec(16), (8, 28, 28), 48, precision=precision)
    assert len(one.kept.rows) > 1
    conv = torch.nn.Conv2d(8, 16, 5)
    module = torch.nn.Sequential(conv, torch.nn.ReLU())
    assert_equals_pytorch(one, module, precision, {"0.weight": "W", "0.bias": "b"})


@each_precision
@pytest.mark.parametrize(("size", "stride"), [(1, 1), (2, 2), (3, 3), (2, 1), (3, 2), (2, 3)])
@pytest.mark.parametrize(
    ("layer", "spec", "module"),
    [
        (MaxPool2D, MaxPool2DSpec, torch.nn.MaxPool2d),
        (AveragePool2D, AveragePool2DSpec, torch.nn.AvgPool2d),
    ],
)
def test_pooling(layer, spec, module, size, stride, precision):
    one = single(layer, spec(size, stride), (3, 8, 11), 5, precision=precision)
    assert_equals_pytorch(one, module(size, stride), precision)


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2), (3, 3)])
def test_who_wins_at_ties(size, stride):
    """Of whole numbers from 0 to 2 many are equal."""
    one = single(MaxPool2D, MaxPool2DSpec(size, stride), (2, 9, 11), 6)
    one.kept.x[...] = np.random.default_rng(3).integers(0, 3, one.kept.x.shape)
    assert_equals_pytorch(one, torch.nn.MaxPool2d(size, stride), "float64")
    _, winners = torch.nn.functional.max_pool2d(
        torch.from_numpy(in_pytorch(one.kept.x)), size, stride, return_indices=True
    )
    line, column = np.divmod(one.kept.won, size)
    _, height, width = one.layer.output_shape
    line = line + stride * np.arange(height).reshape(-1, 1, 1)
    column = column + stride * np.arange(width).reshape(-1, 1)
    np.testing.assert_array_equal(line * 11 + column, from_pytorch(winners.numpy()))


@each_precision
def test_flatten(precision):
    one = single(Flatten, FlattenSpec(), (3, 4, 5), 7, precision=precision)
    assert_equals_pytorch(one, torch.nn.Flatten(), precision)


def batch_norm(shape, precision):
    kind = torch.nn.BatchNorm1d if len(shape) == 1 else torch.nn.BatchNorm2d
    return kind(shape[0]).to(getattr(torch, precision))


@each_precision
@pytest.mark.parametrize("shape", [(6,), (3, 4, 5)], ids=["rows", "images"])
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm(shape, training, precision):
    one = single(BatchNorm, BatchNormSpec(), shape, 8, precision=precision, training=training)
    module = batch_norm(shape, precision).train(training)
    module.running_mean.copy_(torch.from_numpy(one.buffers["layer.running_mean"]))
    module.running_var.copy_(torch.from_numpy(one.buffers["layer.running_var"]))
    assert_equals_pytorch(one, module, precision, NAMES)


@each_precision
@pytest.mark.parametrize("shape", [(6,), (3, 4, 5)], ids=["rows", "images"])
def test_running_statistics_after_several_steps(shape, precision):
    one = single(BatchNorm, BatchNormSpec(), shape, 8, precision=precision)
    one.layer.initialize(lambda *_: np.zeros(0), np.random.default_rng(0))
    module = batch_norm(shape, precision)
    rng = np.random.default_rng(1)
    for step in range(6):
        one.kept.x[...] = rng.standard_normal(one.kept.x.shape) * (step + 1) + step
        one.layer.forward(one.kept)
        one.layer.track(one.kept)
        module(torch.from_numpy(in_pytorch(one.kept.x)))
    assert_close(one.buffers["layer.running_mean"], module.running_mean.numpy(), precision)
    assert_close(one.buffers["layer.running_var"], module.running_var.numpy(), precision)


@each_precision
@pytest.mark.parametrize("shape", [(6,), (3, 4, 5)], ids=["rows", "images"])
def test_layer_norm(shape, precision):
    one = single(LayerNorm, LayerNormSpec(), shape, 8, precision=precision)
    assert_equals_pytorch(one, torch.nn.LayerNorm(shape), precision, NAMES)
