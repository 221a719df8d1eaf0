"""All losses by name.

In `engine.class_losses` are those by which the outputs of several classes compete, in `engine.elementwise_losses` those
that compare each output with a target of its own.
"""

from engine.class_losses import MeanHinge, MeanSoftmaxCrossEntropy
from engine.elementwise_losses import (
    MeanAbsoluteError,
    MeanBinaryCrossEntropy,
    MeanHuber,
    MeanQuadratic,
    MeanSquaredError,
)
from engine.loss import Loss
from engine.spec import LossSpec
from engine.tensors import Tensor

LOSSES: dict[str, type[Loss]] = {
    "mean_softmax_cross_entropy": MeanSoftmaxCrossEntropy,
    "mean_binary_cross_entropy": MeanBinaryCrossEntropy,
    "mean_squared_error": MeanSquaredError,
    "mean_absolute_error": MeanAbsoluteError,
    "mean_huber": MeanHuber,
    "mean_hinge": MeanHinge,
    "mean_quadratic": MeanQuadratic,
}
"""Every loss, by the name a run spec uses."""


def create_loss(spec: LossSpec, outputs: Tensor, dL_doutputs: Tensor, *, classification: bool) -> Loss:
    """Return the loss of a spec; it compares `outputs` (n, k) with its targets and writes its gradient to the other.

    Raises SpecError where there are no classes but the loss makes sense for classes only.
    """
    return LOSSES[spec.name](spec, outputs, dL_doutputs, classification=classification)
