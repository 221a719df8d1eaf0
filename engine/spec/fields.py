"""Reading untrusted plain data strictly: no field too many or too few, no silent conversion, every number bounded.

`true` is not 1, "1" is not 1, and a number that is not finite is none. Every refusal is a SpecError that says where.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

from engine.errors import TEMPLATES, SpecError


def fields_of(plain: object, where: str, kind: type) -> Mapping[str, Any]:
    """Return `plain` if it is a mapping with exactly the fields of the dataclass `kind`."""
    if not isinstance(plain, Mapping):
        raise SpecError("not_an_object", where or "spec")
    prefix = f"{where}." if where else ""
    known = [declared.name for declared in fields(kind)]
    for name in plain:
        if name not in known:
            raise SpecError("unknown_field", f"{prefix}{name}")
    for name in known:
        if name not in plain:
            raise SpecError("missing_field", f"{prefix}{name}")
    return plain


def choice(value: object, where: str, choices: Collection[str]) -> str:
    """Return a text that is one of the choices."""
    text(value, where)
    if value not in choices:
        raise SpecError("unknown_choice", where, choices=", ".join(choices))
    return str(value)


def text(value: object, where: str) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise SpecError("not_a_string", where)
    return value


def integer(value: object, where: str, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`; the refusal is named by the field."""
    # bool is a subclass of int in Python, but true is not a number of units.
    if not isinstance(value, int) or isinstance(value, bool):
        raise SpecError("not_an_integer", where)
    if not least <= value <= most:
        raise out_of_range(where, least, most)
    return value


def number(value: object, where: str, least: float, most: float) -> float:
    """Return a finite number from `least` to `most`; the refusal is named by the field."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise SpecError("not_a_number", where)
    if isinstance(value, float) and not math.isfinite(value):
        raise SpecError("not_a_number", where)
    if not least <= value <= most:
        raise out_of_range(where, least, most)
    return float(value)


def items(plain: object, where: str, most: int, too_many: str) -> list[Any]:
    """Return a list of at most so many items."""
    if not isinstance(plain, list | tuple):
        raise SpecError("not_a_list", where)
    if len(plain) > most:
        raise SpecError(too_many, where, count=len(plain), most=most)
    return list(plain)


def out_of_range(where: str, least: float, most: float) -> SpecError:
    """Return the refusal of a number: in words of its own where the field has some, else by its address."""
    code = f"{where.rpartition('.')[2]}_out_of_range"
    return SpecError(code if code in TEMPLATES else "out_of_range", where, least=least, most=most)
