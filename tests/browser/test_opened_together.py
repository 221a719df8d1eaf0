"""The step that the host opens, on everybody's screen: followed, left for a view of one's own, and gone back to."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.classroom import PHONE, SMALL, code_of, joined, live, paused_class, placed, told
from tests.browser.reading import until


@pytest.fixture
def wall(visit: Callable[..., Page]) -> Page:
    """The host's page, as on the wall of the room; its run is paused after some steps."""
    return paused_class(visit("/workshop"))


def is_at(page: Page, idea: str) -> None:
    expect(page.get_by_test_id("idea")).to_have_attribute("data-idea", idea)


def place_of(page: Page) -> list[str]:
    """What somebody looks at: the weight, and its example."""
    expect(page.locator(".of-weight data").first).to_be_visible()
    places = [page.get_by_test_id(f"weight-index-{axis}").input_value() for axis in (0, 1)]
    return [page.get_by_test_id("weight-tensor").input_value(), *places, page.locator(".subject .address").inner_text()]


def go_to(page: Page, idea: str) -> None:
    page.get_by_test_id(f"idea-{idea}").click()
    is_at(page, idea)


def test_all_look_at_the_step_that_the_host_opens_go_on_with_the_host_and_see_it_closed(visit, wall):
    code = code_of(wall)
    laptop = live(visit(f"/r/{code}/studio", within=wall.context))
    otter = joined(visit(f"/r/{code}", **PHONE), "Otter")
    finch = joined(visit(f"/r/{code}", **SMALL, locale="zh-CN"), "Finch")
    expect(otter.get_by_test_id("open-step")).to_be_disabled()
    laptop.get_by_test_id("open-step").click()
    title = laptop.get_by_test_id("opened-title").inner_text()
    for page in (laptop, wall, otter):
        expect(page.get_by_test_id("opened-title")).to_have_text(title)
        expect(page.locator("[data-testid^=example-]")).to_have_count(32)
    expect(finch.get_by_test_id("opened-title")).to_be_visible()
    expect(otter.get_by_test_id("step-along")).to_have_text("Ms Lin leads you through it")
    expect(otter.get_by_test_id("open-next")).to_have_count(0)
    expect(laptop.get_by_test_id("step-shown")).to_be_visible()

    # Idea, example and weight are the host's, wherever the host presses.
    laptop.get_by_test_id("example-3").click()
    go_to(laptop, "chain")
    laptop.get_by_test_id("weight-tensor").select_option("dense3.W")
    laptop.get_by_test_id("weight-index-0").fill("4")
    laptop.get_by_test_id("weight-index-0").press("Enter")
    for page in (wall, otter, finch):
        is_at(page, "chain")
        until(page, lambda page=page: place_of(page) == place_of(laptop), "they look at the host's weight")
        expect(page.get_by_test_id("factor")).to_have_count(3)
    assert place_of(otter)[::3] == ["dense3.W", "#3"]
    shown = [one.get_attribute("value") for one in laptop.get_by_test_id("factor").all()]
    assert [one.get_attribute("value") for one in otter.get_by_test_id("factor").all()] == shown
    go_to(wall, "votes")
    for page in (laptop, otter, finch):
        is_at(page, "votes")
    assert otter.evaluate("document.scrollingElement.scrollWidth") == 360

    # Who comes late, or loads the page anew, is there at once; the host too.
    heron = joined(visit(f"/r/{code}", **SMALL), "Heron")
    for page in (otter, laptop):
        page.reload()
        live(page)
    for page in (heron, otter, laptop):
        is_at(page, "votes")
        until(page, lambda page=page: place_of(page) == place_of(wall), "they are where the host is")

    wall.get_by_test_id("close-opened").click()
    for page in (laptop, otter, finch, heron):
        expect(page.get_by_test_id("opened")).not_to_be_visible()


