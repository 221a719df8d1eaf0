"""The Studio's own pad: fetched when it is opened, read by the live run at every move and again as it trains."""

import re

from playwright.sync_api import Page, expect

from tests.browser.drawing import FOUR, TWO, draw, draw_with_a_finger, read_as
from tests.browser.reading import learning, opened, paused, reset, until


def open_pad(page: Page) -> None:
    page.get_by_test_id("open-sketch").click()
    expect(page.get_by_test_id("sketchpad")).to_be_visible()


def step_read(page: Page) -> int:
    """Return the step whose weights read the drawing."""
    found = re.search(r"Step ([\d,]+)", page.get_by_test_id("sketch-words").inner_text())
    return int(found[1].replace(",", "")) if found else -1


def test_the_live_run_reads_what_is_drawn_and_reads_it_again_as_it_trains(visit, watched):
    page = learning(visit())
    assert not any("/sketch/" in url for url in watched.requests), "a pad that nobody opened costs nothing"
    open_pad(page)
    expect(page.get_by_test_id("sketch-prediction")).to_have_count(0)
    draw(page, TWO)
    expect(page.get_by_test_id("sketch-prediction")).to_have_text(re.compile(r"^\d$"))
    first = step_read(page)
    until(page, lambda: step_read(page) > first + 20, "it was read with later weights")


def test_at_a_standstill_it_is_read_once_and_a_step_reads_it_again(visit):
    page = learning(visit())
    open_pad(page)
    draw(page, TWO)
    step = paused(page)
    until(page, lambda: step_read(page) == step, "the last step reads it")
    page.get_by_test_id("step-once").click()
    until(page, lambda: step_read(page) == step + 1, "the next step reads it anew")
    reset(page)
    until(page, lambda: step_read(page) == 0, "the untrained network reads it")


def test_the_drawing_goes_on_to_the_drawing_page_and_stays_when_the_pad_is_closed(visit):
    page = learning(visit())
    open_pad(page)
    draw(page, FOUR)
    expect(page.get_by_test_id("sketch-prediction")).to_be_visible()
    page.get_by_test_id("open-sketch").click()
    expect(page.get_by_test_id("sketchpad")).to_have_count(0)
    open_pad(page)
    expect(page.get_by_test_id("sketch-prediction")).to_be_visible()
    page.get_by_role("link", name="Teach it on the drawing page").click()
    expect(page.get_by_test_id("reader-run")).to_have_attribute("aria-checked", "true")
    expect(page.get_by_test_id("prediction")).to_be_visible()
    page.get_by_test_id("reader-conv").click()
    read_as(page, "4")


def test_on_a_phone_the_pad_and_its_bars_stand_over_the_transport(visit):
    page = learning(visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True))
    page.get_by_test_id("open-sketch").tap()
    scrolled = page.evaluate("scrollY")
    draw_with_a_finger(page)
    expect(page.get_by_test_id("sketch-prediction")).to_have_text(re.compile(r"^\d$"))
    assert page.evaluate("scrollY") == scrolled
    for name in ("sketchpad", "sketch-prediction", "bar-9", "pause"):
        expect(page.get_by_test_id(name)).to_be_in_viewport(ratio=0.95)
    pad, pause = page.get_by_test_id("sketchpad").bounding_box(), page.get_by_test_id("pause").bounding_box()
    assert pad
    assert pause
    assert pad["y"] + pad["height"] < pause["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_test_id("pause").tap()
    expect(page.get_by_test_id("play")).to_be_visible()


def test_a_run_that_learns_no_images_offers_no_pad(visit):
    page = opened(learning(visit()), "data")
    expect(page.get_by_test_id("open-sketch")).to_be_visible()
    page.get_by_test_id("dataset-circles").click()
    page.get_by_test_id("apply").click()
    expect(page.get_by_test_id("open-sketch")).to_be_hidden()


def test_a_run_that_reads_no_digits_any_more_says_so_beside_the_drawing(visit):
    page = opened(learning(visit()), "data")
    open_pad(page)
    draw(page, TWO)
    expect(page.get_by_test_id("sketch-prediction")).to_be_visible()
    page.get_by_test_id("dataset-circles").click()
    page.get_by_test_id("apply").click()
    expect(page.get_by_test_id("sketch-words")).to_contain_text("cannot read a drawing")
    expect(page.get_by_test_id("sketch-prediction")).to_have_count(0)
    page.get_by_test_id("dataset-mnist").click()
    page.get_by_test_id("apply").click()
    expect(page.get_by_test_id("sketch-prediction")).to_be_visible()
