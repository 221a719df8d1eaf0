"""Checkpoints of runs on disk, as safetensors: written whole or not at all, the one before kept as well."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load, save

MOST_CHECKPOINT_BYTES = 64 * 1024 * 1024

Tensors = Mapping[str, NDArray[np.floating]]


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """Tensors by name, and texts by name."""

    tensors: Tensors
    metadata: Mapping[str, str]


class Unreadable(Exception):
    """Bytes that are no safetensors file, or too many."""


def to_bytes(tensors: Tensors, metadata: Mapping[str, str]) -> bytes:
    """Return the content of a safetensors file."""
    # A view's bytes may not lie in order: safetensors wants them contiguous.
    data: bytes = save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, dict(metadata))
    return data


def from_bytes(data: bytes) -> StoredCheckpoint:
    """Read the content of a safetensors file; raises `Unreadable`. What the tensors are is for the caller to check."""
    if len(data) > MOST_CHECKPOINT_BYTES:
        raise Unreadable
    try:
        tensors = load(data)
        # The library gives no metadata of bytes. The header is JSON, after its length in 8 bytes; it was checked above.
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    except (SafetensorError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unreadable from error
    return StoredCheckpoint(tensors, header.get("__metadata__", {}))


class CheckpointStore:
    """A directory with two files a run: the newest checkpoint and the one before."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def save(self, run: str, tensors: Tensors, metadata: Mapping[str, str]) -> None:
        """Write a checkpoint; raises OSError, with the ones before untouched, when the disk refuses."""
        self._directory.mkdir(parents=True, exist_ok=True)
        data = to_bytes(tensors, metadata)
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
