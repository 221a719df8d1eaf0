"""Optimizers: from the gradient to the update, the vector that is then added to the parameters.

An optimizer knows no layers, only flat vectors. `step` writes the update into an array it is given; what it needs from
step to step is its `state` (vectors as long as the parameters) and its `scalars`, together all that a checkpoint saves.
"""

from abc import ABC, abstractmethod
from math import sqrt

import numpy as np

from engine.spec import OptimizerSpec
from engine.tensors import Tensor, zeros


class Optimizer(ABC):
    """Turns gradients into updates.

    With a weight decay d, the optimizer sees the gradient of L + d/2 |p|^2 instead of that of L, which pulls every
    parameter p towards zero:

        g = gradient + weight_decay * p

    (L2 regularization: Krogh and Hertz, NIPS 1991; weights and biases alike, as in PyTorch.) The gradient vector itself
    is not changed: what is shown as dL_dW stays the gradient of the loss.

    The learning rate may shrink, so that the noise of the minibatches dies out (Robbins and Monro, 1951; Bottou,
    Stochastic gradient descent tricks, 2012, section 5.2). With t the steps since it was set,

        rate = learning_rate / (1 + learning_rate_decay * t)
    """

    decays_gradient = True
    """Whether the weight decay goes through the gradient, as above. AdamW takes it from the parameters directly."""

    def __init__(self, settings: OptimizerSpec, parameters: Tensor) -> None:
        self.settings = settings
        self.state: dict[str, Tensor] = {}
        self.scalars: dict[str, float] = {"decayed_steps": 0.0}
        self._parameters = parameters
        self._decayed: Tensor = zeros(parameters.shape, parameters.dtype)

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        return self.settings.learning_rate / (1 + self.settings.learning_rate_decay * self.scalars["decayed_steps"])

    def set(self, /, **changes: float) -> None:
        """Change hyper-parameters; a new learning rate, or a new decay of it, begins to act from the present on."""
        if "learning_rate" in changes or "learning_rate_decay" in changes:
            self.settings = self.settings.changed(**{"learning_rate": self.rate, **changes})
            self.scalars["decayed_steps"] = 0.0
        else:
            self.settings = self.settings.changed(**changes)

    def step(self, gradient: Tensor, *, out: Tensor) -> None:
        """Write the update for this gradient of the loss into `out`."""
        decay = self.settings.weight_decay
        if decay > 0 and self.decays_gradient:
            np.multiply(self._parameters, decay, out=self._decayed)
            np.add(self._decayed, gradient, out=self._decayed)
            gradient = self._decayed
        self._step(gradient, self.rate, out)
        self.scalars["decayed_steps"] += 1

    def squares_of(self, update: Tensor, rate: float, gradient_squares: float) -> float:
        """Return the sum of the squares of an update that `step` made at this rate, given that of its gradient."""
        return float(update.dot(update))

    @abstractmethod
    def _step(self, g: Tensor, rate: float, out: Tensor) -> None: ...


class SGD(Optimizer):
    """Stochastic gradient descent: a step against the gradient (Robbins and Monro, 1951).

    update = -rate * g
    """

    def _step(self, g: Tensor, rate: float, out: Tensor) -> None:
        np.multiply(g, -rate, out=out)

    def squares_of(self, update: Tensor, rate: float, gradient_squares: float) -> float:
        """Return it without looking at the update, where that is the gradient times the rate."""
        if self.settings.weight_decay > 0:
            return super().squares_of(update, rate, gradient_squares)
        return rate * rate * gradient_squares


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

    def _step(self, g: Tensor, rate: float, out: Tensor) -> None:
        v, momentum = self._velocity, self.settings.momentum
        np.multiply(v, momentum, out=v)
        np.add(v, g, out=v)
        np.multiply(v, momentum, out=out)
        np.add(out, g, out=out)
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
    """Adam whose weight decay is decoupled from the gradient (Loshchilov and Hutter, ICLR 2019, algorithm 2).

        update = (update of Adam for the gradient of L alone) - rate * weight_decay * p

    Through the gradient, the decay would be divided by sqrt(v) like all the rest, and be weakest just where gradients
    are large. Here every parameter shrinks by the same share, which the learning rate scales as in PyTorch.
    """

    decays_gradient = False

    def _step(self, g: Tensor, rate: float, out: Tensor) -> None:
        super()._step(g, rate, out)
        decay = self.settings.weight_decay
        if decay > 0:
            np.multiply(self._parameters, rate * decay, out=self._decayed)
            np.subtract(out, self._decayed, out=out)


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
