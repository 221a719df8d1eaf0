"""Attempts at a challenge that were finished: what they were made with, and what came of them."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from pydantic import TypeAdapter

from app.languages import N_
from app.protocol import values
from app.store.ledger import KeptItem
from app.workshops.cards import in_words
from app.workshops.results import Result, Text

ATTEMPT = "attempt"


@dataclass(frozen=True)
class Achieved:
    """How many held-out examples were read rightly, and by what network."""

    correct: int
    count: int
    layers: list[str]
    optimizer: str
    learning_rate: float
    batch_size: int
    parameters: int

    @classmethod
    def by(cls, spec: values.RunSpec, parameters: int, tested: values.HeldOutPoint, **more: Any) -> Self:
        """Tell what a run of this spec achieved."""
        told: dict[str, Any] = {
            "correct": tested.correct or 0,
            "count": tested.count,
            "layers": in_words(spec),
            "optimizer": spec.optimizer.name,
            "learning_rate": spec.optimizer.learning_rate,
            "batch_size": spec.batch_size,
            "parameters": parameters,
        }
        return cls(**told, **more)


@dataclass(frozen=True)
class Best(Achieved):
    """Somebody's best attempt, and how many they finished."""

    attempts: int


@dataclass(frozen=True)
class Attempted(Achieved):
    """One attempt, to be taken home."""

    id: str
    who: str
    when: float  # seconds since 1970
    steps: int
    dataset: str

    def result(self, name: str) -> Result:
        """Return it as a row of what the workshop came to."""
        about = Text(
            N_("best accuracy after {steps} steps on {dataset}"), {"steps": self.steps, "dataset": self.dataset}
        )
        accuracy = round(self.correct / self.count, 6) if self.count else None
        made_with = (" – ".join(self.layers), self.optimizer, self.learning_rate, self.batch_size, self.parameters)
        cells = (None, None, None, None, accuracy, self.correct, self.count, *made_with)
        return Result(Text(N_("attempt")), self.when, name, about, cells)

    @property
    def kept(self) -> KeptItem:
        """As the ledger keeps it."""
        body = asdict(self)
        return KeptItem(ATTEMPT, body.pop("id"), json.dumps(body))

    @classmethod
    def of(cls, item: KeptItem) -> "Attempted":
        """Read it from the ledger; raises ValueError, KeyError or TypeError."""
        return KEPT.validate_python({"id": item.id, **json.loads(item.body)})


KEPT = TypeAdapter(Attempted)