def test_who_goes_a_way_of_their_own_is_left_alone_and_comes_back_with_one_press(visit, wall):
    code = code_of(wall)
    otter = joined(visit(f"/r/{code}", **PHONE), "Otter")
    finch = joined(visit(f"/r/{code}", **SMALL), "Finch")
    wall.get_by_test_id("open-step").click()
    for page in (otter, finch):
        expect(page.get_by_test_id("opened-title")).to_be_visible()

    # Otter goes on by herself: her questions are answered from the same step.
    otter.get_by_test_id("next-idea").click()
    is_at(otter, "forces")
    expect(otter.get_by_test_id("force")).to_have_count(10)
    go_to(wall, "ladder")
    is_at(finch, "ladder")
    is_at(otter, "forces")
    otter.get_by_test_id("step-with-host").click()
    is_at(otter, "ladder")

    # Finch closes it, and looks again.
    finch.keyboard.press("Escape")
    expect(finch.get_by_test_id("opened")).not_to_be_visible()
    go_to(wall, "promise")
    is_at(otter, "promise")
    expect(finch.get_by_test_id("opened")).not_to_be_visible()
    finch.get_by_test_id("host-view").click()
    is_at(finch, "promise")

    # What is not presented is the host's alone.
    wall.keyboard.press("Escape")
    expect(finch.get_by_test_id("opened")).not_to_be_visible()
    wall.get_by_test_id("present").click()
    expect(wall.get_by_test_id("present")).to_have_attribute("aria-pressed", "false")
    wall.get_by_test_id("open-step").click()
    expect(wall.get_by_test_id("opened-title")).to_be_visible()
    expect(wall.get_by_test_id("step-shown")).to_have_count(0)
    go_to(wall, "cost")
    expect(wall.locator(".opened .computing")).to_have_count(0)
    expect(finch.get_by_test_id("opened")).not_to_be_visible()


def test_forked_runs_are_left_alone_and_who_is_in_the_spotlight_leads(visit, wall):
    code = code_of(wall)
    otter = joined(visit(f"/r/{code}", **SMALL), "Otter")
    finch = joined(visit(f"/r/{code}", **PHONE), "Finch")
    wall.get_by_test_id("mode-explore").click()
    otter.get_by_test_id("fork").click()
    placed(otter, "own")
    wall.get_by_test_id("view-run").click()
    wall.get_by_test_id("open-step").click()
    expect(finch.get_by_test_id("opened-title")).to_be_visible()
    expect(otter.get_by_test_id("opened")).not_to_be_visible()
    wall.keyboard.press("Escape")
    expect(finch.get_by_test_id("opened")).not_to_be_visible()

    # Her own step is hers alone, until all look at her run.
    otter.get_by_test_id("open-step").click()
    expect(otter.get_by_test_id("opened-title")).to_be_visible()
    expect(finch.get_by_test_id("opened")).not_to_be_visible()
    otter.keyboard.press("Escape")
    told(wall, "Otter", "spotlight")
    placed(finch, "spotlight")
    otter.get_by_test_id("open-step").click()
    for page in (wall, finch):
        expect(page.get_by_test_id("opened-title")).to_be_visible()
    expect(finch.get_by_test_id("step-along")).to_have_text("Otter leads you through it")
    go_to(otter, "anatomy")
    for page in (wall, finch):
        is_at(page, "anatomy")
        expect(page.get_by_test_id("anatomy-gradient")).to_have_count(1)


def test_a_step_that_is_gone_with_its_run_says_so_to_all(visit, wall):
    code = code_of(wall)
    laptop = live(visit(f"/r/{code}/studio", within=wall.context))
    otter = joined(visit(f"/r/{code}", **PHONE), "Otter")
    wall.get_by_test_id("open-step").click()
    for page in (laptop, otter):
        expect(page.get_by_test_id("opened-title")).to_be_visible()
    laptop.get_by_test_id("reset").dispatch_event("click")  # behind the step, where no hand gets
    go_to(wall, "cost")
    for page in (wall, laptop, otter):
        expect(page.get_by_test_id("step-gone")).to_contain_text("The run has lost this step")
    wall.get_by_test_id("open-next").click()
    for page in (wall, laptop, otter):
        expect(page.get_by_test_id("step-gone")).to_have_count(0)
        expect(page.get_by_test_id("opened-title")).to_have_text("Step 1, opened")
        is_at(page, "cost")


