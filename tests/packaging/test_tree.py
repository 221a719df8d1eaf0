"""What must be true of the repository's own files."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A lock, a script or a page that names where packages come from works on one network only.
REGISTRIES = re.compile(
    r"\b(pypi[.]org|pythonhosted[.]org|npmjs[.](org|com)|yarnpkg[.]com|npmmirror[.]com|jsdelivr[.]net|unpkg[.]com|esm[.]sh"
    r"|docker[.]io|ghcr[.]io|quay[.]io|deb[.]debian[.]org|archive[.]ubuntu[.]com|pytorch[.]org/whl)\b"
)
TEXT = {
    ".cfg",
    ".css",
    ".html",
    ".ini",
    ".js",
    ".json",
    ".md",
    ".po",
    ".pot",
    ".py",
    ".toml",
    ".ts",
    ".txt",
    ".yaml",
    ".yml",
    "",
}


def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_file_names_the_host_of_a_package_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked_files()
        if path.suffix in TEXT
        for match in REGISTRIES.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_third_party_or_minified_browser_code_is_in_the_repository() -> None:
    foreign = re.compile(r"\.(woff2?|ttf|otf|eot|map)$|\.min\.|^static/vendor/|(^|/)node_modules/")
    bundled = [path for path in tracked_files() if foreign.search(path.relative_to(ROOT).as_posix())]
    minified = [
        path
        for path in tracked_files()
        if path.suffix in {".js", ".css"}
        and max(map(len, path.read_text(encoding="utf-8").splitlines()), default=0) > 400
    ]
    assert bundled + minified == []


def test_every_script_can_be_executed() -> None:
    scripts = [*(ROOT / "scripts").iterdir(), *(ROOT / "scripts" / "hooks").iterdir(), ROOT / ".ci" / "run"]
    forgotten = [
        path
        for path in scripts
        if path.is_file() and path.read_bytes().startswith(b"#!") and not path.stat().st_mode & 0o100
    ]
    assert forgotten == []


@pytest.mark.parametrize("lock", ["runtime", "dev"])
def test_every_locked_package_is_pinned_and_hashed(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    requirements = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(requirements) > 20
    assert [line for line in requirements if "==" not in line or "--hash=sha256:" not in line] == []
