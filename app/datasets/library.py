"""All data sets a run may have: the digits, the made problems, and what somebody brought; opened when asked for."""

from collections.abc import Mapping
from pathlib import Path

from app.datasets.opening import open_path, slug
from engine.data import catalogue
from engine.data.dataset import Dataset
from engine.errors import SpecError
from engine.spec import DatasetSpec

MOST_KEPT = 8
"""Data sets kept open: two runs with the same one share it."""


class Library:
    """Opens data sets by their specs and keeps the last few."""

    def __init__(self, mnist: Dataset, brought: Mapping[str, Path] | None = None) -> None:
        self._mnist = mnist
        self._brought = dict(brought or {})
        self._open: dict[DatasetSpec | str, Dataset] = {}

    @property
    def names(self) -> list[str]:
        """Every data set there is."""
        return [*catalogue.NAMES, *self._brought]

    @property
    def brought(self) -> list[str]:
        """Those that are not always there."""
        return list(self._brought)

    def open(self, spec: DatasetSpec) -> Dataset:
        """Return the data set; raise SpecError for one that is not there or can't be made, DataError for a bad file."""
        if spec.name == self._mnist.name:
            return self._mnist
        if spec.name not in self.names:
            raise SpecError("unknown_choice", "dataset.name", choices=", ".join(self.names))
        # A brought one is the same whatever else the spec says.
        key = spec.name if spec.name in self._brought else spec
        if key not in self._open:
            while len(self._open) >= MOST_KEPT:
                del self._open[next(iter(self._open))]
            path = self._brought.get(spec.name)
            self._open[key] = catalogue.make(spec) if path is None else open_path(path)
        return self._open[key]


def by_name(paths: list[Path]) -> dict[str, Path]:
    """Name brought data sets after their files and folders."""
    return {slug(path.name if path.is_dir() else path.stem): path for path in paths}
