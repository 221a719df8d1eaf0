"""A workshop under arbitrary comings, goings and commands: everyone is where they should be, and sees nothing else."""

import asyncio
import json

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from app.languages import Languages
from app.protocol import PROTOCOL_VERSION, commands, events, workshops
from app.protocol.values import Status
from app.rooms.outbox import Closing
from app.rooms.registry import Rooms
from app.settings import Settings
from app.store.ledger import Ledger
from app.workers import link
from app.workshops.registry import Workshops
from app.workshops.tokens import Tokens
from app.workshops.workshop import NoEntry
from tests.app.rooms.test_outbox import taken_at_once
from tests.app.rooms.test_room_machine import opened_run

SETTINGS = Settings(workers=1, most_members=4, most_runs=4, seconds_between_sweeps=3600)


class AnsweringWorkers:
    """Stands where the supervisor does: opens runs, copies them, and says which runs there are."""

    limits = None
    busy = 0.0

    def __init__(self):
        self.rooms = {}
        self.forgotten = set()

    def open(self, run, listener):
        self.rooms[run] = listener
        manifest, state = opened_run()
        state = state.model_copy(update={"run": run, "status": Status.IDLE})
        opened = link.Opened(run, manifest.model_dump_json().encode(), state.model_dump_json().encode(), False)
        asyncio.get_running_loop().call_soon(listener.receive, opened)

    def speak(self):
        """Have every run say something of itself."""
        for run, listener in list(self.rooms.items()):
            _, state = opened_run()
            said = events.StateChanged(state=state.model_copy(update={"run": run, "status": Status.IDLE}))
            listener.receive(link.Said(run, said.model_dump_json().encode()))

    def close(self, run, *, forget=False):
        self.rooms.pop(run, None)
        if forget:
            self.forgotten.add(run)

    def send(self, run, message):
        match message:
            case link.Export(request=request):
                answer = link.Exported(run, request, 7, b"run " + run.encode())
            case link.Import(request=request):
                answer = link.Imported(run, request)
            case _:
                return
        if run not in self.rooms:
            return
        asyncio.get_running_loop().call_soon(self.rooms[run].receive, answer)


class Page:
    """A browser's page in a workshop."""

    def __init__(self, visit):
        self.visit = visit
        self.room = self.seat = self.state = None
        self.gone = False
        self.heard = 0

    def take(self, text):
        event = json.loads(text)
        match event["type"]:
            case "welcome":
                self.room = event["room"]
                assert event["state"]["run"] == self.room
            case "state":
                # Nobody is told of a room they are not in: of others' runs, or of the one they have just left.
                assert event["state"]["run"] == self.room
                self.heard += 1
            case "workshop":
                self.seat, self.state = event["seat"], event["state"]
            case "sent_away":
                self.gone = True


