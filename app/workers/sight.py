"""Sees pictures beside training: decoding a photo takes as long as a hundred steps, and must hold up no run."""

import logging
import queue
import threading
from collections.abc import Callable

from app.runs.pictures import PICTURE, see_file
from app.workers.link import FromWorker, ImageRead, ReadImage, plain
from engine.errors import DataError, Refusal

logger = logging.getLogger("backscope.worker")


class Sight:
    """A thread that turns the files of pictures into what a network reads."""

    def __init__(self, seen: Callable[[ReadImage], None], answer: Callable[[FromWorker], None]) -> None:
        """`seen` takes a message with grey values in the place of the file; `answer` a refusal. Neither may wait."""
        self._seen = seen
        self._answer = answer
        self._files: queue.SimpleQueue[ReadImage | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._see, name="sight", daemon=True)
        self._thread.start()

    def see(self, message: ReadImage) -> None:
        """Have a file seen soon."""
        self._files.put(message)

    def close(self, timeout: float) -> None:
        """End after the file that is being seen, within so many seconds."""
        self._files.put(None)
        self._thread.join(timeout)

    def _see(self) -> None:
        while (message := self._files.get()) is not None:
            try:
                pixels, ink = see_file(message.data)
            except Refusal as refusal:
                self._refuse(message, refusal)
            except Exception:  # whatever is in it, the next one is another
                logger.exception("a picture could not be seen")
                self._refuse(message, DataError("broken_image", PICTURE))
            else:
                self._seen(ReadImage(message.request, message.network, pixels, is_file=False, ink=ink))

    def _refuse(self, message: ReadImage, refusal: Refusal) -> None:
        facts = (refusal.code, refusal.where, refusal.template, plain(refusal.params))
        self._answer(ImageRead(message.request, b"", *facts))
