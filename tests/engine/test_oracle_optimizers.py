"""Fifty steps of every optimizer, clipped, penalized and scheduled, end where those of PyTorch end."""

import numpy as np
import pytest

from engine.optimizers import create_optimizer
from engine.schedules import factor
from engine.spec import OptimizerSpec
from engine.spec.optimizer import OPTIMIZERS

torch = pytest.importorskip("torch", reason="PyTorch is not installed", exc_type=ImportError)
torch.set_num_threads(1)  # more threads only wait for each other on vectors this small

BUILD = {
    "sgd": lambda p, s: torch.optim.SGD(p, s.learning_rate, weight_decay=s.weight_decay),
    "momentum": lambda p, s: torch.optim.SGD(p, s.learning_rate, s.momentum, weight_decay=s.weight_decay),
    "nesterov": lambda p, s: torch.optim.SGD(
        p, s.learning_rate, s.momentum, weight_decay=s.weight_decay, nesterov=True
    ),
    "adagrad": lambda p, s: torch.optim.Adagrad(p, s.learning_rate, weight_decay=s.weight_decay, eps=s.epsilon),
    "rmsprop": lambda p, s: torch.optim.RMSprop(
        p, s.learning_rate, alpha=s.beta2, weight_decay=s.weight_decay, eps=s.epsilon
    ),
    "adam": lambda p, s: torch.optim.Adam(
        p, s.learning_rate, (s.beta1, s.beta2), weight_decay=s.weight_decay, eps=s.epsilon
    ),
    "adamw": lambda p, s: torch.optim.AdamW(
        p, s.learning_rate, (s.beta1, s.beta2), weight_decay=s.weight_decay, eps=s.epsilon
    ),
}
ACCURACY = {"float32": 2e-5, "float64": 1e-12}


class LeastSquares:
    """The loss |A p - y|^2 / m of 30 parameters, whose gradient we know: 2 A^T (A p - y) / m."""

    def __init__(self, precision: str) -> None:
        rng = np.random.default_rng(11)
        self.A = rng.standard_normal((40, 30)).astype(precision)
        self.y = rng.standard_normal(40).astype(precision)
        self.start = rng.standard_normal(30).astype(precision)

    def gradient(self, p: np.ndarray) -> np.ndarray:
        return 2 / len(self.y) * self.A.T @ (self.A @ p - self.y)

    def in_pytorch(self, p):
        return ((torch.tensor(self.A) @ p - torch.tensor(self.y)) ** 2).mean()


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("l1", [0.0, 0.05])
@pytest.mark.parametrize("clip_norm", [0.0, 1.0])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_fifty_steps_end_where_those_of_pytorch_end(name, weight_decay, l1, clip_norm, precision):
    problem = LeastSquares(precision)
    settings = OptimizerSpec(
        name,
        learning_rate=0.005,  # more lets RMSProp swing about the minimum, where a rounding grows with every step
        beta2=0.95,
        epsilon=1e-3,  # a gradient near 0 divided by its own size would show its rounding
        weight_decay=weight_decay,
        l1=l1,
        clip_norm=clip_norm,
        schedule="cosine",
        schedule_steps=60,
        warmup_steps=5,
    )

    p, update = problem.start.copy(), np.zeros_like(problem.start)
    ours = create_optimizer(settings, p)
    variable = torch.tensor(problem.start, requires_grad=True)
    theirs = BUILD[name]([variable], settings)
    scheduler = torch.optim.lr_scheduler.LambdaLR(theirs, lambda t: factor(settings, t))
    clipped = 0

    for _ in range(50):
        gradient = problem.gradient(p)
        ours.step(gradient, float(gradient @ gradient), out=update)
        p += update

        theirs.zero_grad()
        problem.in_pytorch(variable).backward()
        norm = variable.grad.norm().item()
        if clip_norm > 0:
            torch.nn.utils.clip_grad_norm_([variable], clip_norm)
        assert ours.clip_factor == pytest.approx(variable.grad.norm().item() / norm, rel=1e-3)
        clipped += ours.clip_factor < 1
        # PyTorch has no L1: it is added by hand, to the gradient or, decoupled as AdamW's weight decay, to the step.
        pull = l1 * variable.detach().sign()
        if name == "adamw":
            rate = scheduler.get_last_lr()[0]
            theirs.step()
            with torch.no_grad():
                variable -= rate * pull
        else:
            variable.grad += pull
            theirs.step()
        scheduler.step()
        np.testing.assert_allclose(p, variable.detach().numpy(), rtol=0, atol=ACCURACY[precision])

    assert np.abs(p - problem.start).max() > 1e-2  # it went somewhere
    assert (clipped > 10) == (clip_norm > 0)
