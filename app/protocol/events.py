"""Events: what a browser is told, as JSON text, one object a message.

Room events carry `seq`: they are numbered without a gap, and those missed are sent again after a reconnect.
Replies carry `reply_to` instead: the `id` of the command they answer.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from app.protocol import contest, drawing, voting, wall, workshops
from app.protocol.message import Event, Reply, RoomEvent
from app.protocol.values import (
    Finding,
    HeldOutPoint,
    InspectedSlice,
    Limits,
    Manifest,
    OpenedExample,
    ParameterInfo,
    RunState,
    TrainingPoint,
)


class Welcome(Reply):
    """The answer to hello: everything a page needs to draw at once. The last frames follow it."""

    type: Literal["welcome"] = "welcome"
    protocol: int
    version: str
    room: str
    viewer: str
    epoch: str = Field(description="changes when the server can't vouch that nothing was missed")
    seq: int
    resumed: bool = Field(description="whether only what was missed follows; else the page forgets what it had")
    time: float = Field(description="server time, milliseconds since 1970")
    manifest: Manifest | None
    state: RunState | None
    training: list[TrainingPoint]
    held_out: list[HeldOutPoint]
    findings: list[Finding] = Field(description="what is wrong with the run, as last told")
    saving: bool = Field(description="whether the run could be saved when that was last tried")
    limits: Limits | None


class ManifestChanged(RoomEvent):
    """A new architecture: the frames that follow are read by this manifest. The history starts anew."""

    type: Literal["manifest"] = "manifest"
    manifest: Manifest


class StateChanged(RoomEvent):
    """The run changed: it plays, pauses, diverges, has another pace, spec or hyper-parameter."""

    type: Literal["state"] = "state"
    state: RunState


class MetricsAdded(RoomEvent):
    """New points of the curves, in order of step."""

    type: Literal["metrics"] = "metrics"
    training: list[TrainingPoint] = Field(default=[])
    held_out: list[HeldOutPoint] = Field(default=[])


class HealthChanged(RoomEvent):
    """Other things are wrong with the run than before, or nothing any more."""

    type: Literal["health"] = "health"
    step: int
    findings: list[Finding]


class HistoryCleared(RoomEvent):
    """The run went back: the points from `step` on no longer hold."""

    type: Literal["rewound"] = "rewound"
    step: int


class Notice(RoomEvent):
    """Something happened that all should know; the page has a sentence for each code."""

    type: Literal["notice"] = "notice"
    code: Literal["worker_restarted", "worker_lost", "checkpoint_failed", "checkpoint_works", "draining"]


class Viewers(RoomEvent):
    """How many viewers the room has."""

    type: Literal["viewers"] = "viewers"
    count: int


class Share(Event):
    """What part of a training process the run has: the newest replaces what was known, so it carries no number."""

    type: Literal["share"] = "share"
    among: int = Field(description="how many runs train in that process, this one among them if it does")
    share: float = Field(description="the part of the process's time that this run used in the last second")


class Done(Reply):
    """The command was carried out."""

    type: Literal["done"] = "done"


class Refused(Reply):
    """The command was not carried out; nothing was changed."""

    type: Literal["error"] = "error"
    code: str
    message: str = Field(description="a sentence in the viewer's language")
    where: str = Field(description="the field or part that is wrong, or an empty text")


class Inspection(Reply):
    """Exact values."""

    type: Literal["inspection"] = "inspection"
    step: int
    slices: list[InspectedSlice]


class DataDescribed(Reply):
    """What the run's data set holds; nothing of classes where it is a regression."""

    type: Literal["data"] = "data"
    dataset: str
    train_counts: list[int] = Field(description="examples of each class in the training split")
    test_counts: list[int]
    means: str = Field(description="base64 of the grey values of each class's mean training image; empty for no images")


class MistakesDescribed(Reply):
    """How the whole held-out split was read when it was last tested; rows are labels, columns what was read."""

    type: Literal["mistakes"] = "mistakes"
    step: int
    confusion: list[list[int]] = Field(description="counts; empty for a regression")


class Opened(Reply):
    """A step was made apart from its run, whole; it can be asked about until another one is opened."""

    type: Literal["opened"] = "opened"
    step: int = Field(description="how many updates are done once it is")
    opening: str = Field(default="", description="which opening it is, where a class may be shown it; else empty")
    loss: float = Field(description="mean over its minibatch, before its update")
    learning_rate: float
    batch_size: int
    examples: list[OpenedExample] = Field(description="the first of the minibatch, at most 64")
    images: str = Field(description="base64 of the grey values of their inputs, as they were seen, varied")
    parameters: list[ParameterInfo]


class Answer(Reply):
    """The answer to a question about an opened step: the engine's dataclass, field by field. None: not finite."""

    type: Literal["answer"] = "answer"
    step: int
    about: str
    answer: dict[str, Any]


class ClockRead(Reply):
    """The server's time, and the time the browser sent along."""

    type: Literal["clock"] = "clock"
    sent: float
    time: float


class Heartbeat(Event):
    """Sent when nothing else was for a while, so that the page knows the link is alive."""

    type: Literal["heartbeat"] = "heartbeat"
    time: float


AnyEvent = Annotated[
    Welcome
    | ManifestChanged
    | StateChanged
    | MetricsAdded
    | HealthChanged
    | HistoryCleared
    | Notice
    | Viewers
    | Share
    | Done
    | Refused
    | Inspection
    | DataDescribed
    | MistakesDescribed
    | drawing.NetworkOpened
    | drawing.Prediction
    | drawing.Explanation
    | drawing.LessonPreview
    | drawing.Taught
    | drawing.DrawingsKept
    | drawing.PracticeProgress
    | drawing.Practised
    | Opened
    | Answer
    | ClockRead
    | workshops.Workshop
    | workshops.Members
    | workshops.SentAway
    | workshops.ServerStatus
    | wall.Wall
    | voting.Vote
    | voting.EarlierQuestions
    | contest.Contest
    | Heartbeat,
    Field(discriminator="type"),
]

EVENT: TypeAdapter[Any] = TypeAdapter(AnyEvent)
