"""What a room knows of its run: as it was last told, and what was told since, for those who come late or come back."""

import secrets
import time

from app.protocol import PROTOCOL_VERSION, commands, events, values
from app.protocol.message import RoomEvent
from app.resources import VERSION
from app.rooms.history import Curves, EventRing
from app.settings import Settings


class Record:
    """The run of a room as last told."""

    def __init__(self, room: str, settings: Settings) -> None:
        self._room = room
        self._epoch = secrets.token_urlsafe(9)
        self._most_missed = settings.events_waiting
        self._ring = EventRing(settings.events_kept)
        self.curves = Curves(settings.points_kept)
        self.manifest: values.Manifest | None = None
        self.state: values.RunState | None = None
        self.findings: list[values.Finding] = []
        self.saving = True
        """Whether the run could be saved when that was last tried."""
        self.beginnings = 0
        """How often another run, or another past, took the place of the one before."""

    @property
    def reached(self) -> int:
        """The step the run is known to have done."""
        training = self.curves.training
        return max(self.state.step if self.state else 0, training[-1].step if training else 0)

    def take(self, event: RoomEvent) -> None:
        """Note what the run says."""
        match event:
            case events.ManifestChanged(manifest=manifest):
                self.beginnings += 1
                self.manifest = manifest
                self.findings = []
                self.curves.clear()
            case events.StateChanged(state=state):
                self.state = state
            case events.MetricsAdded(training=training, held_out=held_out):
                self.curves.add(training, held_out)
            case events.HealthChanged(findings=findings):
                self.findings = findings
            case events.HistoryCleared(step=step):
                self.beginnings += 1
                self.curves.rewind(step)

    def number(self, event: RoomEvent) -> str:
        """Return what all are told, as text, with the next number."""
        return self._ring.number(event)

    def missed(self, hello: commands.Hello) -> list[str] | None:
        """Return the events since those a page has; None if it has to begin anew."""
        if hello.epoch != self._epoch or hello.seq is None:
            return None
        missed = self._ring.since(hello.seq)
        # More than may wait at once would be the end of this socket as well.
        return missed if missed is not None and len(missed) < self._most_missed else None

    def welcome(self, hello: commands.Hello, viewer: str, limits: bytes | None, *, resumed: bool) -> events.Welcome:
        """Return all that a page needs to draw at once; curves only if it was not there before."""
        return events.Welcome(
            reply_to=hello.id,
            protocol=PROTOCOL_VERSION,
            version=VERSION,
            room=self._room,
            viewer=viewer,
            epoch=self._epoch,
            seq=hello.seq if resumed and hello.seq is not None else self._ring.seq,
            resumed=resumed,
            time=milliseconds(),
            manifest=self.manifest,
            state=self.state,
            training=[] if resumed else self.curves.training,
            held_out=[] if resumed else self.curves.held_out,
            findings=self.findings,
            saving=self.saving,
            limits=values.Limits.model_validate_json(limits) if limits else None,
        )


def milliseconds() -> float:
    """Return the time as pages know it."""
    return time.time() * 1000
