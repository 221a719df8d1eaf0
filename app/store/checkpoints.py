"""Checkpoints of runs on disk, as safetensors: written whole or not at all, the one before kept as well."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

MOST_CHECKPOINT_BYTES = 64 * 1024 * 1024

Tensors = Mapping[str, NDArray[np.floating]]


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """Tensors by name, and texts by name."""

    tensors: Tensors
    metadata: Mapping[str, str]


class CheckpointStore:
    """A directory with two files a run: the newest checkpoint and the one before."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def save(self, run: str, tensors: Tensors, metadata: Mapping[str, str]) -> None:
        """Write a checkpoint; raises OSError, with the ones before untouched, when the disk refuses."""
        self._directory.mkdir(parents=True, exist_ok=True)
        # A view's bytes may not lie in order: safetensors wants them contiguous.
        data = save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, dict(metadata))
        newest, previous = self._files(run)
        descriptor, temporary = tempfile.mkstemp(dir=self._directory, prefix=f".{run}.", suffix=".partial")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if newest.exists():
                newest.replace(previous)
            Path(temporary).replace(newest)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        self._sync_directory()

    def load(self, run: str) -> Iterator[StoredCheckpoint]:
        """Yield the readable checkpoints of a run, the newest first: the caller takes the first that it can use."""
        for path in self._files(run):
            checkpoint = _read(path)
            if checkpoint is not None:
                yield checkpoint

    def forget(self, run: str) -> None:
        """Remove a run's checkpoints."""
        for path in self._files(run):
            path.unlink(missing_ok=True)

    def _files(self, run: str) -> tuple[Path, Path]:
        return self._directory / f"{run}.safetensors", self._directory / f"{run}.previous.safetensors"

    def _sync_directory(self) -> None:
        # The rename itself must reach the disk; Windows knows no such thing for directories.
        if os.name == "posix":
            descriptor = os.open(self._directory, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _read(path: Path) -> StoredCheckpoint | None:
    try:
        if path.stat().st_size > MOST_CHECKPOINT_BYTES:
            return None
        with safe_open(path, framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is not a mapping
            return StoredCheckpoint(tensors, file.metadata() or {})
    except (OSError, SafetensorError, ValueError, TypeError, KeyError):
        return None
