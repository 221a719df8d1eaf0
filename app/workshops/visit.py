"""One open page of a person in a workshop."""

from typing import TYPE_CHECKING

from app.protocol import events
from app.protocol.message import Command, Event
from app.rooms.asking import RunRefused
from app.rooms.room import Room
from app.rooms.viewer import Viewer
from app.workshops.people import TEMPLATES, Person

if TYPE_CHECKING:
    from app.workshops.workshop import Workshop


class Visit:
    """One open page of a person: a viewer, and the room they are in at this time."""

    def __init__(self, workshop: "Workshop", person: Person, viewer: Viewer, room: Room) -> None:
        self.workshop = workshop
        self.person = person
        self.viewer = viewer
        self.room = room

    def obey(self, viewer: Viewer, command: Command, text: bytes) -> None:
        """Carry out a command, if its sender may give it here."""
        self.workshop.obey(self, command, text)

    def refuse(
        self, viewer: Viewer, reply_to: int | None, code: str, where: str, template: str, params: dict[str, object]
    ) -> None:
        """Tell that a command was not carried out."""
        self.room.refuse(viewer, reply_to, code, where, template, params)

    def refuse_for(self, command: Command, code: str, **params: object) -> None:
        """Tell that a command was not carried out, by one of the workshop's own reasons."""
        self.refuse(self.viewer, command.id, code, "", TEMPLATES[code], params)

    def refuse_as(self, command: Command | None, refused: RunRefused) -> None:
        """Tell that a command was not carried out, by the run's own reason; None: it was answered already."""
        params = {key: value for key, value in refused.params.items() if key != "where"}
        where = str(refused.params.get("where", ""))
        self.refuse(self.viewer, command.id if command else None, refused.code, where, refused.template, params)

    def leave(self, viewer: Viewer) -> None:
        """Close the page."""
        self.room.leave(viewer)
        self.workshop.left(self)

    def pass_on(self, command: Command) -> None:
        """Have the room carry out a command that concerns nobody else."""
        self.room.obey(self.viewer, command, command.model_dump_json().encode())

    def done(self, command: Command) -> None:
        """Tell that a command was carried out."""
        self.tell(events.Done(reply_to=command.id))

    def tell(self, event: Event) -> None:
        """Send an event that has no number."""
        self.say(event.model_dump_json())

    def say(self, text: str) -> None:
        """Send an event that was written already."""
        self.viewer.outbox.put_event(text)
