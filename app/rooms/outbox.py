"""What is on its way to one viewer: events in order, all of them; of frames only the newest, and few at a time."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from app.rooms.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Closing:
    """The last thing a viewer is sent: a close code and why."""

    code: int
    reason: str


LONG, SHORT = 0.6, 0.3
"""Seconds from sending a frame to hearing that it was painted. Where it takes longer, frames queue up somewhere on the
way, and fewer of them are sent at a time: then each is newer when it is painted. Far away is not yet slow."""

RESYNC = Closing(4001, "resync")
RESTARTING = Closing(1012, "restarting")


class Outbox:
    """Filled by the room, which never waits, and emptied by the viewer's one writer task."""

    def __init__(
        self,
        *,
        frames_on_the_way: int,
        events_waiting: int,
        clock: Callable[[], float] = time.monotonic,
        traffic: Traffic | None = None,
    ) -> None:
        """`traffic` counts for the whole server."""
        self._clock = clock
        self._traffic = traffic or Traffic()
        self._events: deque[str] = deque()
        self._frames: dict[str, tuple[int, bytes, float]] = {}
        self._unpainted: deque[tuple[int, float]] = deque()
        self._most_unpainted = frames_on_the_way
        self._window = 1  # whoever paints quickly is sent more at a time soon
        self._most_events = events_waiting
        self._changed = asyncio.Event()
        self._closing: Closing | None = None
        self.taken_at = self._clock()
        """When something was last taken to be sent."""
        self.frames_sent = 0
        self.frames_replaced = 0

    @property
    def unpainted(self) -> int:
        """Frames sent that the viewer has not said it painted."""
        return len(self._unpainted)

    def put_event(self, event: str) -> None:
        """Add an event; a viewer that takes too few is closed, to come back and begin anew, never sent only some."""
        if self._closing:
            return
        if len(self._events) >= self._most_events:
            self._events.clear()
            self._traffic.resyncs += 1
            self.close(RESYNC)
            return
        self._events.append(event)
        self._changed.set()

    def put_frame(self, part: str, n: int, data: bytes, taken: float | None = None) -> None:
        """Put a frame into the slot of its part; one that was not sent yet is replaced.

        `taken` is when it was taken of the run, in seconds since 1970; None: now.
        """
        if self._closing:
            return
        if part in self._frames:
            self.frames_replaced += 1
            self._traffic.frames_replaced += 1
        self._frames[part] = (n, data, time.time() if taken is None else taken)
        self._changed.set()

    def painted(self, n: int) -> None:
        """Note that the viewer painted this frame, and with it all that were sent before."""
        took = next((self._clock() - sent_at for number, sent_at in self._unpainted if number == n), None)
        if took is None:
            return
        while self._unpainted.popleft()[0] != n:
            pass
        if took > LONG:
            self._window = 1
        elif took < SHORT:
            self._window = min(self._most_unpainted, self._window + 1)
        self._changed.set()

    def forget_frames(self) -> None:
        """Drop unsent frames: the viewer looks at something else now."""
        self._frames.clear()

    def begin_anew(self) -> None:
        """Forget the frames of a run that is not watched any more, also those on the way: no one will paint them."""
        self._frames.clear()
        self._unpainted.clear()

    def close(self, closing: Closing) -> None:
        """Take nothing more: the events that wait are sent, then this; the first reason to close is the one told."""
        self._closing = self._closing or closing
        self._frames.clear()
        self._changed.set()

    @property
    def quiet_for(self) -> float:
        """The seconds since something was last taken to be sent."""
        return self._clock() - self.taken_at

    async def next(self) -> str | bytes | Closing:
        """Wait for what is to be sent next: events first, then frames if the viewer keeps up with painting."""
        while True:
            if self._events:
                self.taken_at = self._clock()
                self._traffic.events_sent += 1
                return self._events.popleft()
            if self._closing:
                return self._closing
            if self._frames and len(self._unpainted) < self._window:
                n, data, taken = self._frames.pop(next(iter(self._frames)))
                self.taken_at = self._clock()
                self._unpainted.append((n, self.taken_at))
                self.frames_sent += 1
                self._traffic.frame_sent(len(data), time.time() - taken)
                return data
            self._changed.clear()
            await self._changed.wait()
