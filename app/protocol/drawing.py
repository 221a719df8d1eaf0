"""Drawing: commands about a drawn digit, what they are answered with, and the values these are made of.

Who reads a drawing is named by `network`: "run", the room's own run as it is at this moment; "dense" and "conv", the
trained networks of the package; or a copy of one of these that somebody teaches, "copy-" and a name that its page
chose. A copy belongs to who knows its name, lives in the memory of the run's worker, and is never the run itself.
"""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.message import Command, Event, Reply
from app.protocol.values import MOST_INTEGER, Manifest, Value

PIXELS = 28 * 28
MOST_DRAWINGS_AT_ONCE = 40
MOST_LESSON_STEPS = 100
MOST_PRACTICE_STEPS = 1000

Pixels = Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(min_length=PIXELS, max_length=PIXELS)]
CopyName = Annotated[str, Field(pattern=r"^copy-[A-Za-z0-9_-]{8,32}$")]
NetworkName = Annotated[str, Field(pattern=r"^(run|dense|conv|copy-[A-Za-z0-9_-]{8,32})$")]
Label = Annotated[int, Field(ge=0, le=255)]
LearningRate = Annotated[float, Field(gt=0, le=10)]


class OpenNetwork(Command):
    """Ask what a network that reads drawings is, with the weights between its shown units."""

    type: Literal["open_network"] = "open_network"
    network: NetworkName = "run"


class Predict(Command):
    """Ask what a network, as it is now, reads in an image made as MNIST's were."""

    type: Literal["predict"] = "predict"
    pixels: Pixels = Field(description="28 rows of 28 grey values, light on dark")
    network: NetworkName = "run"
    label: Label | None = Field(default=None, description="what it is, for the way back; None: what the network reads")
    frame: bool = Field(default=False, description="whether the answer holds a frame of all units, forward and back")


class Explain(Command):
    """Ask why a network answers as it does, how near the drawing is to digits, and what would make it answer else."""

    type: Literal["explain"] = "explain"
    pixels: Pixels
    network: NetworkName = "run"


class PreviewLesson(Command):
    """Ask what one step on this drawing alone would do; it is made on a copy, nothing changes."""

    type: Literal["preview_lesson"] = "preview_lesson"
    pixels: Pixels
    label: Label
    learning_rate: LearningRate
    network: NetworkName = "run"


class Teach(Command):
    """Take steps of gradient descent on this drawing alone, in a copy: a new one of `network`, or `copy` itself."""

    type: Literal["teach"] = "teach"
    pixels: Pixels
    label: Label
    learning_rate: LearningRate
    network: NetworkName = Field(description="what is copied; the copy's own name goes on with the copy")
    copy_name: CopyName
    steps: int = Field(default=1, ge=1, le=MOST_LESSON_STEPS, description="at most, where it ends when it agrees")
    until_agrees: bool = False


class TakeBack(Command):
    """Undo lessons of a copy, bit for bit; after the first one is undone the copy is what it was made from."""

    type: Literal["take_back"] = "take_back"
    copy_name: CopyName
    lessons: int | None = Field(default=1, ge=1, le=MOST_INTEGER, description="None: all of them")


class KeepDrawings(Command):
    """Give drawings to a copy, to practise on; the first piece replaces those it had."""

    type: Literal["keep_drawings"] = "keep_drawings"
    copy_name: CopyName
    network: NetworkName = Field(description="what is copied by the first piece; the copy's own name goes on with it")
    first: bool
    images: str = Field(
        max_length=4 * (MOST_DRAWINGS_AT_ONCE * PIXELS + 2) // 3 + 4, description="base64 of 784 grey values each"
    )
    labels: list[Label] = Field(max_length=MOST_DRAWINGS_AT_ONCE)
    held_out: list[bool] = Field(max_length=MOST_DRAWINGS_AT_ONCE, description="whether it is only tested with")


class Practise(Command):
    """Train a copy on the drawings it was given, alone or mixed with MNIST, and measure what it gained and forgot."""

    type: Literal["practise"] = "practise"
    copy_name: CopyName
    steps: int = Field(ge=1, le=MOST_PRACTICE_STEPS)
    learning_rate: LearningRate
    mnist_share: float = Field(ge=0, le=0.95, description="of each minibatch")


class Adopt(Command):
    """Put a copy in the place of the room's run, paused, to be looked at and trained on."""

    type: Literal["adopt"] = "adopt"
    copy_name: CopyName


class NetworkOpened(Reply):
    """A network that reads drawings. Its frames are read by this manifest."""

    type: Literal["network"] = "network"
    network: str
    step: int
    manifest: Manifest
    matrices: str = Field(description="base64 of a frame with W, as the socket would send it")
    checksum: str = Field(description="first 16 hexadecimal digits of SHA-256 over parameters and buffers")
    parameters: int
    correct: int | None = Field(description="of MNIST's held-out digits, where that was measured; else None")
    count: int | None
    lessons: int = Field(description="taught to this copy and not taken back")
    undoable: int = Field(description="how many of them can be taken back one by one")


