"""Who works by keys alone, at twice the size, without motion or in the system's colours loses nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.auditing import PHONE, WIDE
from tests.browser.classroom import begun, card, joined, placed
from tests.browser.drawing import FOUR, draw, read_as
from tests.browser.reading import learning, opened, paused
from tests.browser.walking import walk

TWICE = {"width": 720, "height": 450}
"""What is left of a window of 1440 by 900 for a page at 200 %."""


STICKING_OUT = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth).at(-1)?.outerHTML.slice(0, 100)"""


class Walks:
    """What was wrong on walks by the Tab key through the states of pages that a test shows."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def go(self, page: Page, state: str) -> None:
        """Walk through a page, wide, at twice the size and as on a phone."""
        for size in (PHONE, TWICE, WIDE):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            where = f"{state}, {size['width']} px wide"
            stops = walk(page)
            self.faults += [f"{where}: {stop['name']}: {', '.join(stop['faults'])}" for stop in stops if stop["faults"]]
            if len(stops) < 7:  # the head of every page alone has as many
                self.faults.append(f"{where}: only {[stop['name'] for stop in stops]} are reached")
            if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                self.faults.append(f"{where}: {page.evaluate(STICKING_OUT)} sticks out")


@pytest.fixture
def walks() -> Iterator[Walks]:
    walks = Walks()
    yield walks
    assert not walks.faults, "\n".join(walks.faults)


def test_in_the_studio_every_stop_of_the_tab_key_is_ringed_and_in_view(visit, walks):
    page = learning(visit())
    paused(page)
    walks.go(page, "the Studio")
    opened(page, "data", "network", "optimizer")
    page.get_by_test_id("open-sketch").click()
    expect(page.get_by_test_id("sketchpad")).to_be_visible()
    walks.go(page, "all of it open")


def test_on_the_drawing_page_every_stop_of_the_tab_key_is_ringed_and_in_view(visit, walks):
    page = visit("/draw?network=dense")
    draw(page, FOUR)
    read_as(page, "4")
    page.get_by_test_id("teach-6").click()
    expect(page.get_by_test_id("apply")).to_be_enabled()
    walks.go(page, "a drawing to teach")


def test_in_a_workshop_every_stop_of_the_tab_key_is_ringed_and_in_view(visit, walks):
    host = visit("/workshop")
    walks.go(host, "the door")
    code = begun(host, "Ms Lin")
    member = joined(visit(f"/r/{code}"), "Otter")
    expect(host.get_by_test_id("followed")).to_be_visible()
    walks.go(host, "everyone follows")
    walks.go(member, "following")
    host.get_by_test_id("mode-explore").click()
    expect(card(host, "Otter")).to_be_visible()
    for view in ("members", "question", "wall", "contest"):
        host.get_by_test_id(f"view-{view}").click()
        walks.go(host, view)


def test_escape_closes_what_is_open_and_the_focus_is_where_it_was(visit):
    page = learning(visit())
    paused(page)
    for button, dialog in (("help", "help-dialog"), ("open-step", "opened")):
        page.get_by_test_id(button).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id(dialog)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id(dialog)).to_be_hidden()
        expect(page.get_by_test_id(button)).to_be_focused()
    page.get_by_test_id("network").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("inspector")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("inspector")).to_have_count(0)
    expect(page.get_by_test_id("network")).to_be_focused()


def test_when_what_was_pressed_goes_away_the_tab_key_goes_on_from_there(visit):
    host = visit("/workshop")
    code = begun(host, "Ms Lin")
    member = joined(visit(f"/r/{code}"), "Otter")
    host.get_by_test_id("mode-explore").click()
    member.get_by_test_id("fork").press("Enter")
    placed(member, "own")
    expect(member.locator("member-strip")).to_be_focused()
    member.keyboard.press("Tab")
    expect(member.get_by_test_id("follow")).to_be_focused()
    host.get_by_test_id("view-question").click()
    host.get_by_test_id("ask-class").press("Enter")
    expect(host.locator("class-question")).to_be_focused()
    host.keyboard.press("Tab")
    expect(host.get_by_test_id("close-answers")).to_be_focused()


def test_without_motion_nothing_moves_by_itself(visit):
    page = learning(visit(reduced_motion="reduce"))
    page.get_by_test_id("lens-weights").click()
    page.get_by_test_id("help").click()
    longest = page.evaluate(
        "Math.max(0, ...document.getAnimations().map((one) => Number(one.effect.getComputedTiming().endTime)))"
    )
    assert longest < 1, "milliseconds"


COLOURS = """(element) => {
    const { backgroundColor, color } = getComputedStyle(element);
    return [backgroundColor, color];
}"""

HIGHLIGHT = """() => {
    const probe = document.body.appendChild(document.createElement("i"));
    Object.assign(probe.style, { background: "SelectedItem", color: "SelectedItemText", forcedColorAdjust: "none" });
    const { backgroundColor, color } = getComputedStyle(probe);
    probe.remove();
    return [backgroundColor, color];
}"""


def test_in_the_system_s_colours_what_is_chosen_stands_out(visit):
    page = learning(visit(forced_colors="active"))
    page.get_by_test_id("lens-weights").click()
    opened(page, "data")
    highlight = page.evaluate(HIGHLIGHT)
    for chosen, other in (("lens-weights", "lens-updates"), ("dataset-mnist", "dataset-circles")):
        assert page.get_by_test_id(chosen).evaluate(COLOURS) == highlight, chosen
        assert page.get_by_test_id(other).evaluate(COLOURS) != highlight, other
    thumb = page.get_by_test_id("speed").evaluate(
        "(range) => getComputedStyle(range, '::-webkit-slider-thumb').backgroundColor"
    )
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert thumb != ground
    page.goto("/workshop")
    begun(page, "Ms Lin")
    assert page.get_by_test_id("enlarge").evaluate(COLOURS)[0] == "rgb(255, 255, 255)", "a camera reads dark on light"
