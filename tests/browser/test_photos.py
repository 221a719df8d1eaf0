"""Pictures brought to the pad: chosen, dropped or pasted, seen as the engine sees them, or refused in a sentence."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.datasets.picture import grey_of
from engine.data.sketch import see
from tests.browser.drawing import TWO, draw, explained, ink, pixels, read_as
from tests.browser.reading import until
from tests.engine.data.drawn import drawn, photographed

KINDS = {"png": ("PNG", "image/png"), "jpeg": ("JPEG", "image/jpeg"), "webp": ("WEBP", "image/webp")}


def file_of(image: Image.Image, kind: str = "png", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, KINDS[kind][0], **options)
    return out.getvalue()


def photo() -> Image.Image:
    """A four in dark ink on unevenly lit paper."""
    return Image.fromarray(photographed(drawn("four", side=400, left=60, top=80, size=240, pen=14)))


def choose(page: Page, name: str, content: bytes, kind: str = "image/png") -> None:
    page.get_by_test_id("photo-file").set_input_files({"name": name, "mimeType": kind, "buffer": content})


def seen(page: Page) -> list[int]:
    """Return the 784 pixels that the network is shown."""
    return pixels(page)[3::4]


@pytest.mark.parametrize("kind", KINDS)
def test_a_photo_is_seen_as_the_engine_sees_it_and_read(visit, kind):
    page = visit("/draw")
    content = file_of(photo(), kind)
    choose(page, f"four.{kind}", content, KINDS[kind][1])
    read_as(page, "4")
    expect(page.get_by_text("your picture")).to_be_visible()
    explained(page)
    expected = see(grey_of(content)).pixels.astype(int)
    difference = np.abs(np.array(seen(page)) - expected)
    assert difference.max() <= (1 if kind == "png" else 16)  # two decoders of the same JPEG differ a little


def test_a_picture_can_be_dropped_and_pasted(visit):
    page = visit("/draw")
    bring = """async ([content, type]) => {
        const bytes = Uint8Array.from(content);
        const data = new DataTransfer();
        data.items.add(new File([bytes], "four.png", { type: "image/png" }));
        const options = { bubbles: true, cancelable: true };
        const event = type === "paste"
            ? new ClipboardEvent(type, { clipboardData: data, ...options })
            : new DragEvent(type, { dataTransfer: data, ...options });
        document.querySelector("main").dispatchEvent(event);
        return event.defaultPrevented;
    }"""
    content = list(file_of(photo()))
    assert page.evaluate(bring, [content, "dragover"])
    expect(page.get_by_text("Drop the picture")).to_be_visible()
    assert page.evaluate(bring, [content, "drop"])
    expect(page.get_by_text("Drop the picture")).to_have_count(0)
    read_as(page, "4")
    page.get_by_test_id("clear").click()
    expect(page.get_by_test_id("prediction")).to_have_count(0)
    assert page.evaluate(bring, [content, "paste"])
    read_as(page, "4")


def bomb() -> bytes:
    """A file of a few kilobytes that announces a hundred megapixels."""
    return file_of(Image.new("1", (10_000, 10_000)))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.png", b"Dear diary, this is no picture at all.", "notes.png is not a picture"),
        ("huge.png", bomb(), "huge.png is too large: a picture may have up to 50 megapixels"),
        ("empty.png", b"", "empty.png is empty"),
        ("torn.png", file_of(photo())[:3000], "torn.png is damaged"),
        ("blank.png", file_of(Image.new("L", (300, 200), 250)), "No ink was found in blank.png"),
        ("heavy.png", bytes(32 * 1024 * 1024 + 1), "up to 32 MB"),
    ],
    ids=["text", "hundred megapixels", "empty", "torn", "blank", "heavy"],
)
def test_what_is_no_picture_is_refused_in_a_sentence_and_nothing_is_lost(visit, name, content, sentence):
    page = visit("/draw")
    draw(page, TWO)
    read_as(page, "2")
    before, was = ink(page), seen(page)
    choose(page, name, content)
    refused = page.get_by_test_id("picture-refused")
    expect(refused).to_contain_text(sentence)
    expect(refused).to_contain_text("What is on the pad stays.")
    assert (ink(page), seen(page)) == (before, was)
    refused.get_by_role("button").click()
    expect(refused).to_have_text("")
    choose(page, "four.png", file_of(photo()))
    read_as(page, "4")


def test_one_draws_on_a_picture_and_takes_it_back_to_what_was_there(visit):
    page = visit("/draw")
    draw(page, TWO)
    read_as(page, "2")
    two = seen(page)
    choose(page, "four.png", file_of(photo()))
    read_as(page, "4")
    four, laid = seen(page), ink(page)
    draw(page, [[(0.1, 0.9), (0.9, 0.9)]])
    until(page, lambda: ink(page) > laid, "a stroke was drawn on it")
    assert seen(page) != four
    page.get_by_test_id("undo").click()
    until(page, lambda: seen(page) == four, "the stroke was taken back")
    page.reload()
    read_as(page, "4")
    assert seen(page) == four
    assert ink(page) == laid
    page.get_by_test_id("undo").click()
    read_as(page, "2")
    assert seen(page) == two


def test_the_size_is_read_before_anything_is_decoded(visit):
    page = visit("/draw")
    header = """async (content) => {
        const { headerOf } = await import("/static/js/picture/header.js");
        return headerOf(Uint8Array.from(content));
    }"""
    image = Image.new("RGB", (301, 77), "white")
    see_through = Image.new("RGBA", (301, 77), (0, 0, 0, 40))
    files = [
        ("png", file_of(image)),
        ("jpeg", file_of(image, "jpeg")),
        ("jpeg", file_of(image, "jpeg", progressive=True, exif=b"Exif\0\0" + bytes(300))),
        ("webp", file_of(image, "webp")),
        ("webp", file_of(image, "webp", lossless=True)),
        ("webp", file_of(see_through, "webp")),
    ]
    for kind, content in files:
        assert page.evaluate(header, list(content[:4096])) == {"format": kind, "width": 301, "height": 77}
        for end in (0, 3, 11, 15):
            assert page.evaluate(header, list(content[:end])) is None
    assert page.evaluate(header, list(b"GIF89a" + bytes(40))) is None