def test_the_class_foresees_what_the_step_does_to_a_weight_and_then_sees_it(visit, wall):
    otter = joined(visit(f"/r/{code_of(wall)}", **PHONE), "Otter")
    wall.get_by_test_id("open-step").click()
    go_to(wall, "chain")
    is_at(otter, "chain")
    place = place_of(wall)
    wall.get_by_test_id("ask-weight").click()
    card = otter.get_by_test_id("opened").get_by_test_id("vote")
    expect(card.get_by_test_id("vote-question")).to_contain_text(f"{place[0]}[{place[1]}, {place[2]}]")

    # Nobody looks ahead, whoever turns the page.
    otter.get_by_test_id("phase-update").click()
    expect(otter.get_by_test_id("step-secret")).to_be_visible()
    expect(otter.get_by_test_id("anatomy-gradient")).to_have_count(0)
    otter.get_by_test_id("step-with-host").click()
    for option in (0, 1):
        card.get_by_test_id(f"vote-{option}").click()
        expect(card.get_by_test_id(f"vote-{option}")).to_have_attribute("aria-pressed", "true")
    expect(wall.get_by_test_id("step-count")).to_have_text("1 of 1 have answered")
    wall.get_by_test_id("step-close").click()
    expect(card.get_by_test_id("votes-1")).to_have_text("1")
    expect(card.get_by_test_id("vote-state")).to_have_text("")
    wall.get_by_test_id("step-reveal").click()

    # The step's own numbers decide, and both stand where they are.
    for page in (wall, otter):
        is_at(page, "anatomy")
        expect(page.get_by_test_id("anatomy-gradient")).to_have_count(1)
    gradient = float(otter.get_by_test_id("anatomy-gradient").get_attribute("value") or "nan")
    moved = float(otter.get_by_test_id("update").get_attribute("value") or "nan")
    assert gradient * moved < 0
    sign, way = ("positive", "goes down") if gradient > 0 else ("negative", "goes up")
    for revealed in (wall.get_by_test_id("step-revealed"), card.get_by_test_id("vote-state")):
        expect(revealed).to_contain_text(f"The gradient is {sign}")
        expect(revealed).to_contain_text(way)
        expect(revealed).to_contain_text("takes the gradient for the way to go")
    right = 1 if gradient > 0 else 0
    expect(wall.get_by_test_id("step-revealed")).to_contain_text(f"{right} of 1 answer was right.")
    assert otter.evaluate("document.scrollingElement.scrollWidth") == 360

    wall.get_by_test_id("step-drop").click()
    wall.get_by_test_id("ask-loss").click()
    expect(card.get_by_test_id("vote-question")).to_contain_text("fall with it?")

    # The question outlives the dialog: it is revealed where questions are, too.
    wall.keyboard.press("Escape")
    expect(otter.get_by_test_id("opened")).not_to_be_visible()
    otter.locator("vote-card").first.get_by_test_id("vote-0").click()
    wall.get_by_test_id("view-question").click()
    wall.get_by_test_id("close-answers").click()
    wall.get_by_test_id("reveal").click()
    expect(wall.get_by_test_id("decided")).to_contain_text("The loss on this minibatch")
    expect(otter.get_by_test_id("vote-state")).to_contain_text("The loss on this minibatch")


@pytest.mark.keeps
def test_a_step_that_was_open_for_all_is_gone_with_a_restart_and_all_are_told(visit, watched, server, lesson):
    host, code = lesson
    finch = joined(visit(f"/r/{code}", **PHONE), "Finch")
    host.get_by_test_id("view-run").click()
    host.get_by_test_id("open-step").click()
    expect(finch.get_by_test_id("opened-title")).to_be_visible()
    watched.allow(r"WebSocket connection to .* failed|Failed to load resource")
    server.kill()
    for page in (finch, host):
        expect(page.get_by_test_id("connection")).to_have_attribute("data-phase", "lost")
        expect(page.get_by_test_id("opened-title")).to_be_visible()
    server.start()
    for page in (finch, host):
        live(page)
        expect(page.get_by_test_id("opened")).not_to_be_visible()
        expect(page.get_by_test_id("notice")).to_contain_text("it can be opened again")
    host.get_by_test_id("open-step").click()
    expect(finch.get_by_test_id("opened-title")).to_be_visible()
