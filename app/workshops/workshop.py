"""One workshop: its people, where each of them is, and the verbs of host and members."""

import time
from collections.abc import Callable, Coroutine, Iterator

from app.protocol import commands, workshops
from app.protocol.message import Command, Event
from app.protocol.people import Role
from app.rooms.outbox import Closing
from app.rooms.registry import Rooms
from app.rooms.room import Room
from app.rooms.soon import Soon
from app.settings import Settings
from app.store.ledger import KeptItem, KeptWorkshop, Ledger
from app.workshops import names
from app.workshops.activity import Activity
from app.workshops.cards import Board
from app.workshops.contests import Contests
from app.workshops.errands import Errands
from app.workshops.last_seen import LastSeen
from app.workshops.opened_steps import OpenedSteps
from app.workshops.people import Person, new_id, returned
from app.workshops.places import Places
from app.workshops.results import Result
from app.workshops.roles import KIND_OF, Doing, may
from app.workshops.visit import Visit
from app.workshops.votes import Votes
from app.workshops.wall import ClassWall

SECONDS_TO_ANNOUNCE = 0.1
"""A class that joins at once is announced once."""

SENT_AWAY = Closing(4102, "sent away")


class NoEntry(Exception):
    """Somebody may not come in; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Workshop:
    """A host's room, which all follow, and the rooms of those who forked it."""

    def __init__(
        self,
        kept: KeptWorkshop,
        rooms: Rooms,
        ledger: Ledger,
        settings: Settings,
        on_end: Callable[["Workshop"], None],
    ) -> None:
        self.code = kept.code
        self.created = kept.created
        self.mode: workshops.Mode = "explore" if kept.mode == "explore" else "follow"
        self.locked = kept.locked
        self.task = kept.task
        self.people: dict[str, Person] = {one.id: returned(one) for one in kept.people}
        self.spotlight: Person | None = self.people.get(kept.spotlight)
        self.presented: workshops.Presented | None = workshops.Presented(lens="gradients", layer=None, unit=None)
        self.seen = time.monotonic()
        self._rooms = rooms
        self._ledger = ledger
        self.settings = settings
        self._on_end = on_end
        self.changed = Soon(SECONDS_TO_ANNOUNCE, self._announce)
        """To be called when something is different: everyone is told soon."""
        self._board = Board()
        self._last_seen = LastSeen(self.keep_item, self.forget_item)
        self._last_seen.bring_back(kept.items)
        self._places = Places(self, rooms, settings)
        self._wall = ClassWall(self)
        self.opened = OpenedSteps(self)
        """The step that is open for all."""
        self._activities: tuple[Activity, ...] = (self._wall, Votes(self), Contests(self), self.opened)
        self._errands = Errands(self.code)
        for activity in self._activities:
            activity.bring_back(kept.items)

    # What it is

    @property
    def host(self) -> Person:
        """Whose run all follow."""
        return next(person for person in self.people.values() if person.role == "host")

    @property
    def main(self) -> Room:
        """The host's room."""
        return self._rooms.open(self.room_name())

    @property
    def visits(self) -> list[Visit]:
        """Every open page."""
        return [visit for person in self.people.values() for visit in person.visits]

    def room_name(self, person: Person | None = None) -> str:
        """Return the name of the host's room, or of somebody's own."""
        return self.code.lower() if person is None else f"{self.code.lower()}-{person.id}"

    def own_room(self, person: Person) -> Room | None:
        """Return somebody's own room, if it is open."""
        return self._rooms.known(self.room_name(person)) if person.forked else None

    @property
    def seen_by_all(self) -> Room | None:
        """The room of the run that all are shown, if it is open: the host's, or that of whoever is in the spotlight."""
        return self.room_of_that_name(self.room_name(self.spotlight))

    def room_of_that_name(self, name: str) -> Room | None:
        """Return a room, if it is open."""
        return self._rooms.known(name)

    def keep_item(self, item: KeptItem) -> None:
        """Have the ledger keep something that was made here."""
        self._ledger.keep_item(self.code, item)

    def forget_item(self, kind: str, item: str) -> None:
        """Have the ledger forget something that was made here."""
        self._ledger.forget_item(self.code, kind, item)

    def keep_person(self, person: Person) -> None:
        """Have the ledger keep somebody as they are now."""
        self._ledger.keep_person(self.code, person.kept)

    def results(self) -> Iterator[Result]:
        """Tell what all came to that was done together."""
        for activity in self._activities:
            yield from activity.results()

    def kept(self) -> KeptWorkshop:
        """As the ledger keeps it."""
        people = tuple(person.kept for person in self.people.values())
        spotlight = self.spotlight.id if self.spotlight else ""
        return KeptWorkshop(self.code, self.created, self.mode, self.locked, self.task, people, spotlight=spotlight)

    def state(self) -> workshops.WorkshopState:
        """As all in it see it."""
        return workshops.WorkshopState(
            code=self.code,
            mode=self.mode,
            locked=self.locked,
            task=self.task,
            host=self.host.info,
            host_here=self.host.here,
            spotlight=self.spotlight.info if self.spotlight else None,
            presented=self.presented,
            opened=self.opened.shown,
            members=sum(person.here for person in self.people.values() if person.role == "member"),
            wall=self._wall.state,
        )

    # Coming and going

    def add(self, name: str, role: Role = "member") -> Person:
        """Give somebody new a seat; raises `NoEntry`."""
        if role == "member":
            if self.locked:
                raise NoEntry("workshop_locked")
            if len(self.people) > self.settings.most_members:
                raise NoEntry("workshop_full")
        cleaned = names.clean(name)
        if not cleaned:
            raise NoEntry("no_name")
        taken = {names.key(person.name) for person in self.people.values()}
        person = Person(new_id(), names.told_apart(cleaned, taken), role)
        self.people[person.id] = person
        self.keep_person(person)
        self.changed()
        return person

    async def enter(self, person: Person, hello: commands.Hello, language: str) -> Visit:
        """Open a page of somebody, where they were; raises `NoEntry` and `NoRun`."""
        if len(person.visits) + person.arriving >= self.settings.most_pages:
            raise NoEntry("too_many_pages")
        self._rooms.check_space()
        room = self._places.room_for(person)
        person.arriving += 1
        try:
            viewer = await room.join(hello, language)
        finally:
            person.arriving -= 1
        visit = Visit(self, person, viewer, room)
        person.visits.append(visit)
        async with person.moving:
            await self._places.move(visit)  # if they moved while this page waited
        self.tell_state(visit)
        if person.role == "host":
            visit.tell(self._board.all())
        for activity in self._activities:
            activity.greet(visit)
        self.changed()
        return visit

    def left(self, visit: Visit) -> None:
        """Note that a page was closed; the seat stays."""
        if visit in visit.person.visits:
            visit.person.visits.remove(visit)
        for activity in self._activities:
            activity.forget_page(visit)
        self.seen = time.monotonic()
        self.changed()

    def close(self) -> None:
        """End it for all; its runs are deleted."""
        for visit in self.visits:
            self._send_away(visit, "closed")
        for person in [None, *self.people.values()]:
            self._rooms.drop(self.room_name(person), forget=True)
        self.stop()
        self._ledger.forget(self.code)

    def stop(self) -> None:
        """Leave no task behind, and nothing that is worth keeping."""
        self._last_seen.keep_all()
        self._errands.stop()
        self.changed.cancel()
        for activity in self._activities:
            activity.stop()

    # Commands

    def obey(self, visit: Visit, command: Command, text: bytes) -> None:
        """Carry out what may be done, and say why what may not."""
        person = visit.person
        if not may(person.role, person.place, command):
            doing = KIND_OF.get(getattr(command, "type", ""))
            reasons = {Doing.STEERING: "host_steers", Doing.COMPETING: "members_only", Doing.MOVING: "members_only"}
            visit.refuse_for(command, reasons.get(doing, "hosts_only") if doing else "hosts_only")
            return
        if not person.haste.allows(command):
            visit.refuse_for(command, "too_quick")
            return
        match command:
            case workshops.Fork(anew=anew):
                if self.mode == "follow":
                    visit.refuse_for(command, "follow_now")
                else:
                    self.begin(visit, command, self._places.fork(visit, command, anew=anew))
            case workshops.Follow():
                visit.done(command)
                self.begin(visit, command, self._places.follow(person))
            case workshops.Present(lens=lens, layer=layer, unit=unit):
                self.presented = workshops.Presented(lens=lens, layer=layer, unit=unit) if lens else None
                self._settle(visit, command)
            case workshops.SetTask(text=task):
                self.task = task.strip()
                self._settle(visit, command)
            case workshops.SetMode(mode=mode):
                self.mode = mode
                self._settle(visit, command)
                if mode == "follow":
                    self.begin(visit, command, self._places.gather())
            case workshops.Lock(locked=locked):
                self.locked = locked
                self._settle(visit, command)
            case workshops.Spotlight(person=who):
                self._turn_spotlight(visit, command, who)
            case workshops.HandOver(person=who):
                self._hand_over(visit, command, who)
            case workshops.Remove(person=who):
                self._remove(visit, command, who)
            case workshops.CloseWorkshop():
                visit.done(command)
                self._on_end(self)
            case _:
                for activity in self._activities:
                    if isinstance(command, activity.handles):
                        activity.obey(visit, command)
                        return
                visit.room.obey(visit.viewer, command, text)

    def _turn_spotlight(self, visit: Visit, command: Command, who: str | None) -> None:
        chosen = None if who is None else self.people.get(who)
        if who is not None and chosen is None:
            visit.refuse_for(command, "no_such_person")
            return
        if chosen is not None and not chosen.forked:
            visit.refuse_for(command, "nothing_to_show", name=chosen.name)
            return
        self.spotlight = chosen
        self._settle(visit, command)
        self.begin(visit, command, self._places.gather())

    def _hand_over(self, visit: Visit, command: Command, who: str) -> None:
        chosen = self.people.get(who)
        if chosen is None or chosen is visit.person:
            visit.refuse_for(command, "no_such_person")
            return
        visit.person.role, chosen.role = "member", "host"
        for person in (visit.person, chosen):
            self.keep_person(person)
        self._settle(visit, command)
        for page in chosen.visits:
            page.tell(self._board.all())
        for activity in self._activities:
            activity.hand_over()
        self.begin(visit, command, self._places.follow(chosen))

    def _remove(self, visit: Visit, command: Command, who: str) -> None:
        chosen = self.people.get(who)
        if chosen is None or chosen.role == "host":
            visit.refuse_for(command, "no_such_person")
            return
        del self.people[who]
        self._ledger.forget_person(self.code, who)
        for page in list(chosen.visits):
            self._send_away(page, "removed")
        if self.spotlight is chosen:
            self.spotlight = None
            self.begin(visit, command, self._places.gather())
        self._rooms.drop(self.room_name(chosen), forget=True)
        self._last_seen.forget(who)
        for activity in self._activities:
            activity.forget_person(who)
        self._settle(visit, command)

    # Telling

    def look(self) -> None:
        """See what happened meanwhile, and tell whom it concerns; called about once a second."""
        for activity in self._activities:
            activity.look()
        self._look_at_members()

    def tell_hosts(self, news: Event) -> None:
        """Tell all pages of the host something."""
        for visit in self.host.visits:
            visit.tell(news)

    def _look_at_members(self) -> None:
        """Note how each does, and show the host what changed; nobody else is shown it."""
        members = [(person, self.own_room(person)) for person in self.people.values() if person.role == "member"]
        cards = [self._last_seen.card(person, room) for person, room in members]
        if not self.host.here:
            return
        news = self._board.news(cards)
        for number, (person, room) in enumerate(members):
            if room is not None and self._board.is_glance_due(number, person, room):
                room.glance()
        if news is not None:
            self.tell_hosts(news)

    def _settle(self, visit: Visit, command: Command) -> None:
        """Keep what the host changed, and tell all."""
        self._ledger.keep(self.kept())
        visit.done(command)
        self.changed()

    def _send_away(self, visit: Visit, reason: str) -> None:
        visit.tell(workshops.SentAway(reason="closed" if reason == "closed" else "removed"))
        visit.viewer.outbox.close(SENT_AWAY)

    def tell_state(self, visit: Visit) -> None:
        """Tell one page the workshop's state and its own seat."""
        person = visit.person
        seat = workshops.Seat(person=person.info, place=person.place, has_own=person.forked)
        visit.tell(workshops.Workshop(state=self.state(), seat=seat))

    def _announce(self) -> None:
        for visit in self.visits:
            self.tell_state(visit)

    def begin(self, visit: Visit, command: Command, work: Coroutine[None, None, None]) -> None:
        """Do what somebody asked for and what takes its time."""

        def say_so() -> None:
            visit.refuse_for(command, "run_not_copied")

        self._errands.begin(work, getattr(command, "type", ""), say_so)

    def begin_quietly(self, work: Coroutine[None, None, None], name: str) -> None:
        """Do what nobody waits for, or what tells itself how it went."""
        self._errands.begin(work, name)
