"""Votes: the host asks the class before the run decides; members answer, a histogram shows, then one measures.

A question is the host's own words, or is made from the run ("will the loss at step 500 be below 0.3?"): then it is the
run that decides it, when it gets there. Or it is about the opened step that all see: the step's own numbers decide it,
and are known from the beginning, to nobody but the server.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.protocol.message import Command, Event
from app.protocol.values import MOST_INTEGER, Value

MOST_QUESTION = 200
MOST_OPTION = 60
MOST_OPTIONS = 10

QuestionId = Annotated[str, Field(pattern=r"^[a-z0-9]{8}$")]
Step = Annotated[int, Field(ge=1, le=MOST_INTEGER)]


class ClassQuestion(BaseModel):
    """What all questions to a class share."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class OwnWords(ClassQuestion):
    """A question that the host wrote."""

    about: Literal["own_words"]
    text: str = Field(min_length=1, max_length=MOST_QUESTION)
    options: list[Annotated[str, Field(min_length=1, max_length=MOST_OPTION)]] = Field(
        min_length=2, max_length=MOST_OPTIONS
    )


class LossBelow(ClassQuestion):
    """Will the smoothed training loss at this step be below the threshold? Options: yes, no."""

    about: Literal["loss_below"]
    step: Step
    threshold: float = Field(gt=0, le=1e6)


class AccuracyAbove(ClassQuestion):
    """Will the held-out accuracy, as first measured at this step or later, be above the threshold? Options: yes, no."""

    about: Literal["accuracy_above"]
    step: Step
    threshold: float = Field(gt=0, lt=1)


class MostConfused(ClassQuestion):
    """Of which digit will most held-out examples be read wrongly at this step or later? Options: the ten digits."""

    about: Literal["most_confused"]
    step: Step


class WeightMoves(ClassQuestion):
    """Which way will the opened step move this weight? Options: up, down, not at all."""

    about: Literal["weight_moves"]
    step: Step
    address: str = Field(max_length=64, description="of the tensor that the weight is in")
    index: list[Annotated[int, Field(ge=0, le=MOST_INTEGER)]] = Field(max_length=4)


class LossFalls(ClassQuestion):
    """Will the loss on its own minibatch be lower after the opened step than before it? Options: yes, no."""

    about: Literal["loss_falls"]
    step: Step


AnyClassQuestion = Annotated[
    OwnWords | LossBelow | AccuracyAbove | MostConfused | WeightMoves | LossFalls, Field(discriminator="about")
]


class AskClass(Command):
    """Ask all members; the question before is over, and remembered if anybody answered it."""

    type: Literal["ask_class"] = "ask_class"
    question: AnyClassQuestion


class AnswerClass(Command):
    """Answer the question, or change one's answer while it is open."""

    type: Literal["answer_class"] = "answer_class"
    question: QuestionId
    option: int = Field(ge=0, lt=MOST_OPTIONS)


class CloseAnswers(Command):
    """Take no more answers and show what was answered; the run may decide now."""

    type: Literal["close_answers"] = "close_answers"
    question: QuestionId


class Decide(Command):
    """Say which answer to a question of one's own words is right; None: none is, or the opened step decides."""

    type: Literal["decide"] = "decide"
    question: QuestionId
    option: int | None = Field(ge=0, lt=MOST_OPTIONS)


class DropQuestion(Command):
    """Take the question off all screens: one that is open is taken back, any other is remembered with its answers."""

    type: Literal["drop_question"] = "drop_question"
    question: QuestionId


class Decision(Value):
    """How a question was decided."""

    option: int | None = Field(description="the right one; None where the host says that none is")
    right: int = Field(description="how many answered so")
    step: int | None = Field(description="of the measurement; None where the host decided, like the next two")
    measured: float | None = Field(description="the loss, the accuracy, or how many of that class were misread")
    counts: list[int] | None = Field(description="misread held-out examples of each class, where it was about these")
    before: float | None = Field(
        default=None, description="of the opened step: the weight or loss before it; what is measured is that after it"
    )
    gradient: float | None = Field(default=None, description="of the loss by the weight that was asked about")


class Asked(Value):
    """A question, as one person sees it."""

    id: str
    question: AnyClassQuestion
    open: bool
    answers: int = Field(description="how many have answered")
    members: int = Field(description="of how many who are here")
    mine: int | None
    histogram: list[int] | None = Field(description="answers for each option; None while it is open")
    decision: Decision | None


class EarlierQuestion(Value):
    """A question that was asked before, as the host sees it."""

    id: str
    question: AnyClassQuestion
    asked: float = Field(description="when, in milliseconds since 1970; 0: nobody knows")
    answers: int
    histogram: list[int]
    decision: Decision | None = Field(description="None: it was never decided")


class EarlierQuestions(Event):
    """For the host: what was asked before, in that order; sent after `welcome` and when there is one more."""

    type: Literal["earlier_questions"] = "earlier_questions"
    questions: list[EarlierQuestion]


class Vote(Event):
    """The question that is asked now, or None; sent after `welcome` and whenever it changes."""

    type: Literal["vote"] = "vote"
    asked: Asked | None
