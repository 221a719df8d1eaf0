"""The pictures of the page one draws on: a lesson, why it is read so, a challenge, practice; all drawn by a pointer."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from playwright.sync_api import FilePayload, Page, expect

from benchmarks.strokes import DIGITS, Drawing, drawings, rasterized
from engine.data.idx import idx_header
from engine.data.sketch import see

Stroke = Sequence[tuple[float, float]]

OPEN_FOUR: list[Stroke] = [
    [(0.37, 0.2), (0.36, 0.36), (0.3, 0.48), (0.23, 0.62), (0.25, 0.68), (0.42, 0.66), (0.58, 0.66), (0.7, 0.7)],
    [(0.86, 0.24), (0.82, 0.42), (0.76, 0.6), (0.71, 0.71)],
]
"""A run of about 1,300 steps takes it for a 6."""

PICTURES = [
    ("wide", "dark", "en", "lesson"),
    ("wide", "light", "zh", "why"),
    ("wide", "light", "en", "practice"),
    ("phone", "light", "en", "why"),
    ("phone", "dark", "zh", "challenge"),
]
MOVES = 6  # of the pointer, between two points
HAND = 3  # the seed of the drawings
KEPT = 90
MILLISECONDS = 60_000


def take_drawn(address: str, wanted: Sequence[str], folder: Path, opened: Callable[..., Page]) -> None:
    """Take those pictures whose names are wanted, or all; the run has made its steps."""
    for size, theme, language, shown in PICTURES:
        name = f"draw-{size}-{theme}-{language}-{shown}.png"
        if wanted and name not in wanted:
            continue
        page = opened(size, theme, language)
        page.goto(f"{address}draw?network={'run' if shown in ('lesson', 'practice') else 'conv'}")
        expect(page.get_by_test_id("checksum")).to_be_visible(timeout=MILLISECONDS)
        {"lesson": lesson, "why": why, "challenge": challenge, "practice": practice}[shown](page)
        page.wait_for_timeout(1500)  # for the colours, which are low-passed, to come to rest
        page.screenshot(path=folder / name)
        page.close()
        print(f"{name}: {(folder / name).stat().st_size // 1024} KB")


def lesson(page: Page) -> None:
    """Draw what is misread, and say what it is."""
    draw(page, OPEN_FOUR)
    expect(page.get_by_test_id("prediction")).to_have_text("6")
    page.get_by_test_id("teach-4").click()
    expect(page.get_by_test_id("lesson-words")).to_be_visible(timeout=MILLISECONDS)
    page.get_by_test_id("rate").fill("70")
    page.evaluate("scrollTo(0, 0)")


def why(page: Page) -> None:
    """Draw a digit and wait until it is told why it is read so."""
    draw(page, hand()[5].strokes)
    expect(page.get_by_test_id("saliency")).not_to_have_attribute("data-shown", "none", timeout=MILLISECONDS)


def challenge(page: Page) -> None:
    """Draw six of ten digits, an 8 as a 0 and a 9 as a 4, and leave the seventh on the pad."""
    played(page, 6, {8: 0, 9: 4})
    draw(page, hand()[int(page.get_by_test_id("asked").inner_text())].strokes)
    expect(page.get_by_test_id("answer")).to_be_enabled(timeout=MILLISECONDS)
    page.evaluate("scrollTo(0, 0)")


def played(page: Page, turns: int, instead: dict[int, int]) -> None:
    """Make so many turns of a challenge, drawing some digits as others."""
    page.get_by_test_id("take-challenge").click()
    for _ in range(turns):
        asked = int(page.get_by_test_id("asked").inner_text())
        draw(page, hand()[instead.get(asked, asked)].strokes)
        expect(page.get_by_test_id("answer")).to_be_enabled(timeout=MILLISECONDS)
        page.get_by_test_id("answer").click()


def practice(page: Page) -> None:
    """Bring many drawings, and have the run's copy practise on them."""
    kept = list(drawings(DIGITS, KEPT, seed=HAND))
    images = np.stack([see(rasterized(drawing)).pixels for drawing in kept])
    labels = np.array([int(drawing.label) for drawing in kept], np.uint8)
    held_out = np.arange(KEPT) // len(DIGITS) % 4 == 2
    page.get_by_test_id("import-files").set_input_files(
        [
            *idx_files("train", images[~held_out], labels[~held_out]),
            *idx_files("t10k", images[held_out], labels[held_out]),
        ]
    )
    page.get_by_test_id("practise").click()
    expect(page.get_by_test_id("practice-result")).to_be_visible(timeout=MILLISECONDS)
    played(page, len(DIGITS), {7: 1, 3: 5})
    page.evaluate("scrollTo(0, document.querySelector('collection-card').offsetTop)")


def idx_files(prefix: str, images: np.ndarray, labels: np.ndarray) -> list[FilePayload]:
    """Return two files as MNIST has them."""
    arrays = {"images-idx3-ubyte": images.reshape(-1, 28, 28), "labels-idx1-ubyte": labels}
    return [
        {"name": f"{prefix}-{name}", "mimeType": "", "buffer": idx_header(array.shape) + array.tobytes()}
        for name, array in arrays.items()
    ]


def hand() -> list[Drawing]:
    """Return the ten digits by one hand, each as large as a pad invites to."""
    return [fitted(drawing) for drawing in drawings(DIGITS, len(DIGITS), seed=HAND)]


def fitted(drawing: Drawing, size: float = 0.62) -> Drawing:
    """Return a drawing of another size, in the middle of the pad."""
    everything = np.concatenate(drawing.strokes)
    low, high = everything.min(axis=0), everything.max(axis=0)
    scale = size / float((high - low).max())
    middle = (low + high) / 2
    return Drawing(drawing.label, tuple((points - middle) * scale + 0.5 for points in drawing.strokes), 0.07)


def draw(page: Page, strokes: Sequence[Stroke] | tuple[np.ndarray, ...]) -> None:
    """Draw with the pointer."""
    pad = page.get_by_test_id("sketchpad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    for stroke in strokes:
        points = [(float(x), float(y)) for x, y in stroke]
        for number, (x, y) in enumerate(points[:: max(1, len(points) // 30)]):
            steps = MOVES if number else 1
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=steps)
            if number == 0:
                page.mouse.down()
        page.mouse.up()
