"""What all messages are made on: commands from a browser, events to it."""

from pydantic import BaseModel, ConfigDict, Field

from app.protocol.values import MOST_INTEGER


class Command(BaseModel):
    """What all commands share."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    id: int | None = Field(default=None, ge=0, le=MOST_INTEGER, description="echoed as reply_to")


class Event(BaseModel):
    """What all events share."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class RoomEvent(Event):
    """For all viewers of a room, numbered."""

    seq: int = Field(default=0, ge=0)


class Reply(Event):
    """For the viewer who sent the command with this id."""

    reply_to: int | None = None
