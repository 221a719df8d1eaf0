"""All rooms of a server: made, counted, and looked after when nobody is in them."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Literal

from app import machine
from app.languages import Languages
from app.rooms.room import Room
from app.rooms.traffic import Traffic
from app.settings import Settings
from app.workers.supervisor import Supervisor

logger = logging.getLogger("backscope.rooms")

SPARE_FILES = 64
"""Of those a process may have open: for workers, checkpoints, pages and pictures. The rest are viewers."""

Want = Literal["viewers", "runs", "memory"]


class TooMany(Exception):
    """The server, or the room, has all the viewers or runs it takes, or too little memory for another run."""

    def __init__(self, want: Want) -> None:
        super().__init__(want)
        self.want = want


class Rooms:
    """Finds rooms by name, makes them, and counts those who are in."""

    def __init__(
        self,
        supervisor: Supervisor,
        languages: Languages,
        settings: Settings,
        memory: Callable[[], machine.Used | None] = machine.memory,
    ) -> None:
        self._supervisor = supervisor
        self._languages = languages
        self._settings = settings
        self._memory = memory
        self.traffic = Traffic()
        files = machine.most_files()
        self._most_viewers = settings.most_viewers if files is None else min(settings.most_viewers, files - SPARE_FILES)
        self._rooms: dict[str, Room] = {}

    @property
    def viewers(self) -> int:
        """How many watch on this server."""
        return sum(room.people for room in self._rooms.values())

    def __len__(self) -> int:
        return len(self._rooms)

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self._rooms.values()))

    def known(self, name: str) -> Room | None:
        """Return the room of this name, if it is there."""
        return self._rooms.get(name)

    def find(self, name: str) -> Room:
        """Return the room of this name, made if it isn't there; raise `TooMany` if that would be too many."""
        self.check_space()
        room = self._rooms.get(name)
        if room is None:
            if self._short_of_memory():
                raise TooMany("memory")
            if len(self._rooms) >= self._settings.most_rooms:
                self._close_an_empty_one()
            room = self._rooms[name] = Room(name, self._supervisor, self._languages, self._settings, self.traffic)
        if room.people >= self._settings.most_viewers_of_a_room:
            raise TooMany("viewers")
        return room

    def open(self, name: str) -> Room:
        """Return the room of this name, made if it isn't there: for those who count rooms and people themselves."""
        if name not in self._rooms:
            self._rooms[name] = Room(name, self._supervisor, self._languages, self._settings, self.traffic)
        return self._rooms[name]

    def drop(self, name: str, *, forget: bool = False) -> None:
        """Close a room that nobody is in; its run is unloaded, or deleted for good."""
        room = self._rooms.pop(name, None)
        if room is not None:
            room.shut()
            self._supervisor.close(name, forget=forget)

    def check_space(self) -> None:
        """Raise `TooMany` if the server has all the viewers it takes."""
        if self.viewers >= self._most_viewers:
            raise TooMany("viewers")

    def check_runs(self, name: str) -> None:
        """Raise `TooMany` if a run of this name would be one too many on this server."""
        if name in self._rooms:
            return
        if self._short_of_memory():
            raise TooMany("memory")
        if len(self._rooms) >= self._settings.most_runs:
            self._close_an_empty_one()

    def announce_end(self) -> None:
        """Tell all viewers that the server is about to end."""
        for room in self._rooms.values():
            room.announce_end()

    def close(self) -> None:
        """Send all viewers away."""
        for room in self._rooms.values():
            room.close()

    def look_after(self) -> None:
        """Let runs that nobody watches wait, unload them, and the largest of them when memory gets short.

        What is unloaded is there again, as it was, for whoever comes back. A run that somebody watches is left alone.
        """
        settings, now = self._settings, asyncio.get_running_loop().time()
        for room in self:
            if room.people:
                continue
            alone = now - room.empty_since
            if alone > settings.seconds_to_unload and (alone > settings.seconds_to_pause or not room.plays):
                self.drop(room.name)
            elif alone > settings.seconds_to_pause and room.plays:
                room.rest()
        used = self._memory()
        if used is not None and used.share >= settings.memory_to_unload:
            idle = [room for room in self if not room.people]
            if idle:
                largest = max(idle, key=lambda room: room.state.parameters if room.state else 0)
                logger.warning("memory is short (%.0f %%): %s leaves it", 100 * used.share, largest.name)
                self.drop(largest.name)

    @property
    def busy(self) -> float:
        """The part of the training processes' time that runs use."""
        return self._supervisor.busy

    @property
    def memory(self) -> machine.Used | None:
        """How much memory is in use, as far as it is known."""
        return self._memory()

    def _short_of_memory(self) -> bool:
        used = self._memory()
        return used is not None and used.share >= self._settings.memory_for_no_new_run

    def _close_an_empty_one(self) -> None:
        empty = [room for room in self._rooms.values() if not room.people]
        if not empty:
            raise TooMany("runs")
        self.drop(min(empty, key=lambda room: room.empty_since).name)
