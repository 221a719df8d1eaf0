"""Who may do what: every command belongs to one kind of doing, and each place allows some kinds.

A member who follows may look, draw and ask for a place; only in a room of their own may they steer. The host steers
the host's room, wherever they look. Rooms without a workshop have no roles: everyone there is alone or among friends.
"""

from enum import StrEnum

from app.protocol.message import Command
from app.protocol.people import Role
from app.protocol.workshops import Place


class Doing(StrEnum):
    """Kinds of doing."""

    LOOKING = "looking"
    STEERING = "steering"
    MOVING = "moving"
    COMPETING = "competing"
    HOSTING = "hosting"


KINDS: dict[Doing, frozenset[str]] = {
    Doing.LOOKING: frozenset(
        {
            *("hello", "watch", "ack", "clock", "inspect", "describe_data", "describe_mistakes"),
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
            *("look_at_wall", "hang_drawing", "take_down"),
            # Of the opened step that all see; any other is for who steers, and the workshop looks which it is.
            *("look_at_step", "ask"),
        }
    ),
    Doing.STEERING: frozenset(
        {
            *("configure", "play", "pause", "step", "reset", "set", "pace", "seek", "show", "adopt", "mark"),
            # A run keeps one opened step, so it is not for everyone who looks.
            *("open_step", "show_step"),
        }
    ),
    Doing.MOVING: frozenset({"fork", "follow"}),
    # Whoever asks and sets the task does not answer it.
    Doing.COMPETING: frozenset({"answer_class", "attempt"}),
    Doing.HOSTING: frozenset(
        {
            *("present", "set_task", "set_mode", "lock", "spotlight", "hand_over", "remove", "close_workshop"),
            *("open_wall", "admit", "read_wall", "train_on_wall", "adopt_wall"),
            *("ask_class", "close_answers", "decide", "drop_question", "begin_challenge", "end_challenge"),
        }
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
        "host": frozenset({Doing.LOOKING, Doing.MOVING, Doing.COMPETING}),
        "spotlight": frozenset({Doing.LOOKING, Doing.MOVING, Doing.COMPETING}),
        "own": frozenset({Doing.LOOKING, Doing.STEERING, Doing.MOVING, Doing.COMPETING}),
    },
}


def may(role: Role, place: Place, command: Command) -> bool:
    """Whether someone in a role may do this where they are."""
    name: str = getattr(command, "type", "")
    return name in KIND_OF and KIND_OF[name] in ALLOWED[role][place]
