"""How well drawings are read, and how soon: by real pointer events in a real browser, on a real server.

The drawings are those of `benchmarks.strokes`: digits of many hands, from 15 to 95 % of the pad, in its corners,
slanted, with a thin or a broad brush; and letters, which the page should call strange rather than read with confidence.
Photos of the same drawings, dark ink on unevenly lit paper with the noise of a sensor, go the way of
`backscope predict`: through a JPEG file.

Needs Playwright and a Chromium, whose place BACKSCOPE_CHROMIUM tells.
"""

import io
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from benchmarks.measurement import Measurement
from benchmarks.server import served
from benchmarks.strokes import DIGITS, LETTERS, Drawing, drawings, photographed, rasterized

COUNT = 320
LETTER_COUNT = 64
PHOTOS = 320
MOVES = 300
POINTS = 36
"""Pointer events of a stroke, at most."""

SEED = 11
CHROMIUM = os.environ.get("BACKSCOPE_CHROMIUM", "/usr/bin/chromium")
NETWORKS = {"conv": ">= 97", "dense": None}
"""With the share of drawings to read rightly, in %."""

SETTLED = """async ([network, explained]) => {
    const { store } = await import(new URL("store.js", document.querySelector("script[type=module]").src).href);
    const deadline = performance.now() + 20000;
    while (performance.now() < deadline) {
        const { drawn, reading, explained: why } = store.state;
        const read = drawn && reading && reading.pixels === drawn.pixels && reading.reader === network;
        if (read && (!explained || (why?.pixels === drawn.pixels && why.reader === network))) {
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            const digit = document.querySelector("[data-testid=prediction]");
            if (digit && drawn === store.state.drawn) {
                return [digit.textContent.trim(), digit.closest("[data-state]").dataset.state];
            }
        }
        await new Promise((done) => requestAnimationFrame(done));
    }
    return null;
}"""
"""Waits until the page shows what a network reads in the whole drawing, and why if asked for; [digit, certainty]."""

PAINTED = """async () => {
    const { store } = await import(new URL("store.js", document.querySelector("script[type=module]").src).href);
    const bars = () => [...document.querySelectorAll(".answer .bar-fill")].map((bar) => bar.getAttribute("height"));
    globalThis.nextPaint = () => new Promise((done) => {
        const pad = document.querySelector("[data-testid=sketchpad]");
        let at = 0;
        let before = store.state.drawn;
        pad.addEventListener("pointermove", (event) => { at = event.timeStamp; before = store.state.drawn; },
            { once: true, capture: true });
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
            const { drawn, reading } = store.state;
            const fresh = at > 0 && drawn && drawn !== before && reading?.pixels === drawn.pixels;
            const heights = fresh ? reading.answer.probs.map((prob) => `${(100 * prob).toFixed(1)}%`) : [];
            const shown = bars();
            const painted = fresh && shown.length && heights.every((height, i) => height === shown[i]);
            if (painted) done(performance.now() - at);
            else if (at > 0 && performance.now() - at > 5000) done(-1); // the move changed nothing
            else requestAnimationFrame(() => port2.postMessage(null));
        };
        requestAnimationFrame(() => port2.postMessage(null));
    });
}"""
"""Makes a function that waits for a pointer event and tells the milliseconds until its answer is painted in the bars.

A message that is posted in an animation frame arrives when that frame has been painted.
"""


class Seen(NamedTuple):
    """What the page showed of a drawing."""

    label: str
    digits: dict[str, str]  # by the network that read it
    certainty: str  # of the convolution's answer


