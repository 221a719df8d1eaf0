"""The page for everyone: languages, themes, phones, keyboards, and no other host."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.reading import figure, learning, opened, paused, until

SIZES = {"wide": (1440, 900), "projector": (1920, 1080), "tablet": (1024, 768), "phone": (360, 740)}


def test_the_language_is_switched_and_remembered(visit):
    page = learning(visit())
    page.get_by_test_id("language").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    learning(page)
    expect(page.get_by_test_id("step-once")).to_have_text("一步")
    assert "lang=" not in page.url, "a shared link does not carry the language"
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.get_by_test_id("language").click()
    expect(page.get_by_test_id("step-once")).to_have_text("Step")


def test_a_chinese_browser_is_greeted_in_chinese(visit):
    page = learning(visit(locale="zh-CN"))
    expect(page.get_by_test_id("connection")).to_contain_text("实时")


def test_the_theme_follows_the_system_until_it_is_chosen(visit, context):
    person = context(color_scheme="light")
    page = visit(within=person)
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.get_by_test_id("theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("size", SIZES)
def test_nothing_sticks_out_of_the_window(visit, size):
    width, height = SIZES[size]
    page = learning(visit(viewport={"width": width, "height": height}))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("step", "loss", "accuracy", "pause", "step-once", "reset"):
        box = page.get_by_test_id(name).bounding_box()
        assert box, f"{name} is not shown"
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= width, name


def test_on_a_phone_the_transport_stays_where_the_thumb_is(visit):
    page = learning(visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True))
    opened(page, "optimizer").get_by_test_id("seed").scroll_into_view_if_needed()
    pause = page.get_by_test_id("pause")
    box = pause.bounding_box()
    assert box
    assert box["y"] + box["height"] > 660
    assert box["height"] >= 40
    pause.tap()
    expect(page.get_by_test_id("play")).to_be_visible()


def test_the_page_is_driven_by_the_keyboard_alone(visit):
    page = learning(visit())
    page.keyboard.press("Space")
    expect(page.get_by_test_id("play")).to_be_visible()
    step = int(figure(page, "step"))
    page.keyboard.press(".")
    expect(page.get_by_test_id("step")).to_have_text(f"{step + 1:,}")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("step")).to_have_text(f"{step + 2:,}")
    page.keyboard.press("r")
    expect(page.get_by_test_id("step")).to_have_text("0")
    page.keyboard.press("?")
    expect(page.get_by_test_id("help-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("help-dialog")).to_be_hidden()
    assert page.evaluate("document.activeElement.localName") == "main", "the next key is for the page"
    page.keyboard.press("Space")
    expect(page.get_by_test_id("pause")).to_be_visible()


def test_shortcuts_leave_fields_alone_and_can_be_switched_off(visit):
    page = learning(visit())
    step = paused(page)
    opened(page, "optimizer").get_by_test_id("seed").focus()
    page.keyboard.press(".")
    page.get_by_test_id("help").click()
    page.get_by_test_id("shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.locator("main").focus()
    page.keyboard.press(".")
    page.get_by_test_id("step-once").click()
    expect(page.get_by_test_id("step")).to_have_text(f"{step + 1:,}")


def test_everything_can_be_reached_with_the_tab_key(visit):
    page = opened(learning(visit()), "network", "optimizer")
    paused(page)
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement?.dataset.testid ?? ''"))
    wanted = {
        "play",
        "step-once",
        "step-epoch",
        "reset",
        "speed",
        "learning-rate",
        "units-1",
        "seed",
        "digit-0",
        "help",
    }
    assert wanted <= reached


def test_a_screen_reader_is_told_in_sentences_not_in_frames(visit):
    page = learning(visit())
    until(page, lambda: "Training" in page.get_by_test_id("summary").inner_text(), "the summary was given")
    said = page.get_by_test_id("summary").inner_text()
    step = figure(page, "step")
    until(page, lambda: figure(page, "step") > step + 10, "frames came")
    assert page.get_by_test_id("summary").inner_text() == said
    paused(page)
    expect(page.get_by_test_id("summary")).to_contain_text("Paused")


def test_with_reduced_motion_the_page_does_the_same(visit):
    page = learning(visit(reduced_motion="reduce"))
    page.get_by_test_id("lens-weights").click()
    expect(page.get_by_test_id("lens-weights")).to_have_attribute("aria-checked", "true")
    paused(page)


def test_all_that_the_page_asks_for_comes_from_its_server(visit, watched):
    learning(visit())
    assert len(watched.requests) > 20
    assert all(re.match(r"(http|ws)://localhost:\d+/|data:|blob:", url) for url in watched.requests)
