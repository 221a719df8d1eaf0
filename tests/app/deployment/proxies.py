"""nginx and Caddy as deploy/ sets them up, in front of a server of ours, on free ports of this machine."""

import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NAME = "backscope.example.org"
SECONDS_TO_START = 30.0
SECONDS_TO_END = 10.0


class Proxy(ABC):
    """One of the two, serving TLS for NAME; `folder` is all it reads and writes."""

    program: str

    def __init__(self, folder: Path, backend: int) -> None:
        self.folder = folder
        self.port = free_port()
        self._backend = backend
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """Write what it is set up with, and return how it is started."""

    @abstractmethod
    def reload(self) -> None:
        """Have it read its set-up again, as after a new certificate."""

    @abstractmethod
    def authority(self) -> Path:
        """The certificate that its own is trusted by."""

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.folder.mkdir()
        environment = {**os.environ, "XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log, env=environment)
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, f"{self.program} does not answer"
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def trust(self) -> ssl.SSLContext:
        """Return what a browser that trusts it trusts."""
        return ssl.create_default_context(cafile=str(self.authority()))

    def _answers(self) -> bool:
        try:
            with (
                socket.create_connection(("127.0.0.1", self.port), timeout=2) as plain,
                self.trust().wrap_socket(plain, server_hostname=NAME),
            ):
                return True
        except (OSError, ssl.SSLError):
            return False


class Nginx(Proxy):
    """nginx with deploy/nginx.conf, whose ports, certificate and time-outs are others here."""

    program = "nginx"

    def command(self) -> list[str]:
        make_certificate(self.folder)
        text = replaced(
            (ROOT / "deploy" / "nginx.conf").read_text(),
            {
                "127.0.0.1:8000": f"127.0.0.1:{self._backend}",
                "listen 80;": f"listen 127.0.0.1:{free_port()};",
                "listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
                "/etc/ssl/certs/backscope.pem": str(self.folder / "certificate.pem"),
                "/etc/ssl/private/backscope.key": str(self.folder / "key.pem"),
                "proxy_read_timeout 60s;": "proxy_read_timeout 4s;",
            },
        )
        (self.folder / "backscope.conf").write_text(text)
        paths = "".join(
            f"{use}_temp_path {self.folder}/{use};" for use in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        main = f"daemon off; pid {self.folder}/pid; error_log stderr; events {{}}\n"
        (self.folder / "nginx.conf").write_text(
            f"{main}http {{ access_log off; {paths}\ninclude {self.folder}/backscope.conf; }}\n"
        )
        return [found(self.program), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def reload(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def authority(self) -> Path:
        return self.folder / "certificate.pem"


class Caddy(Proxy):
    """Caddy with deploy/Caddyfile, with a certificate of its own making instead of a public one."""

    program = "caddy"

    def command(self) -> list[str]:
        self._admin = free_port()
        text = replaced(
            (ROOT / "deploy" / "Caddyfile").read_text(),
            {
                f"\n{NAME} {{": f"\nhttps://{NAME}:{self.port} {{\n\tbind 127.0.0.1\n\ttls internal",
                "127.0.0.1:8000": f"127.0.0.1:{self._backend}",
            },
        )
        options = f"{{\n\tadmin 127.0.0.1:{self._admin}\n\tauto_https disable_redirects\n\tskip_install_trust\n}}\n"
        (self.folder / "Caddyfile").write_text(options + text)
        return [found(self.program), "run", "--adapter", "caddyfile", "--config", str(self.folder / "Caddyfile")]

    def reload(self) -> None:
        subprocess.run(
            [
                *(found(self.program), "reload", "--force", "--adapter", "caddyfile"),
                *("--config", str(self.folder / "Caddyfile"), "--address", f"127.0.0.1:{self._admin}"),
            ],
            check=True,
            capture_output=True,
        )

    def authority(self) -> Path:
        return self.folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"


@contextlib.contextmanager
def standing(kind: type[Proxy], folder: Path, backend: int) -> Iterator[Proxy]:
    """A proxy of this kind before the server on this port."""
    proxy = kind(folder, backend)
    try:
        proxy.start()
        yield proxy
    finally:
        proxy.stop()


def is_there(kind: type[Proxy]) -> bool:
    """Whether this machine has the program."""
    return shutil.which(kind.program, path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None


def found(program: str) -> str:
    """Return the path of a program that is there."""
    path = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert path is not None
    return path


def replaced(text: str, changes: dict[str, str]) -> str:
    """Return a set-up with other values; each must stand in it, else it is not the shipped file that is tested."""
    for old, new in changes.items():
        assert old in text, f"{old!r} does not stand in the file"
        text = text.replace(old, new)
    return text


def make_certificate(folder: Path) -> None:
    """Make a certificate for NAME that trusts itself."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")),
        ],
        check=True,
        capture_output=True,
    )


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
