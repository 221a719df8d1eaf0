"""What it costs to open a page: requests, bytes and the server's time, for one visitor and for a class at once."""

import http.client
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from benchmarks.measurement import Measurement
from benchmarks.server import Server, served

PAGES = {"Studio": "/", "drawing page": "/draw", "host's page": "/r/KX47QP/host", "door of a workshop": "/r/KX47QP"}
"""Whether there is such a workshop is asked by the page; what it loads before is the same."""

MOST_KILOBYTES = "<= 250"
VISITS = 20
CLASS = 30


class Visit(NamedTuple):
    """What a browser got."""

    requests: int
    nbytes: int  # compressed, of scripts and styles


def measure() -> Iterator[Measurement]:
    """Yield what each page weighs, what a visit costs the server, and how long a class waits that comes at once."""
    with served() as server:
        for name, path in PAGES.items():
            visit = _visit(server, path)
            yield Measurement(f"{name}: requests of a first visit", visit.requests, "")
            yield Measurement(f"{name}: scripts and styles, compressed", visit.nbytes / 1000, "KB", MOST_KILOBYTES)
        before = server.cpu_seconds()
        for _ in range(VISITS):
            _visit(server, PAGES["Studio"])
        yield Measurement("server's time for a first visit", 1000 * (server.cpu_seconds() - before) / VISITS, "ms")
        before = server.cpu_seconds()
        for _ in range(VISITS):
            _page(_connection(server), PAGES["Studio"])
        yield Measurement("server's time for a reload", 1000 * (server.cpu_seconds() - before) / VISITS, "ms")
        began = time.perf_counter()
        with ThreadPoolExecutor(CLASS) as people:
            list(people.map(lambda _: _visit(server, PAGES["Studio"]), range(CLASS)))
        yield Measurement(f"{CLASS} first visits at once, all complete after", time.perf_counter() - began, "s")


def _visit(server: Server, path: str) -> Visit:
    """Ask for a page and for all it names, as a browser does that has nothing of it yet, over one connection."""
    connection = _connection(server)
    text = _page(connection, path)
    named = sorted(set(re.findall(r'"(/(?:static|i18n)/[^"#]+)"', text)))
    nbytes = sum(len(_get(connection, address)) for address in named)
    return Visit(1 + len(named), nbytes)


def _connection(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)


def _page(connection: http.client.HTTPConnection, path: str) -> str:
    connection.request("GET", path)
    return connection.getresponse().read().decode()


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"expected {path} to be there, got {answer.status}")
    return body
