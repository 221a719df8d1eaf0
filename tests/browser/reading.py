"""How tests read the page: figures as numbers, and waiting with a deadline and a reason."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

SECONDS = 30.0


def figure(page: Page, name: str) -> float:
    """Return the number that stands in the element with this test id."""
    text = page.get_by_test_id(name).inner_text()
    found = re.search(r"[\d.,]+", text)
    assert found, f"{name} shows no number but {text!r}"
    return float(found[0].replace(",", ""))


def until(page: Page, condition: Callable[[], bool], reason: str) -> None:
    """Wait for what the page will show."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {reason}"
        page.wait_for_timeout(20)  # lets the page go on; the deadline is what counts


def learning(page: Page) -> Page:
    """Wait until the page shows a run that has begun to learn."""
    expect(page.get_by_test_id("connection")).to_have_attribute("data-phase", "live")
    until(page, lambda: shows_number(page, "step") and figure(page, "step") > 0, "a first step was made")
    until(page, lambda: shows_number(page, "accuracy"), "the network was tested")
    return page


def shows_number(page: Page, name: str) -> bool:
    return bool(re.search(r"\d", page.get_by_test_id(name).inner_text()))


def paused(page: Page) -> int:
    """Pause the run and return the step it stands at."""
    page.get_by_test_id("pause").click()
    expect(page.get_by_test_id("play")).to_be_visible()
    return int(figure(page, "step"))


def reset(page: Page) -> None:
    """Go back to step 0 and wait until the page shows it."""
    page.get_by_test_id("reset").click()
    expect(page.get_by_test_id("step")).to_have_text("0")
    expect(page.get_by_test_id("play")).to_be_enabled()


def step_once(page: Page) -> None:
    """Make one step and wait until the page shows it, with its loss."""
    before = int(figure(page, "step"))
    page.get_by_test_id("step-once").click()
    expect(page.get_by_test_id("step")).to_have_text(f"{before + 1:,}")


def opened(page: Page, *parts: str) -> Page:
    """Open parts of the set-up."""
    for part in parts:
        page.get_by_test_id(f"open-{part}").click()
        expect(page.get_by_test_id(f"open-{part}")).to_have_attribute("aria-expanded", "true")
    return page
