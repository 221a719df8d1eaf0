"""Languages: the first that is wished for and there is; a sentence is filled in whichever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.languages import SOURCE_LANGUAGE, Languages

LANGUAGES = Languages()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("ZH-cn", "zh-Hans"),
        ("zh-Hans", "zh-Hans"),
        ("zh-hans", "zh-Hans"),
        ("zh-Hans-SG", "zh-Hans"),
        ("zh-Hans-CN", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("zhx-CN", "en"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("EN", "en"),
        ("fr-FR,fr;q=0.9", "en"),
        ("fr,zh-CN;q=0.5", "zh-Hans"),
        ("*", "en"),
        (";;;,,,", "en"),
    ],
)
def test_the_language_of_a_browser_is_the_first_it_asks_for_that_there_is(header, language):
    assert LANGUAGES.choose(header=header) == language


def test_a_wish_goes_before_the_header_and_one_that_there_is_not_does_not_count():
    assert LANGUAGES.choose("zh-Hans", "en", header="en") == "zh-Hans"
    assert LANGUAGES.choose(None, "klingon", "en", header="zh") == "en"
    assert LANGUAGES.choose("klingon", header="zh") == "zh-Hans"


@given(st.lists(st.none() | st.text(max_size=20), max_size=3), st.text(max_size=100))
def test_whatever_is_wished_for_a_language_that_there_is_is_chosen(wishes, header):
    assert LANGUAGES.choose(*wishes, header=header) in LANGUAGES.names


@given(st.text(max_size=30))
def test_what_is_filled_in_is_never_itself_a_template(where):
    for language in LANGUAGES.names:
        sentence = LANGUAGES.sentence(language, "{where} is missing.", {"where": where})
        assert where in sentence


def test_every_language_has_its_own_name():
    assert LANGUAGES.names[SOURCE_LANGUAGE] == "English"
    assert "中文" in LANGUAGES.names["zh-Hans"]


def test_the_browser_needs_no_catalogue_for_the_source_language():
    assert LANGUAGES.messages(SOURCE_LANGUAGE) is None
    assert LANGUAGES.messages("nowhere") is None
    assert LANGUAGES.messages("zh-Hans")
