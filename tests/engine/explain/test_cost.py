"""What a step costs: PyTorch counts the same products, NumPy does as many operations, and the pieces are the step."""

from math import prod

import numpy as np
import pytest

from engine.architecture import architecture_of
from engine.explain.cost import Count, StepPieces, step_cost, update_operations
from engine.spec import BatchNormSpec, Conv2DSpec, DenseSpec, FlattenSpec, MaxPool2DSpec, OptimizerSpec, RunSpec
from engine.spec.optimizer import OPTIMIZERS
from engine.trainer import Trainer
from tests.engine.explain.steps import NETWORKS, frozen_of, pictures, spec_of

N = 17
POOLED = (Conv2DSpec(3, 3, activation="linear"), MaxPool2DSpec(3, 1), BatchNormSpec("linear"), FlattenSpec())


class CountingNumPy:
    """NumPy as a layer's module sees it, counting the numbers that each operation works on."""

    NOT_ARITHMETIC = ("matmul", "copyto", "expand_dims")

    def __init__(self, least=0):
        self.numbers = 0
        self._least = least

    def _count(self, size):
        if size >= self._least:
            self.numbers += size

    def __getattr__(self, name):
        function = getattr(np, name)
        if not isinstance(function, np.ufunc) or name in self.NOT_ARITHMETIC:
            return function
        counting = self

        class Counted:
            def __call__(self, *operands, out):
                counting._count(out.size)
                return function(*operands, out=out)

            def reduce(self, operand, **options):
                counting._count(operand.size)
                return function.reduce(operand, **options)

        return Counted()


@pytest.mark.parametrize("network", [*NETWORKS, "pooled"])
def test_the_other_operations_are_those_that_numpy_does(network, monkeypatch):
    spec = spec_of(layers=POOLED if network == "pooled" else NETWORKS[network], batch_size=N)
    trainer = Trainer(spec, pictures())
    work, architecture = trainer.work, trainer.network.architecture
    trainer.load(0)
    trainer.network.forward(work)
    work.loss.forward(), work.loss.backward()
    # Each layer by itself, and of it only what is done with every number; what is done once for a group is less.
    cost = step_cost(architecture, N, spec.optimizer)
    sums_of_biases = {"dense", "conv"}
    total = 0
    for layer, kept, found in reversed(list(zip(trainer.network.layers, work.layers, cost.layers, strict=True))):
        numbers = kept.a.size
        f = 0 if layer.activation.is_identity else numbers
        counts = []
        for way in ("forward", "backward"):
            counting = CountingNumPy(least=min(numbers, N * layer.input_shape[0] * prod(layer.output_shape[1:])))
            for module in ("layers", "convolution", "pooling", "normalization", "residual", "dropout"):
                monkeypatch.setattr(f"engine.{module}.np", counting)
            getattr(layer, way)(kept)
            monkeypatch.undo()
            counts.append(counting.numbers)
        forward, backward = counts
        backward += numbers if layer.spec.kind in sums_of_biases else 0  # a product with ones, which is a method
        backward += f  # the slope; the product with it is counted
        branches = sum(branch.size for branch in kept.branches) if kept.dL_dx is not None else 0
        for branch in kept.branches if kept.dL_dx is not None else ():
            np.add(kept.dL_dx, branch, out=kept.dL_dx)
        total += backward + branches
        assert (layer.name, forward + f) == (found.name, found.forward.elementwise)
        if layer.spec.kind != "residual":
            assert (layer.name, backward) == (found.name, found.backward.elementwise)
    assert total == cost.backward.elementwise


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("l1", [0.0, 0.1])
@pytest.mark.parametrize("clip_norm", [0.0, 1e-3])
def test_an_update_takes_the_operations_that_numpy_does(name, weight_decay, l1, clip_norm, monkeypatch):
    optimizer = OptimizerSpec(name, 0.01, weight_decay=weight_decay, l1=l1, clip_norm=clip_norm)
    trainer = Trainer(spec_of(optimizer=optimizer), pictures())
    trainer.step()
    counting, gradient = CountingNumPy(), trainer.work.gradient.flat
    monkeypatch.setattr("engine.optimizers.np", counting)
    trainer.optimizer.step(gradient, float(gradient.dot(gradient)), out=trainer.update.flat)
    by_numpy = counting.numbers // len(gradient)
    sums_and_addition = 2 if name == "sgd" and not weight_decay and not l1 else 3
    assert by_numpy + sums_and_addition == update_operations(optimizer)


