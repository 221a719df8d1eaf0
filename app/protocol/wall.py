"""The class wall: everyone's drawings, what the network reads in them, and what it learns from those admitted."""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.drawing import MOST_PRACTICE_STEPS, LearningRate, Pixels, PracticePoint, PracticeProgress, Score
from app.protocol.message import Command, Event
from app.protocol.people import PersonInfo
from app.protocol.values import Value

CLASSES = 10
MOST_NAMED = 400

DrawingId = Annotated[str, Field(pattern=r"^[a-z0-9]{8}$")]


class OpenWall(Command):
    """Let members hang drawings, or no more; what hangs stays."""

    type: Literal["open_wall"] = "open_wall"
    open: bool


class HangDrawing(Command):
    """Hang a drawing on the wall, and say what it is."""

    type: Literal["hang_drawing"] = "hang_drawing"
    pixels: Pixels
    label: int = Field(ge=0, lt=CLASSES)


class TakeDown(Command):
    """Take a drawing off the wall: a member one of their own, the host any."""

    type: Literal["take_down"] = "take_down"
    drawing: DrawingId


class Admit(Command):
    """Let drawings be trained on, or not any more."""

    type: Literal["admit"] = "admit"
    drawings: list[DrawingId] = Field(min_length=1, max_length=MOST_NAMED)
    admitted: bool


class LookAtWall(Command):
    """Have the wall's drawings sent, now and whenever they change, or no more."""

    type: Literal["look_at_wall"] = "look_at_wall"
    looking: bool


class ReadWall(Command):
    """Have all drawings read again, by the host's run as it is now."""

    type: Literal["read_wall"] = "read_wall"


class TrainOnWall(Command):
    """Train a copy of the host's run on the admitted drawings, mixed with MNIST, and measure gain and loss."""

    type: Literal["train_on_wall"] = "train_on_wall"
    steps: int = Field(ge=1, le=MOST_PRACTICE_STEPS)
    learning_rate: LearningRate
    mnist_share: float = Field(ge=0, le=0.95, description="of each minibatch")


class AdoptWall(Command):
    """Put the copy that was trained on the wall in the place of the host's run."""

    type: Literal["adopt_wall"] = "adopt_wall"


class WallReading(Value):
    """What the host's run read in a drawing."""

    prediction: int
    prob: float = Field(description="of what it read")
    step: int = Field(description="of the run, when it read")


class WallDrawing(Value):
    """A drawing on the wall."""

    id: str
    person: PersonInfo = Field(description="who drew it")
    label: int = Field(description="what they say it is")
    image: str = Field(description="base64 of 784 grey values")
    admitted: bool
    reading: WallReading | None = Field(description="None where it was not read, or the run reads no such images")


class WallState(Value):
    """The wall as all in the workshop know it."""

    open: bool
    count: int
    admitted: int
    training: bool = Field(description="whether a copy is being trained on it now")


class WallTrained(Value):
    """What training a copy of the host's run on the wall did."""

    step: int = Field(description="of the run that was copied")
    steps: int
    learning_rate: float
    mnist_share: float
    trained_on: Score = Field(description="the admitted drawings that were trained on, before")
    trained_on_after: Score
    held_out: Score = Field(description="every third admitted drawing, never trained on, before")
    held_out_after: Score
    mnist: Score = Field(description="MNIST's held-out digits, before")
    mnist_after: Score
    curve: list[PracticePoint]
    checksum_before: str
    checksum: str
    adopted: bool = Field(description="whether it is in the place of the host's run now")


class Wall(Event):
    """For who looks at the wall: the drawings that are new or changed since the last of these, or all at first."""

    type: Literal["wall"] = "wall"
    whole: bool = Field(description="whether what was known before is to be forgotten")
    drawings: list[WallDrawing]
    gone: list[str]
    confusion: list[list[int]] = Field(description="of all that were read: rows what it is said to be, columns as read")
    trained: WallTrained | None
    progress: PracticeProgress | None = Field(description="of the training that is under way")
