"""Workshops: a host and members in rooms of their own; what they may say, and what they are told.

A workshop has one room that the host steers and all follow, and one more for each member who forked the host's run.
Who one is, a signed token in `hello` says; what one may do is looked up anew for every command. What all are told
about the workshop is a state, not a history: the newest replaces what was known, so it carries no number.
"""

from typing import Literal

from pydantic import Field

from app.protocol.message import Command, Event
from app.protocol.people import PersonId, PersonInfo
from app.protocol.shown_step import ShownStep
from app.protocol.values import Value
from app.protocol.wall import WallState

MOST_TASK = 280
Mode = Literal["follow", "explore"]
Place = Literal["host", "own", "spotlight"]


class Fork(Command):
    """Take a copy of the host's run, as it is now, into a room of one's own, and go there; or go back to that room."""

    type: Literal["fork"] = "fork"
    anew: bool = Field(default=False, description="copy the host's run again over one's own")


class Follow(Command):
    """Go back to the host's run; one's own run waits."""

    type: Literal["follow"] = "follow"


class Present(Command):
    """Say what the host looks at: those who follow are shown the same, until the host presents nothing any more."""

    type: Literal["present"] = "present"
    lens: Literal["activations", "gradients", "weights", "updates"] | None = Field(
        description="none: nothing is presented"
    )
    layer: str | None = Field(default=None, max_length=64, description="of the selected unit; x is the input")
    unit: int | None = Field(default=None, ge=0, le=100_000)


class SetTask(Command):
    """Put a task on every screen; an empty one takes it away."""

    type: Literal["set_task"] = "set_task"
    text: str = Field(max_length=MOST_TASK)


class SetMode(Command):
    """Have everyone follow the host, or let them explore on their own."""

    type: Literal["set_mode"] = "set_mode"
    mode: Mode


class Lock(Command):
    """Let no one new in, or open the door again; who is in may come back in any case."""

    type: Literal["lock"] = "lock"
    locked: bool


class Spotlight(Command):
    """Show one member's run on everyone's screen, or the host's again."""

    type: Literal["spotlight"] = "spotlight"
    person: PersonId | None


class HandOver(Command):
    """Make a member the host; the host becomes a member."""

    type: Literal["hand_over"] = "hand_over"
    person: PersonId


class Remove(Command):
    """Send a member away for good."""

    type: Literal["remove"] = "remove"
    person: PersonId


class CloseWorkshop(Command):
    """End the workshop for all; its runs are deleted."""

    type: Literal["close_workshop"] = "close_workshop"


class Presented(Value):
    """What the host looks at, and those who follow with them."""

    lens: str
    layer: str | None
    unit: int | None


class Seat(Value):
    """Where a viewer is in a workshop, and who they are."""

    person: PersonInfo
    place: Place = Field(description="whose run they see: the host's, their own, or one in the spotlight")
    has_own: bool = Field(description="whether a run of their own waits for them")


class WorkshopState(Value):
    """A workshop as all in it see it."""

    code: str
    mode: Mode
    locked: bool
    task: str
    host: PersonInfo
    host_here: bool
    spotlight: PersonInfo | None
    presented: Presented | None
    opened: ShownStep | None = Field(description="the opened step that all see who see the run that all see")
    members: int = Field(description="how many are here now, the host not counted")
    wall: WallState


class MemberCard(Value):
    """A member as the host's page shows them."""

    person: PersonInfo
    here: bool
    place: Place
    run: str = Field(description="status of the run of their own; empty where they have none")
    asleep: bool = Field(default=False, description="whether the run is not loaded: all of this is as it was last seen")
    step: int
    loss: float | None = Field(description="smoothed, over minibatches")
    accuracy: float | None = Field(description="on held-out examples, as last measured")
    layers: list[str] = Field(description="the set-up in words: 784, 32 relu, 10")
    learning_rate: float | None
    curve: list[float] = Field(description="smoothed loss at up to 32 steps, evenly spread over the run")
    findings: list[str] = Field(description="kinds of what is wrong with the run")
    tiles: str | None = Field(
        description="base64 of int8: weights of up to 4 first-layer units as images; empty: none; null: as told before"
    )
    tile_shape: list[int]
    tile_scale: float


class Workshop(Event):
    """The workshop, and one's seat in it; sent after `welcome` and whenever it changes."""

    type: Literal["workshop"] = "workshop"
    state: WorkshopState
    seat: Seat


class Members(Event):
    """For the host: the members who changed since the last of these, or all of them at first."""

    type: Literal["members"] = "members"
    cards: list[MemberCard]
    gone: list[str] = Field(description="ids of those who are no members any more")
    whole: bool = Field(default=False, description="whether these are all members, and who else was known is none")


class ServerStatus(Event):
    """For the host, every few seconds: how the server does. What is counted, is since the one before."""

    type: Literal["server_status"] = "server_status"
    viewers: int = Field(description="pages that watch, of all workshops")
    frames_per_second: float = Field(description="sent to each of them, on average")
    frame_age: float | None = Field(
        description="milliseconds from taking a frame to sending it: 95 of 100 were not older; None: none was sent"
    )
    dropped: int = Field(description="frames that newer ones replaced before they could be sent")
    training_share: float = Field(description="the part of the training processes' time that runs use")
    memory_share: float | None = Field(description="the part of the memory that is in use; None: unknown")


class SentAway(Event):
    """The viewer is out: the workshop was closed, or they were removed. The socket closes after it."""

    type: Literal["sent_away"] = "sent_away"
    reason: Literal["closed", "removed"]
