"""What a workshop came to, as one table to take home: who answered what, and whose network read how much.

A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, whoever wrote it; names and answers are
other people's texts. Such a cell gets an apostrophe before it (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.languages import N_
from app.protocol import voting
from app.workshops.poll import YES, Poll

if TYPE_CHECKING:
    from app.workshops.people import Person

Params = dict[str, object]
Say = Callable[[str, Params], str]
"""Makes a sentence of a template, in somebody's language."""

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")

HEAD = (
    *(N_("what"), N_("time (UTC)"), N_("name"), N_("question or challenge")),
    *(N_("answer"), N_("right answer"), N_("right or not"), N_("measured")),
    *(N_("accuracy"), N_("read rightly"), N_("held-out examples"), N_("network")),
    *(N_("optimizer"), N_("learning rate"), N_("minibatch"), N_("parameters")),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in the language of whoever reads it; a template without parameters may be anybody's own words."""

    template: str
    params: Params = field(default_factory=dict)
    own_words: bool = False

    def said(self, say: Say) -> str:
        """Return it in a language."""
        return self.template if self.own_words else say(self.template, self.params)


WAYS = (Text(N_("Up")), Text(N_("Down")), Text(N_("Not at all")))
NONE_OF_THEM = Text(N_("none of them"))

Cell = Text | str | int | float | None


@dataclass(frozen=True, slots=True)
class Result:
    """One row: an answer, or an attempt. None: an empty cell."""

    kind: Text
    when: float
    name: str | None
    about: Text
    cells: tuple[Cell, ...]
    """What comes after: answer, right answer, right or not, measured; then of attempts."""


def answers_to(poll: Poll, people: Mapping[str, "Person"]) -> Iterator[Result]:
    """Tell who answered what to a question; of who was removed the answer is there, and no name."""
    decision = poll.decision
    outcome = (
        None
        if decision is None
        else NONE_OF_THEM
        if decision.option is None
        else option_of(poll.question, decision.option)
    )
    measured = decision.measured if decision else None
    for who, option in poll.answers.items():
        right = poll.is_right(option)
        verdict = None if right is None else Text(N_("right")) if right else Text(N_("wrong"))
        name = people[who].name if who in people else None
        cells = (option_of(poll.question, option), outcome, verdict, measured)
        yield Result(Text(N_("question")), poll.asked, name, sentence_of(poll.question), cells)


def sentence_of(question: voting.AnyClassQuestion) -> Text:
    """Return what was asked."""
    match question:
        case voting.OwnWords(text=text):
            return Text(text, own_words=True)
        case voting.LossBelow(step=step, threshold=threshold):
            return Text(
                N_("Will the loss at step {step} be below {threshold}?"), {"step": step, "threshold": threshold}
            )
        case voting.AccuracyAbove(step=step, threshold=threshold):
            params: Params = {"step": step, "threshold": f"{100 * threshold:.6g} %"}
            return Text(N_("Will the held-out accuracy at step {step} be above {threshold}?"), params)
        case voting.WeightMoves(step=step, address=address, index=index):
            params = {"step": step, "weight": f"{address}[{', '.join(map(str, index))}]"}
            return Text(N_("Which way will step {step} move {weight}?"), params)
        case voting.LossFalls(step=step):
            return Text(N_("Will the loss on the minibatch of step {step} fall with it?"), {"step": step})
        case voting.MostConfused(step=step):
            return Text(N_("Which digit will be misread most at step {step}?"), {"step": step})


def option_of(question: voting.AnyClassQuestion, option: int) -> Text:
    """Return an answer there was to choose."""
    match question:
        case voting.OwnWords(options=options):
            return Text(options[option], own_words=True)
        case voting.MostConfused():
            return Text(str(option), own_words=True)
        case voting.WeightMoves():
            return WAYS[option]
        case _:
            return Text(N_("Yes")) if option == YES else Text(N_("No"))


def as_csv(results: Iterable[Result], say: Say) -> bytes:
    """Return a table for spreadsheets: UTF-8 with a byte order mark, without which they misread Chinese names."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow([say(name, {}) for name in HEAD])
    for result in results:
        row = [result.kind, _time(result.when), result.name, result.about, *result.cells]
        row += [None] * (len(HEAD) - len(row))
        writer.writerow([_cell(cell, say) for cell in row])
    return table.getvalue().encode("utf-8-sig")


def _cell(cell: Cell, say: Say) -> str:
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return str(cell)  # ours, and a number: a minus is a minus
    return harmless(cell.said(say) if isinstance(cell, Text) else cell)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text


def _time(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d %H:%M:%S") if when else ""
