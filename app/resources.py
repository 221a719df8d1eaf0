"""Where the browser's files and the catalogues are: beside this package in a wheel, above it in a checkout."""

from importlib.metadata import version
from pathlib import Path

PACKAGE = Path(__file__).parent


def _find(name: str) -> Path:
    packaged = PACKAGE / name
    return packaged if packaged.is_dir() else PACKAGE.parent / name


STATIC = _find("static")
TEMPLATES = _find("templates")
LOCALES = _find("locales")

VERSION = version("backscope")
