"""A real server in a process of its own, to be loaded, measured and ended."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from typing import Any

from benchmarks.waiting import SECONDS_TO_START

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
SECONDS_TO_END = 20.0


class Server:
    """A process that serves on a port of this machine."""

    def __init__(
        self, port: int, *arguments: str, environment: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        """`log` takes what it prints; None: nobody."""
        self.port = port
        command = [sys.executable, "-m", "app", "serve", "--no-open", "--port", str(port), *arguments]
        with (log or Path(os.devnull)).open("wb") as said:
            self.process = subprocess.Popen(
                command, stdout=said, stderr=said, env={**os.environ, **(environment or {})}
            )

    def wait_until_ready(self, host: str = "127.0.0.1") -> None:
        """Wait until all workers take runs."""
        deadline = time.monotonic() + SECONDS_TO_START
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://{host}:{self.port}/readyz", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)  # a benchmark may wait; there is nothing yet that could tell us
        raise RuntimeError("the server did not become ready")

    def readiness(self) -> dict[str, Any]:
        """Return what it says of its viewers and workers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as answer:
            said: dict[str, Any] = json.load(answer)
            return said

    def cpu_seconds(self) -> float:
        """Return the seconds of a core that the web process, not its workers, used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND

    def megabytes(self) -> float:
        """Return the memory that the web process has now, in MB."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * 4096 / 1e6

    def open_files(self) -> int:
        """Return how many files and sockets the web process has open."""
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/fd").iterdir())

    def end(self) -> float:
        """Ask it to end and return how many seconds that took."""
        began = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - began

    def kill(self) -> None:
        """End it without a warning."""
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a server on a free port."""
    server = Server(free_port(), *arguments, environment=environment)
    try:
        server.wait_until_ready()
        yield server
    finally:
        if server.process.poll() is None:
            server.end()
