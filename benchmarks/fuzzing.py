"""Inputs that nobody would send on purpose, and what they are thrown at.

Each target takes bytes or text made by chance from something valid, and may only answer with its own refusal. Whatever
else is raised is a fault; it is told with the seed and number that make it again.
"""

import base64
import json
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from app.datasets.picture import grey_of
from app.protocol.commands import AnyCommand
from app.store.checkpoints import Unreadable, from_bytes, to_bytes
from app.web.parsing import Malformed, parse, version_in
from app.workshops import codes, names
from app.workshops.tokens import Identity, Tokens
from engine.architecture import architecture_of
from engine.checkpoint import Checkpoint
from engine.data.mnist import load_mnist
from engine.errors import Refusal
from engine.spec import DEFAULT_SPEC, RunSpec
from engine.trainer import Trainer

ODD: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**53 + 1, 2**64, -(2**64), 10**30, 0.5, -0.0, 1e308, -1e308, 5e-324),
    *(
        "",
        "a",
        "1",
        "\u202e",
        "\x00",
        "null",
        "__proto__",
        "<script>",
        "{x}",
        "%s",
        "../..",
        "é" * 300,
        "\ud83d\ude00" * 40,
    ),
    *([], {}, [[]], [None] * 50, {"": {}}, [0] * 784, [1e9] * 784, [-1] * 784, [256] * 784, {"kind": "dense"}),
]
ODD_TEXTS = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "[" * 10_000,
    '{"a":' * 5000,
    "\\ud800",
    '"\\ud800"',
    "\x00",
    "\ufeff",
]
ODD_BYTES = [
    b"",
    b"\x00" * 64,
    b"\xff" * 64,
    b"PK\x03\x04",
    b"\x80\x04\x95",
    b"GIF89a",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\xff\xff\xff\xffWEBP",
]


class Fault(Exception):
    """Something was raised that is no refusal."""


@dataclass(frozen=True)
class Target:
    """What is thrown at: how an input is made, and what takes it."""

    name: str
    share: float  # of all inputs
    make: Callable[[random.Random], Any]
    take: Callable[[Any], object]
    refusals: tuple[type[Exception], ...] = ()


def throw(target: Target, seed: int, count: int) -> int:
    """Throw so many inputs; return how many were refused. Raises `Fault` with what makes the input again."""
    refused = 0
    for number in range(count):
        chance = random.Random(f"{target.name} {seed} {number}")  # noqa: S311 - inputs, no secrets
        made = target.make(chance)
        try:
            target.take(made)
        except target.refusals:
            refused += 1
        except Exception as fault:
            raise Fault(f"{target.name}, seed {seed}, input {number}: {fault!r} for {str(made)[:300]}") from fault
    return refused


# How inputs are made


