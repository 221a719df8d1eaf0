"""An opened step that all see: who steers the run that a class looks at is followed through it.

The step itself is opened once, by who steers; the others are told where in it that one is, and ask for what they draw.
"""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.message import Command
from app.protocol.values import MOST_INTEGER, Value

OpeningId = Annotated[str, Field(pattern=r"^[a-z0-9]{8}$")]
Number = Annotated[int, Field(ge=0, le=MOST_INTEGER)]


class StepPlace(Value):
    """Where in an opened step somebody is: the idea, and the example and the weight that run through all of them."""

    idea: Literal[
        "minibatch",
        "forces",
        "chain",
        "votes",
        "outer",
        "blame",
        "ladder",
        "check",
        "anatomy",
        "promise",
        "slice",
        "cost",
    ]
    example: Number
    address: str = Field(max_length=128, description="of the tensor that the weight is in")
    index: list[Number] = Field(max_length=4, description="of the weight in it")
    input: Number | None = Field(description="that is blamed; None: the one that the weight meets")
    rope: Number | None = Field(description="the output whose rope is looked at; None: that of the true class")
    direction: Literal["update", "gradient", "random"] = Field(description="of the slice")
    seed: Number | None = Field(description="of the parameters that are checked; None: the one weight")


class ShowStep(Command):
    """Say where in the opened step one is, or that it is closed: those who see the same run are shown the same."""

    type: Literal["show_step"] = "show_step"
    opening: OpeningId
    place: StepPlace | None = Field(description="None: it is closed")


class LookAtStep(Command):
    """Ask for the opened step that all see; the answer is `opened`, as who opened it was told."""

    type: Literal["look_at_step"] = "look_at_step"


class ShownStep(Value):
    """The opened step that all see now."""

    opening: str
    step: int
    manifest: int = Field(description="id of the manifest of the run as it was opened")
    gone: bool = Field(description="whether it can't be asked about any more but for what was asked before")
    place: StepPlace
