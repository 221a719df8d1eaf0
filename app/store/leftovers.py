"""What is left of runs on disk when nobody comes back to them, or when a write was cut short."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

NEWEST, PREVIOUS, UNFINISHED = ".safetensors", ".previous.safetensors", ".partial"


def remove_unfinished(directory: Path) -> None:
    """Remove what writes left behind that were cut short; call it when nobody writes."""
    for path in directory.glob(f".*{UNFINISHED}"):
        with contextlib.suppress(OSError):
            path.unlink()


def forget_old_runs(directory: Path, seconds: float, is_used: Callable[[str], bool]) -> list[str]:
    """Remove the checkpoints of runs that were not written for so long and are not used; return their names."""
    before = time.time() - seconds
    forgotten = []
    for path in directory.glob(f"*{NEWEST}"):
        run = path.name.removesuffix(PREVIOUS).removesuffix(NEWEST)
        with contextlib.suppress(OSError):  # gone meanwhile, or the disk is read-only
            if path.stat().st_mtime < before and not is_used(run):
                path.unlink()
                forgotten.append(run)
    return sorted(set(forgotten))
