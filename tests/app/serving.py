"""A real server in a process of its own, on a free port of this machine, that says what it said when a test fails."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

Found = TypeVar("Found")

SECONDS_TO_START = 30.0
SECONDS_TO_END = 12.0
BETWEEN_LOOKS = 0.02


class ServerProcess:
    """`python -m app serve` with these arguments, from `__enter__` to `__exit__`."""

    def __init__(
        self,
        log: Path,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        before: Callable[[], None] | None = None,
    ) -> None:
        self._log = log
        self._command = [sys.executable, "-m", "app", "serve", "--no-open", "--port", "0", *arguments]
        self._environment = {**os.environ, "BACKSCOPE_WORKERS": "1", **(environment or {})}
        self._before = before
        self._port: int | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                preexec_fn=self._before,
                start_new_session=True,
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def output(self) -> str:
        """All that it printed so far."""
        return self._log.read_text(errors="replace")

    def eventually(self, reason: str, look: Callable[[], Found | None], seconds: float = SECONDS_TO_START) -> Found:
        """Look again and again until there is something to be seen; fail when that takes too long or it ended."""
        deadline = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < deadline, f"not within {seconds} s: {reason}"
            try:
                self.process.wait(BETWEEN_LOOKS)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"the server ended while we waited: {reason}\n{self.output()}")
        return found

    def wait_until_ready(self) -> None:
        """Wait until it says its address and takes viewers."""
        self._port = self.eventually("it says its address", self._spoken_port)
        self.eventually("it is ready", lambda: self.get("/readyz").status == 200)

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._port, "wait until the server is ready"
        return self._port

    @property
    def socket_address(self) -> str:
        """Where its websocket is."""
        return f"ws://127.0.0.1:{self.port}/ws"

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> "Answer":
        """Ask for a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers=dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def readiness(self) -> dict[str, Any]:
        """What /readyz says, once it is ready (again)."""
        status: dict[str, Any] = json.loads(self.eventually("it is ready", self._ready_body))
        return status

    def worker_pids(self) -> list[int]:
        """The process ids of its workers."""
        return [worker["pid"] for worker in self.readiness()["workers"]]

    def wait(self, seconds: float = SECONDS_TO_END) -> int:
        """Wait for its end; return the exit code."""
        return self.process.wait(seconds)

    def _ready_body(self) -> bytes:
        answer = self.get("/readyz")
        return answer.body if answer.status == 200 else b""

    def _spoken_port(self) -> int | None:
        spoken = re.search(r"Backscope is at http://[^ ]*:(\d+)/", self.output())
        return int(spoken[1]) if spoken else None


class Answer:
    """An answer to a request."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body


def exists(pid: int) -> bool:
    """Whether a process is there and has not ended (one that waits to be reaped has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
