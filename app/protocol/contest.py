"""A challenge for the class: whose network reads held-out digits best after the same number of steps?

An attempt begins one's own run anew and trains exactly so many steps, then all of the held-out split is read. What one
chooses is the set-up; a run that was changed on the way by anything but its hyper-parameters does not count.
"""

from typing import Literal

from pydantic import Field

from app.protocol.message import Command, Event
from app.protocol.people import PersonInfo
from app.protocol.values import Value

LEAST_STEPS, MOST_STEPS = 100, 20_000


class BeginChallenge(Command):
    """Challenge the class, on the data set that the host's run has now; one before is over."""

    type: Literal["begin_challenge"] = "begin_challenge"
    steps: int = Field(ge=LEAST_STEPS, le=MOST_STEPS)


class EndChallenge(Command):
    """Take no more attempts; the board stays. Once more: take the board away."""

    type: Literal["end_challenge"] = "end_challenge"


class Attempt(Command):
    """Begin one's own run anew and train exactly the challenge's steps, with the set-up that it has."""

    type: Literal["attempt"] = "attempt"


class Entry(Value):
    """Somebody's best attempt."""

    person: PersonInfo
    correct: int = Field(description="held-out examples read rightly after exactly the challenge's steps")
    count: int
    layers: list[str] = Field(description="the set-up in words")
    optimizer: str
    learning_rate: float
    batch_size: int
    parameters: int
    attempts: int = Field(description="that were finished")


class OwnAttempt(Value):
    """How one's own attempt does."""

    running: bool
    failed: Literal["", "diverged", "changed"] = Field(description="why the last one did not count")
    rank: int | None = Field(description="of one's best attempt, from 1; None: there is none yet")


class Challenge(Value):
    """The challenge as one person sees it."""

    open: bool
    steps: int
    dataset: str
    entries: int
    board: list[Entry] = Field(description="the best first: for members the first of them, for the host all")
    running: int = Field(description="attempts under way now")
    mine: OwnAttempt


class Contest(Event):
    """The challenge, or None; sent after `welcome` and when it changes."""

    type: Literal["contest"] = "contest"
    challenge: Challenge | None
