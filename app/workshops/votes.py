"""Votes of one workshop: one question at a time, answered once by each; the run decides where it is about the run."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from app.protocol import commands, events, voting
from app.protocol.message import Command
from app.rooms.asking import NoRun, RunRefused
from app.rooms.room import Room
from app.rooms.soon import Soon
from app.store.ledger import KeptItem
from app.workshops.activity import Activity
from app.workshops.people import Person, new_id
from app.workshops.visit import Visit

if TYPE_CHECKING:
    from app.workshops.workshop import Workshop

KIND = "question"
YES, NO = 0, 1
SECONDS_TO_TELL = 0.3
"""A class that answers at once changes every screen only a few times a second."""

DIGITS = 10
QUESTION: TypeAdapter[voting.AnyClassQuestion] = TypeAdapter(voting.AnyClassQuestion)


@dataclass
class Poll:
    """A question and what was answered."""

    id: str
    question: voting.AnyClassQuestion
    open: bool = True
    answers: dict[str, int] = field(default_factory=dict)
    """By the id of who answered."""
    decision: voting.Decision | None = None

    @property
    def options(self) -> int:
        """How many answers there are to choose from."""
        match self.question:
            case voting.OwnWords(options=options):
                return len(options)
            case voting.MostConfused():
                return DIGITS
            case _:
                return 2

    @property
    def histogram(self) -> list[int]:
        """How many chose each."""
        counts = [0] * self.options
        for option in self.answers.values():
            counts[option] += 1
        return counts

    @property
    def kept(self) -> KeptItem:
        """As the ledger keeps it."""
        body = {
            "question": self.question.model_dump(),
            "open": self.open,
            "answers": self.answers,
            "decision": self.decision.model_dump() if self.decision else None,
        }
        return KeptItem(KIND, self.id, json.dumps(body))

    @classmethod
    def of(cls, item: KeptItem) -> "Poll":
        """Read it from the ledger; raises ValueError, KeyError or TypeError."""
        body = json.loads(item.body)
        question = QUESTION.validate_json(json.dumps(body["question"]))
        decision = voting.Decision.model_validate(body["decision"]) if body["decision"] else None
        poll = cls(item.id, question, body["open"] is True, {}, decision)
        poll.answers = {str(who): int(option) for who, option in body["answers"].items() if option < poll.options}
        return poll


class Votes(Activity):
    """The question that is asked now."""

    handles = (voting.AskClass, voting.AnswerClass, voting.CloseAnswers, voting.Decide, voting.DropQuestion)

    def __init__(self, workshop: "Workshop") -> None:
        super().__init__(workshop)
        self.poll: Poll | None = None
        self._measuring = False
        self._tell_soon = Soon(SECONDS_TO_TELL, self._tell)

    def bring_back(self, items: tuple[KeptItem, ...]) -> None:
        """Go on with the question that was asked last."""
        for item in items:
            if item.kind == KIND:
                try:
                    self.poll = Poll.of(item)
                except (ValueError, KeyError, TypeError, AttributeError):
                    self._workshop.forget_item(KIND, item.id)

    def obey(self, visit: Visit, command: Command) -> None:
        """Carry out what may be done with the question."""
        if isinstance(command, voting.AskClass):
            self._ask(visit, command)
            return
        poll = self.poll
        if poll is None or getattr(command, "question", None) != poll.id:
            visit.refuse_for(command, "no_such_question")
            return
        match command:
            case voting.AnswerClass(option=option):
                if not poll.open:
                    visit.refuse_for(command, "answers_closed")
                    return
                if option >= poll.options:
                    visit.refuse_for(command, "no_such_option")
                    return
                poll.answers[visit.person.id] = option
            case voting.CloseAnswers():
                poll.open = False
            case voting.Decide(option=option):
                if not isinstance(poll.question, voting.OwnWords):
                    visit.refuse_for(command, "run_decides")
                    return
                if option is not None and option >= poll.options:
                    visit.refuse_for(command, "no_such_option")
                    return
                poll.open = False
                right = 0 if option is None else poll.histogram[option]
                poll.decision = voting.Decision(option=option, right=right, step=None, measured=None, counts=None)
            case voting.DropQuestion():
                self.poll = None
                self._workshop.forget_item(KIND, poll.id)
        if self.poll is not None:
            self._workshop.keep_item(poll.kept)
        visit.done(command)
        self._tell_soon()

    def greet(self, visit: Visit) -> None:
        """Show the question to a page that has just come."""
        visit.tell(voting.Vote(asked=self._seen_by(visit.person)))

    def look(self) -> None:
        """See whether the run has got to where it decides."""
        poll = self.poll
        if poll is None or poll.decision is not None or self._measuring:
            return
        room = self._workshop.room_of_that_name(self._workshop.room_name())
        if room is None:
            return  # nobody has been here for long: its run is not in memory, and decides nothing
        match poll.question:
            case voting.LossBelow(step=step, threshold=threshold):
                point = next((point for point in room.curves.training if point.step >= step), None)
                if point is not None:
                    option = YES if point.smoothed_loss < threshold else NO
                    self._decide(poll, option, point.step, point.smoothed_loss)
            case voting.AccuracyAbove(step=step, threshold=threshold):
                tested = next((point for point in room.curves.held_out if point.step >= step), None)
                if tested is not None and tested.accuracy is not None:
                    self._decide(poll, YES if tested.accuracy > threshold else NO, tested.step, tested.accuracy)
            case voting.MostConfused(step=step):
                if any(point.step >= step for point in room.curves.held_out):
                    self._measuring = True
                    self._workshop.begin_quietly(self._count_mistakes(poll, room, step), "count mistakes")

    def stop(self) -> None:
        """Tell nothing any more."""
        self._tell_soon.cancel()

    def _ask(self, visit: Visit, command: voting.AskClass) -> None:
        question = command.question
        if isinstance(question, voting.OwnWords):
            texts = [question.text, *question.options]
            if not all(text.strip() for text in texts):
                visit.refuse_for(command, "empty_question")
                return
        else:
            if self._workshop.main.reached >= question.step:
                visit.refuse_for(command, "step_passed", step=question.step)
                return
        if self.poll is not None:
            self._workshop.forget_item(KIND, self.poll.id)
        self.poll = Poll(new_id(), question)
        if isinstance(question, voting.LossBelow):
            self._workshop.main.mark(question.step)
        self._workshop.keep_item(self.poll.kept)
        visit.done(command)
        self._tell_soon()

    def _decide(self, poll: Poll, option: int, step: int, measured: float, counts: list[int] | None = None) -> None:
        """Take what the run says; answers are closed with it, for everyone can read it on the screen."""
        poll.open = False
        # Of classes that are misread equally often, each was a right answer.
        best = [option] if counts is None else [one for one, count in enumerate(counts) if count == counts[option]]
        right = sum(poll.histogram[one] for one in best)
        poll.decision = voting.Decision(option=option, right=right, step=step, measured=measured, counts=counts)
        self._workshop.keep_item(poll.kept)
        self._tell_soon()

    async def _count_mistakes(self, poll: Poll, room: Room, step: int) -> None:
        try:
            told = await room.answer_to(commands.DescribeMistakes())
        except (NoRun, RunRefused):
            return
        finally:
            self._measuring = False
        if not isinstance(told, events.MistakesDescribed) or told.step < step or poll is not self.poll:
            return
        counts = [sum(row) - row[label] for label, row in enumerate(told.confusion[:DIGITS])]
        if len(counts) == DIGITS:
            most = counts.index(max(counts))
            self._decide(poll, most, told.step, float(counts[most]), counts)

    def _tell(self) -> None:
        for visit in self._workshop.visits:
            visit.tell(voting.Vote(asked=self._seen_by(visit.person)))

    def _seen_by(self, person: Person) -> voting.Asked | None:
        poll = self.poll
        if poll is None:
            return None
        return voting.Asked(
            id=poll.id,
            question=poll.question,
            open=poll.open,
            answers=len(poll.answers),
            members=sum(one.here for one in self._workshop.people.values() if one.role == "member"),
            mine=poll.answers.get(person.id),
            histogram=None if poll.open else poll.histogram,
            decision=poll.decision,
        )
