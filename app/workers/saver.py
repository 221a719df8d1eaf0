"""Writes checkpoints beside training, so that a slow disk never holds it up."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass

from app.runs.run import Run
from app.store.checkpoints import CheckpointStore
from engine.checkpoint import Checkpoint
from engine.errors import CheckpointError

SECONDS_BETWEEN_CHECKPOINTS = 2.0
"""What a killed worker loses at most, and some time to write: the promise is five seconds."""

EXTRA = "run"
"""The name of the text in a checkpoint that says how the run was being watched: playing, and how fast."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """A run as its checkpoint left it."""

    checkpoint: Checkpoint
    playing: bool
    steps_per_second: float | None
    told: bool


class Saver:
    """One thread that writes the newest checkpoint of each run."""

    def __init__(self, store: CheckpointStore, report: Callable[[str, bool], None]) -> None:
        self._store = store
        self._report = report
        self._pending: dict[str, tuple[Checkpoint, str] | None] = {}
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write, name="saver", daemon=True)
        self._thread.start()

    def save(self, run: Run, *, playing: bool) -> None:
        """Have the run as it is now written soon; where there is no memory for it, that is told as a full disk is."""
        extra = json.dumps({"playing": playing, "steps_per_second": run.steps_per_second, "told": run.told})
        try:
            checkpoint = run.trainer.checkpoint()
        except MemoryError:
            self._report(run.run, False)
            return
        with self._changed:
            self._pending[run.run] = (checkpoint, extra)
            self._changed.notify()

    def forget(self, run: str) -> None:
        """Have all that is kept of a run removed."""
        with self._changed:
            self._pending[run] = None
            self._changed.notify()

    def close(self, timeout: float) -> None:
        """Write what is left, for so many seconds at most."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)

    def load(self, run: str) -> Resumed | None:
        """Return the newest checkpoint of a run that can be used, if there is any."""
        for stored in self._store.load(run):
            try:
                metadata = dict(stored.metadata)
                extra = json.loads(metadata.pop(EXTRA, "{}"))
                checkpoint = Checkpoint.from_tensors(dict(stored.tensors), metadata)
                rate = extra.get("steps_per_second", None)
                told = extra.get("told") is True or checkpoint.step > 0
                return Resumed(checkpoint, extra.get("playing") is True, None if rate is None else float(rate), told)
            except (CheckpointError, ValueError, TypeError, AttributeError):
                continue  # the one before may be whole
        return None

    def _write(self) -> None:
        while True:
            with self._changed:
                while not (self._pending or self._closing):
                    self._changed.wait()
                if not self._pending:
                    return
                run, pending = self._pending.popitem()
            try:
                if pending is None:
                    self._store.forget(run)
                else:
                    checkpoint, extra = pending
                    tensors, metadata = checkpoint.to_tensors()
                    self._store.save(run, tensors, {**metadata, EXTRA: extra})
            except (OSError, MemoryError):
                self._report(run, False)
            else:
                self._report(run, True)
