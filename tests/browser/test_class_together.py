"""What a class does together, in real browsers: a vote that the run decides, a wall of drawings, a challenge."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.classroom import PHONE, SMALL, code_of, joined, live, paused_class, placed
from tests.browser.drawing import FOUR, SEVEN, draw, read_as


@pytest.fixture
def host(visit: Callable[..., Page]) -> Page:
    """The host's page of a workshop whose run is paused after some steps."""
    return paused_class(visit("/workshop"))


def test_members_answer_in_secret_the_run_decides_and_both_survive_a_reload(visit, host):
    otter = joined(visit(f"/r/{code_of(host)}", **PHONE), "Otter")
    finch = joined(visit(f"/r/{code_of(host)}", **SMALL, locale="zh-CN"), "Finch")
    host.get_by_test_id("view-question").click()
    step = int(host.get_by_test_id("vote-step").input_value())
    host.get_by_test_id("vote-threshold").fill("0.00001")
    expect(host.get_by_test_id("stage-question")).to_contain_text("be below 0.00001?")
    host.get_by_test_id("ask-class").click()

    expect(otter.get_by_test_id("vote-question")).to_contain_text("be below 0.00001?")
    expect(finch.get_by_test_id("vote-question")).to_contain_text("0.00001")
    otter.get_by_test_id("vote-0").click()
    expect(otter.get_by_test_id("vote-0")).to_have_attribute("aria-pressed", "true")
    otter.get_by_test_id("vote-1").click()
    expect(otter.get_by_test_id("vote-1")).to_have_attribute("aria-pressed", "true")
    finch.get_by_test_id("vote-0").click()
    expect(host.get_by_test_id("vote-count")).to_have_text("2 of 2 have answered")
    expect(host.get_by_test_id("vote-bars")).to_have_count(0)
    otter.reload()
    live(otter)
    expect(otter.get_by_test_id("vote-1")).to_have_attribute("aria-pressed", "true")

    host.get_by_test_id("close-answers").click()
    for page in (host, otter, finch):
        expect(page.get_by_test_id("votes-0")).to_have_text("1")
        expect(page.get_by_test_id("votes-1")).to_have_text("1")
    expect(host.get_by_test_id("decided")).to_have_count(0)
    curve = host.get_by_test_id("question-curve")
    expect(curve.locator("circle")).to_have_count(0)
    host.get_by_test_id("speed").fill("100")  # as fast as it can
    host.get_by_test_id("play").click()
    expect(host.get_by_test_id("decided")).to_contain_text(f"At step {step:,} the loss was")
    expect(host.get_by_test_id("decided")).to_contain_text("No. 1 of 2 answers were right.")
    expect(curve.locator(".came")).to_have_text("No")
    dot, place = curve.locator("circle").bounding_box(), curve.locator(".curve-place").bounding_box()
    assert dot
    assert place
    middle = ((dot["x"] + dot["width"] / 2 - place["x"]) / place["width"], dot["y"] - place["y"])
    assert middle[0] == pytest.approx(1 / 1.14, abs=0.01), "at the step that decides"
    assert 0 < middle[1] < place["height"], "in the picture, however far from the line"
    expect(otter.get_by_test_id("vote")).to_have_attribute("data-state", "decided")
    otter.get_by_test_id("vote-away").click()
    expect(otter.get_by_test_id("vote")).to_have_count(0)
    host.get_by_test_id("drop-question").click()
    expect(host.get_by_test_id("vote-form")).to_be_visible()
    expect(finch.get_by_test_id("vote")).to_have_count(0)


def test_a_question_in_ones_own_words_is_decided_by_who_asked(visit, host):
    otter = joined(visit(f"/r/{code_of(host)}", **PHONE), "Otter")
    host.get_by_test_id("view-question").click()
    host.get_by_test_id("about-own_words").check()
    expect(host.get_by_test_id("ask-class")).to_be_disabled()
    host.get_by_test_id("vote-text").fill("<b>Which</b> way does the gradient point?")
    host.get_by_test_id("vote-answer-0").fill("where the loss grows")
    host.get_by_test_id("vote-answer-1").fill("where it falls")
    host.get_by_test_id("ask-class").click()
    expect(otter.get_by_test_id("vote-question")).to_have_text("<b>Which</b> way does the gradient point?")
    otter.get_by_test_id("vote-1").click()
    expect(host.get_by_test_id("vote-count")).to_have_text("1 of 1 have answered")
    host.get_by_test_id("close-answers").click()
    host.get_by_test_id("decide-0").click()
    expect(otter.get_by_test_id("vote-state")).to_have_text(
        "Ms Lin says: where the loss grows. 0 of 1 answer was right."
    )

    # It is remembered when another is asked, also by a page that is loaded anew, and taken home with all others.
    host.get_by_test_id("drop-question").click()
    expect(host.get_by_test_id("earlier-question")).to_have_count(1)
    expect(host.get_by_test_id("earlier-question")).to_contain_text("1 answer · 0 right")
    host.reload()
    live(host)
    host.get_by_test_id("view-question").click()
    host.get_by_test_id("earlier-question").locator("summary").click()
    expect(host.get_by_test_id("earlier-question").get_by_test_id("votes-1")).to_be_visible()
    expect(host.get_by_test_id("earlier-question").get_by_test_id("votes-1")).to_have_text("1")
    expect(host.get_by_test_id("earlier-question")).to_contain_text("Ms Lin says: where the loss grows.")
    with host.expect_download() as taken:
        host.locator("class-question").get_by_test_id("take-home").click()
    assert taken.value.suggested_filename == f"backscope-{code_of(host)}.csv"
    table = Path(taken.value.path()).read_bytes().decode("utf-8-sig")
    assert "Otter,<b>Which</b> way does the gradient point?,where it falls,where the loss grows,wrong" in table