@pytest.mark.parametrize("network", [*NETWORKS, "pooled"])
def test_pytorch_counts_the_same_products(network):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed", exc_type=ImportError)
    from torch.utils.flop_counter import FlopCounterMode

    architecture = Trainer(
        spec_of(layers=POOLED if network == "pooled" else NETWORKS[network]), pictures()
    ).network.architecture
    cost = step_cost(architecture, N, OptimizerSpec())
    learned_below = False
    for (_, spec, shape), found in zip(architecture, cost.layers, strict=True):
        if spec.kind == "dense":
            module = torch.nn.Linear(shape[0], spec.units)
        elif spec.kind == "conv":
            module = torch.nn.Conv2d(shape[0], spec.channels, spec.kernel, spec.stride, spec.padding)
        else:
            assert found.forward.products == found.backward.products == 0
            learned_below = learned_below or "norm" in spec.kind
            continue
        x = torch.zeros(N, *shape, requires_grad=learned_below)
        with FlopCounterMode(display=False) as forward:
            a = module(x)
        with FlopCounterMode(display=False) as backward:
            a.sum().backward()
        assert forward.get_total_flops() == 2 * found.forward.products
        assert backward.get_total_flops() == 2 * found.backward.products
        learned_below = True


def test_the_default_network_by_hand():
    spec = RunSpec(layers=(DenseSpec(32), DenseSpec(16)))
    cost = step_cost(architecture_of(spec, (1, 28, 28), 10), 32, OptimizerSpec())
    weights = 784 * 32 + 32 * 16 + 16 * 10
    assert cost.forward.products == 32 * weights
    assert cost.backward.products == 32 * (2 * weights - 784 * 32)
    assert cost.parameters == weights + 58
    assert cost.finite_differences.products == 2 * cost.parameters * 32 * weights
    assert cost.forward.elementwise == 32 * (58 + 48)
    assert cost.update == Count(0, 3 * cost.parameters)
    assert cost.forward.total == cost.forward.products + cost.forward.elementwise


@pytest.mark.parametrize("network", NETWORKS)
def test_the_pieces_are_the_step_and_can_be_repeated(network):
    frozen = frozen_of(network, optimizer=OptimizerSpec("sgd", 0.1))
    parts = StepPieces(frozen.before, frozen.dataset)
    for _ in range(3):
        for piece in parts.pieces.values():
            piece()
    np.testing.assert_array_equal(parts._trainer.network.parameters.flat, frozen.before.parameters)
    parts.forward(), parts.loss(), parts.backward(), parts.update()
    np.testing.assert_array_equal(parts._trainer.work.gradient.flat, frozen.work.gradient.flat)
    np.testing.assert_array_equal(parts._after, frozen.network.parameters.flat)


def test_finite_differences_go_through_the_weights_one_by_one(monkeypatch):
    frozen = frozen_of("dense")
    parts = StepPieces(frozen.before, frozen.dataset)
    moved = []
    network = parts._trainer.network
    monkeypatch.setattr(
        network,
        "forward",
        lambda work: moved.append(np.flatnonzero(network.parameters.flat != frozen.before.parameters).tolist()),
    )
    for _ in range(3):
        parts.finite_difference()
    assert moved == [[0], [0], [1], [1], [2], [2]]


def test_more_examples_cost_more_but_the_update():
    architecture = Trainer(spec_of("images"), pictures()).network.architecture
    one, many = (step_cost(architecture, n, OptimizerSpec("adam")) for n in (1, 10))
    assert many.forward == one.forward * 10
    assert many.backward == one.backward * 10
    assert many.update == one.update
