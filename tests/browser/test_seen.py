"""What the browser sees in a drawing is what the engine sees in it."""

import base64
from typing import Any

import numpy as np
from playwright.sync_api import Page

from engine.data.ink import Ink
from engine.data.mnist import load_mnist
from engine.data.sketch import see
from engine.errors import DataError
from tests.engine.data.drawn import STROKES, drawn, photographed, shape

SEE = """async ({ grey, width, height, ink }) => {
    const { see } = await import("/static/js/sketch/seen.js");
    const seen = see(Uint8Array.from(atob(grey), (c) => c.charCodeAt(0)), width, height, ink);
    if ("problem" in seen) return seen;
    const cropped = { ...seen.cropped, pixels: [...seen.cropped.pixels] };
    return { ...seen, cropped, pixels: [...seen.pixels] };
}"""


def seen_by_browser(page: Page, grey: np.ndarray, ink: Ink | None) -> dict[str, Any]:
    height, width = grey.shape
    text = base64.b64encode(grey.tobytes()).decode()
    return page.evaluate(SEE, {"grey": text, "width": width, "height": height, "ink": ink})


def seen_by_engine(grey: np.ndarray, ink: Ink | None) -> dict[str, Any]:
    try:
        seen = see(grey, ink=ink)
    except DataError as refused:
        return {"problem": refused.code}
    box = seen.box
    height, width = seen.cropped.shape
    return {
        "ink": seen.ink,
        "box": {"left": box.left, "top": box.top, "width": box.width, "height": box.height},
        "cropped": {"pixels": seen.cropped.reshape(-1), "width": width, "height": height},
        "pixels": seen.pixels,
    }


def assert_the_same(page: Page, grey: np.ndarray, ink: Ink | None, what: str) -> None:
    browser, engine = seen_by_browser(page, grey, ink), seen_by_engine(grey, ink)
    assert browser.keys() == engine.keys(), what
    if "problem" in engine:
        assert browser == engine, what
        return
    assert (browser["ink"], browser["box"]) == (engine["ink"], engine["box"]), what
    for size in ("width", "height"):
        assert browser["cropped"][size] == engine["cropped"][size], what
    for one, other in ((browser, engine), (browser["cropped"], engine["cropped"])):
        assert np.abs(np.array(one["pixels"], int) - np.array(other["pixels"], int)).max() <= 1, what


def test_drawings_and_photos_are_seen_alike(visit):
    page = visit()
    for name in STROKES:
        for number, (size, pen) in enumerate([(30, 3), (100, 1.2), (100, 8), (130, 30)]):
            drawing = drawn(name, side=190, left=20 + number, top=25, size=size, pen=pen)
            assert_the_same(page, drawing, "light", f"{name} {size} {pen}")
            assert_the_same(page, 255 - drawing, None, f"{name} {size} {pen}, dark")
            assert_the_same(page, photographed(drawing, number), None, f"{name} {size} {pen}, photo")
    assert_the_same(
        page, photographed(drawn("four", side=700, left=90, top=200, size=300, pen=14)), None, "large photo"
    )


def test_digits_and_shapes_are_seen_alike(visit):
    page = visit()
    for number, digit in enumerate(load_mnist().test.grey[:20]):
        assert_the_same(page, digit.reshape(28, 28), None, f"digit {number}")
    for seed in range(30):
        picture = shape(seed, 5 + 3 * seed, 90 - 2 * seed, ("noise", "blocks", "uneven")[seed % 3])
        assert_the_same(page, picture, (None, "light", "dark")[seed // 3 % 3], f"shape {seed}")


def test_what_cannot_be_seen_is_refused_alike(visit):
    page = visit()
    for value in (0, 130, 255):
        for ink in (None, "light", "dark"):
            assert_the_same(page, np.full((20, 30), value, np.uint8), ink, f"flat {value} {ink}")
    assert_the_same(page, photographed(np.zeros((120, 160), np.uint8)), None, "bare paper")
    assert_the_same(page, np.zeros((1, 4097), np.uint8), None, "too wide")
