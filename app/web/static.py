"""The browser's files: held in memory, compressed once, under an address that changes when any of them changes.

A page asks for more than a hundred modules, and a class opens it at once. So each file costs little to send, and a
browser that has it does not even ask: the address of every file begins with the version of all of them, and what has
such an address stays as it is for ever. Addresses without it, or with an older one, are asked about each time.
"""

import gzip
import hashlib
import mimetypes
import os
import time
from pathlib import Path
from typing import Final, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.resources import STATIC

FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK: Final = "no-cache"

SECONDS_BETWEEN_LOOKS: Final = 1.0
"""At the files, for whoever changes one while the server runs."""

LEAST_PACKED: Final = 1024
MOST_SHEETS: Final = 64

KINDS: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}
"""Of files whose kind does not depend on what the machine calls them; these are worth compressing."""


class Held(NamedTuple):
    """A file, or some style sheets in a row, as they are sent."""

    body: bytes
    packed: bytes | None  # compressed; None: it is not worth it
    tag: str
    kind: str


class BrowserFiles:
    """The files of a folder: an ASGI application, and their addresses."""

    def __init__(self, folder: Path = STATIC, prefix: str = "/static") -> None:
        """`prefix` is where the application is mounted."""
        self._folder = folder
        self._prefix = prefix
        self._known: frozenset[str] = frozenset()
        self._version = ""
        self._looked = -SECONDS_BETWEEN_LOOKS
        self._held: dict[str, Held] = {}
        self._sheets: set[str] = set()
        """Those in a row that pages name: others are put together for who asks, and not held."""

    def address(self, path: str) -> str:
        """Return the address of a file (js/studio.js), good for as long as no file changes."""
        self._look()
        return f"{self._prefix}/{self._version}/{path}"

    def sheet(self, *names: str) -> str:
        """Return the address of style sheets, one after the other as one file."""
        path = f"css/{'+'.join(names)}.css"
        self._sheets.add(path)
        return self.address(path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a file; raises `HTTPException` where there is none."""
        if scope["type"] != "http":
            raise HTTPException(404)
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405)
        request = Request(scope)
        self._look()
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        version, _, rest = path.partition("/")
        held = self._find(rest if version.startswith("v-") else path)
        if held is None:
            raise HTTPException(404)
        headers = {
            "Cache-Control": FOR_EVER if version == self._version else ASK,
            "ETag": held.tag,
            "Vary": "Accept-Encoding",
        }
        if held.tag in request.headers.get("if-none-match", ""):
            await Response(None, 304, headers)(scope, receive, send)
            return
        body = held.body
        if held.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = held.packed, "gzip"
        headers["Content-Length"] = str(len(body))
        response = Response(b"" if scope["method"] == "HEAD" else body, 200, headers, media_type=held.kind)
        await response(scope, receive, send)

    def _look(self) -> None:
        """Learn which files there are, now and then; forget what is held when any of them changed."""
        now = time.monotonic()
        if now - self._looked < SECONDS_BETWEEN_LOOKS:
            return
        self._looked = now
        seen = sorted(_files_in(self._folder, ""))
        version = f"v-{hashlib.sha256(repr(seen).encode()).hexdigest()[:12]}"
        if version != self._version:
            self._version, self._known, self._held = version, frozenset(path for path, *_ in seen), {}

    def _find(self, path: str) -> Held | None:
        """Return what is at this path: only what was seen in the folder, however the path is spelt."""
        if path in self._held:
            return self._held[path]
        paths = _row(path)
        if len(paths) > MOST_SHEETS or not self._known.issuperset(paths):
            return None
        body = b"\n".join(Path(self._folder, one).read_bytes() for one in paths)
        ending = Path(path).suffix
        kind = KINDS.get(ending) or mimetypes.guess_type(path)[0] or "application/octet-stream"
        to_hold = path in self._known or path in self._sheets
        to_pack = to_hold and ending in KINDS and len(body) >= LEAST_PACKED
        packed = gzip.compress(body, mtime=0) if to_pack else None
        held = Held(body, packed, f'"{hashlib.sha256(body).hexdigest()[:16]}"', kind)
        if to_hold:
            self._held[path] = held
        return held


def _row(path: str) -> list[str]:
    """Return the files that a path stands for: of css/a+b.css two, of any other itself."""
    folder, _, name = path.rpartition("/")
    if folder != "css" or "+" not in name:
        return [path]
    return [f"css/{one}.css" for one in name.removesuffix(".css").split("+")]


def _files_in(folder: Path, above: str) -> list[tuple[str, int, int]]:
    """List the path, the time of change and the size of each file in a folder and below."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                found += _files_in(Path(entry.path), f"{above}{entry.name}/")
            else:
                status = entry.stat()
                found.append((f"{above}{entry.name}", status.st_mtime_ns, status.st_size))
    return found
