"""Commands: what a browser may ask for, as JSON text, one object a message.

Every command has a `type`. One that carries an `id` is answered by exactly one event with the same `reply_to`:
its result, `done`, or `error`. Parsing is strict: no unknown field, no conversion, every length bounded.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.protocol import contest, drawing, shown_step, voting, wall, workshops
from app.protocol.message import Command
from app.protocol.values import MOST_INTEGER, Matrix, Slice, Split

MOST_COMMAND_BYTES = 64 * 1024
"""A longer message is refused before it is parsed."""


class Hello(Command):
    """The first message of a socket: which room, and what the page already knows (after a reconnect)."""

    type: Literal["hello"] = "hello"
    protocol: int = Field(ge=-MOST_INTEGER, le=MOST_INTEGER)
    room: str = Field(default="studio", pattern=r"^[a-z0-9-]{1,32}$")
    language: str = Field(default="en", max_length=35)
    epoch: str | None = Field(default=None, max_length=64, description="of the last welcome")
    seq: int | None = Field(default=None, ge=0, le=MOST_INTEGER, description="of the last numbered event received")
    token: str | None = Field(default=None, max_length=512, description="of a workshop; it says which room as well")


class Configure(Command):
    """Replace the run by a new one with this spec; it starts as the old one was: running or paused."""

    type: Literal["configure"] = "configure"
    spec: dict[str, Any] = Field(description="a RunSpec; checked by the engine, which names what is wrong where")


class Play(Command):
    """Train, at the pace that is set."""

    type: Literal["play"] = "play"


class Pause(Command):
    """Stop training after the step under way."""

    type: Literal["pause"] = "pause"


class Step(Command):
    """Train for exactly so many minibatches or epochs, then pause."""

    type: Literal["step"] = "step"
    unit: Literal["minibatch", "epoch"] = "minibatch"
    count: int = Field(default=1, ge=1, le=100_000)


class Reset(Command):
    """Go back to step 0 with the same seed, or with another."""

    type: Literal["reset"] = "reset"
    seed: int | None = Field(
        default=None, ge=-MOST_INTEGER, le=MOST_INTEGER, description="None: the same again; the engine names its bounds"
    )


class Set(Command):
    """Change hyper-parameters from the next step on, without a reset."""

    type: Literal["set"] = "set"
    values: dict[str, float | str] = Field(
        min_length=1, max_length=8, description="such as learning_rate, by name; the schedule's name is text"
    )


class Pace(Command):
    """Set how fast the run trains while it plays."""

    type: Literal["pace"] = "pace"
    steps_per_second: float | None = Field(ge=0.1, le=100_000, description="None: as fast as it can")


class Watch(Command):
    """Say what this viewer looks at; frames hold that and no more."""

    type: Literal["watch"] = "watch"
    matrices: list[Matrix] = Field(default=[], max_length=3, description="which matrices of each layer")
    units_rate: float = Field(default=30, ge=0.2, le=30, description="most frames a second with units")
    matrices_rate: float = Field(default=8, ge=0.2, le=30, description="most frames a second with matrices")


class Show(Command):
    """Pin the example that is shown, or let it change by itself again."""

    type: Literal["show"] = "show"
    split: Split = "test"
    index: int | None = Field(
        default=None, ge=0, le=MOST_INTEGER, description="None: examples of the minibatches, in turn"
    )


class Inspect(Command):
    """Ask for exact values, in float32, of parts of named tensors."""

    type: Literal["inspect"] = "inspect"
    slices: list[Slice] = Field(min_length=1, max_length=16)


class Mark(Command):
    """Have this step on the curve of training, however fast the run goes: somebody asks what its loss will be."""

    type: Literal["mark"] = "mark"
    step: int = Field(ge=1, le=MOST_INTEGER)


class DescribeMistakes(Command):
    """Ask which held-out examples are read as what, as last tested."""

    type: Literal["describe_mistakes"] = "describe_mistakes"


class DescribeData(Command):
    """Ask what the run's data set holds: how many of each class, and what a class looks like on average."""

    type: Literal["describe_data"] = "describe_data"


class Seek(Command):
    """Go to a step of the run's past, or back to its present; the run pauses there. Training on begins a branch."""

    type: Literal["seek"] = "seek"
    step: int = Field(ge=0, le=MOST_INTEGER, description="within the state's `history`")


class OpenStep(Command):
    """Make the run's next step apart from it, whole, and keep it for questions; the run itself is left alone."""

    type: Literal["open_step"] = "open_step"


