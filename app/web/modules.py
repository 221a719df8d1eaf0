"""What a page's modules import, followed to the end, so that the browser asks for all of it at once.

Else it would learn of each module only from the one that imports it, level by level, a round trip each: on a phone in a
crowded Wi-Fi that is most of a second. Worked out from the modules themselves, at the first request for a page.
"""

import posixpath
import re
from functools import cache
from pathlib import Path
from typing import Final

from app.resources import STATIC

PACKAGES: Final = {"lit": "vendor/lit.js", "uplot": "vendor/uplot.js", "@msgpack/msgpack": "vendor/msgpack.js"}
"""What modules import by name, and where it is."""

IMPORT: Final = re.compile(r'^(?:import\s+"|(?:import|export)\s[^;"]*?\sfrom\s+")([^"]+)";', re.MULTILINE)
"""A static import or re-export; what is imported when it is needed is not asked for before."""


@cache
def needed_by(*entries: str) -> tuple[str, ...]:
    """Return the static files that entries (js/studio.js) import, directly or not: packages first, then by name."""
    found: set[str] = set()
    waiting = list(entries)
    while waiting:
        path = waiting.pop()
        for imported in _imports(path):
            if imported not in found:
                found.add(imported)
                if imported not in PACKAGES.values():
                    waiting.append(imported)
    return tuple(sorted(found.difference(entries), key=lambda path: (path not in PACKAGES.values(), path)))


def _imports(path: str) -> list[str]:
    """Return the static files that one module imports itself."""
    names = IMPORT.findall(Path(STATIC, path).read_text(encoding="utf-8"))
    return [
        PACKAGES[name] if name in PACKAGES else posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        for name in names
    ]
