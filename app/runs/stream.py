"""The frames that viewers want of a run: which are due, and each made once however many channels carry it."""

import time
from collections.abc import Iterator
from dataclasses import replace

from app.protocol.values import Part, Shown
from app.runs.channels import Channel, OutgoingFrame
from app.runs.framing import Framer


class Stream:
    """The channels of a run, over all of its trainers; `look_through` says which is shown."""

    _framer: Framer

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        # Numbers rise even when another worker goes on with the run: no run makes a thousand frames a second.
        self._number = int(time.time() * 1000)

    @property
    def watched(self) -> bool:
        """Whether anybody is sent frames."""
        return bool(self._channels)

    def next_number(self) -> int:
        """Return the number of a new frame: larger than any before."""
        self._number += 1
        return self._number

    def watch(self, channels: list[Channel]) -> None:
        """Make frames for these channels and no others; one that is already made goes on."""
        self._channels = {channel.key: self._channels.get(channel.key, channel) for channel in channels}

    def look_through(self, framer: Framer) -> None:
        """Show another trainer from now on, at once, be it at a step that was shown already."""
        self._framer = framer
        for channel in self._channels.values():
            channel.sent = None

    def next_due(self, step: int, shown: Shown) -> float | None:
        """When to make a frame, as the run stands; None if nothing has changed that anybody watches."""
        channels = self._channels.values()
        return min((one.due for one in channels if one.sent != self._content(one.part, step, shown)), default=None)

    def frames(self, now: float, step: int, shown: Shown, steps_per_second: float) -> Iterator[OutgoingFrame]:
        """Make the frames that are due, of this step and the shown example."""
        made: dict[object, OutgoingFrame] = {}
        for channel in self._channels.values():
            content = self._content(channel.part, step, shown)
            if now < channel.due or channel.sent == content:
                continue
            # Due times stay on a grid, so that a late frame does not delay all that follow.
            channel.due = max(channel.due + 1 / channel.rate, now)
            channel.sent = content
            made_of = (channel.part, channel.matrices)
            if made_of not in made:
                made[made_of] = self._frame(channel, shown, steps_per_second)
            yield replace(made[made_of], key=channel.key)

    def _content(self, part: Part, step: int, shown: Shown) -> object:
        if part == "matrices":
            return (self._framer.manifest, step)
        return (self._framer.manifest, step, shown.split, shown.index)

    def _frame(self, channel: Channel, shown: Shown, steps_per_second: float) -> OutgoingFrame:
        number, milliseconds = self.next_number(), time.time() * 1000
        if channel.part == "units":
            data = self._framer.units(number, milliseconds, steps_per_second, shown.split, shown.index)
        else:
            data = self._framer.matrices(number, milliseconds, steps_per_second, channel.matrices)
        return OutgoingFrame(channel.key, channel.part, number, data)