class Question(BaseModel):
    """What all questions about an opened step share."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Address = Annotated[str, Field(max_length=64)]
Position = Annotated[int, Field(ge=0, le=MOST_INTEGER)]
Index = Annotated[list[Position], Field(max_length=4)]


class AskFactors(Question):
    """The chain rule of one parameter for one example: `engine.explain.factors.Factors`."""

    about: Literal["factors"]
    address: Address
    index: Index
    example: Position


class AskVotes(Question):
    """What each example adds to the gradient by one parameter: `engine.explain.votes.Votes`."""

    about: Literal["votes"]
    address: Address
    index: Index


class AskAnatomy(Question):
    """From the gradient by one parameter to its update: `engine.explain.anatomy.UpdateAnatomy`."""

    about: Literal["anatomy"]
    address: Address
    index: Index


class AskCheck(Question):
    """Gradients against central differences in float64: `checks`, of `engine.explain.gradient_check.GradientCheck`."""

    about: Literal["check"]
    address: Address | None = Field(description="None: some at random")
    index: Index
    count: int = Field(ge=1, le=50)
    seed: int = Field(ge=0, le=2**32 - 1)


class AskPromise(Question):
    """The change of the loss that the gradient promised, and what came: `engine.explain.promise.Promise`."""

    about: Literal["promise"]


class AskLadder(Question):
    """How the gradient grows or shrinks from layer to layer: `engine.explain.gains.Ladder`."""

    about: Literal["ladder"]


class AskCost(Question):
    """Multiply-adds of the step, and of finite differences instead: `engine.explain.cost.StepCost`."""

    about: Literal["cost"]


class AskBlame(Question):
    """The strongest paths from the loss to one input: `engine.explain.paths.Blame`."""

    about: Literal["blame"]
    input: Position
    example: Position


class AskOuterProduct(Question):
    """What goes into one row of a dense layer's gradient: `engine.explain.outer_products.OuterProduct`."""

    about: Literal["outer_product"]
    layer: Address
    unit: Position
    example: Position


class AskForces(Question):
    """The forces at the softmax for one example: `engine.explain.forces.SoftmaxForces`."""

    about: Literal["forces"]
    example: Position


class AskSlice(Question):
    """The loss of the minibatch along one direction: `engine.explain.slices.LineSlice`, without the vector."""

    about: Literal["slice"]
    direction: Literal["update", "gradient", "random"]
    seed: int = Field(ge=0, le=2**32 - 1, description="of a random direction")


AnyQuestion = Annotated[
    AskFactors
    | AskVotes
    | AskAnatomy
    | AskCheck
    | AskPromise
    | AskLadder
    | AskCost
    | AskBlame
    | AskOuterProduct
    | AskForces
    | AskSlice,
    Field(discriminator="about"),
]


class Ask(Command):
    """Ask about the opened step; the answer is the engine's, field by field."""

    type: Literal["ask"] = "ask"
    step: int = Field(
        ge=0, le=MOST_INTEGER, description="the opened step that is meant; refused if it is another by now"
    )
    question: AnyQuestion


class Ack(Command):
    """Say which frame was painted last: the server keeps only a few unpainted frames on the way."""

    type: Literal["ack"] = "ack"
    frame: int = Field(ge=0, le=MOST_INTEGER)


class Clock(Command):
    """Ask for the server's time, to know how old a frame is."""

    type: Literal["clock"] = "clock"
    sent: float


AnyCommand = Annotated[
    Hello
    | Configure
    | Play
    | Pause
    | Step
    | Reset
    | Set
    | Pace
    | Seek
    | Watch
    | Show
    | Inspect
    | DescribeData
    | DescribeMistakes
    | Mark
    | drawing.OpenNetwork
    | drawing.Predict
    | drawing.Explain
    | drawing.PreviewLesson
    | drawing.Teach
    | drawing.TakeBack
    | drawing.KeepDrawings
    | drawing.Practise
    | drawing.Adopt
    | OpenStep
    | Ask
    | Ack
    | workshops.Fork
    | workshops.Follow
    | workshops.Present
    | shown_step.ShowStep
    | shown_step.LookAtStep
    | workshops.SetTask
    | workshops.SetMode
    | workshops.Lock
    | workshops.Spotlight
    | workshops.HandOver
    | workshops.Remove
    | workshops.CloseWorkshop
    | wall.OpenWall
    | wall.HangDrawing
    | wall.TakeDown
    | wall.Admit
    | wall.LookAtWall
    | wall.ReadWall
    | wall.TrainOnWall
    | wall.AdoptWall
    | voting.AskClass
    | voting.AnswerClass
    | voting.CloseAnswers
    | voting.Decide
    | voting.DropQuestion
    | contest.BeginChallenge
    | contest.EndChallenge
    | contest.Attempt
    | Clock,
    Field(discriminator="type"),
]

RunCommand = (
    Configure
    | Play
    | Pause
    | Step
    | Reset
    | Set
    | Pace
    | Seek
    | Show
    | Inspect
    | DescribeData
    | DescribeMistakes
    | Mark
    | drawing.OpenNetwork
    | drawing.Predict
    | drawing.Explain
    | drawing.PreviewLesson
    | drawing.Teach
    | drawing.TakeBack
    | drawing.KeepDrawings
    | drawing.Practise
    | drawing.Adopt
    | OpenStep
    | Ask
)
"""Those that go to the run's worker; the room answers the others itself."""

COMMAND: TypeAdapter[Any] = TypeAdapter(AnyCommand)
