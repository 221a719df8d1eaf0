"""Every loss and its gradient are those of PyTorch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.losses import LOSSES, create_loss
from engine.spec import LossSpec

torch = pytest.importorskip("torch", reason="PyTorch is not installed", exc_type=ImportError)
torch.set_num_threads(1)  # more threads only wait for each other on arrays this small
functional = torch.nn.functional

OF_CLASSES = {
    "mean_softmax_cross_entropy": lambda s, outputs, labels: functional.cross_entropy(
        outputs, labels, label_smoothing=s.label_smoothing
    ),
    "mean_hinge": lambda s, outputs, labels: functional.multi_margin_loss(outputs, labels),
}
OF_TARGETS = {
    "mean_binary_cross_entropy": lambda s, outputs, targets: functional.binary_cross_entropy_with_logits(
        outputs, targets
    ),
    "mean_squared_error": lambda s, outputs, targets: functional.mse_loss(outputs, targets),
    "mean_absolute_error": lambda s, outputs, targets: functional.l1_loss(outputs, targets),
    "mean_huber": lambda s, outputs, targets: functional.huber_loss(outputs, targets, delta=s.huber_delta),
    "mean_quadratic": lambda s, outputs, targets: (
        functional.mse_loss(outputs, targets, reduction="sum") / (2 * len(outputs))
    ),
}
ACCURACY = {"float32": 2e-6, "float64": 1e-13}

settings = st.builds(LossSpec, label_smoothing=st.sampled_from([0.0, 0.1, 0.9]), huber_delta=st.floats(0.05, 4))
sizes = st.integers(1, 12)
seeds = st.integers(0, 9999)
scales = st.sampled_from([0.01, 1.0, 20.0])


def test_every_loss_has_its_counterpart():
    assert (OF_CLASSES | OF_TARGETS).keys() == LOSSES.keys()


def check(loss, theirs, outputs) -> None:
    """Hold our value and gradient to those of a loss of PyTorch, given as a function of the outputs."""
    variable = torch.tensor(outputs, requires_grad=True)
    expected = theirs(variable)
    expected.backward()
    accuracy = ACCURACY[str(outputs.dtype)]
    # Measured by the size of what is subtracted: a loss or gradient near 0 is a difference of large numbers.
    size = 1 + float(np.abs(outputs).max())
    assert loss.forward() == pytest.approx(expected.item(), rel=accuracy, abs=accuracy * size)
    loss.backward()
    gradient = variable.grad.numpy()
    assert loss.dL_doutputs.dtype == outputs.dtype
    np.testing.assert_allclose(loss.dL_doutputs, gradient, rtol=accuracy, atol=accuracy * size / len(outputs))


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("precision", ["float32", "float64"])
@given(settings=settings, n=sizes, classes=st.integers(2, 12), seed=seeds, scale=scales)
def test_for_classes(name, precision, settings, n, classes, seed, scale):
    rng = np.random.default_rng(seed)
    outputs = (rng.standard_normal((n, classes)) * scale).astype(precision)
    labels = rng.integers(0, classes, n)
    spec = LossSpec(name, settings.label_smoothing, settings.huber_delta)
    loss = create_loss(spec, outputs, np.full_like(outputs, np.nan), classification=True)
    loss.labels[:] = labels
    if name in OF_CLASSES:
        answers = torch.tensor(labels)
    else:
        answers = functional.one_hot(torch.tensor(labels), classes).to(getattr(torch, precision))
    check(loss, lambda variable: (OF_CLASSES | OF_TARGETS)[name](spec, variable, answers), outputs)


@pytest.mark.parametrize("name", [name for name, loss in LOSSES.items() if not loss.needs_classes])
@pytest.mark.parametrize("precision", ["float32", "float64"])
@given(settings=settings, n=sizes, k=sizes, seed=seeds, scale=scales)
def test_for_numbers(name, precision, settings, n, k, seed, scale):
    rng = np.random.default_rng(seed)
    outputs = (rng.standard_normal((n, k)) * scale).astype(precision)
    targets = rng.standard_normal((n, k)).astype(precision)
    spec = LossSpec(name, huber_delta=settings.huber_delta)
    loss = create_loss(spec, outputs, np.full_like(outputs, np.nan), classification=False)
    loss.targets[:] = targets
    check(loss, lambda variable: OF_TARGETS[name](spec, variable, torch.tensor(targets)), outputs)
