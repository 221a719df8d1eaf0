"""How the server does, for hosts: what it sent in the last seconds, how old that was, and what it has left."""

import time
from collections.abc import Callable

from app.protocol.workshops import ServerStatus
from app.rooms.registry import Rooms
from app.rooms.traffic import quantile


class Status:
    """Compares what was sent until now with what was when it was last asked."""

    def __init__(self, rooms: Rooms, clock: Callable[[], float] = time.monotonic) -> None:
        self._rooms = rooms
        self._clock = clock
        self._then = clock()
        self._sent, self._dropped, self._ages = self._counted()

    def look(self) -> ServerStatus:
        """Return what happened since the last look."""
        rooms, now = self._rooms, self._clock()
        sent, dropped, ages = self._counted()
        passed = max(now - self._then, 1e-9)
        age = quantile([after - before for after, before in zip(ages, self._ages, strict=True)], 0.95)
        viewers, memory = rooms.viewers, rooms.memory
        frames = sent - self._sent
        status = ServerStatus(
            viewers=viewers,
            frames_per_second=round(frames / passed / viewers, 1) if viewers else 0.0,
            frame_age=None if age is None else round(1000 * age),
            dropped=dropped - self._dropped,
            training_share=round(rooms.busy, 2),
            memory_share=None if memory is None else round(memory.share, 2),
        )
        self._then, self._sent, self._dropped, self._ages = now, sent, dropped, ages
        return status

    def _counted(self) -> tuple[int, int, list[int]]:
        traffic = self._rooms.traffic
        return traffic.frames_sent, traffic.frames_replaced, list(traffic.ages)
