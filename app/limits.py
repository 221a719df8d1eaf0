"""Writes docs/limits.md from the settings.

python -m app.limits          write it
python -m app.limits --check  exit 1 if it is not up to date
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from app.settings import PROFILES, Profile, Settings

TARGET = Path(__file__).parents[1] / "docs" / "limits.md"

HEAD = """\
# Settings and limits

*Made from `app/settings.py` by `python -m app.limits`; change it there.*

Each setting is an environment variable, `BACKSCOPE_` and its name in capitals: `BACKSCOPE_MOST_VIEWERS=300`. Some are
options of `backscope serve` as well. Where a profile has another default than the rest, it says so in its column.
"""

COMPUTED = {"workers": "cores"}


def render() -> str:
    """Return the whole page."""
    profiles = get_args(Profile)
    rows = ["| setting | default | " + " | ".join(profiles) + " | why |", "|---" * (3 + len(profiles)) + "|"]
    rows += [" | ".join(("", *cells, "")).strip() for cells in _rows(profiles)]
    return HEAD + "\n" + "\n".join(rows) + "\n"


def _rows(profiles: tuple[Profile, ...]) -> Iterator[list[str]]:
    for name, field in Settings.model_fields.items():
        own = [_plain(PROFILES[profile][name]) if name in PROFILES[profile] else "" for profile in profiles]
        yield [f"`{name}`", COMPUTED.get(name) or _default(field), *own, field.description or ""]


def _default(field: FieldInfo) -> str:
    return "" if field.default is PydanticUndefined else _plain(field.default)


def _plain(value: object) -> str:
    match value:
        case None | "" | ():
            return ""
        case float() if value.is_integer():
            return f"{value:.0f}"
        case _:
            return str(value)


def main() -> None:
    """Write the page, or check it."""
    text = render()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text() != text:
            raise SystemExit(f"{TARGET} is not what app/settings.py says: run python -m app.limits")
        return
    TARGET.write_text(text)


if __name__ == "__main__":
    main()
