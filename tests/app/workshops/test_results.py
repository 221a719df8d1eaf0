"""What a workshop came to as a table: every text as it was written, and none that a spreadsheet would carry out."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.languages import Languages
from app.protocol import voting
from app.store.ledger import KeptItem
from app.workshops.attempted import Attempted
from app.workshops.people import Person
from app.workshops.poll import Poll
from app.workshops.results import FORMULA_BEGINS, HEAD, answers_to, as_csv, harmless

WORDS = voting.OwnWords(about="own_words", text="Which?", options=["this", "that"])
RIGHT = voting.Decision(option=1, right=1, step=None, measured=None, counts=None)


def told(template, params):
    return template.format(**params)


def rows(results, say=told):
    table = as_csv(results, say)
    assert table.startswith(b"\xef\xbb\xbf"), "or a spreadsheet takes Chinese for something else"
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def poll_of(answers, question=WORDS, decision=RIGHT):
    return Poll("0a1b2c3d", question, False, answers, decision, 1_700_000_000.0, True)


@given(
    st.text(st.characters(codec="utf-8"), max_size=40), st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
)
def test_any_name_and_any_words_are_read_back_and_none_is_a_formula(name, words):
    question = voting.OwnWords(about="own_words", text=words, options=[words, "other"])
    (head, row) = rows(answers_to(poll_of({"a": 0}, question), {"a": Person("a", name, "member")}))
    assert head == list(HEAD)
    assert len(row) == len(HEAD)
    for cell, text in ((row[2], name), (row[3], words), (row[4], words)):
        assert cell == harmless(text)
        assert cell.removeprefix("'") == text.removeprefix("'")
        assert not cell.startswith(FORMULA_BEGINS)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://a")'])
def test_what_begins_like_a_formula_is_told_to_be_text(text):
    assert harmless(text) == "'" + text


def test_each_answer_is_a_row_with_what_was_right_and_of_who_was_removed_without_a_name():
    people = {"a": Person("a", "水獭", "member"), "b": Person("b", "Finch", "member")}
    found = rows(answers_to(poll_of({"a": 0, "b": 1, "gone": 1}), people))[1:]
    assert [(row[2], row[4], row[5], row[6]) for row in found] == [
        ("水獭", "this", "that", "wrong"),
        ("Finch", "that", "that", "right"),
        ("", "that", "that", "right"),
    ]
    assert {row[1] for row in found} == {"2023-11-14 22:13:20"}
    assert {row[6] for row in rows(answers_to(poll_of({"a": 0}, decision=None), people))[1:]} == {""}


def test_of_classes_that_were_misread_equally_often_each_was_a_right_answer():
    counts = [3, 7, 0, 7, 1, 0, 0, 0, 0, 0]
    decision = voting.Decision(option=1, right=2, step=500, measured=7.0, counts=counts)
    question = voting.MostConfused(about="most_confused", step=500)
    people = {who: Person(who, who, "member") for who in "abc"}
    found = rows(answers_to(poll_of({"a": 1, "b": 3, "c": 0}, question, decision), people))[1:]
    assert [row[6] for row in found] == ["right", "right", "wrong"]
    assert found[0][3] == "Which digit will be misread most at step 500?"


def test_an_attempt_is_a_row_with_its_set_up_and_comes_back_from_the_ledger_as_it_was():
    one = Attempted(
        id="0a1b2c3d",
        who="a",
        when=1_700_000_000.0,
        steps=500,
        dataset="mnist",
        correct=9321,
        count=10_000,
        layers=["32 elu", "16 elu"],
        parameters=25_818,
        optimizer="sgd",
        learning_rate=0.1,
        batch_size=32,
    )
    assert Attempted.of(one.kept) == one
    (_, row) = rows([one.result("Otter")])
    assert row[2:] == [
        *("Otter", "best accuracy after 500 steps on mnist", "", "", "", ""),
        *("0.9321", "9321", "10000", "32 elu – 16 elu", "sgd", "0.1", "32", "25818"),
    ]
    with pytest.raises(ValueError, match="validation error"):
        Attempted.of(KeptItem("attempt", "x", '{"who": 1}'))


def test_the_table_is_in_the_language_of_who_takes_it_home():
    languages = Languages()
    (head, row) = rows(
        answers_to(poll_of({"a": 1}), {"a": Person("a", "Otter", "member")}),
        lambda template, params: languages.sentence("zh-Hans", template, params),
    )
    assert all(any("\u4e00" <= character <= "\u9fff" for character in cell) for cell in head)
    assert row[6] == languages.sentence("zh-Hans", "right", {})
