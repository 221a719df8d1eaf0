"""Where each person of a workshop is: with the host, in a room of their own, or in the spotlight's; the ways there."""

import asyncio
from typing import TYPE_CHECKING

from app.protocol.message import Command
from app.protocol.workshops import Place
from app.rooms.asking import NoRun
from app.rooms.registry import Rooms, TooMany
from app.rooms.room import Room
from app.settings import Settings
from app.workshops.people import Person
from app.workshops.visit import Visit

if TYPE_CHECKING:
    from app.workshops.workshop import Workshop


class Places:
    """Moves the people of one workshop between its rooms."""

    def __init__(self, workshop: "Workshop", rooms: Rooms, settings: Settings) -> None:
        self._workshop = workshop
        self._rooms = rooms
        self._settings = settings

    def room_for(self, person: Person) -> Room:
        """Return the room somebody is in."""
        if person.place == "own" and person.forked:
            return self._rooms.open(self._workshop.room_name(person))
        if person.place == "spotlight" and self._workshop.spotlight is not None:
            return self._rooms.open(self._workshop.room_name(self._workshop.spotlight))
        return self._workshop.main

    async def follow(self, person: Person) -> None:
        """Bring somebody back to what all follow."""
        async with person.moving:
            person.came_from_own = False
            await self._place(person, "spotlight" if self._workshop.spotlight not in (None, person) else "host")

    async def fork(self, visit: Visit, command: Command, *, anew: bool) -> None:
        """Take somebody to a run of their own, copied from the host's where there is none, or anew."""
        async with visit.person.moving:
            await self._fork_now(visit, command, anew=anew)

    async def _fork_now(self, visit: Visit, command: Command, *, anew: bool) -> None:
        person = visit.person
        if not person.forked or anew:
            try:
                await self._copy_run(person)
            except TooMany as refused:
                code = "short_of_memory" if refused.want == "memory" else "too_many_runs"
                most = min(self._settings.most_runs, self._settings.most_runs_of_a_workshop)
                visit.refuse_for(command, code, most=most)
                return
            except NoRun:
                visit.refuse_for(command, "run_not_copied")
                return
        visit.done(command)
        if self._workshop.mode == "explore":  # it may have changed meanwhile
            await self._place(person, "own")

    async def _copy_run(self, person: Person) -> None:
        forked = sum(one.forked for one in self._workshop.people.values() if one is not person)
        if forked >= self._settings.most_runs_of_a_workshop:
            raise TooMany("runs")
        self._rooms.check_runs(self._workshop.room_name(person))
        exported = await self._workshop.main.export()
        playing = self._workshop.main.plays
        if person.id not in self._workshop.people:
            raise NoRun  # removed while the copy was made
        self._rooms.check_runs(self._workshop.room_name(person))  # others copied it meanwhile
        own = self._rooms.open(self._workshop.room_name(person))
        await own.opened()
        if await own.load(exported.data, "en") is not None:
            raise NoRun
        if playing:
            own.play()
        else:
            own.pause()
        if person.id not in self._workshop.people:
            self._rooms.drop(own.name, forget=True)
            raise NoRun
        person.forked = True
        self._workshop.keep_person(person)

    async def _place(self, person: Person, place: Place) -> None:
        """Have all pages of somebody somewhere else."""
        if person.place != place and person.id in self._workshop.people:
            person.place = place
            self._workshop.keep_person(person)
        for visit in list(person.visits):
            await self.move(visit)
        self._workshop.changed()

    async def gather(self) -> None:
        """Have everyone where the mode and the spotlight put them, all at the same time."""
        await asyncio.gather(*(self._gather_one(person) for person in list(self._workshop.people.values())))

    async def _gather_one(self, person: Person) -> None:
        async with person.moving:
            if person is self._workshop.spotlight:
                place: Place = "own"
            elif self._workshop.spotlight is not None:
                place = "spotlight"
                person.came_from_own = person.place == "own" or person.came_from_own
            elif (person.place == "own" or person.came_from_own) and self._workshop.mode == "explore":
                place = "own"
                person.came_from_own = False
            else:
                place = "host"
            await self._place(person, place)

    async def move(self, visit: Visit) -> None:
        """Bring one page to the room its person is in."""
        room = self.room_for(visit.person)
        if visit.room is room or visit not in visit.person.visits:
            return
        before, visit.room = visit.room, room
        try:
            await room.take_over(visit.viewer, before)
        except NoRun:
            visit.room = before
            return
        self._workshop.tell_state(visit)
