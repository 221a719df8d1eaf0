"""What the viewers of one room look at: which frames its run has to make, who each is for, and the last of each."""

from collections.abc import Callable, Mapping

from app.rooms.viewer import Viewer
from app.workers.link import ChannelWanted, FrameMade


class Channels:
    """The frames of one room, each made once for all who look at the same."""

    def __init__(self, viewers: Mapping[str, Viewer], want: Callable[[tuple[ChannelWanted, ...]], None]) -> None:
        """`viewers` are those in the room at any time; `want` tells the run what to make."""
        self._viewers = viewers
        self._want = want
        self._watched: tuple[ChannelWanted, ...] = ()
        self._last: dict[str, tuple[str, int, bytes, float]] = {}

    def look_anew(self) -> None:
        """Tell the run what is looked at now, if that has changed."""
        channels = {channel.key: channel for viewer in self._viewers.values() for channel in viewer.channels}
        watched = tuple(sorted(channels.values(), key=lambda channel: channel.key))
        if watched != self._watched:
            self._watched = watched
            self._last = {key: frame for key, frame in self._last.items() if key in channels}
            self._want(watched)

    def begin_anew(self) -> None:
        """Tell a run that has just come what is looked at."""
        self._last.clear()
        self._watched = ()
        self.look_anew()

    def forget(self) -> None:
        """Drop the last frames: the run they are of is another one now."""
        self._last.clear()

    def hand_out(self, frame: FrameMade) -> None:
        """Give a frame to all who look at its channel."""
        if all(channel.key != frame.channel for channel in self._watched):
            return  # it was on its way when the last who looked at this went
        self._last[frame.channel] = kept = (frame.part, frame.n, frame.data, frame.time)
        for viewer in self._viewers.values():
            if any(channel.key == frame.channel for channel in viewer.channels):
                viewer.outbox.put_frame(*kept)

    def send_last(self, viewer: Viewer) -> None:
        """Give somebody who has just begun to look the last frame of each channel."""
        for channel in viewer.channels:
            if channel.key in self._last:
                viewer.outbox.put_frame(*self._last[channel.key])
