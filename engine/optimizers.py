"""Optimizers: from the gradient to the update, the vector that is then added to the parameters.

An optimizer knows no layers, only flat vectors, of a whole network or of a single weight. `step` writes the update into
an array it is given; what it needs from step to step is its `state` (vectors as long as the parameters) and its
`scalars`, together all that a checkpoint saves.
"""

from abc import ABC, abstractmethod
from math import sqrt

import numpy as np

from engine.schedules import SCHEDULE_SETTINGS, factor, fall, top
from engine.spec import OptimizerSpec
from engine.tensors import Tensor, zeros


class Optimizer(ABC):
    """Turns gradients into updates: clip, add the penalty, then each optimizer's own rule at the rate of this step.

    Clipping shortens a gradient of the loss that is longer than `clip_norm`, all its entries by the same factor, which
    keeps its direction (Pascanu, Mikolov and Bengio, ICML 2013, algorithm 1; the 1e-6 is PyTorch's). 0 means never.

        clip_factor = min(1, clip_norm / (|dL_dp| + 1e-6))

    The penalty pulls every parameter p towards zero: the optimizer sees the gradient of L + weight_decay/2 |p|^2 +
    l1 |p|_1 instead of that of L. The first share, L2, is in proportion to the parameter (Krogh and Hertz, NIPS 1991);
    the second, L1, has the same size for all, so that only those that are worth it stay away from 0 (Tibshirani, 1996:
    the lasso). Weights and biases alike, as in PyTorch.

        penalty = weight_decay * p + l1 * sign(p)
        g = clip_factor * dL_dp + penalty

    The gradient vector itself is not changed: what is shown as dL_dW stays the gradient of the loss. `clip_factor` and
    `penalty` stay readable after a step as what they were in it.
    """

    penalty_in_gradient = True
    """Whether the rule sees the penalty in the gradient, as above. AdamW subtracts it from the parameters directly."""

    def __init__(self, settings: OptimizerSpec, parameters: Tensor) -> None:
        self.settings = settings
        self.state: dict[str, Tensor] = {}
        self.scalars: dict[str, float] = {"schedule_step": 0.0}
        self.clip_factor = 1.0
        self.penalty: Tensor = zeros(parameters.shape, parameters.dtype)
        self._parameters = parameters
        self._penalized = False

    @property
    def rate(self) -> float:
        """The learning rate of the next step, by the schedule (`engine.schedules`)."""
        return self.settings.learning_rate * factor(self.settings, self.scalars["schedule_step"])

    def set(self, /, **changes: float | str) -> None:
        """Change hyper-parameters from the next step on.

        A new learning rate is the very rate of the next step, whatever the schedule: who drags its slider in the middle
        of a cosine sees what is set. From there the schedule falls again over its whole length (the warm restart of
        Loshchilov and Hutter, ICLR 2017, by hand): constant stays, inverse_time, exponential and cosine begin anew,
        the next stair of step is `schedule_steps` away, one_cycle is at its top. What rises before that, a warm-up or
        the first part of one cycle, is over: it protects fresh parameters and would begin with less than what was set.

        A change of the schedule begins it anew, warm-up and all, and keeps what was reached: the learning rate becomes
        the present one (before the top, the one it was rising to). A rate that fell to 0 begins from its old height.
        """
        settings, is_new_schedule = self.settings, not SCHEDULE_SETTINGS.isdisjoint(changes)
        if is_new_schedule:
            reached = settings.learning_rate * fall(settings, self.scalars["schedule_step"])
            changes = {"learning_rate": reached or settings.learning_rate, **changes}
        self.settings = settings.changed(**changes)
        if "learning_rate" in changes:
            self.scalars["schedule_step"] = 0.0 if is_new_schedule else float(top(self.settings))

    def step(self, gradient: Tensor, squares: float, *, out: Tensor) -> None:
        """Write the update for this gradient of the loss, and the sum of its squares, into `out`."""
        self._fill_penalty(scratch=out)
        clip_norm = self.settings.clip_norm
        self.clip_factor = 1.0 if clip_norm == 0 else min(1.0, clip_norm / (sqrt(squares) + 1e-6))
        if self.clip_factor < 1:
            np.multiply(gradient, self.clip_factor, out=out)
            gradient = out
        if self._penalized and self.penalty_in_gradient:
            np.add(gradient, self.penalty, out=out)
            gradient = out
        self._step(gradient, self.rate, out)
        self.scalars["schedule_step"] += 1

    def squares_of(self, update: Tensor, rate: float, gradient_squares: float) -> float:
        """Return the sum of the squares of an update that `step` made at this rate, given that of its gradient."""
        return float(update.dot(update))

    def _fill_penalty(self, scratch: Tensor) -> None:
        decay, l1 = self.settings.weight_decay, self.settings.l1
        p, penalty = self._parameters, self.penalty
        if decay == 0 and l1 == 0:
            if self._penalized:  # until the last step, but no longer
                penalty.fill(0)
                self._penalized = False
            return
        self._penalized = True
        if l1 == 0:
            np.multiply(p, decay, out=penalty)
            return
        np.sign(p, out=penalty)
        np.multiply(penalty, l1, out=penalty)
        if decay > 0:
            np.multiply(p, decay, out=scratch)
            np.add(penalty, scratch, out=penalty)

    @abstractmethod
    def _step(self, g: Tensor, rate: float, out: Tensor) -> None:
        """Write the update for the gradient g, which may be `out` itself: write there only after the last look at g."""