def measure() -> Iterator[Measurement]:
    """Yield the shares of drawings read rightly and of letters called strange, then the times to the painted bars."""
    try:
        import playwright  # noqa: F401 - it comes with the development group only
    except ImportError:
        yield Measurement("drawings read rightly", None, "playwright is not installed", ">= 97")
        return
    with served() as server, _page(server.port) as page:
        digits = [_draw_and_read(page, drawing) for drawing in drawings(DIGITS, COUNT, seed=SEED)]
        letters = [_draw_and_read(page, drawing) for drawing in drawings(LETTERS, LETTER_COUNT, seed=SEED)]
        for network, reach in NETWORKS.items():
            right = 100 * sum(one.digits[network] == one.label for one in digits) / COUNT
            yield Measurement(f"{COUNT} drawings by pointer read rightly, {network}", right, "%", reach)
        for name, seen in (("digits", digits), ("letters", letters)):
            yield Measurement(f"{name} called strange", _share(seen, "strange"), "%")
            yield Measurement(f"{name} read with a reserve", _share(seen, "strange", "odd", "unsure"), "%")
        page.get_by_test_id("reader-conv").click()
        times = sorted(_times(page))
        yield Measurement("pointer event to painted bars, median", statistics.median(times), "ms")
        yield Measurement("pointer event to painted bars, p99", times[len(times) * 99 // 100], "ms", "<= 100")
    yield from _photos()


@contextmanager
def _page(port: int) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://localhost:{port}/draw")
        page.locator("[data-testid=reader-conv]:not([disabled])").wait_for()
        yield page
        browser.close()


def _draw_and_read(page: Any, drawing: Drawing) -> Seen:
    """Draw on the empty pad, wait for what both networks read in all of it, and clear the pad."""
    page.get_by_test_id("reader-conv").click()
    _draw(page, drawing)
    digit, certainty = _settled(page, "conv", explained=True)
    page.get_by_test_id("reader-dense").click()
    other, _ = _settled(page, "dense")
    page.get_by_test_id("clear").click()
    return Seen(drawing.label, {"conv": digit, "dense": other}, certainty)


def _settled(page: Any, network: str, *, explained: bool = False) -> tuple[str, str]:
    """Return the digit that the page shows for the whole drawing, and how certain it says that is."""
    shown = page.evaluate(SETTLED, [network, explained])
    if shown is None:
        raise RuntimeError(f"the page did not say what {network} reads")
    digit, certainty = shown
    return digit, certainty


def _draw(page: Any, drawing: Drawing) -> None:
    brush = page.get_by_test_id("brush")
    least, most = (float(brush.get_attribute(end)) for end in ("min", "max"))
    brush.evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new InputEvent('input', { bubbles: true })); }",
        str(min(max(drawing.thickness, least), most)),
    )
    box = page.get_by_test_id("sketchpad").bounding_box()
    for stroke in drawing.strokes:
        points = stroke[np.unique(np.linspace(0, len(stroke) - 1, POINTS).astype(int))]
        for number, (x, y) in enumerate(points):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
            if number == 0:
                page.mouse.down()
        page.mouse.up()


def _share(seen: list[Seen], *certainties: str) -> float:
    return 100 * sum(one.certainty in certainties for one in seen) / len(seen)


def _times(page: Any) -> Iterator[float]:
    """Draw in small moves, and yield the milliseconds from each until its answer is painted."""
    page.evaluate(PAINTED)
    box = page.get_by_test_id("sketchpad").bounding_box()
    angle = np.linspace(0, 9 * np.pi, MOVES + 10)
    reach = np.linspace(0.15, 0.42, MOVES + 10)
    x = box["x"] + box["width"] * (0.5 + reach * np.cos(angle))
    y = box["y"] + box["height"] * (0.5 + reach * np.sin(angle))
    page.mouse.move(x[0], y[0])
    page.mouse.down()
    for number in range(1, 10):
        page.mouse.move(x[number], y[number])
    _settled(page, "conv")
    for number in range(10, MOVES + 10):
        page.evaluate("() => { globalThis.painted = globalThis.nextPaint(); }")
        page.mouse.move(x[number], y[number])
        time = page.evaluate("() => globalThis.painted")
        if time >= 0:
            yield time
    page.mouse.up()
    page.get_by_test_id("clear").click()


def _photos() -> Iterator[Measurement]:
    """Yield the shares of photos read rightly, without a browser."""
    from PIL import Image

    from app.datasets.picture import grey_of
    from app.networks.packaged import load
    from engine.data.sketch import see
    from engine.network import Network

    rng = np.random.default_rng(SEED)
    labels, pixels = [], []
    for drawing in drawings(DIGITS, PHOTOS, seed=SEED):
        file = io.BytesIO()
        Image.fromarray(photographed(rasterized(drawing, 560), rng)).save(file, "JPEG", quality=85)
        labels.append(int(drawing.label))
        pixels.append(see(grey_of(file.getvalue())).pixels)
    for name in NETWORKS:
        checkpoint = load(name).checkpoint
        network = Network(checkpoint.architecture, loss=checkpoint.spec.loss)
        network.parameters.copy_from(checkpoint.parameters)
        work = network.workspace(PHOTOS)
        work.x[:] = np.stack(pixels) / np.float32(255)
        network.forward(work)
        right = int((work.loss.outputs.argmax(axis=1) == labels).sum())
        yield Measurement(f"{PHOTOS} photos of drawings read rightly, {name}", 100 * right / PHOTOS, "%")
