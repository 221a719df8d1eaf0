"""The plain values that commands and events are made of."""

from enum import StrEnum
from typing import Literal

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


class LayerFields(Value):
    """A hidden layer of a run spec."""

    units: int
    activation: str


class OptimizerFields(Value):
    """The optimizer of a run spec with its hyper-parameters."""

    name: str
    learning_rate: float
    momentum: float
    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float
    learning_rate_decay: float


class RunSpec(Value):
    """A training run as plain data; the engine's `RunSpec` checks it."""

    dataset: str
    layers: list[LayerFields]
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


class LayerInfo(Value):
    """One layer of the architecture. Only the units in `shown` are in frames; the others can be inspected."""

    name: str
    units: int
    inputs: int
    activation: str
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
    """Fixed held-out digits whose predictions are in each frame of units."""

    indices: list[int] = Field(description="in the test split")
    labels: list[int]
    images: str = Field(description="base64 of n times 784 grey values")


class Manifest(Value):
    """What frames of one architecture hold; sent once, named by `id` in each frame."""

    id: int
    run: str
    dataset: str
    image_shape: list[int]
    classes: list[str]
    train_count: int
    test_count: int
    steps_per_epoch: int
    layers: list[LayerInfo]
    tensors: list[TensorInfo]
    statistics: list[str] = Field(description="names of the columns of the tensor `statistics`")
    gallery: Gallery


class TrainingPoint(Value):
    """The loss curve at one step."""

    step: int
    epoch: float
    loss: float = Field(description="mean over this step's minibatch, before its update")
    smoothed_loss: float = Field(description="exponential average of the steps' losses")
    accuracy: float = Field(description="exponential average of the minibatches' accuracy")


class HeldOutPoint(Value):
    """A test of the network on the whole held-out split."""

    step: int
    epoch: float
    loss: float | None = Field(description="None where it overflowed")
    accuracy: float
    correct: int
    count: int


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


class InspectedSlice(Value):
    """Exact values of a slice, row by row. None stands for a number that is not finite."""

    tensor: str
    index: int | None
    shape: list[int]
    values: list[float | None]
