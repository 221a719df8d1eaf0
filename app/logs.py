"""The log on standard error: lines for people, or one JSON object a line for programs that collect them.

What came from outside cannot forge a line: control characters are written out. Names and tokens are not logged.
"""

import json
import logging
import re
import sys
import threading
from datetime import UTC, datetime
from typing import Literal

logger = logging.getLogger("backscope")

LogFormat = Literal["text", "json"]

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class Lines(logging.Formatter):
    """Lines for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and a traceback below it if there is one."""
        line = logging.makeLogRecord({**record.__dict__, "msg": _plain(record.getMessage()), "args": None})
        return super().format(line)


class Objects(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object."""
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


def begin(how: LogFormat) -> None:
    """Have all that is logged from now on go to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Objects() if how == "json" else Lines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    for chatty in ("uvicorn.error", "uvicorn.access", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def catch() -> None:
    """Have what ends this process, or a thread of it, logged like everything else."""
    sys.excepthook = lambda kind, error, trace: logger.critical("this process ends", exc_info=(kind, error, trace))
    threading.excepthook = lambda end: logger.critical(
        "the thread %s ends", end.thread.name if end.thread else "?", exc_info=end.exc_value
    )


def _plain(message: str) -> str:
    """Write control characters out, line ends as well, so that a message is one line."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), message.replace("\n", "\\n"))