def changed(chance: random.Random, value: Any) -> Any:
    """Return a plain value with something in it replaced, taken away, doubled or added."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        match chance.randrange(8):
            case 0:
                return {name: one for name, one in value.items() if name != key}
            case 1:
                return {**value, chance.choice(["", "x", "type", "__proto__", key.upper()]): chance.choice(ODD)}
            case _:
                return {**value, key: changed(chance, value[key])}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        match chance.randrange(4):
            case 0:
                return value[:at] + value[at + 1 :]
            case 1:
                return value * chance.choice([2, 20])
            case _:
                return [*value[:at], changed(chance, value[at]), *value[at + 1 :]]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and chance.random() < 0.5:
        return chance.choice([-value, value + 1, value * 1e6, value * 10**9, float(value), str(value)])
    return chance.choice(ODD)


def spoilt(chance: random.Random, data: bytes) -> bytes:
    """Return bytes with some of them changed, cut off, doubled or put in."""
    made = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(6):
            case 0:
                del made[at : at + chance.randrange(1, 64)]
            case 1:
                made[at:at] = chance.choice(ODD_BYTES)
            case 2:
                made[at : at + 8] = struct.pack("<Q", chance.choice([0, 1, 2**32, 2**63, 2**64 - 1]))
            case 3:
                made = made[:at]
            case _ if at < len(made):
                made[at] ^= 1 << chance.randrange(8)
    return bytes(made)


def commands() -> list[dict[str, Any]]:
    """Return a command of each kind, with values that fit where they are simple."""
    made = []
    for kind in get_args(get_args(AnyCommand)[0]):
        command: dict[str, Any] = {"id": 1}
        for name, field in kind.model_fields.items():
            if name == "type":
                command["type"] = field.default
            elif field.is_required():
                command[name] = KNOWN.get(name, "x")
        made.append(command)
    return made


KNOWN: dict[str, Any] = {
    "protocol": 1,
    "frame": 1,
    "sent": 0.0,
    "spec": DEFAULT_SPEC.to_dict(),
    "values": {"learning_rate": 0.1},
    "steps_per_second": 8.0,
    "step": 1,
    "index": 0,
    "pixels": [0] * 784,
    "label": 3,
    "person": "0a1b2c3d",
    "mode": "explore",
    "locked": True,
    "text": "Reach 90 %",
    "slices": [{"tensor": "dense1.W", "index": 0}],
    "question": {"about": "cost"},
    "copy_name": "copy-12345678",
    "images": base64.b64encode(bytes(784)).decode(),
    "labels": [1],
    "held_out": [False],
    "lens": "weights",
}


def _message(chance: random.Random) -> str:
    command = chance.choice(COMMANDS)
    for _ in range(chance.randrange(4)):
        command = changed(chance, command)
    text = json.dumps(command)
    if chance.random() < 0.15:
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(ODD_TEXTS) + text[at:]
    if chance.random() < 0.1:
        text = text[: chance.randrange(len(text) + 1)]
    return text


def _say(text: str) -> None:
    version_in(text)
    parse(text)


def _configure(plain: Any) -> None:
    spec = RunSpec.from_dict(plain)
    architecture_of(spec, (1, 28, 28), 10).nbytes(spec.batch_size)


def _bring(data: bytes) -> None:
    stored = from_bytes(data)
    Checkpoint.from_tensors(dict(stored.tensors), dict(stored.metadata))


def _odd_text(chance: random.Random) -> str:
    pieces = [
        *(one for one in ODD if isinstance(one, str)),
        *ODD_TEXTS[2:],
        "Otter",
        "水獭",
        "KX4 7QP",
        "e\u0301",
        "\r\n",
        "\u200d",
    ]
    return "".join(chance.choice(pieces) for _ in range(chance.randrange(1, 5)))[:4000]


def _name(text: str) -> None:
    name = names.clean(text)
    assert len(name) <= names.MOST_CHARACTERS  # noqa: S101 - a law, checked on every input
    names.key(names.told_apart(name or "x", {names.key(name)}))
    code = codes.read_code(text)
    assert code is None or len(code) == codes.LENGTH  # noqa: S101


def _token(text: str) -> None:
    found = TOKENS.read(text)
    assert found in (None, WHO)  # noqa: S101 - nobody else's


TOKENS, WHO = Tokens(b"a" * 32), Identity("KX47QP", "0a1b2c3d")
COMMANDS = commands()


def targets() -> Iterator[Target]:
    """Yield all there are; their shares add up to 1."""
    trainer = Trainer(DEFAULT_SPEC, load_mnist())
    trainer.step()
    file = to_bytes(*trainer.checkpoint().to_tensors())
    header = 8 + int.from_bytes(file[:8], "little")
    picture = _picture()
    token = TOKENS.sign(WHO).encode()
    specs = [DEFAULT_SPEC.to_dict()]

    def spec(chance: random.Random) -> Any:
        made: Any = chance.choice(specs)
        for _ in range(chance.randrange(1, 4)):
            made = changed(chance, made)
        return made

    def spoilt_file(chance: random.Random) -> bytes:
        head = spoilt(chance, file[:header]) if chance.random() < 0.8 else file[:header]
        return head + (file[header:] if chance.random() < 0.9 else spoilt(chance, file[header : header + 4096]))

    yield Target("messages", 0.4, _message, _say, (Malformed,))
    yield Target("configurations", 0.25, spec, _configure, (Refusal,))
    yield Target("safetensors files", 0.05, spoilt_file, _bring, (Unreadable, Refusal))
    yield Target("names and codes", 0.15, _odd_text, _name)
    yield Target(
        "tokens",
        0.12,
        lambda chance: spoilt(chance, token).decode("latin-1") if chance.random() < 0.8 else _odd_text(chance),
        _token,
    )
    yield Target("pictures", 0.03, lambda chance: spoilt(chance, picture), grey_of, (Refusal,))


def _picture() -> bytes:
    import io

    from PIL import Image

    kept = io.BytesIO()
    Image.new("L", (40, 40), 255).save(kept, "PNG")
    return kept.getvalue()
