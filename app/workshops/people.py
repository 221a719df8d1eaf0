"""People of a workshop, and what they are told when they may not do something."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.languages import N_
from app.protocol.people import PersonInfo, Role
from app.protocol.workshops import Place
from app.store.ledger import KeptPerson
from app.workshops.haste import Haste

if TYPE_CHECKING:
    from app.workshops.visit import Visit

TEMPLATES = {
    "host_steers": N_("Only the host steers this run. Fork it to have one of your own."),
    "too_quick": N_("That was too quick. Wait a moment, then go on."),
    "hosts_only": N_("Only the host of the workshop can do that."),
    "members_only": N_("That is for the members, not for the host."),
    "follow_now": N_("The host has asked everyone to follow now."),
    "no_such_person": N_("There is nobody of that name in the workshop any more."),
    "fork_first": N_("Fork the run first: an attempt is made in a run of your own."),
    "no_challenge": N_("There is no challenge now."),
    "no_accuracy": N_("A challenge needs a run whose accuracy can be measured: one that tells classes apart."),
    "other_data_than_challenge": N_("The challenge is on another data set than your run's. Fork the host's run anew."),
    "attempt_runs": N_("Your attempt is under way."),
    "no_step_shown": N_("No step is open for all to see now."),
    "run_silent": N_("The run does not answer. Try again in a moment."),
    "no_such_question": N_("That question is over."),
    "no_such_option": N_("The question has no such answer."),
    "answers_closed": N_("The host takes no more answers to this question."),
    "run_decides": N_("The run decides this question when it gets there."),
    "empty_question": N_("A question and each of its answers need at least one word."),
    "step_passed": N_("The run has passed step {step} already. Ask about a later one."),
    "wall_closed": N_("The host has closed the wall: nothing can be hung now."),
    "wall_full": N_("The wall has all the {most} drawings it can take."),
    "enough_of_yours": N_("You have {most} drawings on the wall; take one down first."),
    "empty_drawing": N_("There is nothing on the pad yet."),
    "no_such_drawing": N_("That drawing is not on the wall any more, or is not yours to take down."),
    "nothing_admitted": N_("Admit some drawings first: the network is trained on those only."),
    "nothing_trained": N_("Nothing was trained on the wall that could take the run's place."),
    "wall_trains": N_("A copy is being trained on the wall already."),
    "nothing_to_show": N_("{name} has no run of their own yet."),
    "too_many_runs": N_("All {most} runs this server takes are in use. Try again when someone has gone back."),
    "short_of_memory": N_("The server is short of memory and begins no new run now. Try again in a while."),
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
    came_from_own: bool = False  # whether they looked at the spotlight from a run of their own, and go back there
    moving: asyncio.Lock = field(default_factory=asyncio.Lock)
    visits: list["Visit"] = field(default_factory=list)
    arriving: int = 0
    """Pages that wait to be let in."""
    haste: Haste = field(default_factory=Haste)

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
        return KeptPerson(self.id, self.name, self.role, self.forked, self.place)


def returned(kept: KeptPerson) -> Person:
    """Return somebody as the ledger kept them, where they were."""
    role: Role = "host" if kept.role == "host" else "member"
    place: Place = (
        "spotlight" if kept.place == "spotlight" else "own" if kept.place == "own" and kept.forked else "host"
    )
    return Person(kept.id, kept.name, role, kept.forked, place)


def new_id() -> str:
    """Return an id that says nothing about its bearer."""
    return secrets.token_hex(4)
