"""Who may do what: every command belongs to one kind of doing, and each place allows some kinds.

A member who follows may look, draw and ask for a place; only in a room of their own may they steer. The host steers
the host's room, wherever they look. Rooms without a workshop have no roles: everyone there is alone or among friends.
"""

from enum import StrEnum

from app.protocol.message import Command
from app.protocol.workshops import Place, Role


class Doing(StrEnum):
    """Kinds of doing."""

    LOOKING = "looking"
    STEERING = "steering"
    MOVING = "moving"
    HOSTING = "hosting"


KINDS: dict[Doing, frozenset[str]] = {
    Doing.LOOKING: frozenset(
        {
            *("hello", "watch", "ack", "clock", "inspect", "describe_data"),
            # Drawings are read, and taught to copies; the run itself is not touched.
            *(
                "open_network",
                "predict",
                "explain",
                "preview_lesson",
                "teach",
                "take_back",
                "keep_drawings",
                "practise",
            ),
        }
    ),
    Doing.STEERING: frozenset(
        {
            *("configure", "play", "pause", "step", "reset", "set", "pace", "seek", "show", "adopt"),
            # A run keeps one opened step, so it is not for everyone who looks.
            *("open_step", "ask"),
        }
    ),
    Doing.MOVING: frozenset({"fork", "follow"}),
    Doing.HOSTING: frozenset(
        {"present", "set_task", "set_mode", "lock", "spotlight", "hand_over", "remove", "close_workshop"}
    ),
}

KIND_OF: dict[str, Doing] = {name: doing for doing, names in KINDS.items() for name in names}

ALLOWED: dict[Role, dict[Place, frozenset[Doing]]] = {
    "host": {
        "host": frozenset({Doing.LOOKING, Doing.STEERING, Doing.HOSTING}),
        "spotlight": frozenset({Doing.LOOKING, Doing.HOSTING}),
        "own": frozenset({Doing.LOOKING, Doing.STEERING, Doing.HOSTING}),
    },
    "member": {
        "host": frozenset({Doing.LOOKING, Doing.MOVING}),
        "spotlight": frozenset({Doing.LOOKING, Doing.MOVING}),
        "own": frozenset({Doing.LOOKING, Doing.STEERING, Doing.MOVING}),
    },
}


def may(role: Role, place: Place, command: Command) -> bool:
    """Whether someone in a role may do this where they are."""
    name: str = getattr(command, "type", "")
    return name in KIND_OF and KIND_OF[name] in ALLOWED[role][place]
