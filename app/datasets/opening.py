"""Opening a data set by its path: what it is is recognized by what is there, not asked for."""

import re
import unicodedata
from pathlib import Path
from typing import Literal

from app.datasets.image_folder import open_image_folder
from engine.data import catalogue
from engine.data.dataset import Dataset
from engine.data.idx_folder import is_idx_folder, open_idx_folder
from engine.data.table import open_table
from engine.errors import DataError

Kind = Literal["idx_folder", "image_folder", "table"]

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
MOST_NAME = 40


def recognize(path: Path) -> Kind:
    """Say what kind of data set is there: a folder with MNIST's files, a folder of folders, or a file of a table."""
    if path.is_dir():
        return "idx_folder" if is_idx_folder(path) else "image_folder"
    if not path.exists():
        raise DataError("file_missing", path.name)
    if path.suffix.lower() not in TABLE_SUFFIXES:
        raise DataError("unknown_data", path.name)
    return "table"


def open_path(path: Path, *, test_share: float = 0.2, seed: int = 0) -> Dataset:
    """Open whatever kind of data set is there, named after the file or folder.

    An IDX folder brings its own held-out examples; of the others `test_share` is held out, chosen by the seed.
    """
    kind = recognize(path)
    if kind == "idx_folder":
        return open_idx_folder(path, slug(path.name))
    if kind == "image_folder":
        return open_image_folder(path, slug(path.name), test_share=test_share, seed=seed)
    return open_table(path, slug(path.stem), test_share=test_share, seed=seed)


def slug(name: str) -> str:
    """Return a name for a run spec, in a to z, 0 to 9 and hyphens, that no data set of the catalogue has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    short = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "data"
    if short in catalogue.NAMES:
        short = f"own-{short}"
    return short[:MOST_NAME].rstrip("-")
