"""Powers in a real workshop: every command that somebody may not give is refused in one answer, and changes nothing."""

import json

import pytest

from app.languages import Languages
from app.protocol import PROTOCOL_VERSION, commands, workshops
from app.rooms.registry import Rooms
from app.settings import Settings
from app.store.ledger import Ledger
from app.workshops.registry import Workshops
from app.workshops.roles import ALLOWED, KIND_OF, may
from app.workshops.tokens import Tokens
from tests.app.rooms.test_outbox import taken_at_once
from tests.app.workshops.test_people import COMMANDS
from tests.app.workshops.test_workshop_machine import AnsweringWorkers

SETTINGS = Settings(workers=1, seconds_between_sweeps=3600)

FORBIDDEN = [
    (role, place, name)
    for role in ALLOWED
    for place in ALLOWED[role]
    for name in sorted(COMMANDS)
    if not may(role, place, COMMANDS[name].model_construct())
]


class Remembering(AnsweringWorkers):
    """Workers that remember what they were told."""

    def __init__(self):
        super().__init__()
        self.told = []

    def send(self, run, message):
        self.told.append(message)
        super().send(run, message)


@pytest.fixture
async def classroom():
    """A workshop with a host and a member, and their pages."""
    workers = Remembering()
    registry = Workshops(Rooms(workers, Languages(), SETTINGS), Ledger(None), Tokens(b"s" * 32), SETTINGS)
    registry.open()
    workshop, host, token = registry.create("Host")
    _, member, other = registry.join(workshop.code, "Otter")
    pages = {}
    for person, signed in ((host, token), (member, other)):
        hello = commands.Hello(protocol=PROTOCOL_VERSION, token=signed)
        pages[person.role] = await registry.enter(hello, "en")
    workshop.mode = "explore"
    yield workshop, pages, workers
    await registry.close()


async def taken(visit):
    """Return the events that wait for a page."""
    events = []
    while isinstance(item := await taken_at_once(visit.viewer.outbox), str):
        events.append(json.loads(item))
    return events


def test_there_is_something_for_everybody_that_they_may_not_do():
    assert {(role, place) for role, place, _ in FORBIDDEN} == {
        (role, place) for role in ALLOWED for place in ALLOWED[role]
    }


async def test_whatever_somebody_may_not_do_is_refused_once_and_changes_nothing(classroom):
    workshop, pages, workers = classroom
    for role, place, name in FORBIDDEN:
        visit = pages[role]
        visit.person.place = place
        await taken(visit)
        before, told = (workshop.state(), workshop.kept(), set(workshop.people)), len(workers.told)
        visit.obey(visit.viewer, COMMANDS[name].model_construct(id=7), b"{}")
        (answer,) = [event for event in await taken(visit) if event.get("reply_to") == 7]
        assert answer["type"] == "error", (role, place, name)
        assert answer["code"] in ("host_steers", "hosts_only", "members_only"), (role, place, name)
        assert (workshop.state(), workshop.kept(), set(workshop.people)) == before, (role, place, name)
        assert len(workers.told) == told, (role, place, name)


async def test_a_host_who_handed_over_may_not_do_the_next_thing(classroom):
    workshop, pages, _ = classroom
    host, member = pages["host"], pages["member"]
    host.obey(host.viewer, workshops.HandOver(id=1, person=member.person.id), b"{}")
    host.obey(host.viewer, workshops.Lock(id=2, locked=True), b"{}")
    answers = {event.get("reply_to"): event for event in await taken(host)}
    assert answers[1]["type"] == "done"
    assert (answers[2]["type"], answers[2]["code"]) == ("error", "hosts_only")
    assert not workshop.locked


async def test_somebody_in_too_much_of_a_hurry_is_told_so_kindly_and_may_go_on_later(classroom):
    _, pages, _ = classroom
    visit = pages["member"]
    for number in range(40):
        visit.obey(visit.viewer, workshops.Follow(id=number), b"{}")
    answers = [event for event in await taken(visit) if event.get("reply_to") is not None]
    codes = [event.get("code", "done") for event in answers]
    assert "too_quick" in codes
    assert codes[0] == "done"
    assert all("Wait a moment" in event["message"] for event in answers if event.get("code") == "too_quick")


def test_a_command_without_a_kind_may_be_given_by_nobody():
    unknown = commands.Clock(sent=0.0).model_copy(update={"type": "dance"})
    assert "dance" not in KIND_OF
    assert not any(may(role, place, unknown) for role in ALLOWED for place in ALLOWED[role])
