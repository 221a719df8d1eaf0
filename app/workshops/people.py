"""People of a workshop, and what they are told when they may not do something."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.languages import N_
from app.protocol.workshops import PersonInfo, Place, Role
from app.store.ledger import KeptPerson

if TYPE_CHECKING:
    from app.workshops.workshop import Visit

TEMPLATES = {
    "host_steers": N_("Only the host steers this run. Fork it to have one of your own."),
    "hosts_only": N_("Only the host of the workshop can do that."),
    "follow_now": N_("The host has asked everyone to follow now."),
    "no_such_person": N_("There is nobody of that name in the workshop any more."),
    "nothing_to_show": N_("{name} has no run of their own yet."),
    "too_many_runs": N_("All {most} runs this server takes are in use. Try again when someone has gone back."),
    "run_not_copied": N_("The host's run could not be copied. Try again in a moment."),
}


@dataclass(eq=False)
class Person:
    """Someone with a seat, here or away."""

    id: str
    name: str
    role: Role
    forked: bool = False
    place: Place = "host"
    moving: asyncio.Lock = field(default_factory=asyncio.Lock)
    visits: list["Visit"] = field(default_factory=list)

    @property
    def here(self) -> bool:
        """Whether any page of theirs is open."""
        return bool(self.visits)

    @property
    def info(self) -> PersonInfo:
        """As others see them."""
        return PersonInfo(id=self.id, name=self.name, role=self.role)

    @property
    def kept(self) -> KeptPerson:
        """As the ledger keeps them."""
        return KeptPerson(self.id, self.name, self.role, self.forked)


def new_id() -> str:
    """Return an id that says nothing about its bearer."""
    return secrets.token_hex(4)
