"""The loss as plain data; `engine.losses` computes it."""

from dataclasses import dataclass

from engine.spec.fields import choice, fields_of, number

LOSS_NAMES = (
    "mean_softmax_cross_entropy",
    "mean_binary_cross_entropy",
    "mean_squared_error",
    "mean_absolute_error",
    "mean_huber",
    "mean_hinge",
    "mean_quadratic",
)

MOST_LABEL_SMOOTHING = 0.9
LEAST_HUBER_DELTA, MOST_HUBER_DELTA = 1e-3, 1e3


@dataclass(frozen=True, slots=True)
class LossSpec:
    """The loss and its settings; those the loss does not have are kept but unused."""

    name: str = "mean_softmax_cross_entropy"
    label_smoothing: float = 0.0
    huber_delta: float = 1.0


def read_loss(plain: object, where: str) -> LossSpec:
    """Read the loss of a run spec; raise SpecError at the first thing that is not acceptable."""
    read = fields_of(plain, where, LossSpec)
    return LossSpec(
        name=choice(read["name"], f"{where}.name", LOSS_NAMES),
        label_smoothing=number(read["label_smoothing"], f"{where}.label_smoothing", 0.0, MOST_LABEL_SMOOTHING),
        huber_delta=number(read["huber_delta"], f"{where}.huber_delta", LEAST_HUBER_DELTA, MOST_HUBER_DELTA),
    )
