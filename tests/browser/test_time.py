"""One goes back in time to any step of the run, looks, and comes back or begins a branch."""

import re

from playwright.sync_api import Page, expect

from tests.browser.reading import figure, learning, paused, until


def time(page: Page) -> tuple[int, int]:
    """Return the step the slider stands at, and the present."""
    found = re.fullmatch(r"step ([\d,]+) of ([\d,]+)", page.get_by_test_id("time-step").inner_text())
    assert found
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


def visit_step(page: Page, step: int) -> None:
    """Put the slider at a step of the past, and wait until the run stands there."""
    page.get_by_test_id("time-slider").fill(str(step))
    expect(page.get_by_test_id("visiting")).to_contain_text(f"Visiting step {step:,} of")
    expect(page.get_by_test_id("step")).to_have_text(f"{step:,}")


def test_one_goes_back_to_a_step_and_comes_back_to_the_present(visit):
    page = learning(visit())
    present = paused(page)
    until(page, lambda: time(page) == (present, present), "the slider stood at the present")
    visit_step(page, present // 2)
    assert time(page) == (present // 2, present)
    expect(page.get_by_test_id("visiting")).to_contain_text("begins a branch")
    page.get_by_test_id("to-present").click()
    expect(page.get_by_test_id("visiting")).to_have_count(0)
    expect(page.get_by_test_id("step")).to_have_text(f"{present:,}")
    assert time(page) == (present, present)


def test_arrow_keys_go_one_step_and_page_keys_a_hundred(visit):
    page = learning(visit())
    until(page, lambda: figure(page, "step") > 120, "there was a past to go back to")
    present = paused(page)
    slider = page.get_by_test_id("time-slider")
    until(page, lambda: time(page) == (present, present), "the slider stood at the present")
    slider.press("ArrowLeft")
    expect(page.get_by_test_id("step")).to_have_text(f"{present - 1:,}")
    slider.press("PageDown")
    expect(page.get_by_test_id("step")).to_have_text(f"{present - 101:,}")
    slider.press("PageUp")
    slider.press("ArrowRight")
    expect(page.get_by_test_id("step")).to_have_text(f"{present:,}")
    expect(page.get_by_test_id("visiting")).to_have_count(0)


def test_grabbing_the_slider_pauses_the_run(visit):
    page = learning(visit())
    box = page.get_by_test_id("time-slider").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    expect(page.get_by_test_id("play")).to_be_visible()
    page.mouse.up()
    expect(page.get_by_test_id("visiting")).to_be_visible()
    shown = time(page)
    assert 0 < shown[0] < shown[1]


def test_training_on_from_the_past_begins_a_branch(visit):
    page = learning(visit())
    present = paused(page)
    assert present > 4
    visit_step(page, present // 2)
    page.get_by_test_id("step-once").click()
    expect(page.get_by_test_id("step")).to_have_text(f"{present // 2 + 1:,}")
    expect(page.get_by_test_id("visiting")).to_have_count(0)
    until(page, lambda: time(page) == (present // 2 + 1, present // 2 + 1), "what lay after the branch was gone")


def test_a_step_of_the_past_can_be_opened(visit):
    page = learning(visit())
    present = paused(page)
    visit_step(page, present // 2)
    page.get_by_test_id("open-step").click()
    expect(page.get_by_test_id("opened-title")).to_have_text(f"Step {present // 2 + 1:,}, opened")