class SGD(Optimizer):
    """Stochastic gradient descent: a step against the gradient (Robbins and Monro, 1951).

    update = -rate * g
    """

    def _step(self, g: Tensor, rate: float, out: Tensor) -> None:
        np.multiply(g, -rate, out=out)

    def squares_of(self, update: Tensor, rate: float, gradient_squares: float) -> float:
        """Return it without looking at the update, where that is the gradient times the rate."""
        if self._penalized:
            return super().squares_of(update, rate, gradient_squares)
        return (rate * self.clip_factor) ** 2 * gradient_squares


class Momentum(Optimizer):
    """SGD with a memory: the velocity is a decaying sum of past gradients (Polyak, 1964).

        v <- momentum * v + g
        update = -rate * v

    The learning rate stands outside of the velocity, as in PyTorch, so that a change of it acts at once.
    """

    def __init__(self, settings: OptimizerSpec, parameters: Tensor) -> None:
        super().__init__(settings, parameters)
        self.state["velocity"] = self._velocity = zeros(parameters.shape, parameters.dtype)

    def _step(self, g: Tensor, rate: float, out: Tensor) -> None:
        v = self._velocity
        np.multiply(v, self.settings.momentum, out=v)
        np.add(v, g, out=v)
        np.multiply(v, -rate, out=out)


class Nesterov(Momentum):
    """Momentum that looks ahead: the gradient counts as if the velocity had already been followed once more.

        v <- momentum * v + g
        update = -rate * (g + momentum * v)

    (Nesterov, 1983, in the form of Sutskever et al., ICML 2013, with the change of variables that lets g be measured
    at the parameters themselves: Bengio, Boulanger-Lewandowski and Pascanu, ICASSP 2013, equation 7; as in PyTorch.)
    """

    def __init__(self, settings: OptimizerSpec, parameters: Tensor) -> None:
        super().__init__(settings, parameters)
        self._scratch: Tensor = zeros(parameters.shape, parameters.dtype)

    def _step(self, g: Tensor, rate: float, out: Tensor) -> None:
        v, momentum = self._velocity, self.settings.momentum
        scratch = self._scratch if g is out else out  # where it can be spared, one vector less comes through the cache
        np.multiply(v, momentum, out=v)
        np.add(v, g, out=v)
        np.multiply(v, momentum, out=scratch)
        np.add(g, scratch, out=out)
        np.multiply(out, -rate, out=out)


class AdaGrad(Optimizer):
    """Smaller steps where much was already learned (Duchi, Hazan and Singer, JMLR 12, 2011, section 1.1).

    s <- s + g^2                               sum of all squares
    update = -rate * g / (sqrt(s) + epsilon)
    """

    def __init__(self, settings: OptimizerSpec, parameters: Tensor) -> None:
        super().__init__(settings, parameters)
        self.state["s"] = self._s = zeros(parameters.shape, parameters.dtype)
        self._scratch: Tensor = zeros(parameters.shape, parameters.dtype)
        self._largest = np.finfo(parameters.dtype).max

    def _step(self, g: Tensor, rate: float, out: Tensor) -> None:
        s, scratch = self._s, self._scratch
        np.multiply(g, g, out=scratch)
        np.add(s, scratch, out=s)
        # Each square is finite, but this sum never forgets: it may pass the largest number, where it has to stay.
        np.minimum(s, self._largest, out=s)
        np.sqrt(s, out=scratch)
        np.add(scratch, self.settings.epsilon, out=scratch)
        np.divide(g, scratch, out=out)
        np.multiply(out, -rate, out=out)


