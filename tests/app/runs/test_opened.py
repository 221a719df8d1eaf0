"""An opened step: every question has an answer that JSON can carry, and the run does not notice."""

import json

import pytest
from pydantic import TypeAdapter

from app.datasets.library import Library
from app.protocol import commands
from app.runs.refusal import RunRefusal
from tests.app.runs.test_kinds import SPECS, trained
from tests.app.small import make_toy

QUESTION: TypeAdapter[commands.Question] = TypeAdapter(commands.AnyQuestion)
each_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


def ask(run, step, **question):
    answer = run.carry_out(commands.Ask(step=step, question=QUESTION.validate_python(question)))
    json.loads(answer.model_dump_json(), parse_constant=lambda name: pytest.fail(f"{name} in an answer"))
    return answer.answer


@each_spec
def test_every_question_has_an_answer_and_the_run_goes_on_as_if_nothing_were(spec):
    run, alone = trained(Library(make_toy()), spec), trained(Library(make_toy()), spec)
    opened = run.carry_out(commands.OpenStep())
    assert opened.step == run.trainer.step_count + 1
    for parameter in opened.parameters:
        at = {"address": parameter.address, "index": [0] * len(parameter.shape)}
        factors = ask(run, opened.step, about="factors", example=1, **at)
        votes = ask(run, opened.step, about="votes", **at)
        anatomy = ask(run, opened.step, about="anatomy", **at)
        check = ask(run, opened.step, about="check", count=1, seed=0, **at)
        close = pytest.approx(factors["gradient"], rel=1e-3, abs=1e-6)
        assert factors["value"] + factors["others"] == close
        assert votes["sum"] == close
        assert anatomy["dL_dp"] == close
        assert check
    assert ask(run, opened.step, about="check", address=None, index=[], count=5, seed=1)
    promise = ask(run, opened.step, about="promise")
    assert promise["loss_before"] == pytest.approx(opened.loss, rel=1e-4)
    for about in ("ladder", "cost"):
        assert ask(run, opened.step, about=about)
    for direction in ("update", "gradient", "random"):
        line = ask(run, opened.step, about="slice", direction=direction, seed=3)
        assert len(line["losses"]) == len(line["shares"])
        assert line["direction"] == {"name": direction, "seed": 3 if direction == "random" else None}
    assert ask(run, opened.step, about="blame", input=0, example=2)["paths"] is not None
    last = run.manifest().layers[-1].name
    assert ask(run, opened.step, about="outer_product", layer=last, unit=0, example=0)["product"]
    assert run.trainer.step() == alone.trainer.step()
    assert run.trainer.last_record.loss == opened.loss


def test_what_is_not_there_is_refused_in_a_sentence():
    run = trained(Library(make_toy()), SPECS["hills"])
    with pytest.raises(RunRefusal) as refused:
        ask(run, 4, about="promise")
    assert refused.value.code == "not_opened"
    opened = run.carry_out(commands.OpenStep())
    for question in (
        {"about": "votes", "address": "dense9.W", "index": [0, 0]},
        {"about": "votes", "address": "dense1.W", "index": [0]},
        {"about": "factors", "address": "dense1.W", "index": [0, 0], "example": 10**6},
        {"about": "blame", "input": 10**6, "example": 0},
        {"about": "outer_product", "layer": "x", "unit": 0, "example": 0},
        {"about": "forces", "example": 0},  # there is no softmax in a regression
    ):
        with pytest.raises(RunRefusal) as refused:
            ask(run, opened.step, **question)
        assert refused.value.code == "nothing_there"
        assert str(refused.value)
