"""Writes docs/protocol.md from the protocol.

python -m app.protocol.document          write it
python -m app.protocol.document --check  exit 1 if it is not up to date
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from app.protocol import PROTOCOL_VERSION, commands, events, frames
from app.protocol.typescript import plain_values, typescript

TARGET = Path(__file__).parents[2] / "docs" / "protocol.md"

HEAD = f"""\
# The protocol, version {PROTOCOL_VERSION}

*Made from `app/protocol` by `python -m app.protocol.document`; change it there.*

One websocket, `/ws`. **Commands** go to the server and **events** come back, both as JSON text, one object a message.
**Frames** come as binary messages: MessagePack with binary tensors. Compression is off.

A page says `hello`, gets `welcome` with all it needs to draw, then says with `watch` what it looks at. Frames are
*volatile*: a newer one replaces one that was not sent yet, and only a few may be on the way that were not
acknowledged with `ack` after painting. Room events are *reliable*: numbered by `seq` without a gap, and sent again
after a reconnect to a page whose `hello` tells the `epoch` and the last `seq` it has.

| close code | meaning | what a page does |
|---|---|---|
| 1012, 1013 | the server restarts, or has no run yet | comes back after a random while |
| 4001 | too many events waited: state was lost | comes back at once and begins anew |
| 1008 | no hello, or far too many commands | stays away |
| 4102 | the workshop was closed, or the viewer removed from it | says so |
| 4103 | no seat in a workshop with this token | asks to join again |
| 4104 | full | says so |
| 4105 | the page is of another version | asks to be loaded again |

A client in fifteen lines:

```python
import asyncio, json, msgspec, websockets


async def watch() -> None:
    async with websockets.connect("ws://localhost:8000/ws") as socket:
        await socket.send(json.dumps({{"type": "hello", "protocol": {PROTOCOL_VERSION}}}))
        manifest = json.loads(await socket.recv())["manifest"]
        names = {{tensor["id"]: tensor["name"] for tensor in manifest["tensors"]}}
        await socket.send(json.dumps({{"type": "watch", "matrices": ["W"]}}))
        async for message in socket:
            if isinstance(message, bytes):
                frame = msgspec.msgpack.decode(message)
                print(frame["step"], frame["loss"], [names[id] for id, scale, data in frame["tensors"]])
                await socket.send(json.dumps({{"type": "ack", "frame": frame["n"]}}))


asyncio.run(watch())
```
"""


def table(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """Return fields as a table."""
    body = "\n".join(f"| `{name}` | {kind} | {default} | {text} |" for name, kind, default, text in rows)
    return f"| field | type | default | |\n|---|---|---|---|\n{body}" if body else "No fields of its own."


def _kind(kind: object) -> str:
    return f"`{typescript(kind)}`".replace(" | ", " \\| ")


def model_section(model: type[BaseModel], hidden: frozenset[str]) -> str:
    """Return a section about a command, an event or a value."""
    rows = []
    for name, field in model.model_fields.items():
        if name in hidden:
            continue
        given = None if field.is_required() or field.default is PydanticUndefined else field.default
        default = "" if given is None else f"`{json.dumps(given)}`"
        rows.append((name, _kind(field.annotation), default, field.description or ""))
    title = model.model_fields["type"].default if "type" in model.model_fields else model.__name__
    return f"### {title}\n\n{(model.__doc__ or '').strip()}\n\n{table(rows)}"


def struct_section(model: type[msgspec.Struct]) -> str:
    """Return a section about a part of a frame."""
    how = " Sent as an array." if model.__struct_config__.array_like else " Sent as a map."
    rows = [(name, _kind(kind), "", "") for name, kind in get_type_hints(model).items()]
    return f"### {model.__name__}\n\n{(model.__doc__ or '').strip()}{how}\n\n{table(rows)}"


def render() -> str:
    """Return the whole page."""
    of_all = frozenset({"type", "id", "reply_to"})
    parts = [HEAD, f"## Commands\n\n{_after_first_line(commands.__doc__)}"]
    parts += [model_section(model, of_all) for model in get_args(get_args(commands.AnyCommand)[0])]
    parts += [f"## Events\n\n{_after_first_line(events.__doc__)}"]
    parts += [model_section(model, of_all) for model in get_args(get_args(events.AnyEvent)[0])]
    parts += [f"## Frames\n\n{_after_first_line(frames.__doc__)}"]
    parts += [struct_section(model) for model in (frames.Frame, frames.Example, frames.Tensor)]
    parts += ["## Values"]
    parts += [model_section(model, frozenset()) for model in plain_values()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _after_first_line(docstring: str | None) -> str:
    return (docstring or "").partition("\n")[2].strip()


def main() -> None:
    """Write the page, or check it."""
    text = render()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text() != text:
            raise SystemExit(f"{TARGET} is not what app/protocol says: run python -m app.protocol.document")
        return
    TARGET.write_text(text)


if __name__ == "__main__":
    main()
