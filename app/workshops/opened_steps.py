"""The opened step that all see: opened by who steers the run that all see, and followed by the others.

A run keeps one opened step, so those who follow open none: they are told what was opened and where in it one is, and
what they ask is answered from the same step. In a room of one's own all this is one's own business.
"""

from typing import TYPE_CHECKING

from app.protocol import commands, events, voting
from app.protocol.message import Command
from app.protocol.shown_step import LookAtStep, ShownStep, ShowStep, StepPlace
from app.rooms.asking import NoRun, RunRefused
from app.rooms.shared_step import SharedStep, TooManyQuestions
from app.workshops.activity import Activity
from app.workshops.people import new_id
from app.workshops.poll import DOWN, NO, NOT_AT_ALL, UP, YES
from app.workshops.roles import may
from app.workshops.visit import Visit

if TYPE_CHECKING:
    from app.workshops.workshop import Workshop


class NoStepShown(Exception):
    """No step is open for all to see, or another one than was meant."""


class OpenedSteps(Activity):
    """The step that is open now, if any."""

    handles = (commands.OpenStep, commands.Ask, ShowStep, LookAtStep)

    def __init__(self, workshop: "Workshop") -> None:
        super().__init__(workshop)
        self._step: SharedStep | None = None
        self._place: StepPlace | None = None
        self._gone = False

    @property
    def shown(self) -> ShownStep | None:
        """As all see it; None where none is open, or is for all to see."""
        workshop, step = self._workshop, self._step
        if step is None or self._place is None or workshop.seen_by_all is not step.room:
            return None
        if workshop.presented is None and workshop.spotlight is None:
            return None
        return ShownStep(
            opening=step.opening, step=step.step, manifest=step.manifest, gone=self._gone, place=self._place
        )

    def obey(self, visit: Visit, command: Command) -> None:
        """Carry out what may be done with the step."""
        match command:
            case commands.OpenStep():
                if visit.room is self._workshop.seen_by_all:
                    self._workshop.begin_quietly(self._open(visit, command), "open step")
                else:
                    visit.pass_on(command)
            case commands.Ask():
                self._ask(visit, command)
            case ShowStep(opening=opening, place=place):
                step = self._step
                if step is None or step.opening != opening or step.room is not visit.room:
                    visit.refuse_for(command, "no_step_shown")
                    return
                self._place = place
                visit.done(command)
                self._workshop.changed()
            case LookAtStep():
                if self._step is None or self.shown is None or self._step.room is not visit.room:
                    visit.refuse_for(command, "no_step_shown")
                    return
                visit.say(self._step.summary(command.id))

    async def foresee(self, question: voting.WeightMoves | voting.LossFalls) -> voting.Decision:
        """Return what the step that all see says to a question; raises `NoStepShown`, `RunRefused` and `NoRun`."""
        step = self._step
        if step is None or self.shown is None or step.step != question.step:
            raise NoStepShown
        match question:
            case voting.WeightMoves(address=address, index=index):
                told = await step.read(commands.AskAnatomy(about="anatomy", address=address, index=index))
                before, after = told["parameter_before"], told["parameter_after"]
                option = NOT_AT_ALL if before == after else UP if (after or 0.0) > (before or 0.0) else DOWN
            case voting.LossFalls():
                told = await step.read(commands.AskPromise(about="promise"))
                before, after = told["loss_before"], told["loss_after"]
                option = NO if after is None or before is None or after >= before else YES
        return voting.Decision(
            option=option,
            right=0,
            step=step.step,
            measured=after,
            counts=None,
            before=before,
            gradient=told.get("dL_dp"),
        )

    def stop(self) -> None:
        """Leave no question behind."""
        if self._step is not None:
            self._step.stop()

    async def _open(self, visit: Visit, command: commands.OpenStep) -> None:
        room = visit.room
        try:
            opened = await room.answer_to(command)
        except RunRefused as refused:
            visit.refuse_as(command, refused)
            return
        except NoRun:
            visit.refuse_for(command, "run_silent")
            return
        assert isinstance(opened, events.Opened)  # noqa: S101 - what answers that
        step, before = SharedStep(room, opened.model_copy(update={"opening": new_id()})), self._step
        if before is None or (before.room, before.manifest) != (step.room, step.manifest):
            self._place = None  # it is shown once who opened it says where in it they are
        self._step, self._gone = step, False
        visit.say(step.summary(command.id))
        self._workshop.changed()

    def _ask(self, visit: Visit, command: commands.Ask) -> None:
        step = self._step
        leads = may(visit.person.role, visit.person.place, commands.OpenStep())
        if step is not None and step.room is visit.room and step.step == command.step and (leads or self.shown):
            self._workshop.begin_quietly(self._answer(visit, command, step, leads=leads), "ask")
        elif leads:
            visit.pass_on(command)
        else:
            visit.refuse_for(command, "no_step_shown")

    async def _answer(self, visit: Visit, command: commands.Ask, step: SharedStep, *, leads: bool) -> None:
        try:
            visit.say(await step.answer(command.question, command.id, at_once=leads))
        except RunRefused as refused:
            visit.refuse_as(command, refused)
            if refused.code == "not_opened" and step is self._step and not self._gone:
                self._gone = True
                self._workshop.changed()
        except NoRun:
            visit.refuse_for(command, "run_silent")
        except TooManyQuestions:
            visit.refuse_for(command, "too_quick")
