"""All rooms of a server."""

from app.languages import Languages
from app.rooms.room import Room
from app.settings import Settings
from app.workers.supervisor import Supervisor


class TooMany(Exception):
    """The server, or the room, has all the viewers or rooms it takes."""


class Rooms:
    """Finds rooms by name, makes them, and counts those who are in."""

    def __init__(self, supervisor: Supervisor, languages: Languages, settings: Settings) -> None:
        self._supervisor = supervisor
        self._languages = languages
        self._settings = settings
        self._rooms: dict[str, Room] = {}

    @property
    def viewers(self) -> int:
        """How many watch on this server."""
        return sum(room.people for room in self._rooms.values())

    def known(self, name: str) -> Room | None:
        """Return the room of this name, if it is there."""
        return self._rooms.get(name)

    def find(self, name: str) -> Room:
        """Return the room of this name, made if it isn't there; raise `TooMany` if that would be too many."""
        self.check_space()
        room = self._rooms.get(name)
        if room is None:
            if len(self._rooms) >= self._settings.most_rooms:
                self._close_an_empty_one()
            room = self._rooms[name] = Room(name, self._supervisor, self._languages, self._settings)
        if room.people >= self._settings.most_viewers_of_a_room:
            raise TooMany
        return room

    def open(self, name: str) -> Room:
        """Return the room of this name, made if it isn't there: for those who count rooms and people themselves."""
        if name not in self._rooms:
            self._rooms[name] = Room(name, self._supervisor, self._languages, self._settings)
        return self._rooms[name]

    def drop(self, name: str, *, forget: bool = False) -> None:
        """Close a room that nobody is in; its run is unloaded, or deleted for good."""
        room = self._rooms.pop(name, None)
        if room is not None:
            room.shut()
            self._supervisor.close(name, forget=forget)

    def check_space(self) -> None:
        """Raise `TooMany` if the server has all the viewers it takes."""
        if self.viewers >= self._settings.most_viewers:
            raise TooMany

    def check_runs(self, name: str) -> None:
        """Raise `TooMany` if a run of this name would be one too many on this server."""
        if name not in self._rooms and len(self._rooms) >= self._settings.most_runs:
            raise TooMany

    def announce_end(self) -> None:
        """Tell all viewers that the server is about to end."""
        for room in self._rooms.values():
            room.announce_end()

    def close(self) -> None:
        """Send all viewers away."""
        for room in self._rooms.values():
            room.close()

    def _close_an_empty_one(self) -> None:
        empty = [room for room in self._rooms.values() if not room.people]
        if not empty:
            raise TooMany
        self.drop(min(empty, key=lambda room: room.empty_since).name)
