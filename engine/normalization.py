"""Normalization: numbers get mean 0 and variance 1 before they go on, so that no layer must follow another's drift.

Batch and layer normalization compute the same and differ in *which* numbers are normalized together, as one group:

    batch normalization    one unit, or one channel at all places, over all examples of the minibatch
    layer normalization    all numbers of one example

Each sees x as a matrix, rows (n, units) or images (C, H*W*n) or (C*H*W, n), so that a group is a row or a column:
`axis` is the direction along which the numbers of one group lie, and `m` counts them.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.initializers import Initializer
from engine.layer import Kept, Layer, Shape, kept_by_all
from engine.parameters import Layout, ParameterVector
from engine.spec import BatchNormSpec, LayerNormSpec
from engine.tensors import Tensor, zeros

EPSILON = 1e-5
"""Added to the variance, so that a group of equal numbers is not divided by zero."""

MOMENTUM = 0.1
"""How much of the running statistics each minibatch replaces."""


@dataclass(slots=True, kw_only=True)
class NormalizationKept(Kept):
    """What a pass leaves behind in a normalization layer. x_hat has the shape of x, the others are matrices or part."""

    x_hat: Tensor  # normalized x
    mean: Tensor  # one number a group
    variance: Tensor  # one number a group: mean squared distance from the mean (biased, divided by m)
    inverse_deviation: Tensor  # one number a group: 1 / sqrt(variance + EPSILON)
    x_matrix: Tensor  # x as a matrix; these are views, up to dL_dx_matrix
    x_hat_matrix: Tensor
    z_matrix: Tensor
    dL_dz_matrix: Tensor
    dL_dx_matrix: Tensor | None
    dL_dx_hat: Tensor  # a matrix like x
    product: Tensor  # a matrix like x, free to be overwritten
    mean_dL_dx_hat: Tensor  # one number a group
    mean_product: Tensor  # one number a group
    dL_dgamma: Tensor  # gradients by gamma and beta, in the shape in which they meet the matrix
    dL_dbeta: Tensor


class Normalization(Layer):
    """What batch and layer normalization have in common: z = gamma x_hat + beta, a = f(z)."""

    spec: BatchNormSpec | LayerNormSpec

    def __init__(
        self,
        name: str,
        spec: BatchNormSpec | LayerNormSpec,
        input_shape: Shape,
        parameters: ParameterVector,
        buffers: ParameterVector,
    ) -> None:
        super().__init__(name, spec, input_shape, parameters, buffers)
        self._gamma = self.as_part_of_matrix(self.parameters["gamma"])
        self._beta = self.as_part_of_matrix(self.parameters["beta"])

    @classmethod
    def shape_after(cls, spec: BatchNormSpec | LayerNormSpec, input_shape: Shape, where: str) -> Shape:
        """Return the shape of x."""
        return input_shape

    @property
    def is_for_images(self) -> bool:
        """Whether x is images, with the batch innermost."""
        return len(self.input_shape) == 3

    @property
    @abstractmethod
    def axis(self) -> int:
        """The axis of the matrix along which the numbers of one group lie."""

    @property
    @abstractmethod
    def parameter_axis(self) -> int:
        """The axis of the matrix along which one gamma and one beta serve all numbers."""

    @abstractmethod
    def as_matrix(self, tensor: Tensor) -> Tensor:
        """Return the view of a tensor of a minibatch whose groups are rows or columns."""

    def as_part_of_matrix(self, parameter: Tensor) -> Tensor:
        """Return the view of gamma or beta that is repeated along `parameter_axis`."""
        return np.expand_dims(parameter.reshape(-1), self.parameter_axis)

    def initialize(self, weights: Initializer, rng: np.random.Generator) -> None:
        """Begin with z = x_hat."""
        self.parameters["gamma"].fill(1)
        self.parameters["beta"].fill(0)

    def keep(
        self,
        n: int,
        x: Tensor,
        dL_dx: Tensor | None,
        gradient: ParameterVector,
        *,
        training: bool,
        below: Sequence[Kept],
    ) -> NormalizationKept:
        """Allocate, once, what a pass of n examples leaves behind."""
        dtype = x.dtype
        fields = kept_by_all(self, n, x, dL_dx, gradient, training=training)
        x_hat = zeros(x.shape, dtype)
        x_matrix = self.as_matrix(x)
        one_a_group = tuple(1 if axis == self.axis else length for axis, length in enumerate(x_matrix.shape))
        return NormalizationKept(
            **fields,
            x_hat=x_hat,
            mean=zeros(one_a_group, dtype),
            variance=zeros(one_a_group, dtype),
            inverse_deviation=zeros(one_a_group, dtype),
            x_matrix=x_matrix,
            x_hat_matrix=self.as_matrix(x_hat),
            z_matrix=self.as_matrix(fields["z"]),
            dL_dz_matrix=self.as_matrix(fields["dL_dz"]),
            dL_dx_matrix=None if dL_dx is None else self.as_matrix(dL_dx),
            dL_dx_hat=zeros(x_matrix.shape, dtype),
            product=zeros(x_matrix.shape, dtype),
            mean_dL_dx_hat=zeros(one_a_group, dtype),
            mean_product=zeros(one_a_group, dtype),
            dL_dgamma=self.as_part_of_matrix(fields["gradients"]["gamma"]),
            dL_dbeta=self.as_part_of_matrix(fields["gradients"]["beta"]),
        )

    def uses_statistics_of_minibatch(self, kept: NormalizationKept) -> bool:
        """Whether mean and variance are those of x itself, and so depend on it."""
        return True

    def forward(self, kept: NormalizationKept) -> None:
        """Compute z and a from x.

        With x_1 ... x_m the numbers of one group,

            mu = 1/m sum_i x_i                            their mean
            v = 1/m sum_i (x_i - mu)^2                    their variance
            x_hat_i = (x_i - mu) / sqrt(v + EPSILON)      mean 0 and variance 1
            z_i = gamma x_hat_i + beta                    mean beta and variance gamma^2, both learned
            a_i = f(z_i)

        The variance is taken of the distances, not as the mean of x_i^2 minus mu^2: the difference of two large numbers
        would lose the digits that matter.

        Sources: Ioffe and Szegedy, ICML 2015, algorithm 1; Ba, Kiros and Hinton, Layer Normalization, 2016, equation 3.
        """
        x_hat, inverse_deviation = kept.x_hat_matrix, kept.inverse_deviation
        if self.uses_statistics_of_minibatch(kept):
            self._mean(kept.x_matrix, kept.mean)
        np.subtract(kept.x_matrix, kept.mean, out=x_hat)
        if self.uses_statistics_of_minibatch(kept):
            np.multiply(x_hat, x_hat, out=kept.product)
            self._mean(kept.product, kept.variance)
        np.add(kept.variance, EPSILON, out=inverse_deviation)
        np.sqrt(inverse_deviation, out=inverse_deviation)
        np.reciprocal(inverse_deviation, out=inverse_deviation)
        np.multiply(x_hat, inverse_deviation, out=x_hat)
        np.multiply(x_hat, self._gamma, out=kept.z_matrix)
        np.add(kept.z_matrix, self._beta, out=kept.z_matrix)
        if not self.activation.is_identity:
            self.activation.value(kept.z, kept.a, kept.scratch)

    def backward(self, kept: NormalizationKept) -> None:
        """Compute the gradients by z, gamma, beta and x from the upstream gradient dL_da.

        z_i = gamma x_hat_i + beta: one gamma and one beta serve many numbers, whose effects on the loss add up,

            dL/dgamma = sum_i dL/dz_i x_hat_i        dL/dbeta = sum_i dL/dz_i        dL/dx_hat_i = dL/dz_i gamma

        (the sum is over what shares the gamma, which in layer normalization is one place in all examples).

        x_j changes the loss in three ways: through its own x_hat_j, through mu and through v, which are in *every*
        x_hat_i of the group. Write g_i = dL/dx_hat_i and s = sqrt(v + EPSILON), so that x_hat_i = (x_i - mu) / s.

            dmu/dx_j = 1/m
            dv/dx_j  = 2/m (x_j - mu)        (the part through mu is 2/m sum_i (x_i - mu) (-1/m) = 0)
            ds/dx_j  = 1/(2s) dv/dx_j = (x_j - mu) / (m s) = x_hat_j / m

        By the quotient rule, with 1[i = j] one where i is j,

            dx_hat_i/dx_j = (1[i = j] - 1/m) / s - (x_i - mu) / s^2 x_hat_j / m
                          = 1/s (1[i = j] - 1/m - x_hat_i x_hat_j / m)

        and the chain rule sums over the group:

            dL/dx_j = sum_i g_i dx_hat_i/dx_j = 1/s (g_j - mean(g) - x_hat_j mean(g x_hat))

        So what would only shift or stretch the whole group, which normalization undoes anyway, is taken out of the
        gradient.

        Where mean and variance are not those of x (batch normalization outside of training), they do not depend on it,
        and dL/dx_j = g_j / s.

        Source: Ioffe and Szegedy, ICML 2015, section 3, where the three ways are left apart.
        """
        x_hat, dL_dz, dL_dx_hat, dL_dx = kept.x_hat_matrix, kept.dL_dz_matrix, kept.dL_dx_hat, kept.dL_dx_matrix
        if not self.activation.is_identity:
            self.activation.slope(kept.z, kept.a, kept.slope, kept.scratch)
            np.multiply(kept.dL_da, kept.slope, out=kept.dL_dz)
        np.multiply(dL_dz, x_hat, out=kept.product)
        np.add.reduce(kept.product, axis=self.parameter_axis, keepdims=True, out=kept.dL_dgamma)
        np.add.reduce(dL_dz, axis=self.parameter_axis, keepdims=True, out=kept.dL_dbeta)
        if dL_dx is None:
            return
        np.multiply(dL_dz, self._gamma, out=dL_dx_hat)
        if self.uses_statistics_of_minibatch(kept):
            np.multiply(dL_dx_hat, x_hat, out=kept.product)
            self._mean(kept.product, kept.mean_product)
            self._mean(dL_dx_hat, kept.mean_dL_dx_hat)
            np.multiply(x_hat, kept.mean_product, out=kept.product)
            np.subtract(dL_dx_hat, kept.mean_dL_dx_hat, out=dL_dx_hat)
            np.subtract(dL_dx_hat, kept.product, out=dL_dx_hat)
        np.multiply(dL_dx_hat, kept.inverse_deviation, out=dL_dx)

    def _mean(self, matrix: Tensor, out: Tensor) -> None:
        """Write the mean of each group."""
        np.add.reduce(matrix, axis=self.axis, keepdims=True, out=out)
        np.multiply(out, 1 / matrix.shape[self.axis], out=out)


class BatchNorm(Normalization):
    """Batch normalization: each unit, or each channel over all places, is normalized over the minibatch.

    Outside of training an example must not depend on those it happens to come with; then the running statistics, which
    training leaves in the buffers, take the place of those of the minibatch.
    """

    spec: BatchNormSpec

    def __init__(
        self,
        name: str,
        spec: BatchNormSpec,
        input_shape: Shape,
        parameters: ParameterVector,
        buffers: ParameterVector,
    ) -> None:
        super().__init__(name, spec, input_shape, parameters, buffers)
        self._running_mean = self.as_part_of_matrix(buffers[f"{name}.running_mean"])
        self._running_var = self.as_part_of_matrix(buffers[f"{name}.running_var"])

    @classmethod
    def layout(cls, name: str, spec: BatchNormSpec, input_shape: Shape) -> Layout:
        """Return the shapes of gamma and beta: one number a unit or channel."""
        return {f"{name}.gamma": input_shape[:1], f"{name}.beta": input_shape[:1]}

    @classmethod
    def buffer_layout(cls, name: str, spec: BatchNormSpec, input_shape: Shape) -> Layout:
        """Return the shapes of the running statistics: one number a unit or channel."""
        return {f"{name}.running_mean": input_shape[:1], f"{name}.running_var": input_shape[:1]}

    @property
    def axis(self) -> int:
        """Units are columns of (n, units), channels are rows of (C, H*W*n)."""
        return 1 if self.is_for_images else 0

    @property
    def parameter_axis(self) -> int:
        """The same: a group has one gamma."""
        return self.axis

    def as_matrix(self, tensor: Tensor) -> Tensor:
        """Return rows as they are, images as one row a channel."""
        return tensor.reshape(len(tensor), -1) if self.is_for_images else tensor

    def initialize(self, weights: Initializer, rng: np.random.Generator) -> None:
        """Begin with z = x_hat and the running statistics of numbers that need no normalization."""
        super().initialize(weights, rng)
        self._running_mean.fill(0)
        self._running_var.fill(1)

    def uses_statistics_of_minibatch(self, kept: NormalizationKept) -> bool:
        """Whether mean and variance are those of x: in training."""
        return kept.training

    def forward(self, kept: NormalizationKept) -> None:
        """Compute z and a from x; outside of training with the running mean and variance."""
        if not kept.training:
            np.copyto(kept.mean, self._running_mean)
            np.copyto(kept.variance, self._running_var)
        super().forward(kept)

    def track(self, kept: NormalizationKept) -> None:
        """Fold mean and variance of the minibatch into the running ones.

            running <- running + MOMENTUM (that of the minibatch - running)

        The running variance stands for that of all data. The mean squared distance from a minibatch's *own* mean is too
        small for that, by (m - 1) / m on average (the mean follows the numbers), so it is divided by m - 1, not by m.

        Source: Ioffe and Szegedy, ICML 2015, algorithm 2, step 10; the moving average as in PyTorch.
        """
        if not kept.training:
            return
        m = kept.x_matrix.shape[self.axis]
        change = kept.mean_product  # free to be overwritten: only backward uses it
        for running, of_minibatch, factor in (
            (self._running_mean, kept.mean, 1.0),
            (self._running_var, kept.variance, m / max(m - 1, 1)),
        ):
            np.multiply(of_minibatch, factor, out=change)
            np.subtract(change, running, out=change)
            np.multiply(change, MOMENTUM, out=change)
            np.add(running, change, out=running)


class LayerNorm(Normalization):
    """Layer normalization: all numbers of one example are normalized together, whatever the others are."""

    spec: LayerNormSpec

    @classmethod
    def layout(cls, name: str, spec: LayerNormSpec, input_shape: Shape) -> Layout:
        """Return the shapes of gamma and beta: one number for each number of an example."""
        return {f"{name}.gamma": input_shape, f"{name}.beta": input_shape}

    @property
    def axis(self) -> int:
        """Examples are rows of (n, units), columns of (C*H*W, n)."""
        return 0 if self.is_for_images else 1

    @property
    def parameter_axis(self) -> int:
        """The other: gamma belongs to a place in the example, and serves all examples."""
        return 1 - self.axis

    def as_matrix(self, tensor: Tensor) -> Tensor:
        """Return rows as they are, images as one column an example."""
        return tensor.reshape(-1, tensor.shape[-1]) if self.is_for_images else tensor