class WorkshopMachine(RuleBasedStateMachine):
    """One workshop among others; its model is the workshop's own record of people, checked against what pages got."""

    pages = Bundle("pages")

    @initialize(target=pages)
    def begin(self):
        self.runner = asyncio.Runner()
        self.runner.run(self.start())
        return multiple(*(self.enter_as(who) for who in self.tokens))

    async def start(self):
        self.workers = AnsweringWorkers()
        self.rooms = Rooms(self.workers, Languages(), SETTINGS)
        self.registry = Workshops(self.rooms, Ledger(None), Tokens(b"s" * 32), SETTINGS)
        self.registry.open()
        self.workshop, self.host, self.token = self.registry.create("Host")
        self.workshop.mode = "explore"
        self.tokens = {self.host.id: self.token}
        self.open_pages = []
        for name in ("Otter", "Lynx"):
            _, person, self.tokens[person.id] = self.registry.join(self.workshop.code, name)

    def teardown(self):
        if hasattr(self, "runner"):
            self.runner.run(self.registry.close())
            self.runner.close()

    @rule(name=st.sampled_from(["otter", "Lynx", "\u202e"]))
    def join(self, name):
        async def join():
            return self.registry.join(self.workshop.code.lower(), name)

        full = len(self.workshop.people) > SETTINGS.most_members
        if self.workshop.locked or full or name == "\u202e":
            with pytest.raises(NoEntry):
                self.runner.run(join())
            return
        _, person, token = self.runner.run(join())
        self.tokens[person.id] = token
        assert len({one.name for one in self.workshop.people.values()}) == len(self.workshop.people)

    def someone(self, number):
        """Return one of all who ever had a seat; ids are random, so the order of joining names them."""
        everyone = list(self.tokens)
        return everyone[number % len(everyone)]

    @rule(target=pages, number=st.integers(0, 7))
    def enter(self, number):
        return self.enter_as(self.someone(number))

    def enter_as(self, who):
        hello = commands.Hello(protocol=PROTOCOL_VERSION, token=self.tokens[who])
        person = self.workshop.people.get(who)
        if person is None or len(person.visits) >= SETTINGS.most_pages:
            with pytest.raises(NoEntry):
                self.runner.run(self.registry.enter(hello, "en"))
            return None
        page = Page(self.runner.run(self.registry.enter(hello, "en")))
        self.open_pages.append(page)
        return page

    @rule(page=consumes(pages))
    def leave(self, page):
        if page is None or page not in self.open_pages:
            return
        self.open_pages.remove(page)

        async def leave():
            page.visit.leave(page.visit.viewer)

        self.runner.run(leave())

    @rule(page=pages, command=st.sampled_from([workshops.Fork(), workshops.Fork(anew=True), workshops.Follow()]))
    def move(self, page, command):
        self.say(page, command)

    @rule(
        number=st.integers(0, 7),
        command=st.one_of(
            st.builds(workshops.SetMode, mode=st.sampled_from(["follow", "explore"])),
            st.builds(workshops.SetTask, text=st.sampled_from(["", "Reach 90 %"])),
            st.just(workshops.Spotlight(person=None)),
            st.just(workshops.Spotlight(person="00000000")),
            st.just(workshops.HandOver(person="00000000")),
        ),
    )
    def host(self, number, command):
        self.as_host(number, command)

    @rule(number=st.integers(0, 7), locked=st.booleans())
    def close_the_door_or_send_someone_away(self, number, locked):
        self.as_host(number, workshops.Lock(locked=True) if locked else workshops.Remove(person="00000000"))

    def as_host(self, number, command):
        if getattr(command, "person", None):
            command = command.model_copy(update={"person": self.someone(number)})
        hosts = [page for page in self.open_pages if page.visit.person.role == "host"]
        if hosts:
            self.say(hosts[0], command)

    def say(self, page, command):
        if page is None or page.gone or page not in self.open_pages:
            return

        async def obey():
            page.visit.obey(page.visit.viewer, command, b"{}")

        self.runner.run(obey())

    @rule()
    def every_run_speaks(self):
        async def speak():
            self.workers.speak()

        self.runner.run(speak())

    @rule()
    def settle(self):
        """Let everything that is under way come to its end, and every page take what it was sent."""

        async def settle():
            while self.workshop._errands or self.workshop.changed.pending:
                tasks = list(self.workshop._errands)
                await asyncio.gather(*tasks, return_exceptions=True)
                if self.workshop.changed.pending:
                    await asyncio.sleep(0.11)
            self.workers.speak()
            for page in self.open_pages:
                while (item := await taken_at_once(page.visit.viewer.outbox)) is not None:
                    if isinstance(item, Closing):
                        page.gone = True
                        page.visit.leave(page.visit.viewer)
                        break
                    if isinstance(item, str):
                        page.take(item)

        self.runner.run(settle())
        self.open_pages = [page for page in self.open_pages if not page.gone]
        open_visits = {page.visit for page in self.open_pages}
        assert {visit for visit in self.workshop.visits if visit.person.id in self.workshop.people} == open_visits
        state = json.loads(self.workshop.state().model_dump_json())
        for page in self.open_pages:
            person = page.visit.person
            expected = self.workshop.room_name()
            if person.place == "own":
                expected = self.workshop.room_name(person)
            elif person.place == "spotlight" and self.workshop.spotlight:
                expected = self.workshop.room_name(self.workshop.spotlight)
            assert page.room == expected == page.visit.room.name
            assert page.heard > 0
            assert page.seat["person"]["id"] == person.id
            assert page.seat["place"] == person.place
            assert page.state["mode"] == state["mode"]
            if self.workshop.mode == "follow" and person is not self.workshop.spotlight:
                assert person.place != "own"

    @invariant()
    def a_viewer_is_in_the_room_their_visit_says_and_in_no_other(self):
        if not hasattr(self, "registry"):
            return
        for page in self.open_pages:
            rooms = [name for name, room in self.rooms._rooms.items() if page.visit.viewer.id in room.viewers]
            assert len(rooms) <= 1
            assert (
                rooms == [page.visit.room.name]
                or self.workshop._errands
                or page.visit.person.id not in (self.workshop.people)
            )

    @invariant()
    def there_is_one_host_and_no_more_runs_than_there_may_be(self):
        if not hasattr(self, "registry"):
            return
        assert sum(person.role == "host" for person in self.workshop.people.values()) == 1
        assert len(self.workers.rooms) <= SETTINGS.most_runs + 1
        assert len(self.workshop.people) <= SETTINGS.most_members + 1


WorkshopMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_everyone_is_where_they_should_be = WorkshopMachine.TestCase