def test_drawings_are_hung_admitted_learned_from_and_put_into_the_run(visit, host):
    code = code_of(host)
    otter = joined(visit(f"/r/{code}", **SMALL), "Otter")
    host.get_by_test_id("view-wall").click()
    expect(host.get_by_test_id("wall-empty")).to_be_visible()
    host.get_by_test_id("open-wall").click()
    otter.get_by_role("link", name="Draw").click()
    otter.wait_for_url("**/draw")
    live(otter)
    for strokes, label in ((SEVEN, 7), (FOUR, 4)):
        draw(otter, strokes)
        expect(otter.get_by_test_id("prediction")).to_have_text(re.compile(r"\d"))
        otter.get_by_test_id(f"hang-{label}").click()
        expect(otter.get_by_test_id("hang-words")).to_have_text("It hangs. Draw another one.")
        expect(otter.get_by_test_id(f"hang-{label}")).to_be_disabled()
        otter.get_by_test_id("clear").click()
    expect(host.get_by_test_id("hung")).to_have_count(2)
    expect(host.locator('[data-testid=hung][data-state="unread"]')).to_have_count(0)
    expect(host.get_by_test_id("confusion")).to_be_visible()

    # A member sees their own and what was admitted; nobody else's.
    finch = visit(f"/r/{code}", **PHONE)
    joined(finch, "Finch")
    finch.get_by_test_id("to-wall").click()
    finch.wait_for_url("**/wall")
    live(finch)
    expect(finch.get_by_test_id("wall-words")).to_contain_text("2 drawings, 0 admitted.")
    expect(finch.get_by_test_id("hung")).to_have_count(0)
    host.get_by_test_id("admit").first.click()
    expect(host.get_by_test_id("admit").first).to_have_attribute("aria-pressed", "true")
    expect(finch.get_by_test_id("hung")).to_have_count(1)
    host.get_by_test_id("admit-all").click()
    expect(finch.get_by_test_id("hung")).to_have_count(2)

    host.get_by_test_id("wall-steps").fill("60")
    host.get_by_test_id("train-on-wall").click()
    for page in (host, finch):
        expect(page.get_by_test_id("wall-result")).to_contain_text("before and after 60 steps")
    host.get_by_test_id("adopt-wall").click()
    expect(host.get_by_test_id("wall-adopted")).to_be_visible()
    draw(otter, SEVEN)
    read_as(otter, "7")

    host.get_by_test_id("take-down").first.click()
    expect(finch.get_by_test_id("hung")).to_have_count(1)


def test_a_member_competes_with_a_set_up_and_stands_on_the_board(visit, host):
    otter = joined(visit(f"/r/{code_of(host)}", **SMALL), "Otter")
    host.get_by_test_id("view-contest").click()
    host.get_by_test_id("contest-steps").fill("50")
    expect(host.get_by_test_id("begin-challenge")).to_be_disabled()
    host.get_by_test_id("contest-steps").fill("120")
    host.get_by_test_id("begin-challenge").click()
    expect(otter.get_by_test_id("contest-words")).to_have_text("It begins when the host lets everyone explore.")
    host.get_by_test_id("mode-explore").click()
    otter.get_by_test_id("fork").click()
    placed(otter, "own")
    otter.get_by_test_id("attempt").click()
    expect(host.get_by_test_id("entry")).to_have_count(1)
    expect(host.get_by_test_id("entry")).to_contain_text("Otter")
    expect(otter.get_by_test_id("contest-words")).to_contain_text("You are number 1 of 1.")
    shown = otter.get_by_test_id("accuracy").inner_text()
    assert host.get_by_test_id("entry").locator("b").inner_text()[:4] == shown[:4]
    host.get_by_test_id("end-challenge").click()
    expect(otter.get_by_test_id("attempt")).to_have_count(0)
    expect(otter.get_by_test_id("contest-words")).to_contain_text("It is over.")
