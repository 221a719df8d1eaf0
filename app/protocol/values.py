"""The plain values that commands and events are made of."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Matrix = Literal["W", "dL_dW", "update"]
Split = Literal["train", "test"]
Encoding = Literal["int8", "uint8", "float32"]
Part = Literal["units", "matrices"]

MOST_INTEGER = 2**53
"""Larger ones a browser cannot write exactly, nor the link between the processes carry."""


class Value(BaseModel):
    """What all values share."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Slice(Value):
    """A part of a tensor: one entry along its first axis (one unit), or all of it."""

    tensor: str = Field(max_length=64, description="an address such as dense1.W")
    index: int | None = Field(default=None, ge=0, le=MOST_INTEGER)


class Status(StrEnum):
    """Where a run is in its life."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    DIVERGED = "diverged"
    FINISHED = "finished"
    FAILED = "failed"


class DenseFields(Value):
    """A dense layer of a run spec."""

    kind: Literal["dense"]
    units: int
    activation: str


class ConvFields(Value):
    """A convolutional layer of a run spec."""

    kind: Literal["conv"]
    channels: int
    kernel: int
    stride: int
    padding: int
    activation: str


class PoolFields(Value):
    """A pooling layer of a run spec."""

    kind: Literal["max_pool", "average_pool"]
    size: int
    stride: int


class FlattenFields(Value):
    """A layer of a run spec that makes rows of images."""

    kind: Literal["flatten"]


class DropoutFields(Value):
    """A dropout layer of a run spec."""

    kind: Literal["dropout"]
    rate: float


class NormFields(Value):
    """A normalizing layer of a run spec."""

    kind: Literal["batch_norm", "layer_norm"]
    activation: str


class ResidualFields(Value):
    """A residual addition of a run spec."""

    kind: Literal["residual"]
    skip: int = Field(description="how many layers it goes past")
    activation: str


LayerFields = Annotated[
    DenseFields | ConvFields | PoolFields | FlattenFields | DropoutFields | NormFields | ResidualFields,
    Field(discriminator="kind"),
]
"""A hidden layer of a run spec."""


class DatasetFields(Value):
    """The data set of a run spec; what follows the name is for those that are made."""

    name: str
    count: int
    noise: float
    test_share: float
    arms: int
    features: list[str]
    seed: int


class AugmentationFields(Value):
    """How far training images are varied at random, at most."""

    shift: float = Field(description="pixels")
    rotation: float = Field(description="degrees")
    scale: float = Field(description="share of the size")
    noise: float = Field(description="standard deviation, as a share of white")


class LossFields(Value):
    """The loss of a run spec."""

    name: str
    label_smoothing: float
    huber_delta: float


class OptimizerFields(Value):
    """The optimizer of a run spec with its hyper-parameters and the schedule of its learning rate."""

    name: str
    learning_rate: float
    momentum: float
    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float
    l1: float
    clip_norm: float = Field(description="0: gradients are not clipped")
    schedule: str
    schedule_steps: int
    schedule_factor: float
    warmup_steps: int
    learning_rate_decay: float


class RunSpec(Value):
    """A training run as plain data; the engine's `RunSpec` checks it."""

    dataset: DatasetFields
    augmentation: AugmentationFields
    layers: list[LayerFields]
    output_activation: str
    loss: LossFields
    initializer: str
    optimizer: OptimizerFields
    batch_size: int
    seed: int
    precision: str
    max_steps: int | None


class Divergence(Value):
    """Why a run stopped by itself: the first tensor that was not finite, after so many good steps."""

    step: int
    tensor: str


class Shown(Value):
    """The example that is shown, and whether someone pinned it."""

    split: Split
    index: int
    pinned: bool


class History(Value):
    """The steps of a run that one can go to."""

    beginning: int
    present: int
    visiting: bool = Field(description="whether the run stands at a step of its past; training on begins a branch")


class OpenedExample(Value):
    """One example of an opened step's minibatch."""

    index: int = Field(description="in the training split")
    label: int | None
    prediction: int | None
    loss: float | None = Field(description="its own, not divided by the size of the minibatch")


class ParameterInfo(Value):
    """A tensor of parameters."""

    address: str
    shape: list[int]


class Finding(Value):
    """Something that is wrong with a layer, from measured values; kinds and causes are those of `engine.health`."""

    kind: str
    layer: str
    cause: str
    evidence: dict[str, float | None] = Field(description="the numbers it was concluded from")
    units: list[int] = Field(description="which units or channels; none where it is about the whole layer")


