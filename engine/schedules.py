"""Schedules: which share of the learning rate is used at step t.

    rate(t) = learning_rate * factor(t)          0 <= factor <= 1

Every schedule is a formula in t alone, not a rule that goes from step to step: any step can be gone back to and has the
same rate, bit for bit. With T = `schedule_steps`, f = `schedule_factor` and w = `warmup_steps`:

    warm-up         (t + 1) / (w + 1) times the first value of the schedule while t < w; then the schedule begins
                    (Goyal et al., Accurate, large minibatch SGD, 2017, section 2.2). Never 0, so no step is wasted.
    constant        1
    inverse_time    1 / (1 + learning_rate_decay t)      (Robbins and Monro, 1951; Bottou, Stochastic gradient descent
                    tricks, 2012, section 5.2)
    step            f^floor(t / T): a staircase          (He et al., CVPR 2016, section 3.4)
    exponential     f^(t / T): the same, smoothly
    cosine          f + (1 - f) (1 + cos(pi t / T)) / 2 until T, then f         (Loshchilov and Hutter, SGDR, ICLR 2017,
                    equation 5, without restarts)
    one_cycle       half a cosine wave up from f to 1 in the first 30 % of T, half a wave down to f^2 until T, then f^2
                    (Smith and Topin, Super-convergence, 2018; shaped as PyTorch's OneCycleLR with 1/f for both of its
                    divisors)

A schedule thus rises, perhaps, and then falls: `fall` is what is left of it without its rises, `top` the step at which
they are over.
"""

import math
from collections.abc import Callable

from engine.spec import OptimizerSpec

SCHEDULE_SETTINGS = frozenset({"schedule", "schedule_steps", "schedule_factor", "warmup_steps", "learning_rate_decay"})
"""The settings that shape a schedule: all but the learning rate itself."""


def factor(settings: OptimizerSpec, t: float) -> float:
    """Return the share of the learning rate at step t, counted from 0."""
    schedule, warmup = SCHEDULE_OF[settings.schedule], settings.warmup_steps
    if t < warmup:
        return (t + 1) / (warmup + 1) * schedule(settings, 0)
    return schedule(settings, t - warmup)


def fall(settings: OptimizerSpec, t: float) -> float:
    """Return how far the rate has already fallen at step t: 1 during warm-up and rise, the factor itself after them."""
    return factor(settings, max(t, top(settings)))


def top(settings: OptimizerSpec) -> int:
    """Return the step at which warm-up and rise are over and the factor is 1, from where on it can only fall."""
    return settings.warmup_steps + (_rise(settings) if settings.schedule == "one_cycle" else 0)


def _constant(settings: OptimizerSpec, t: float) -> float:
    return 1.0


def _inverse_time(settings: OptimizerSpec, t: float) -> float:
    return 1 / (1 + settings.learning_rate_decay * t)


def _step(settings: OptimizerSpec, t: float) -> float:
    return math.pow(settings.schedule_factor, t // settings.schedule_steps)


def _exponential(settings: OptimizerSpec, t: float) -> float:
    return math.pow(settings.schedule_factor, t / settings.schedule_steps)


def _cosine(settings: OptimizerSpec, t: float) -> float:
    return _half_wave(1.0, settings.schedule_factor, t / settings.schedule_steps)


def _one_cycle(settings: OptimizerSpec, t: float) -> float:
    rise, low = _rise(settings), settings.schedule_factor
    if t < rise:
        return _half_wave(low, 1.0, t / rise)
    return _half_wave(1.0, low * low, (t - rise) / (settings.schedule_steps - rise))


def _rise(settings: OptimizerSpec) -> int:
    # Whole steps, so that one of them has the full learning rate.
    return settings.schedule_steps * 3 // 10


def _half_wave(start: float, end: float, done: float) -> float:
    """Go from start to end as a cosine does from its crest to its trough, and stay there."""
    if done >= 1:
        return end
    share = (1 + math.cos(math.pi * done)) / 2
    return start * share + end * (1 - share)


SCHEDULE_OF: dict[str, Callable[[OptimizerSpec, float], float]] = {
    "constant": _constant,
    "inverse_time": _inverse_time,
    "step": _step,
    "exponential": _exponential,
    "cosine": _cosine,
    "one_cycle": _one_cycle,
}
"""Every schedule, by the name a run spec uses."""
