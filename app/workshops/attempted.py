"""An attempt at a challenge that was finished: what it was made with, and what came of it."""

import json
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from app.languages import N_
from app.store.ledger import KeptItem
from app.workshops.results import Result, Text

ATTEMPT = "attempt"


@dataclass(frozen=True, slots=True)
class Attempted:
    """One of them."""

    id: str
    who: str
    when: float  # seconds since 1970
    steps: int
    dataset: str
    correct: int
    count: int
    layers: list[str]
    optimizer: str
    learning_rate: float
    batch_size: int
    parameters: int

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
