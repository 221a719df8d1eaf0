"""Reading a file that somebody brought: never more than allowed, and every failure said in a sentence."""

from pathlib import Path

from engine.errors import DataError


def read_at_most(path: Path, most: int) -> bytes:
    """Return the content of a file; raise DataError if it is not there, can't be read or is larger than `most`."""
    try:
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except FileNotFoundError:
        raise DataError("file_missing", path.name) from None
    except OSError:
        raise DataError("file_unreadable", path.name) from None
    if len(raw) > most:
        raise DataError("file_too_large", path.name, most=most)
    return raw


def decoded(raw: bytes, where: str) -> str:
    """Return the text of UTF-8 bytes, with or without a byte order mark."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise DataError("not_utf8", where, row=raw.count(b"\n", 0, broken.start) + 1) from None
