"""Names that people give themselves: text and nothing else, short, and told apart."""

import unicodedata
from collections.abc import Container

MOST_CHARACTERS = 24
MOST_MARKS = 2
"""Combining marks on one letter; more are towers that cover the lines above."""


def clean(name: str) -> str:
    """Return a name without what is no text: controls, marks of direction, invisible characters, towers of accents.

    Empty if nothing is left.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", name[: 16 * MOST_CHARACTERS]):
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            character = " "
        if category.startswith("M"):
            marks += 1
            if marks > MOST_MARKS or not kept:
                continue
        else:
            marks = 0
        kept.append(character)
    words = "".join(kept).split()
    return " ".join(words)[: MOST_CHARACTERS + MOST_MARKS].strip()[:MOST_CHARACTERS].strip()


def told_apart(name: str, taken: Container[str]) -> str:
    """Return the name, with a number if it is taken (names are compared as they look, without case)."""
    if key(name) not in taken:
        return name
    number = 2
    while key(numbered := f"{name[: MOST_CHARACTERS - len(str(number)) - 1].rstrip()} {number}") in taken:
        number += 1
    return numbered


def key(name: str) -> str:
    """Return what two names are compared by."""
    return unicodedata.normalize("NFKC", name).casefold()
