"""From a message of a socket to a command, or to the reason why it is none."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.languages import N_
from app.protocol.commands import COMMAND, MOST_COMMAND_BYTES
from app.protocol.message import Command
from app.protocol.values import MOST_INTEGER

TEMPLATES = {
    "command_too_long": N_("This message is longer than {most} bytes."),
    "not_json": N_("This message is not JSON."),
    "not_text": N_("Commands are sent as text, not as binary messages."),
    "unknown_command": N_("There is no such command."),
    "missing_field": N_("{where} is missing."),
    "unknown_field": N_("{where} is not a known field."),
    "wrong_value": N_("{where} is not acceptable here."),
}


@dataclass(eq=False)
class Malformed(Exception):
    """This message is not a command."""

    code: str
    where: str
    reply_to: int | None = None

    @property
    def template(self) -> str:
        """The sentence that says so."""
        return TEMPLATES[self.code]


def parse(text: str | bytes | None) -> Command:
    """Read a command; raise `Malformed` for anything else."""
    if not isinstance(text, str):
        raise Malformed("not_text", "")
    if len(text) > MOST_COMMAND_BYTES:
        raise Malformed("command_too_long", "")
    try:
        command: Command = COMMAND.validate_json(text)
    except ValidationError as error:
        raise _reason(text, error) from None
    return command


def _reason(text: str, error: ValidationError) -> Malformed:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    kind = first["type"]
    if kind == "json_invalid":
        return Malformed("not_json", "")
    # The first part of a location is the command's own name.
    where = ".".join(str(part) for part in first["loc"][1:])[:80]
    reply_to = _id_in(text)
    if not where and kind in ("union_tag_invalid", "union_tag_not_found", "dict_type", "model_attributes_type"):
        return Malformed("unknown_command", "type", reply_to)
    codes = {"missing": "missing_field", "extra_forbidden": "unknown_field"}
    return Malformed(codes.get(kind, "wrong_value"), where, reply_to)


def version_in(text: str | bytes | None) -> int | None:
    """Return the protocol version in a hello that could not be read otherwise."""
    message = _object_in(text)
    version = message.get("protocol") if message.get("type") == "hello" else None
    return version if type(version) is int else None


def _id_in(text: str) -> int | None:
    number = _object_in(text).get("id")
    return number if type(number) is int and 0 <= number <= MOST_INTEGER else None


def _object_in(text: str | bytes | None) -> dict[str, Any]:
    try:
        message = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
