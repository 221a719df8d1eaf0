"""A question to a class, and what was answered: as it is asked, and as it is remembered."""

import json
import time
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from app.protocol import voting
from app.store.ledger import KeptItem

KIND = "question"
YES, NO = 0, 1
UP, DOWN, NOT_AT_ALL = 0, 1, 2
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
    asked: float = field(default_factory=time.time)
    """Seconds since 1970."""
    past: bool = False
    """Whether it is on the screens no more."""
    truth: voting.Decision | None = None
    """What the opened step says, where that is what was asked about; told when the host reveals it."""

    @property
    def options(self) -> int:
        """How many answers there are to choose from."""
        match self.question:
            case voting.OwnWords(options=options):
                return len(options)
            case voting.MostConfused():
                return DIGITS
            case voting.WeightMoves():
                return 3
            case _:
                return 2

    @property
    def histogram(self) -> list[int]:
        """How many chose each."""
        counts = [0] * self.options
        for option in self.answers.values():
            counts[option] += 1
        return counts

    def is_right(self, option: int) -> bool | None:
        """Whether an answer was right; None where nothing is."""
        decision = self.decision
        if decision is None or decision.option is None:
            return None
        # Of classes that are misread equally often, each was a right answer.
        counts = decision.counts
        return option == decision.option if counts is None else counts[option] == counts[decision.option]

    def decide(self, decision: voting.Decision) -> None:
        """Take what was decided, with how many saw it coming; nobody answers any more."""
        self.open, self.decision = False, decision
        right = sum(self.is_right(answer) is True for answer in self.answers.values())
        self.decision = decision.model_copy(update={"right": right})

    @property
    def earlier(self) -> voting.EarlierQuestion:
        """As the host sees it later."""
        return voting.EarlierQuestion(
            id=self.id,
            question=self.question,
            asked=1000 * self.asked,
            answers=len(self.answers),
            histogram=self.histogram,
            decision=self.decision,
        )

    @property
    def kept(self) -> KeptItem:
        """As the ledger keeps it."""
        body = {
            "question": self.question.model_dump(),
            "open": self.open,
            "answers": self.answers,
            "decision": self.decision.model_dump() if self.decision else None,
            "asked": self.asked,
            "past": self.past,
            "truth": self.truth.model_dump() if self.truth else None,
        }
        return KeptItem(KIND, self.id, json.dumps(body))

    @classmethod
    def of(cls, item: KeptItem) -> "Poll":
        """Read it from the ledger; raises ValueError, KeyError or TypeError."""
        body = json.loads(item.body)
        question = QUESTION.validate_json(json.dumps(body["question"]))
        decision = voting.Decision.model_validate(body["decision"]) if body["decision"] else None
        # Of those that were kept before questions were remembered nobody knows when they were asked.
        asked, past = float(body.get("asked", 0.0)), body.get("past") is True
        truth = voting.Decision.model_validate(body["truth"]) if body.get("truth") else None
        poll = cls(item.id, question, body["open"] is True, {}, decision, asked, past, truth)
        poll.answers = {str(who): int(option) for who, option in body["answers"].items() if 0 <= option < poll.options}
        return poll
