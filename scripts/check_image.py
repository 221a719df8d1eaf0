"""Builds the container image without Docker, looks at what is in it, and runs it.

The base image is made from Debian's packages and given the name that the Dockerfile asks for, so the
Dockerfile is built as it stands. This machine's settings of pip and npm and its certificates are mounted during
the build; none may stay in the image.
"""

import configparser
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scripts.image_sandbox import check_joined, contained

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "backscope-image"
IMAGE = "backscope-check"
SIZE_LIMIT = 320e6  # half of it is the base; numpy with its BLAS, Babel and MNIST are most of the rest
NOT_IN_IMAGE = ["cc", "gcc", "g++", "clang", "make", "ld", "node", "npm", "git", "curl", "wget"]

# What Debian's official slim image also does: merged /usr, no documentation; and Python with pip under /usr/local.
BASE_OPTIONS = [
    "--variant=minbase",
    "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
    "--include=usr-is-merged,python3-venv,ca-certificates",
    *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("doc", "info", "locale", "man")),
    '--customize-hook=chroot "$1" python3 -m venv /usr/local',
]


def main() -> None:
    """Make the base, build, inspect, run."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    [base] = set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE))
    if not exists(base):
        make_base(base)
    build()
    try:
        check_configuration(json.loads(buildah("inspect", "--type", "image", IMAGE))["Docker"]["config"])
        with container() as name:
            root = Path(buildah("mount", name).strip())
            check_files(root)
            check_run(name)
            check_read_only(root)
    finally:
        buildah("rmi", IMAGE)
    print("The image is as it should be.")


def buildah(*arguments: str) -> str:
    """Run buildah on a storage of our own; its answer, or its own words as the error."""
    done = subprocess.run([*storage(), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"buildah {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def storage() -> list[str]:
    """Begin every buildah command: a driver that needs no kernel support, and a place outside the repository."""
    return ["buildah", "--root", f"{CACHE}/storage", "--runroot", f"{CACHE}/run", "--storage-driver", "vfs"]


def exists(image: str) -> bool:
    """Tell whether an image is in our storage."""
    return (
        subprocess.run([*storage(), "inspect", "--type", "image", image], capture_output=True, check=False).returncode
        == 0
    )


def make_base(name: str) -> None:
    """Make the image that the Dockerfile starts from, out of the packages that this machine's apt knows."""
    print(f"Making {name} from Debian's packages.")
    release = name.rpartition("-")[2]
    sources = [*Path("/etc/apt/sources.list.d").glob("debian.sources"), *Path("/etc/apt").glob("sources.list")]
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "base.tar"
        subprocess.run(["mmdebstrap", "--quiet", *BASE_OPTIONS, release, archive, *sources[:1]], check=True)
        (Path(folder) / "Dockerfile").write_text(
            "FROM scratch\nADD base.tar /\nENV PATH=/usr/local/bin:/usr/bin:/bin\n"
        )
        buildah("bud", "--isolation", "chroot", "--format", "docker", "--tag", name, folder)


def build() -> None:
    """Build the Dockerfile unchanged; this machine's settings are mounted, not baked in."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        mounts = [f"--volume={source}:{target}:ro" for source, target in settings(Path(folder))]
        buildah(
            "bud", "--isolation", "chroot", "--format", "docker", "--pull-never", *mounts, "--tag", IMAGE, str(ROOT)
        )
    print(f"Built in {time.monotonic() - started:.0f} s.")


def settings(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Give what pip and npm need to reach their registries from here: files to mount, and where."""
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    if certificates.exists():
        yield certificates, certificates
        (folder / "npmrc").write_text(f"cafile={certificates}\n")
        yield folder / "npmrc", Path("/root/.npmrc")

    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    pip = dict(re.findall(r"^(?:global|user|site|:env:)\.([\w-]+)='(.*)'$", listing.stdout, re.MULTILINE))
    for unneeded in ("no-input", "constraint"):  # the lock says every version, and the file with them is not there
        pip.pop(unneeded, None)
    config = configparser.RawConfigParser()
    config["global"] = pip
    with (folder / "pip.conf").open("w") as file:
        config.write(file)
    yield folder / "pip.conf", Path("/etc/pip.conf")
    for word in f"{pip.get('find-links', '')} {pip.get('extra-index-url', '')} {pip.get('index-url', '')}".split():
        place = Path(urlsplit(word).path)
        if urlsplit(word).scheme in {"", "file"} and place.is_dir():
            home = place.parent if place.name == "simple" else place  # an index links to the files beside it
            yield home, home


def check_configuration(config: dict[str, Any]) -> None:
    """Check what the image says of itself."""
    assert config["User"] == "10001:10001", config["User"]
    assert config["Entrypoint"] == ["backscope"], config["Entrypoint"]
    assert config["Cmd"] == ["serve"], config["Cmd"]
    assert config["StopSignal"] == "SIGTERM"
    assert "8000/tcp" in config["ExposedPorts"]
    assert "/data" in config["Volumes"]
    assert config["Healthcheck"]["Test"][:2] == ["CMD", "python"], config["Healthcheck"]
    assert config["Labels"]["org.opencontainers.image.licenses"] == "MIT"
    said = json.dumps(config).lower()
    assert not re.search(r"index[-_]url|find[-_]links|https?://(?!127)", said), said