class RMSProp(Optimizer):
    """AdaGrad that forgets: the mean of recent squares instead of the sum of all (Hinton, Coursera lecture 6e, 2012).

        v <- beta2 v + (1 - beta2) g^2             mean of recent squares
        update = -rate * g / (sqrt(v) + epsilon)

    v is that of Adam, hence the name beta2, but not corrected for its start at zero: the first steps are large.
    """

    def __init__(self, settings: OptimizerSpec, parameters: Tensor) -> None:
        super().__init__(settings, parameters)
        self.state["v"] = self._v = zeros(parameters.shape, parameters.dtype)
        self._scratch: Tensor = zeros(parameters.shape, parameters.dtype)

    def _step(self, g: Tensor, rate: float, out: Tensor) -> None:
        v, scratch, beta2 = self._v, self._scratch, self.settings.beta2
        np.multiply(v, beta2, out=v)
        np.multiply(g, g, out=scratch)
        np.multiply(scratch, 1 - beta2, out=scratch)
        np.add(v, scratch, out=v)
        np.sqrt(v, out=scratch)
        np.add(scratch, self.settings.epsilon, out=scratch)
        np.divide(g, scratch, out=out)
        np.multiply(out, -rate, out=out)


class Adam(Optimizer):
    """Steps scaled for each parameter by the recent size of its gradient (Kingma and Ba, ICLR 2015, algorithm 1).

        m <- beta1 m + (1 - beta1) g               mean of recent gradients
        v <- beta2 v + (1 - beta2) g^2             mean of their squares
        update = -rate (m / c1) / (sqrt(v / c2) + epsilon)

    m and v start at zero, which makes them too small at first by the factors c1 = 1 - beta1^t and c2 = 1 - beta2^t.
    Here beta1^t is kept as a running product, which stays right when beta1 is changed during a run.
    """

    def __init__(self, settings: OptimizerSpec, parameters: Tensor) -> None:
        super().__init__(settings, parameters)
        self.state["m"] = self._m = zeros(parameters.shape, parameters.dtype)
        self.state["v"] = self._v = zeros(parameters.shape, parameters.dtype)
        self.scalars.update(beta1_product=1.0, beta2_product=1.0)
        self._scratch: Tensor = zeros(parameters.shape, parameters.dtype)

    def _step(self, g: Tensor, rate: float, out: Tensor) -> None:
        settings, scalars = self.settings, self.scalars
        m, v, scratch = self._m, self._v, self._scratch
        scalars["beta1_product"] *= settings.beta1
        scalars["beta2_product"] *= settings.beta2
        np.multiply(m, settings.beta1, out=m)
        np.multiply(g, 1 - settings.beta1, out=scratch)
        np.add(m, scratch, out=m)
        np.multiply(v, settings.beta2, out=v)
        np.multiply(g, g, out=scratch)
        np.multiply(scratch, 1 - settings.beta2, out=scratch)
        np.add(v, scratch, out=v)
        # Numerator and denominator are both multiplied by sqrt(c2): one pass over the vector less.
        root_c2 = sqrt(1 - scalars["beta2_product"])
        np.sqrt(v, out=scratch)
        np.add(scratch, settings.epsilon * root_c2, out=scratch)
        np.divide(m, scratch, out=out)
        np.multiply(out, -rate * root_c2 / (1 - scalars["beta1_product"]), out=out)


class AdamW(Adam):
    """Adam whose penalty is decoupled from the gradient (Loshchilov and Hutter, ICLR 2019, algorithm 2).

        update = (update of Adam for the gradient of L alone) - rate * penalty

    Through the gradient, the penalty would be divided by sqrt(v) like all the rest, and be weakest just where gradients
    are large. Here the weight decay shrinks every parameter by the same share, which the learning rate scales as in
    PyTorch; an L1 penalty is decoupled in the same way.
    """

    penalty_in_gradient = False

    def _step(self, g: Tensor, rate: float, out: Tensor) -> None:
        super()._step(g, rate, out)
        if self._penalized:
            np.multiply(self.penalty, rate, out=self._scratch)
            np.subtract(out, self._scratch, out=out)


OPTIMIZER_OF: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
}
"""Every optimizer, by the name a run spec uses."""


def create_optimizer(settings: OptimizerSpec, parameters: Tensor) -> Optimizer:
    """Return a fresh optimizer for a vector of parameters, which it reads and never writes."""
    return OPTIMIZER_OF[settings.name](settings, parameters)
