"""A worker's ends of its two pipes: neither reading nor writing ever holds up training."""

import queue
import threading
from collections import deque
from typing import BinaryIO

from app.workers.link import FrameMade, FromWorker, ToWorker, pack, read_message, unpack_to_worker


class Inbox:
    """Commands from the server, read by a thread of its own as they come."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._messages: queue.SimpleQueue[ToWorker | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._read, name="inbox", daemon=True)
        self._thread.start()

    def get(self, timeout: float | None) -> ToWorker | None:
        """Return the next message, waiting up to `timeout` seconds (None: as long as it takes).

        Raises `queue.Empty` when there is none; returns None when the server has gone.
        """
        if timeout is not None and timeout <= 0:
            return self._messages.get_nowait()
        return self._messages.get(timeout=timeout)

    def put(self, message: ToWorker) -> None:
        """Add a message of the worker's own, from whatever thread."""
        self._messages.put(message)

    def _read(self) -> None:
        try:
            while (body := read_message(self._pipe)) is not None:
                self._messages.put(unpack_to_worker(body))
        except (OSError, ValueError):
            pass  # a torn pipe is the end of the server, like a closed one
        self._messages.put(None)


class Outlet:
    """Messages to the server, written by a thread of its own: events all in order, of frames only the newest."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._events: deque[FromWorker] = deque()
        self._frames: dict[tuple[str, str], FrameMade] = {}
        self._changed = threading.Condition()
        self._closing = False
        self.broken = False
        """Whether the server can't be written to any more."""
        self._thread = threading.Thread(target=self._write, name="outlet", daemon=True)
        self._thread.start()

    def put(self, message: FromWorker) -> None:
        """Send a message; a frame that the server had no time for is replaced by the next of its channel."""
        with self._changed:
            if isinstance(message, FrameMade):
                self._frames[message.run, message.channel] = message
            else:
                self._events.append(message)
            self._changed.notify()

    def close(self, timeout: float) -> None:
        """Write what is left, for so many seconds at most."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)

    def _take(self) -> FromWorker | None:
        with self._changed:
            while not (self._events or self._frames or self._closing):
                self._changed.wait()
            if self._events:
                return self._events.popleft()
            if self._frames:
                return self._frames.pop(next(iter(self._frames)))
            return None

    def _write(self) -> None:
        try:
            while (message := self._take()) is not None:
                self._pipe.write(pack(message))
                self._pipe.flush()
        except OSError:
            self.broken = True