@contextlib.contextmanager
def container() -> Iterator[str]:
    """Make a container from the image, for as long as it is needed."""
    name = buildah("from", "--pull-never", IMAGE).strip()
    try:
        yield name
    finally:
        buildah("rm", name)


def check_files(root: Path) -> None:
    """Check what is in the image and what must not be."""
    programs = [
        root / folder / name for folder in ("usr/bin", "usr/local/bin", "opt/backscope/bin") for name in NOT_IN_IMAGE
    ]
    assert not [path for path in programs if path.exists()]
    for path in ("root/.cache", "root/.npm", "root/.npmrc", "src", "dist"):
        assert not (root / path).exists(), path
    pip_conf = root / "etc/pip.conf"
    assert not pip_conf.exists() or pip_conf.stat().st_size == 0
    owned = root / "data"
    assert (owned.stat().st_uid, owned.stat().st_gid) == (10001, 10001)

    total = sum(path.lstat().st_size for path in root.rglob("*") if path.is_file() or path.is_symlink())
    ours = sum(path.lstat().st_size for path in (root / "opt/backscope").rglob("*") if path.is_file())
    print(f"Size: {total / 1e6:.0f} MB, of which {ours / 1e6:.0f} MB are Backscope and the packages it needs.")
    assert total < SIZE_LIMIT


def check_run(name: str) -> None:
    """Run the image as its own user; it must be healthy, serve the whole page, and end soon on SIGTERM."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [*storage(), "run", "--isolation", "chroot", "--user", "10001:10001", f"--env=BACKSCOPE_PORT={port}"]
    with tempfile.TemporaryFile("w+") as log:
        started = subprocess.Popen([*command, name, "backscope", "serve"], stdout=log, stderr=log, cwd=ROOT)
        try:
            wait_until_healthy(address, started)
            server = next(pid for pid in descendants(started.pid) if is_server(pid))
            check_page(address)
            asked = time.monotonic()
            os.kill(server, signal.SIGTERM)
            started.wait(timeout=8)
            print(f"Ended {time.monotonic() - asked:.1f} s after SIGTERM.")
            log.seek(0)
            # buildah's own code is 1 for an end by a signal, so its words tell which signal it was.
            assert started.returncode in (0, 128 + signal.SIGTERM) or "exited on terminated" in log.read()
        except BaseException:
            log.seek(0)
            print(log.read(), file=sys.stderr)
            raise
        finally:
            for pid in [*descendants(started.pid), started.pid]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            started.wait()


def check_read_only(root: Path) -> None:
    """Run it as compose.yaml does: root read-only, nobody's user, no capability; a class must be able to meet in it."""
    with contained(root) as (address, key, process):
        wait_until_healthy(address, process)
        check_joined(address, key)
        server = next(pid for pid in descendants(process.pid) if b"serve" in words_of(pid) and not bwrap(pid))
        asked = time.monotonic()
        os.kill(server, signal.SIGTERM)
        process.wait(timeout=8)
        print(f"With a read-only root it was joined, and ended {time.monotonic() - asked:.1f} s after SIGTERM.")


def words_of(pid: int) -> list[bytes]:
    """Return how a process was started."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


def bwrap(pid: int) -> bool:
    """Tell whether a process is the sandbox itself."""
    return words_of(pid)[0].endswith(b"bwrap")


def wait_until_healthy(address: str, process: "subprocess.Popen[bytes]") -> None:
    """Ask for /healthz until it answers; give up after 30 s or when the process has ended."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(subprocess.TimeoutExpired):
            sys.exit(f"The container ended with code {process.wait(timeout=0.2)}.")
        with contextlib.suppress(OSError):
            read(f"{address}/healthz")
            return
    raise TimeoutError(f"{address}/healthz did not answer within 30 s")


def check_page(address: str) -> None:
    """Load the page and every file that it names."""
    page = read(f"{address}/")
    files = set(re.findall(r"""["'](/[^"'\s>]*\.(?:js|css|svg|json))["'?]""", page))
    assert any(path.endswith("vendor/lit.js") for path in files), files
    for path in files:
        read(address + path)
    assert "\u7f51\u7edc" in read(f"{address}/?lang=zh-Hans")
    print(f"Healthy; the page and its {len(files)} files are served.")


def read(address: str) -> str:
    """Fetch one address of the container."""
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # our own loopback address
        return str(answer.read().decode())


def descendants(pid: int) -> list[int]:
    """List the processes below one, nearest first."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")  # one for each thread that may have started processes
    found = [int(child) for children in lists for child in children.read_text().split()]
    return found + [below for child in found for below in descendants(child)]


def is_server(pid: int) -> bool:
    """Tell whether a process is the program itself, running as the image's user; above it are buildah's helpers."""
    process = Path(f"/proc/{pid}")
    words = (process / "cmdline").read_bytes().split(b"\0")
    return process.stat().st_uid == 10001 and b"python" in words[0] and b"serve" in words


if __name__ == "__main__":
    if not shutil.which("buildah") or os.geteuid() != 0:
        sys.exit("scripts/check-image needs buildah, and to be run as root.")
    main()
