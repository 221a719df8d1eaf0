"""A machine with nothing but Python and pip can build, install and serve Backscope."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).resolve().parents[2]
MODULES = ["lit", "msgpack", "uplot"]
LANGUAGES = ["zh_Hans"]


def run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from what git knows, in a world without Node."""
    tree, dist = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    listing = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listing.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    without_programs = os.environ | {"PATH": str(tmp_path_factory.mktemp("empty"))}
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", dist, tree, env=without_programs)
    [built] = dist.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel and the locked packages into an environment of its own; returns the folder of its programs."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=True)
    programs = home / ("Scripts" if sys.platform == "win32" else "bin")
    run(programs / "python", "-m", "pip", "install", "--require-hashes", "-r", ROOT / "requirements" / "runtime.txt")
    run(programs / "python", "-m", "pip", "install", "--no-deps", wheel)
    return programs


def test_the_wheel_holds_all_that_the_page_and_the_engine_need(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"app/static/vendor/{module}.js" for module in MODULES}
    wanted |= {f"app/static/vendor/{module}.LICENSE.txt" for module in MODULES}
    wanted |= {f"app/locales/{language}/LC_MESSAGES/messages.po" for language in LANGUAGES}
    wanted |= {
        f"engine/data/mnist/{part}.gz"
        for part in (
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte",
        )
    }
    wanted |= {f"app/networks/{network}.safetensors" for network in ("conv", "dense")}
    for folder in ("static", "templates"):
        wanted |= {
            f"app/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / folder).rglob("*.*") if path.is_file()
        }
    assert wanted - names == set()


def test_the_wheel_puts_only_our_packages_beside_others(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"app", "benchmarks", "engine"}


def test_third_party_modules_are_whole_silent_and_fit_a_strict_content_security_policy(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for module in MODULES:
            code = archive.read(f"app/static/vendor/{module}.js").decode()
            assert re.search(r"\beval\(|\bFunction\(|^import\b|from\s*[\"'][@\w]", code, re.MULTILINE) is None
            assert "Lit is in dev mode" not in code
            assert len(archive.read(f"app/static/vendor/{module}.LICENSE.txt")) > 400


def test_the_installed_program_tells_its_version(installed: Path, wheel: Path, tmp_path: Path) -> None:
    assert wheel.name.split("-")[1] in run(installed / "backscope", "--version", cwd=tmp_path)


def test_the_installed_program_serves_a_page_whose_files_are_all_there(server: str) -> None:
    page = read(server + "/")
    addresses = set(re.findall(r"""<(?:link|script|img|use)\b[^>]*?\b(?:href|src)=["']([^"'#]+)""", page))
    for import_map in re.findall(r"<script[^>]*type=[\"']importmap[\"'][^>]*>(.*?)</script>", page, re.DOTALL):
        addresses |= {address for address in json.loads(import_map)["imports"].values() if not address.endswith("/")}
    assert any("vendor/lit.js" in address for address in addresses)
    for address in sorted(addresses):
        assert urljoin(server + "/", address).startswith(server), f"the page asks another host for {address}"
        read(urljoin(server + "/", address))


@pytest.fixture
def server(installed: Path, tmp_path: Path) -> Iterator[str]:
    """Serve from the installed program, in an empty folder, until the test is over."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = tmp_path / "server.log"
    command = [str(installed / "backscope"), "serve", "--host", "127.0.0.1", "--port", str(port), "--no-open"]
    environment = os.environ | {"BACKSCOPE_DATA_DIR": str(tmp_path / "data")}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=output, stderr=output)
    try:
        wait_until_healthy(address, process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            pytest.fail(f"the server did not end on SIGTERM:\n{log.read_text()}")


def wait_until_healthy(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Ask for /healthz until it answers; give up after 30 s or when the server has ended."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not process_ended(process, within=0.1):
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            read(address + "/healthz")
            return
    pytest.fail(f"the server did not become healthy:\n{log.read_text()}")


def process_ended(process: "subprocess.Popen[bytes]", within: float) -> bool:
    """Wait for the end of the process, which is also how we wait between two questions to it."""
    try:
        process.wait(timeout=within)
    except subprocess.TimeoutExpired:
        return False
    return True


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  # our own loopback address
        return str(answer.read().decode())
