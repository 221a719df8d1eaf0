"""The challenge of one workshop: attempts under way, and everyone's best after the same number of steps.

Every attempt that was finished is remembered, also of challenges that are over: for the host to take home.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Literal

from app.protocol import commands, contest, values
from app.protocol.message import Command
from app.protocol.values import Status
from app.rooms.asking import NoRun, RunRefused
from app.rooms.room import Room
from app.rooms.soon import Soon
from app.store.ledger import KeptItem
from app.workshops.activity import Activity
from app.workshops.attempted import ATTEMPT, Attempted, Best
from app.workshops.people import Person, new_id
from app.workshops.results import Result
from app.workshops.visit import Visit

if TYPE_CHECKING:
    from app.workshops.workshop import Workshop

KIND = "challenge"
SECONDS_TO_TELL = 1.0
MOST_SHOWN = 10
"""Of the board, to members: the rest is a number, for a phone."""

Failure = Literal["", "diverged", "changed"]


@dataclass
class Trial:
    """An attempt under way."""

    room: Room
    beginnings: int
    spec: values.RunSpec
    parameters: int


class Contests(Activity):
    """The challenge there is now, if any, and all attempts there were."""

    handles = (contest.BeginChallenge, contest.EndChallenge, contest.Attempt)

    def __init__(self, workshop: "Workshop") -> None:
        super().__init__(workshop)
        self.steps = 0
        """0: there is no challenge."""
        self.open = False
        self._dataset: dict[str, object] = {}
        self.best: dict[str, Best] = {}
        self.attempts: list[Attempted] = []
        """In the order they were finished."""
        self.trials: dict[str, Trial] = {}
        self._failures: dict[str, Failure] = {}
        self._tell_soon = Soon(SECONDS_TO_TELL, self._tell)

    def bring_back(self, items: tuple[KeptItem, ...]) -> None:
        """Go on with the challenge there was; attempts under way are not."""
        for item in items:
            if item.kind == ATTEMPT:
                try:
                    self.attempts.append(Attempted.of(item))
                except (ValueError, KeyError, TypeError, AttributeError):
                    self._workshop.forget_item(ATTEMPT, item.id)
            elif item.kind == KIND:
                try:
                    body = json.loads(item.body)
                    best = {str(who): Best(**entry) for who, entry in body["best"].items()}
                    self.steps, self.open, self._dataset = int(body["steps"]), body["open"] is True, body["dataset"]
                    self.best = best
                except (ValueError, KeyError, TypeError, AttributeError):
                    self._workshop.forget_item(KIND, item.id)

    def obey(self, visit: Visit, command: Command) -> None:
        """Carry out what may be done with the challenge."""
        match command:
            case contest.BeginChallenge(steps=steps):
                self._begin(visit, command, steps)
            case contest.EndChallenge():
                self.trials.clear()
                if self.open:
                    self.open = False
                else:
                    self.steps, self.best = 0, {}
                self._keep()
                visit.done(command)
                self._tell_soon()
            case contest.Attempt():
                self._try(visit, command)

    def greet(self, visit: Visit) -> None:
        """Show the challenge to a page that has just come."""
        visit.tell(self._seen_by(visit.person))

    def look(self) -> None:
        """See which attempts are done."""
        for who, trial in list(self.trials.items()):
            outcome = self._outcome(trial)
            if outcome is None:
                continue
            del self.trials[who]
            if isinstance(outcome, str):
                self._failures[who] = outcome
            else:
                self._enter(who, trial, outcome)
            self._tell_soon()

    def forget_person(self, person: str) -> None:
        """Take somebody off the board who was removed."""
        self.trials.pop(person, None)
        for one in [one for one in self.attempts if one.who == person]:
            self.attempts.remove(one)
            self._workshop.forget_item(ATTEMPT, one.id)
        if self.best.pop(person, None):
            self._keep()
            self._tell_soon()

    def hand_over(self) -> None:
        """Show each what they may see of the board."""
        self._tell_soon()

    def results(self) -> Iterator[Result]:
        """Tell every attempt that was finished, of whoever is still of the workshop."""
        people = self._workshop.people
        return (one.result(people[one.who].name) for one in self.attempts if one.who in people)

    def stop(self) -> None:
        """Tell nothing any more."""
        self._tell_soon.cancel()

    def _begin(self, visit: Visit, command: Command, steps: int) -> None:
        state = self._workshop.main.state
        held_out = self._workshop.main.curves.held_out
        if state is None or (held_out and held_out[-1].accuracy is None):
            visit.refuse_for(command, "no_accuracy")
            return
        self.steps, self.open, self.best = steps, True, {}
        self.trials.clear()
        self._failures.clear()
        self._dataset = state.spec.dataset.model_dump()
        self._keep()
        visit.done(command)
        self._tell_soon()

    def _try(self, visit: Visit, command: Command) -> None:
        person = visit.person
        room = self._workshop.own_room(person)
        if not (self.steps and self.open):
            visit.refuse_for(command, "no_challenge")
        elif person.place != "own" or room is None or room.state is None:
            visit.refuse_for(command, "fork_first")
        elif room.state.spec.dataset.model_dump() != self._dataset:
            visit.refuse_for(command, "other_data_than_challenge")
        elif person.id in self.trials:
            visit.refuse_for(command, "attempt_runs")
        else:
            self._workshop.begin(visit, command, self._start(visit, command, room, room.state))

    async def _start(self, visit: Visit, command: Command, room: Room, state: values.RunState) -> None:
        person = visit.person
        try:
            await room.answer_to(commands.Reset())
            trial = Trial(room, room.beginnings, state.spec, state.parameters)
            await room.answer_to(commands.Step(count=self.steps))
        except RunRefused as refused:
            visit.refuse_as(command, refused)
            return
        except NoRun:
            visit.refuse_for(command, "run_not_copied")
            return
        self._failures.pop(person.id, None)
        self.trials[person.id] = trial
        visit.done(command)
        self._tell_soon()

    def _outcome(self, trial: Trial) -> values.HeldOutPoint | Failure | None:
        """Return what an attempt came to; None while it is under way."""
        room, state = trial.room, trial.room.state
        if state is None or self._workshop.room_of_that_name(room.name) is not room:
            return "changed"
        if state.status in (Status.DIVERGED, Status.FAILED):
            return "diverged"
        if room.beginnings != trial.beginnings:
            return "changed"
        if state.status is Status.RUNNING:
            return None
        if state.step != self.steps:
            return "changed"
        tested = room.curves.held_out[-1] if room.curves.held_out else None
        return tested if tested is not None and tested.step == self.steps else None

    def _enter(self, who: str, trial: Trial, tested: values.HeldOutPoint) -> None:
        """Put a finished attempt on the board if it is somebody's best, and remember it in any case."""
        before = self.best.get(who)
        attempts = 1 + (before.attempts if before else 0)
        now = Best.by(trial.spec, trial.parameters, tested, attempts=attempts)
        if before is not None and (before.correct, -before.parameters) >= (now.correct, -now.parameters):
            now = replace(before, attempts=attempts)
        self.best[who] = now
        self._keep()
        about = {"id": new_id(), "who": who, "when": time.time()}
        challenge = {"steps": self.steps, "dataset": trial.spec.dataset.name}
        self._remember(Attempted.by(trial.spec, trial.parameters, tested, **about, **challenge))

    def _remember(self, attempted: Attempted) -> None:
        """Keep an attempt; the oldest of too many is forgotten."""
        self.attempts.append(attempted)
        self._workshop.keep_item(attempted.kept)
        while len(self.attempts) > self._workshop.settings.most_attempts:
            self._workshop.forget_item(ATTEMPT, self.attempts.pop(0).id)

    def _ranked(self) -> list[str]:
        """Who is on the board, the best first: of equals who needs fewer parameters, then who was there first."""
        return sorted(self.best, key=lambda who: (-self.best[who].correct, self.best[who].parameters))

    def _keep(self) -> None:
        best = {who: asdict(entry) for who, entry in self.best.items()}
        body = {"steps": self.steps, "open": self.open, "dataset": self._dataset, "best": best}
        self._workshop.keep_item(KeptItem(KIND, KIND, json.dumps(body)))

    def _tell(self) -> None:
        for visit in self._workshop.visits:
            visit.tell(self._seen_by(visit.person))

    def _seen_by(self, person: Person) -> contest.Contest:
        if not self.steps:
            return contest.Contest(challenge=None)
        people = self._workshop.people
        ranked = [who for who in self._ranked() if who in people]
        shown = ranked if person.role == "host" else ranked[:MOST_SHOWN]
        rank = ranked.index(person.id) + 1 if person.id in ranked else None
        failed = self._failures.get(person.id, "")
        return contest.Contest(
            challenge=contest.Challenge(
                open=self.open,
                steps=self.steps,
                dataset=str(self._dataset.get("name", "")),
                entries=len(ranked),
                board=[contest.Entry(person=people[who].info, **asdict(self.best[who])) for who in shown],
                running=len(self.trials),
                mine=contest.OwnAttempt(running=person.id in self.trials, failed=failed, rank=rank),
            )
        )