class RunState(Value):
    """A run as its viewers see it; sent whenever anything changes but the step and, by itself, the shown example."""

    run: str
    status: Status
    step: int
    epoch: float
    spec: RunSpec
    parameters: int = Field(description="how many weights and biases")
    steps_per_second: float | None = Field(description="the pace that is set; None: full speed")
    divergence: Divergence | None = None
    shown: Shown | None = None
    history: History | None = None


class LayerInfo(Value):
    """One layer of the architecture. Only the units in `shown` are in frames; the others can be inspected."""

    name: str
    kind: str
    shape: list[int] = Field(description="of its output: [units], or [channels, height, width]")
    units: int = Field(description="how many units it has, or channels")
    inputs: int = Field(description="numbers that go into each of its units; 0 where there are no weights")
    activation: str = Field(description="softmax for outputs that the loss makes probabilities")
    shown: list[int] = Field(description="indices of the units that frames hold")


class TensorInfo(Value):
    """What a tensor in a frame is. Its value is data * scale for int8, data for the others."""

    id: int
    name: str = Field(description="the address: layer and quantity, such as dense1.W")
    layer: str | None
    quantity: str
    part: Part
    shape: list[int]
    encoding: Encoding
    meaning: str


class Gallery(Value):
    """Fixed held-out images whose predictions are in each frame of units; none where examples are no images."""

    indices: list[int] = Field(description="in the test split")
    labels: list[int]
    images: str = Field(description="base64 of the grey values of one image after the other")


class Plane(Value):
    """What made data lie on: a line for one coordinate, a plane for two. Frames hold the network's response over it."""

    dimensions: int
    side: int = Field(description="points of the grid along each dimension, from `least` to `most`; rows go downwards")
    least: float
    most: float
    coordinates: list[str] = Field(description="x1 and x2, or x")
    train_points: str = Field(description="base64 of float32, `dimensions` for each of some training examples")
    train_answers: str = Field(description="base64 of float32: the class of each, or its target value")
    test_points: str = Field(description="likewise of held-out examples")
    test_answers: str


class Manifest(Value):
    """What frames of one architecture hold; sent once, named by `id` in each frame."""

    id: int
    run: str
    dataset: str
    task: Literal["classification", "regression"]
    input_shape: list[int] = Field(description="of one example: [channels, height, width] of an image, else [inputs]")
    image_shape: list[int] | None = Field(description="height and width; None where examples are no images")
    features: list[str] = Field(description="names of the inputs where examples are no images")
    classes: list[str] = Field(description="none for regression")
    outputs: int
    probabilities: bool = Field(
        description="whether the tensor `probs` holds probabilities, not the outputs themselves"
    )
    train_count: int
    test_count: int
    steps_per_epoch: int
    layers: list[LayerInfo]
    tensors: list[TensorInfo]
    statistics: list[str] = Field(description="names of the columns of the tensor `statistics`")
    gallery: Gallery
    plane: Plane | None


class TrainingPoint(Value):
    """The loss curve at one step."""

    step: int
    epoch: float
    loss: float = Field(description="mean over this step's minibatch, before its update")
    smoothed_loss: float = Field(description="exponential average of the steps' losses")
    accuracy: float | None = Field(description="exponential average of the minibatches' accuracy; None for regression")


class HeldOutPoint(Value):
    """A test of the network on the whole held-out split."""

    step: int
    epoch: float
    loss: float | None = Field(description="None where it overflowed")
    accuracy: float | None = Field(description="None for regression, like `correct`")
    correct: int | None
    count: int


class DatasetChoice(Value):
    """A data set that a run may be configured with."""

    name: str
    task: Literal["classification", "regression"]
    made: bool = Field(description="made from count, noise, test_share and seed, rather than read")
    input_shape: list[int] = Field(description="as in the manifest; [] where it is as many as there are features")
    outputs: int = Field(description="0 where it is as many as there are arms")
    features: list[str] = Field(description="that may be chosen; none where inputs are fixed")
    has_arms: bool


class Limits(Value):
    """What a configuration may be; the page offers no more."""

    layers: int
    units: int
    parameters: int
    batch_size: int
    learning_rate: float
    activations: list[str]
    optimizers: list[str]
    initializers: list[str]
    layer_kinds: list[str]
    losses: list[str]
    losses_of_classes: list[str] = Field(description="those that make sense for classes only")
    schedules: list[str]
    datasets: list[DatasetChoice]


class InspectedSlice(Value):
    """Exact values of a slice, row by row. None stands for a number that is not finite."""

    tensor: str
    index: int | None
    shape: list[int]
    values: list[float | None]
