"""How tests draw on the page and read what it shows: strokes by a real pointer, in parts of the pad's side."""

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page, expect

Stroke = Sequence[tuple[float, float]]

STEPS = 8  # of the pointer, between two points

TWO: list[Stroke] = [
    [(0.3, 0.3), (0.37, 0.2), (0.5, 0.16), (0.63, 0.2), (0.68, 0.32), (0.6, 0.5), (0.3, 0.8), (0.74, 0.8)]
]
FOUR: list[Stroke] = [[(0.42, 0.2), (0.38, 0.4), (0.27, 0.62), (0.74, 0.6)], [(0.68, 0.26), (0.66, 0.5), (0.62, 0.84)]]
SEVEN: list[Stroke] = [[(0.28, 0.22), (0.72, 0.2), (0.6, 0.45), (0.46, 0.84)]]
LETTER_E: list[Stroke] = [[(0.7, 0.2), (0.3, 0.2), (0.3, 0.8), (0.7, 0.8)], [(0.3, 0.5), (0.6, 0.5)]]


def draw(page: Page, strokes: Sequence[Stroke]) -> None:
    """Draw strokes on the pad."""
    pad = page.get_by_test_id("sketchpad")
    expect(pad.locator("canvas.pad-ink")).to_be_visible()
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    for (x, y), *rest in strokes:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.mouse.down()
        for x_next, y_next in rest:
            page.mouse.move(box["x"] + x_next * box["width"], box["y"] + y_next * box["height"], steps=STEPS)
        page.mouse.up()


def draw_with_a_finger(page: Page) -> None:
    """Draw a 1 by touch, from below upwards."""
    pad = page.get_by_test_id("sketchpad")
    box = pad.bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)
    x = box["x"] + box["width"] / 2

    def touched(kind: str, at: int | None) -> None:
        y = box["y"] + box["height"] * (0.85 - 0.033 * (at or 0))
        points = [] if at is None else [{"x": x, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touched("touchStart", 0)
    for number in range(1, 21):
        touched("touchMove", number)
    # The finger comes to rest: one that is lifted in full swing flings, and a tap in that moment only ends the fling.
    for _ in range(6):
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        touched("touchMove", 20)
    touched("touchEnd", None)


COPIED = """(canvas) => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    return copy.getImageData(0, 0, canvas.width, canvas.height).data;
}"""


# What was drawn is painted, cut out and centred by the next frame; an answer may be to what was there before.
PAINTED = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"


def ink(page: Page) -> int:
    """Return how many pixels of the pad have ink, once what was drawn is painted."""
    return int(
        page.evaluate(f"""async () => {{
            {PAINTED}
            const bytes = ({COPIED})(document.querySelector("canvas.pad-ink"));
            return bytes.filter((value, i) => i % 4 === 3 && value > 127).length;
        }}""")
    )


def pixels(page: Page, name: str = "seen-pixels") -> list[Any]:
    """Return the bytes of one of the small pictures under the pad, once what was drawn is painted."""
    return list(
        page.evaluate(
            f"""async (name) => {{
                {PAINTED}
                return Array.from(({COPIED})(document.querySelector(`canvas.${{name}}`)));
            }}""",
            name,
        )
    )


def read_as(page: Page, digit: str) -> None:
    """Wait until the network reads this digit."""
    expect(page.get_by_test_id("prediction")).to_have_text(digit)


def explained(page: Page) -> None:
    """Wait until the page shows why."""
    expect(page.get_by_test_id("saliency")).not_to_have_attribute("data-shown", "none")
