"""A real Chromium against a real server: what every browser test stands on, and what it fails on."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.classroom import begun

CHROMIUM = os.environ.get("BACKSCOPE_CHROMIUM", "/usr/bin/chromium")
SECONDS_TO_START = 60.0
SECONDS_TO_END = 15.0
MILLISECONDS = 30_000  # that anything on the page may take on a slow, busy machine
SLOWER = float(
    os.environ.get("BACKSCOPE_SLOWER", "1")
)  # pages run so many times slower: finds a wait that only holds on a fast machine

expect.set_options(timeout=MILLISECONDS)

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Server:
    """`backscope serve` as a process of its own, on a free port of this machine."""

    def __init__(self, log: Path, *arguments: str) -> None:
        self.log = log
        self._arguments = arguments
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start it, on the port it had before if it had one, and wait until it takes viewers."""
        command = [sys.executable, "-m", "app", "serve", "--no-open", "--port", str(self.port), "--workers", "1"]
        command += self._arguments
        before = self.output().count("Backscope is at")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._is_ready(before):
            assert self._process.poll() is None, "the server ended before it was ready"
            assert time.monotonic() < deadline, "the server was not ready in time"
            self._wait(0.02)

    def kill(self) -> None:
        """End it without a word, as a crash does."""
        assert self._process
        self._process.kill()
        self._process.wait(SECONDS_TO_END)
        self._process = None

    def stop(self) -> None:
        """End it as an operator does."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._process = None

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def _is_ready(self, before: int) -> bool:
        found = re.findall(r"Backscope is at http://[^:]+:(\d+)/", self.output())
        if len(found) <= before:
            return False
        self.port = int(found[-1])
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=2) as answer:  # noqa: S310 - our own server
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError):
            return False

    def _wait(self, seconds: float) -> None:
        assert self._process
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return


class Watched:
    """What went wrong on a test's pages: any console error or warning, any exception, any request to another host."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.faults: list[str] = []
        self.requests: list[str] = []
        self._allowed: list[str] = []

    def allow(self, pattern: str) -> None:
        """Say that the test causes such a message on purpose."""
        self._allowed.append(pattern)

    def watch(self, page: Page) -> None:
        page.on("console", lambda message: self._fault(message.type, message.text))
        page.on("pageerror", lambda error: self._fault("error", str(error)))
        page.on("request", lambda request: self._request(request.url))
        page.on("websocket", lambda socket: self._request(socket.url))

    def _fault(self, kind: str, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in self._allowed):
            self.faults.append(f"{kind}: {text}")

    def _request(self, url: str) -> None:
        self.requests.append(url)
        ours = (self.address + "/", self.address.replace("http:", "ws:") + "/", "data:", "blob:")
        if not url.startswith(ours):
            self.faults.append(f"asked another host: {url}")


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of the test's own, with the arguments it asks for; marked `keeps` it keeps what it has over its end.

    Its run starts anew. Its output is shown when the test fails.
    """
    kept = ("--data-dir", str(tmp_path / "data")) if request.node.get_closest_marker("keeps") else ()
    server = Server(tmp_path / "server.log", *kept, *getattr(request, "param", ()))
    try:
        server.start()
        yield server
    finally:
        server.stop()
        sys.stderr.write(f"--- the server said:\n{server.output()}---\n")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not for the whole session: its event loop must have ended when asynchronous tests come.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def watched(server: Server) -> Watched:
    return Watched(server.address)


def slow_down(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    """Makes contexts: each is another person's browser."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        chosen = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", "color_scheme": "dark", **options}
        context = browser.new_context(base_url=server.address, **chosen)
        context.set_default_timeout(MILLISECONDS)
        if SLOWER > 1:
            context.on("page", slow_down)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def visit(context: Callable[..., BrowserContext], watched: Watched) -> Iterator[Callable[..., Page]]:
    """Opens the page in a browser of its own, by default a wide, dark, English one."""

    def open_page(path: str = "/", *, within: BrowserContext | None = None, **options: Any) -> Page:
        page = (within or context(**options)).new_page()
        watched.watch(page)
        page.goto(path)
        return page

    yield open_page
    assert watched.faults == []


@pytest.fixture
def lesson(visit: Callable[..., Page]) -> tuple[Page, str]:
    """The host's page of a workshop, and its code."""
    host = visit("/workshop")
    return host, begun(host, "Ms Lin")
