"""One workshop: its people, where each of them is, and the verbs of host and members."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine

from app.protocol import commands, events, workshops
from app.protocol.message import Command, Event
from app.protocol.workshops import Place
from app.rooms.outbox import Closing
from app.rooms.registry import Rooms, TooMany
from app.rooms.room import NoRun, Room
from app.rooms.viewer import Viewer
from app.settings import Settings
from app.store.ledger import KeptWorkshop, Ledger
from app.workshops import names
from app.workshops.cards import Board
from app.workshops.people import TEMPLATES, Person, new_id
from app.workshops.roles import KIND_OF, Doing, may

logger = logging.getLogger("backscope.workshops")

SECONDS_TO_ANNOUNCE = 0.1
"""A class that joins at once is announced once."""

MOST_PAGES = 4
"""Open pages of one person: a phone, a laptop, and one forgotten tab of each."""

SENT_AWAY = Closing(4102, "sent away")


class NoEntry(Exception):
    """Somebody may not come in; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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

    def leave(self, viewer: Viewer) -> None:
        """Close the page."""
        self.room.leave(viewer)
        self.workshop.left(self)

    def done(self, command: Command) -> None:
        """Tell that a command was carried out."""
        self.tell(events.Done(reply_to=command.id))

    def tell(self, event: Event) -> None:
        """Send an event that has no number."""
        self.viewer.outbox.put_event(event.model_dump_json())


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
        self.people: dict[str, Person] = {
            one.id: Person(one.id, one.name, "host" if one.role == "host" else "member", forked=one.forked)
            for one in kept.people
        }
        self.spotlight: Person | None = None
        self.presented: workshops.Presented | None = None
        self.seen = time.monotonic()
        self._rooms = rooms
        self._ledger = ledger
        self._settings = settings
        self._on_end = on_end
        self._announcing: asyncio.TimerHandle | None = None
        self._board = Board()
        self._tasks: set[asyncio.Task[None]] = set()

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

    def kept(self) -> KeptWorkshop:
        """As the ledger keeps it."""
        people = tuple(person.kept for person in self.people.values())
        return KeptWorkshop(self.code, self.created, self.mode, self.locked, self.task, people)

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
            members=sum(person.here for person in self.people.values() if person.role == "member"),
        )

    # Coming and going

    def add(self, name: str, role: workshops.Role = "member") -> Person:
        """Give somebody new a seat; raises `NoEntry`."""
        if role == "member":
            if self.locked:
                raise NoEntry("workshop_locked")
            if len(self.people) > self._settings.most_members:
                raise NoEntry("workshop_full")
        cleaned = names.clean(name)
        if not cleaned:
            raise NoEntry("no_name")
        taken = {names.key(person.name) for person in self.people.values()}
        person = Person(new_id(), names.told_apart(cleaned, taken), role)
        self.people[person.id] = person
        self._ledger.keep_person(self.code, person.kept)
        self._changed()
        return person

    async def enter(self, person: Person, hello: commands.Hello, language: str) -> Visit:
        """Open a page of somebody, where they were; raises `NoEntry` and `NoRun`."""
        if len(person.visits) >= MOST_PAGES:
            raise NoEntry("too_many_pages")
        self._rooms.check_space()
        room = self._room_for(person)
        viewer = await room.join(hello, language)
        visit = Visit(self, person, viewer, room)
        person.visits.append(visit)
        async with person.moving:
            await self._move(visit)  # if they moved while this page waited
        self._tell_state(visit)
        if person.role == "host":
            visit.tell(self._board.all())
        self._changed()
        return visit

    def left(self, visit: Visit) -> None:
        """Note that a page was closed; the seat stays."""
        if visit in visit.person.visits:
            visit.person.visits.remove(visit)
        self.seen = time.monotonic()
        self._changed()

    def close(self) -> None:
        """End it for all; its runs are deleted."""
        for visit in self.visits:
            self._send_away(visit, "closed")
        for person in [None, *self.people.values()]:
            self._rooms.drop(self.room_name(person), forget=True)
        self._ledger.forget(self.code)
        self.stop()

    def stop(self) -> None:
        """Leave no task behind."""
        for task in self._tasks:
            task.cancel()
        if self._announcing:
            self._announcing.cancel()

    # Commands

    def obey(self, visit: Visit, command: Command, text: bytes) -> None:
        """Carry out what may be done, and say why what may not."""
        person = visit.person
        if not may(person.role, person.place, command):
            steering = KIND_OF.get(getattr(command, "type", "")) is Doing.STEERING
            self._refuse(visit, command, "host_steers" if steering else "hosts_only")
            return
        match command:
            case workshops.Fork(anew=anew):
                if self.mode == "follow":
                    self._refuse(visit, command, "follow_now")
                else:
                    self._begin(visit, command, self._fork(visit, command, anew=anew))
            case workshops.Follow():
                visit.done(command)
                self._begin(visit, command, self._follow(person))
            case workshops.Present(lens=lens, layer=layer, unit=unit):
                self.presented = workshops.Presented(lens=lens, layer=layer, unit=unit)
                self._settle(visit, command)
            case workshops.SetTask(text=task):
                self.task = task.strip()
                self._settle(visit, command)
            case workshops.SetMode(mode=mode):
                self.mode = mode
                self._settle(visit, command)
                if mode == "follow":
                    self._begin(visit, command, self._gather())
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
                visit.room.obey(visit.viewer, command, text)

    def _turn_spotlight(self, visit: Visit, command: Command, who: str | None) -> None:
        chosen = None if who is None else self.people.get(who)
        if who is not None and chosen is None:
            self._refuse(visit, command, "no_such_person")
            return
        if chosen is not None and self.own_room(chosen) is None:
            self._refuse(visit, command, "nothing_to_show", name=chosen.name)
            return
        self.spotlight = chosen
        self._settle(visit, command)
        self._begin(visit, command, self._gather())

    def _hand_over(self, visit: Visit, command: Command, who: str) -> None:
        chosen = self.people.get(who)
        if chosen is None or chosen is visit.person:
            self._refuse(visit, command, "no_such_person")
            return
        visit.person.role, chosen.role = "member", "host"
        for person in (visit.person, chosen):
            self._ledger.keep_person(self.code, person.kept)
        self._settle(visit, command)
        for page in chosen.visits:
            page.tell(self._board.all())
        self._begin(visit, command, self._follow(chosen))

    def _remove(self, visit: Visit, command: Command, who: str) -> None:
        chosen = self.people.get(who)
        if chosen is None or chosen.role == "host":
            self._refuse(visit, command, "no_such_person")
            return
        del self.people[who]
        self._ledger.forget_person(self.code, who)
        for page in list(chosen.visits):
            self._send_away(page, "removed")
        if self.spotlight is chosen:
            self.spotlight = None
            self._begin(visit, command, self._gather())
        self._rooms.drop(self.room_name(chosen), forget=True)
        self._settle(visit, command)

    # Moving

    def _room_for(self, person: Person) -> Room:
        if person.place == "own" and person.forked:
            return self._rooms.open(self.room_name(person))
        if person.place == "spotlight" and self.spotlight is not None:
            return self._rooms.open(self.room_name(self.spotlight))
        return self.main

    async def _follow(self, person: Person) -> None:
        async with person.moving:
            await self._place(person, "spotlight" if self.spotlight not in (None, person) else "host")

    async def _fork(self, visit: Visit, command: Command, *, anew: bool) -> None:
        async with visit.person.moving:
            await self._fork_now(visit, command, anew=anew)

    async def _fork_now(self, visit: Visit, command: Command, *, anew: bool) -> None:
        person = visit.person
        if not person.forked or anew:
            try:
                await self._copy_run(person)
            except TooMany:
                self._refuse(visit, command, "too_many_runs", most=self._settings.most_runs)
                return
            except NoRun:
                self._refuse(visit, command, "run_not_copied")
                return
        visit.done(command)
        if self.mode == "explore":  # it may have changed meanwhile
            await self._place(person, "own")

    async def _copy_run(self, person: Person) -> None:
        self._rooms.check_runs(self.room_name(person))
        exported = await self.main.export()
        playing = self.main.plays
        if person.id not in self.people:
            raise NoRun  # removed while the copy was made
        self._rooms.check_runs(self.room_name(person))  # others copied it meanwhile
        own = self._rooms.open(self.room_name(person))
        await own.opened()
        if await own.load(exported.data, "en") is not None:
            raise NoRun
        if playing:
            own.play()
        else:
            own.pause()
        if person.id not in self.people:
            self._rooms.drop(own.name, forget=True)
            raise NoRun
        person.forked = True
        self._ledger.keep_person(self.code, person.kept)

    async def _place(self, person: Person, place: Place) -> None:
        """Have all pages of somebody somewhere else."""
        person.place = place
        for visit in list(person.visits):
            await self._move(visit)
        self._changed()

    async def _gather(self) -> None:
        """Have everyone where the mode and the spotlight put them, all at the same time."""
        await asyncio.gather(*(self._gather_one(person) for person in list(self.people.values())))

    async def _gather_one(self, person: Person) -> None:
        async with person.moving:
            if person is self.spotlight:
                place: Place = "own"
            elif self.spotlight is not None:
                place = "spotlight"
            elif person.place == "own" and self.mode == "explore":
                place = "own"
            else:
                place = "host"
            await self._place(person, place)

    async def _move(self, visit: Visit) -> None:
        room = self._room_for(visit.person)
        if visit.room is room or visit not in visit.person.visits:
            return
        before, visit.room = visit.room, room
        try:
            await room.take_over(visit.viewer, before)
        except NoRun:
            visit.room = before
            return
        self._tell_state(visit)

    # Telling

    def show_members(self) -> None:
        """Tell the host what changed about the members; called about once a second."""
        if not self.host.here:
            return
        members = [(person, self.own_room(person)) for person in self.people.values() if person.role == "member"]
        news = self._board.news(iter(members))
        for _, room in members:
            if room is not None and (room.plays or room.glanced is None):
                room.glance()
        if news is not None:
            for visit in self.host.visits:
                visit.tell(news)

    def _settle(self, visit: Visit, command: Command) -> None:
        """Keep what the host changed, and tell all."""
        self._ledger.keep(self.kept())
        visit.done(command)
        self._changed()

    def _refuse(self, visit: Visit, command: Command, code: str, **params: object) -> None:
        visit.refuse(visit.viewer, command.id, code, "", TEMPLATES[code], params)

    def _send_away(self, visit: Visit, reason: str) -> None:
        visit.tell(workshops.SentAway(reason="closed" if reason == "closed" else "removed"))
        visit.viewer.outbox.close(SENT_AWAY)

    def _tell_state(self, visit: Visit) -> None:
        person = visit.person
        seat = workshops.Seat(person=person.info, place=person.place, has_own=person.forked)
        visit.tell(workshops.Workshop(state=self.state(), seat=seat))

    def _changed(self) -> None:
        def announce() -> None:
            self._announcing = None
            for visit in self.visits:
                self._tell_state(visit)

        if self._announcing is None:
            self._announcing = asyncio.get_running_loop().call_later(SECONDS_TO_ANNOUNCE, announce)

    def _begin(self, visit: Visit, command: Command, work: Coroutine[None, None, None]) -> None:
        """Do what takes its time in a task of its own."""
        name = f"{getattr(command, 'type', '')} in {self.code}"

        async def carry_out() -> None:
            try:
                await work
            except Exception:  # whatever it was, the others in the workshop go on
                logger.exception("%s failed", name)
                self._refuse(visit, command, "run_not_copied")

        task = asyncio.create_task(carry_out(), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
