"""Votes of one workshop: one question at a time, answered once by each; the run decides where it is about the run.

What was asked before is remembered, with who answered what: for the host to come back to, and to take home.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.protocol import commands, events, voting
from app.protocol.message import Command
from app.rooms.asking import NoRun, RunRefused
from app.rooms.room import Room
from app.rooms.soon import Soon
from app.store.ledger import KeptItem
from app.workshops.activity import Activity
from app.workshops.opened_steps import NoStepShown
from app.workshops.people import Person, new_id
from app.workshops.poll import DIGITS, KIND, NO, YES, Poll
from app.workshops.results import Result, answers_to
from app.workshops.visit import Visit

if TYPE_CHECKING:
    from app.workshops.workshop import Workshop

SECONDS_TO_TELL = 0.3
"""A class that answers at once changes every screen only a few times a second."""


class Votes(Activity):
    """The question that is asked now, and those before it."""

    handles = (voting.AskClass, voting.AnswerClass, voting.CloseAnswers, voting.Decide, voting.DropQuestion)

    def __init__(self, workshop: "Workshop") -> None:
        super().__init__(workshop)
        self.poll: Poll | None = None
        self.past: list[Poll] = []
        """In the order they were asked."""
        self._measuring = False
        self._tell_soon = Soon(SECONDS_TO_TELL, self._tell)

    def bring_back(self, items: tuple[KeptItem, ...]) -> None:
        """Go on with the question that was asked last, and remember those before it."""
        for item in items:
            if item.kind == KIND:
                try:
                    poll = Poll.of(item)
                    if poll.past:
                        self.past.append(poll)
                    else:
                        self.poll = poll
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
                if poll.truth is None and not isinstance(poll.question, voting.OwnWords):
                    visit.refuse_for(command, "run_decides")
                    return
                if option is not None and option >= poll.options:
                    visit.refuse_for(command, "no_such_option")
                    return
                said = voting.Decision(option=option, right=0, step=None, measured=None, counts=None)
                poll.decide(poll.truth or said)
            case voting.DropQuestion():
                if poll.open:
                    self.poll = None  # taken back, as if it had never been asked
                    self._workshop.forget_item(KIND, poll.id)
                else:
                    self._put_away(poll)
        if self.poll is not None:
            self._workshop.keep_item(poll.kept)
        visit.done(command)
        self._tell_soon()

    def greet(self, visit: Visit) -> None:
        """Show the question to a page that has just come."""
        visit.tell(voting.Vote(asked=self._seen_by(visit.person)))
        if visit.person.role == "host":
            visit.tell(self._earlier())

    def hand_over(self) -> None:
        """Show the new host what was asked before, and each what they may see of the question."""
        self._workshop.tell_hosts(self._earlier())
        self._tell_soon()

    def results(self) -> Iterator[Result]:
        """Tell who answered what, to each question that nobody can answer any more."""
        now = [self.poll] if self.poll is not None and not self.poll.open else []
        for poll in [*self.past, *now]:
            yield from answers_to(poll, self._workshop.people)

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
        elif isinstance(question, voting.WeightMoves | voting.LossFalls):
            self._workshop.begin_quietly(self._ask_of_step(visit, command, question), "ask of the step")
            return
        else:
            if self._workshop.main.reached >= question.step:
                visit.refuse_for(command, "step_passed", step=question.step)
                return
        if isinstance(question, voting.LossBelow):
            self._workshop.main.mark(question.step)
        self._put_up(visit, command, Poll(new_id(), question))

    def _put_up(self, visit: Visit, command: Command, poll: Poll) -> None:
        if self.poll is not None:
            self._put_away(self.poll)
        self.poll = poll
        self._workshop.keep_item(poll.kept)
        visit.done(command)
        self._tell_soon()

    async def _ask_of_step(
        self, visit: Visit, command: voting.AskClass, question: voting.WeightMoves | voting.LossFalls
    ) -> None:
        """Ask about the opened step, whose answer is there already: it is kept until the host reveals it."""
        try:
            truth = await self._workshop.opened.foresee(question)
        except NoStepShown:
            visit.refuse_for(command, "no_step_shown")
        except RunRefused as refused:
            visit.refuse_as(command, refused)
        except NoRun:
            visit.refuse_for(command, "run_silent")
        else:
            self._put_up(visit, command, Poll(new_id(), question, truth=truth))

    def _put_away(self, poll: Poll) -> None:
        """Remember the question that was asked, if anybody answered it; the oldest of too many is forgotten."""
        self.poll = None
        if not poll.answers:
            self._workshop.forget_item(KIND, poll.id)
            return
        poll.open, poll.past = False, True
        self.past.append(poll)
        self._workshop.keep_item(poll.kept)
        while len(self.past) > self._workshop.settings.most_questions:
            self._workshop.forget_item(KIND, self.past.pop(0).id)
        self._workshop.tell_hosts(self._earlier())

    def _earlier(self) -> voting.EarlierQuestions:
        return voting.EarlierQuestions(questions=[poll.earlier for poll in self.past])

    def _decide(self, poll: Poll, option: int, step: int, measured: float, counts: list[int] | None = None) -> None:
        """Take what the run says; answers are closed with it, for everyone can read it on the screen."""
        poll.decide(voting.Decision(option=option, right=0, step=step, measured=measured, counts=counts))
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