class Prediction(Reply):
    """What a network reads in an image."""

    type: Literal["prediction"] = "prediction"
    network: str = "run"
    step: int
    prediction: int
    probs: list[float]
    entropy: float = Field(description="of the probabilities, in bits: 0 is certain, 3.32 knows nothing of ten")
    loss: float | None = Field(default=None, description="its own, by the label; None: not asked for, or not finite")
    checksum: str = ""
    frame: str = Field(default="", description="base64 of a frame of units by the network's manifest; split is drawing")


class PixelMap(Value):
    """One signed number for each pixel: data * scale."""

    data: str = Field(description="base64 of int8")
    scale: float


class NearDigit(Value):
    """A training digit that looks like the drawing."""

    index: int = Field(description="in MNIST's training split")
    label: int
    distance: float = Field(description="Euclidean, over the 784 grey values as 0 to 1")
    image: str = Field(description="base64 of 784 grey values")


class RunnerUp(Value):
    """The smallest change that was found which makes the network read its second choice; tried with the network."""

    prediction: int
    image: str = Field(description="base64 of 784 grey values")
    size: float = Field(description="Euclidean length of the change, grey values as 0 to 1")
    pixels: int = Field(description="that change by more than a tenth of white")
    probs: list[float]


class Explanation(Reply):
    """Why a network answers as it does."""

    type: Literal["explanation"] = "explanation"
    network: str
    step: int
    prediction: int
    saliency: PixelMap = Field(description="integrated gradients of the read class's logit, from a blank image")
    completeness_gap: float = Field(description="sum of the saliency less what it should add up to")
    logit: float
    blank_logit: float = Field(description="the same logit for an empty image, where the sum begins")
    gradient: PixelMap = Field(description="of the same logit by each pixel, at the drawing: not the saliency")
    nearest: list[NearDigit] = Field(description="of all training digits, the nearest first; none without MNIST")
    farther_than: float | None = Field(
        description="share of MNIST's held-out digits that are nearer to their nearest training digit"
    )
    runner_up: RunnerUp | None = Field(description="None where none was found")


class RatePoint(Value):
    """What a step of some length would make of the probability of the taught class."""

    learning_rate: float
    prob: float
    prediction: int


class LayerMove(Value):
    """How far one step would move one layer."""

    layer: str
    parameters: int
    moved: int = Field(description="how many of them change at all")
    gradient_rms: float
    share: float = Field(description="of the squared length of the whole step")


class WeightMove(Value):
    """A weight that one step would move far."""

    address: str
    index: list[int]
    before: float
    after: float


class LessonPreview(Reply):
    """What one step on a drawing alone would do; nothing has changed."""

    type: Literal["lesson_preview"] = "lesson_preview"
    network: str
    step: int
    checksum: str = Field(description="of the weights, before and after this answer")
    label: int
    learning_rate: float
    loss: float
    before: list[float]
    after: list[float]
    curve: list[RatePoint] = Field(description="steps of other lengths along the same gradient, each really taken")
    layers: list[LayerMove]
    weights: list[WeightMove] = Field(description="those that would move farthest")


class Taught(Reply):
    """Lessons were taken, or taken back."""

    type: Literal["taught"] = "taught"
    copy_name: str
    steps: int = Field(description="steps of gradient descent that were taken now")
    agrees: bool | None = Field(description="whether the copy now reads the label; None after taking back")
    before: list[float] = Field(description="probabilities of the drawing; none after taking back")
    after: list[float]
    checksum_before: str
    checksum: str
    lessons: int
    undoable: int


class DrawingsKept(Reply):
    """The copy has these drawings to practise on."""

    type: Literal["drawings_kept"] = "drawings_kept"
    copy_name: str
    train_counts: list[int] = Field(description="of each class")
    held_out_counts: list[int]


class Score(Value):
    """How many of some images are read rightly."""

    correct: int
    count: int


class PracticePoint(Value):
    """Where practice was after so many steps, the first time before any."""

    step: int
    loss: float | None = Field(description="mean over this step's minibatch; None before the first one")
    held_out: Score = Field(description="of the held-out drawings")
    mnist: Score = Field(description="of the first of MNIST's held-out digits")


class PracticeProgress(Event):
    """How far a practice is, for the viewer who asked for it; told when that changes, before `Practised`."""

    type: Literal["practice_progress"] = "practice_progress"
    copy_name: str
    before: int = Field(description="practices of others that come first; 0: it is under way")
    steps: int = Field(description="of the whole practice")
    curve: list[PracticePoint] = Field(description="so far; empty while the network is tested before the first step")


class Practised(Reply):
    """What practice did."""

    type: Literal["practised"] = "practised"
    copy_name: str
    steps: int
    curve: list[PracticePoint]
    drawings_before: Score = Field(description="those it was trained on")
    drawings_after: Score
    held_out_before: Score
    held_out_after: Score
    mnist_before: Score = Field(description="all of MNIST's held-out digits")
    mnist_after: Score
    checksum_before: str
    checksum: str
    lessons: int
    undoable: int
