"""The states of a run and the ways between them: the one place where a run's status changes."""

from enum import StrEnum

from app.protocol.values import Status


class Happening(StrEnum):
    """What can happen to a run."""

    PLAY = "play"
    PAUSE = "pause"
    FINISH = "finish"
    DIVERGE = "diverge"
    FAIL = "fail"
    RESET = "reset"
    SEEK = "seek"


LIFE: dict[Status, dict[Happening, Status]] = {
    Status.IDLE: {Happening.PLAY: Status.RUNNING, Happening.PAUSE: Status.IDLE},
    Status.RUNNING: {
        Happening.PLAY: Status.RUNNING,
        Happening.PAUSE: Status.PAUSED,
        Happening.FINISH: Status.FINISHED,
        Happening.DIVERGE: Status.DIVERGED,
    },
    Status.PAUSED: {
        Happening.PLAY: Status.RUNNING,
        Happening.PAUSE: Status.PAUSED,
        Happening.FINISH: Status.FINISHED,
    },
    Status.FINISHED: {Happening.PAUSE: Status.FINISHED},
    Status.DIVERGED: {Happening.PAUSE: Status.DIVERGED},
    Status.FAILED: {Happening.PAUSE: Status.FAILED},
}
"""From each status, where what happens leads. From anywhere, reset leads to idle and failure to failed.

Seeking leads to a pause, but not from a failure."""


class NotPossible(Exception):
    """This cannot happen to a run with this status."""

    def __init__(self, status: Status, happening: Happening) -> None:
        super().__init__(f"a run that is {status} cannot {happening}")
        self.status = status
        self.happening = happening


def after(status: Status, happening: Happening) -> Status:
    """Return the status that follows, or raise `NotPossible`."""
    if happening is Happening.RESET:
        return Status.IDLE
    if happening is Happening.FAIL:
        return Status.FAILED
    if happening is Happening.SEEK and status is not Status.FAILED:
        return Status.PAUSED
    try:
        return LIFE[status][happening]
    except KeyError:
        raise NotPossible(status, happening) from None


def at_rest(step: int, *, finished: bool) -> Status:
    """Return where in its life a run begins that is brought to a step by something else than training."""
    if finished:
        return Status.FINISHED
    return Status.PAUSED if step else Status.IDLE
