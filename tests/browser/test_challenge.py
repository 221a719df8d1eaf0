"""The challenge: ten digits asked for in turn, what was read in each counted, and what is misread said and kept."""

import re
from collections.abc import Sequence

from playwright.sync_api import Page, expect

from tests.browser.collecting import kept
from tests.browser.drawing import FOUR, TWO, Stroke, draw, draw_with_a_finger, ink, read_as
from tests.browser.reading import until

TEN = 10


def asked(page: Page) -> int:
    return int(page.get_by_test_id("asked").inner_text())


def turn(page: Page, strokes: Sequence[Stroke], *, read: str) -> int:
    """Draw, wait until it is read, say that that is it; return what was asked for."""
    wanted = asked(page)
    made = page.get_by_test_id("track").locator("li.right, li.wrong")
    before = made.count()
    draw(page, strokes)
    read_as(page, read)
    page.get_by_test_id("answer").click()
    expect(made).to_have_count(before + 1)  # only then is the pad empty: what was said waits until all of it is read
    return wanted


def test_ten_digits_are_asked_for_each_once_and_what_is_read_is_counted(visit):
    page = visit("/draw")
    page.get_by_test_id("begin-challenge").click()
    expect(page.get_by_test_id("answer")).to_be_disabled()
    turns = [turn(page, TWO, read="2") for _ in range(TEN)]
    assert sorted(turns) == list(range(TEN))
    expect(page.get_by_test_id("score")).to_have_text("1")
    expect(page.get_by_test_id("track").locator("li.right")).to_have_count(1)
    expect(page.get_by_test_id("track").locator("li.wrong")).to_have_count(TEN - 1)
    for digit in range(TEN):
        expect(page.get_by_test_id(f"confused-{digit}-2")).to_have_text("1")
    expect(page.get_by_test_id("confused-7-7")).to_have_text("")
    expect(page.get_by_test_id("tally-right")).to_have_text("1")
    expect(page.get_by_test_id("mistakes")).to_contain_text(re.compile(r"Your \d it reads as 2: 1 of 1 time"))
    expect(page.get_by_test_id("misread").locator("li")).to_have_count(TEN - 1)
    page.reload()
    expect(page.get_by_test_id("tally-all")).to_have_text("10")
    page.get_by_test_id("forget-tally").click()
    expect(page.get_by_test_id("tally-all")).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("take-challenge")).to_be_visible()
    expect(page.get_by_test_id("tally-all")).to_have_count(0)


def test_misread_drawings_are_kept_as_what_was_asked_for(visit):
    page = visit("/draw")
    page.get_by_test_id("begin-challenge").click()
    wrong = {turn(page, TWO, read="2"), turn(page, TWO, read="2")} - {2}
    page.get_by_test_id("leave").click()
    page.get_by_test_id("keep-misread").click()
    until(page, lambda: {label for label, _, _ in kept(page)} == wrong, "they are in the collection")


def test_it_is_left_at_any_time_and_what_was_on_the_pad_is_had_back(visit):
    page = visit("/draw")
    draw(page, FOUR)
    read_as(page, "4")
    before = ink(page)
    page.get_by_test_id("take-challenge").click()
    until(page, lambda: ink(page) == 0, "the pad is empty for the first digit")
    page.get_by_test_id("undo").click()
    until(page, lambda: ink(page) == before, "undo brings back what was there")
    page.get_by_test_id("leave").click()
    expect(page.get_by_test_id("challenge")).to_have_count(0)
    read_as(page, "4")
    expect(page.get_by_test_id("tally-all")).to_have_count(0)


def test_it_is_taken_by_keys_alone(visit):
    page = visit("/draw")
    page.get_by_test_id("begin-challenge").focus()
    page.keyboard.press("Enter")
    wanted = asked(page)
    page.get_by_test_id("sketchpad").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    for _ in range(13):
        page.keyboard.press("ArrowDown")
    read_as(page, "1")
    page.keyboard.press("Escape")
    for _ in range(2):  # back over the way out to the answer
        page.keyboard.press("Shift+Tab")
    expect(page.get_by_test_id("answer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id(f"confused-{wanted}-1")).to_have_text("1")


def test_it_is_taken_with_a_finger_with_all_that_counts_in_view(visit):
    page = visit("/draw", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page.get_by_test_id("begin-challenge").tap()
    wanted = asked(page)
    draw_with_a_finger(page)
    read_as(page, "1")
    for name in ("asked", "answer", "leave", "prediction", "bar-9", "sketchpad"):
        expect(page.get_by_test_id(name)).to_be_in_viewport(ratio=0.95)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_test_id("answer").tap()
    expect(page.get_by_test_id(f"confused-{wanted}-1")).to_have_text("1")


def test_without_a_connection_it_waits_and_goes_on(visit, server, watched):
    watched.allow("WebSocket connection|ERR_CONNECTION_REFUSED")
    page = visit("/draw")
    page.get_by_test_id("begin-challenge").click()
    server.kill()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-phase", "lost")
    wanted = asked(page)
    draw(page, TWO)
    expect(page.get_by_test_id("answer")).to_be_disabled()
    server.start()
    read_as(page, "2")
    page.get_by_test_id("answer").click()
    expect(page.get_by_test_id(f"confused-{wanted}-2")).to_have_text("1")


def test_each_network_has_counts_of_its_own(visit):
    page = visit("/draw")
    page.get_by_test_id("begin-challenge").click()
    turn(page, TWO, read="2")
    expect(page.get_by_test_id("tally-all")).to_have_text("1")
    page.get_by_test_id("reader-dense").click()
    expect(page.get_by_test_id("tally-all")).to_have_count(0)
    turn(page, TWO, read="2")
    expect(page.get_by_test_id("tally-all")).to_have_text("1")
