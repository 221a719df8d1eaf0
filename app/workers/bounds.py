"""What one worker may take, as its server says when it starts it."""

from typing import Self

import msgspec


class Bounds(msgspec.Struct, frozen=True):
    """Bytes; None is as much as there is."""

    runs: int | None = None
    """Of all its runs together, by arithmetic, without their histories."""
    run: int | None = None
    """Of one run."""
    history: int | None = None
    """Of the histories of all its runs together."""
    process: int | None = None
    """Of the process: it gets no more from the system, and an allocation that would need more fails."""

    def write(self) -> str:
        """Return it as an argument of a command."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, text: str) -> Self:
        """Read such an argument."""
        return msgspec.json.decode(text, type=cls)

    def bind(self) -> None:
        """Have the system hold this process to it, where it can."""
        if self.process is None:
            return
        try:
            import resource
        except ImportError:  # Windows has no such limits
            return
        resource.setrlimit(resource.RLIMIT_AS, (self.process, self.process))
