"""How tests hold a workshop: begun at the front door, joined by the code, each person in a browser of their own."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import until

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SMALL = {"viewport": {"width": 900, "height": 700}}


def begun(page: Page, name: str) -> str:
    """Begin a workshop at the front door; return its code."""
    page.get_by_test_id("host-name").fill(name)
    page.get_by_test_id("begin-workshop").click()
    page.wait_for_url("**/r/*/host")
    live(page)
    return code_of(page)


def paused_class(page: Page) -> Page:
    """Begin a workshop whose run is paused after some steps; return the host's page."""
    begun(page, "Ms Lin")
    page.get_by_test_id("view-run").click()
    until(page, lambda: step_of(page) > 20, "it has learned something")
    page.get_by_test_id("pause").click()
    expect(page.get_by_test_id("play")).to_be_visible()
    return page


def code_of(host: Page) -> str:
    found = re.search(r"/r/(\w{6})/", host.url)
    assert found
    return found[1]


def joined(page: Page, name: str) -> Page:
    """Give a name at the door of a workshop and wait until one is in."""
    page.get_by_test_id("name").fill(name)
    page.get_by_test_id("join-workshop").click()
    page.wait_for_url("**/studio")
    return live(page)


def live(page: Page) -> Page:
    expect(page.get_by_test_id("connection")).to_have_attribute("data-phase", "live")
    return page


def placed(page: Page, place: str) -> None:
    """Wait until the strip says that one is there."""
    expect(page.get_by_test_id("strip")).to_have_attribute("data-place", place)


def card(host: Page, name: str) -> Locator:
    return host.locator(f'[data-testid=card][data-name="{name}"]')


def told(host: Page, name: str, what: str, *, sure: bool = False) -> None:
    """Open somebody's sheet on the host's page and press something."""
    if host.get_by_test_id("view-members").get_attribute("aria-pressed") != "true":
        host.get_by_test_id("view-members").click()
    card(host, name).click()
    expect(host.get_by_test_id("sheet")).to_be_visible()
    host.get_by_test_id(what).click()
    if sure:
        host.get_by_test_id("sure-yes").click()
    expect(host.get_by_test_id("sheet")).to_be_hidden()


def step_of(page: Page) -> int:
    return int(re.sub(r"\D", "", page.get_by_test_id("step").inner_text()) or -1)


def at_step(page: Page, step: int) -> None:
    until(page, lambda: step_of(page) == step, f"step {step} was shown")
