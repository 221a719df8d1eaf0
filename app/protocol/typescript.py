"""Writes the browser's types from the protocol: static/js/protocol.d.ts.

python -m app.protocol.typescript          write it
python -m app.protocol.typescript --check  exit 1 if it is not up to date
"""

import sys
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from pydantic import BaseModel

from app.protocol import (
    PROTOCOL_VERSION,
    commands,
    contest,
    drawing,
    events,
    frames,
    people,
    shown_step,
    values,
    voting,
    wall,
    workshops,
)

TARGET = Path(__file__).parents[2] / "static" / "js" / "protocol.d.ts"

HEAD = f"""\
// Made from app/protocol by `python -m app.protocol.typescript`; change it there.

/** The version this page speaks. */
export type ProtocolVersion = {PROTOCOL_VERSION};

"""

SCALARS = {str: "string", int: "number", float: "number", bool: "boolean", bytes: "Uint8Array", NoneType: "null"}


def typescript(kind: Any) -> str:
    """Return the TypeScript type of a Python annotation."""
    if kind in SCALARS:
        return SCALARS[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return typescript(arguments[0])
    if origin is Literal:
        return " | ".join(f'"{value}"' for value in arguments)
    if origin in (Union, UnionType):
        return " | ".join(typescript(argument) for argument in arguments)
    if origin is list:
        inner = typescript(arguments[0])
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if origin is dict:
        value = "unknown" if arguments[1] is Any else typescript(arguments[1])
        return f"Record<string, {value}>"
    if isinstance(kind, type) and issubclass(kind, (BaseModel, msgspec.Struct)):
        return kind.__name__
    if kind is values.Status:
        return "Status"
    raise TypeError(f"no TypeScript for {kind!r}")


def interface(model: type[BaseModel], *, optional: bool) -> str:
    """Return a model as an interface; fields with a default are optional in what the browser sends."""
    lines = [f"/** {(model.__doc__ or '').strip()} */", f"export interface {model.__name__} {{"]
    for name, field in model.model_fields.items():
        if field.description:
            lines.append(f"  /** {field.description} */")
        mark = "?" if optional and not field.is_required() and name != "type" else ""
        kind = "RunSpec" if (model is commands.Configure and name == "spec") else typescript(field.annotation)
        lines.append(f"  {name}{mark}: {kind};")
    return "\n".join([*lines, "}"])


def struct(model: type[msgspec.Struct]) -> str:
    """Return a part of a frame as an interface, or as a tuple when it is sent as an array."""
    comment = f"/** {(model.__doc__ or '').strip()} */\n"
    hints = get_type_hints(model)
    if model.__struct_config__.array_like:
        body = ", ".join(f"{name}: {typescript(kind)}" for name, kind in hints.items())
        return f"{comment}export type {model.__name__} = [{body}];"
    body = "\n".join(f"  {name}: {typescript(kind)};" for name, kind in hints.items())
    return f"{comment}export interface {model.__name__} {{\n{body}\n}}"


def union(name: str, kind: Any) -> str:
    """Return a discriminated union."""
    members = get_args(get_args(kind)[0])
    return f"export type {name} =\n" + "\n".join(f"  | {member.__name__}" for member in members) + ";"


def plain_values() -> list[type[values.Value]]:
    """Return everything that commands and events are made of, in the order of the modules."""
    return [
        model
        for module in (values, drawing, people, wall, voting, contest, shown_step, workshops)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, values.Value) and model is not values.Value
        if model.__module__ == module.__name__
    ]


def render() -> str:
    """Return the whole file."""
    statuses = " | ".join(f'"{status.value}"' for status in values.Status)
    parts = [f"/** {(values.Status.__doc__ or '').strip()} */\nexport type Status = {statuses};"]
    parts += [interface(model, optional=False) for model in plain_values()]
    parts += [union("LayerFields", values.LayerFields)]
    parts += [interface(model, optional=True) for model in get_args(get_args(commands.AnyQuestion)[0])]
    parts += [interface(model, optional=True) for model in get_args(get_args(voting.AnyClassQuestion)[0])]
    parts += [union("AnyClassQuestion", voting.AnyClassQuestion)]
    parts += [interface(model, optional=True) for model in get_args(get_args(commands.AnyCommand)[0])]
    parts += [union("Command", commands.AnyCommand)]
    parts += [interface(model, optional=False) for model in get_args(get_args(events.AnyEvent)[0])]
    parts += [union("ServerEvent", events.AnyEvent)]
    parts += [struct(model) for model in (frames.Tensor, frames.Example, frames.Frame)]
    return HEAD + "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the file, or check it."""
    text = render()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text() != text:
            raise SystemExit(f"{TARGET} is not what app/protocol says: run python -m app.protocol.typescript")
        return
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text)


if __name__ == "__main__":
    main()
