"""The picture of the network answers to lens, pointer, finger and keys, with exact numbers."""

import math
import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import learning, paused, until

LENSES = {"activations": "W", "gradients": "dL/dW", "weights": "W", "updates": "ΔW"}
NUMBER = re.compile(r"-?[\d.]+(e-?\d+)?")


def exact(inspector: Locator) -> dict[str, float]:
    """Read the exact numbers of the unit that is held."""
    entries = inspector.locator(".inspector-values > div")
    found = {}
    for entry in entries.all():
        value = entry.locator("dd").get_attribute("title") or ""
        if NUMBER.fullmatch(value):
            found[entry.locator("dt").inner_text()] = float(value)
    return found


def unit_of(page: Page, layer: str) -> Locator:
    """Move by the arrow keys to a unit of a layer; return the inspector that shows it."""
    page.get_by_test_id("network").focus()
    inspector = page.get_by_test_id("inspector")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        expect(inspector).to_be_visible()
        if f"{layer}." in inspector.inner_text():
            return inspector
    raise AssertionError(f"the arrow keys did not lead to {layer}")


def test_each_lens_has_its_own_legend_and_sentence(visit):
    page = learning(visit())
    picture = page.get_by_role("region", name="The network", exact=True)
    said: set[str] = set()
    for lens, quantity in LENSES.items():
        page.get_by_test_id(f"lens-{lens}").click()
        expect(page.get_by_test_id(f"lens-{lens}")).to_have_attribute("aria-checked", "true")
        expect(picture).to_contain_text(re.compile(rf"{quantity}, one scale a layer"))
        until(page, lambda: sentence(page) not in said, "the sentence was about this lens")
        said.add(sentence(page))


def sentence(page: Page) -> str:
    """Return what the sentence says of the lens: what comes after the prediction."""
    return page.locator("picture-sentence").inner_text().partition(". ")[2]


def test_the_prediction_is_the_digit_that_is_read(visit):
    page = learning(visit())
    expect(page.get_by_test_id("prediction")).to_have_text(re.compile(r"^\d$"))


def test_a_unit_reached_by_keys_shows_exact_numbers_that_fit_together(visit):
    page = learning(visit())
    paused(page)
    inspector = unit_of(page, "dense2")
    until(page, lambda: {"z", "a", "dL/dz", "b"} <= exact(inspector).keys(), "the exact numbers came")
    numbers = exact(inspector)
    elu = numbers["z"] if numbers["z"] > 0 else math.expm1(numbers["z"])
    assert math.isclose(numbers["a"], elu, rel_tol=1e-5, abs_tol=1e-6)
    page.keyboard.press("Escape")
    expect(inspector).to_have_count(0)


def test_a_unit_is_shown_while_one_hovers_and_kept_by_a_press(visit):
    page = learning(visit())
    inspector = page.get_by_test_id("inspector")
    x, y = place_of_a_unit(page)
    page.mouse.move(x, y)
    expect(inspector).to_be_visible()
    page.mouse.click(x, y)
    page.mouse.move(2, 2)
    expect(inspector.get_by_role("button")).to_be_visible()
    until(page, lambda: "z" in exact(inspector), "the exact numbers came")
    inspector.get_by_role("button").click()
    expect(inspector).to_have_count(0)


def test_a_finger_shows_a_unit_too(visit):
    page = learning(visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True))
    paused(page)
    x, y = place_of_a_unit(page)
    page.touchscreen.tap(x, y)
    inspector = page.get_by_test_id("inspector")
    until(page, lambda: "z" in exact(inspector), "the exact numbers came")
    box = inspector.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


def place_of_a_unit(page: Page) -> tuple[float, float]:
    """Find a unit of a hidden layer by its keyboard focus: the inspector stands beside what it shows."""
    box = page.get_by_test_id("network").bounding_box()
    assert box
    inspector = page.get_by_test_id("inspector")
    page.get_by_test_id("network").focus()
    page.mouse.move(1, 1)
    for column in range(int(box["width"]) // 4, int(box["width"]), 12):
        for row in (5, 6):
            point = box["x"] + column, box["y"] + box["height"] * row / 10
            if point[0] >= (page.viewport_size or {"width": 0})["width"]:
                break
            page.mouse.move(*point)
            if inspector.count() and re.search(r"dense\d\.", inspector.inner_text()):
                page.keyboard.press("Escape")
                page.mouse.move(1, 1)
                expect(inspector).to_have_count(0)
                return point
    raise AssertionError("no unit was found")
