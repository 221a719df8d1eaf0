"""The page one draws on: read as one draws, told why, taught and taken back; and nothing drawn is ever lost."""

import re

import pytest
from playwright.sync_api import expect

from benchmarks.strokes import LETTERS, drawings
from tests.browser.drawing import FOUR, LETTER_E, SEVEN, TWO, draw, draw_with_a_finger, explained, ink, pixels, read_as
from tests.browser.reading import learning, until

SIZES = {"wide": (1440, 900), "tablet": (1024, 768), "phone": (360, 740)}


@pytest.mark.parametrize("network", ["conv", "dense"])
def test_a_drawn_digit_is_read_by_a_trained_network_at_once(visit, network):
    page = visit(f"/draw?network={network}")
    expect(page.get_by_test_id(f"reader-{network}")).to_have_attribute("aria-checked", "true")
    for digit, strokes in (("2", TWO), ("7", SEVEN)):
        draw(page, strokes)
        read_as(page, digit)
        page.get_by_test_id("clear").click()
        expect(page.get_by_test_id("prediction")).to_have_count(0)


def test_the_live_run_reads_with_the_weights_it_has_by_then(visit):
    page = visit("/draw")
    page.get_by_test_id("reader-run").click()
    expect(page).to_have_url(re.compile(r"network=run"))
    draw(page, TWO)
    expect(page.get_by_test_id("prediction")).to_have_text(re.compile(r"^\d$"))
    first = page.get_by_test_id("checksum").inner_text()
    studio = visit("/", within=page.context)
    learning(studio)
    until(page, lambda: page.get_by_test_id("checksum").inner_text() != first, "it was asked again after a step")


def test_an_empty_pad_invites_and_holds_no_old_answer(visit):
    page = visit("/draw")
    expect(page.get_by_text("Draw a digit here")).to_be_visible()
    expect(page.get_by_test_id("prediction")).to_have_count(0)
    expect(page.get_by_test_id("teach-4")).to_be_disabled()
    draw(page, FOUR)
    read_as(page, "4")
    page.keyboard.press("Delete")
    expect(page.get_by_text("Draw a digit here")).to_be_visible()
    expect(page.get_by_test_id("prediction")).to_have_count(0)
    expect(page.get_by_test_id("nearest")).to_have_count(0)


def test_undo_clear_and_the_eraser(visit):
    page = visit("/draw")
    draw(page, FOUR[:1])
    one = ink(page)
    draw(page, FOUR[1:])
    two = ink(page)
    assert two > one > 0
    page.keyboard.press("Control+z")
    until(page, lambda: ink(page) == one, "the second stroke was taken back")
    page.get_by_test_id("clear").click()
    until(page, lambda: ink(page) == 0, "the pad was cleared")
    page.get_by_test_id("undo").click()
    until(page, lambda: ink(page) == one, "the clearing was taken back")
    page.get_by_test_id("eraser").click()
    draw(page, FOUR[:1])
    until(page, lambda: ink(page) < one / 10, "the eraser went along the stroke")


def test_a_digit_is_drawn_by_keys_alone(visit):
    page = visit("/draw")
    pad = page.get_by_test_id("sketchpad")
    pad.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("grid")).to_have_attribute("aria-pressed", "true")
    spoken = page.locator("sketch-pad [aria-live]")
    expect(spoken).to_have_text("row 8, column 14")
    page.keyboard.press("Enter")
    for _ in range(13):
        page.keyboard.press("ArrowDown")
    expect(spoken).to_have_text("row 21, column 14: ink")
    read_as(page, "1")
    drawn = ink(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Space")
    until(page, lambda: ink(page) < drawn, "a cell was erased")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("grid")).to_have_attribute("aria-pressed", "false")


def test_a_dot_is_called_a_dot_until_a_line_is_drawn(visit):
    page = visit("/draw")
    draw(page, [[(0.5, 0.2)]])
    expect(page.get_by_test_id("answer-words")).to_contain_text("That is a dot.")
    expect(page.get_by_test_id("prediction")).to_have_count(0)
    draw(page, [[(0.5, 0.2), (0.48, 0.8)]])
    read_as(page, "1")


def test_what_is_no_digit_gets_no_bare_certainty(visit):
    page = visit("/draw")
    draw(page, LETTER_E)
    expect(page.locator(".answer")).to_have_attribute("data-state", "strange")
    expect(page.get_by_test_id("answer-words")).to_contain_text("does not look like the digits it learned from")
    expect(page.get_by_test_id("certainty")).to_contain_text("farther than")


@pytest.mark.parametrize("letter", "AHKMT")
def test_a_letter_is_read_with_a_reserve(visit, letter):
    page = visit("/draw")
    (drawing,) = drawings({letter: LETTERS[letter]}, 1, seed=0)
    strokes = [[(float(x), float(y)) for x, y in stroke[::4]] for stroke in drawing.strokes]
    draw(page, strokes)
    explained(page)
    expect(page.locator(".answer")).to_have_attribute("data-state", re.compile("strange|odd|unsure"))
    expect(page.get_by_test_id("answer-words")).not_to_contain_text("sure.")


def test_the_page_says_why_and_tells_the_gradient_from_it(visit):
    page = visit("/draw")
    draw(page, FOUR)
    explained(page)
    expect(page.get_by_test_id("saliency")).to_contain_text("why it says 4")
    saliency = pixels(page, "seen-map")
    assert len({tuple(saliency[i : i + 3]) for i in range(0, len(saliency), 4)}) > 20
    page.get_by_test_id("why-gradient").click()
    expect(page.get_by_test_id("saliency")).to_have_attribute("data-shown", "gradient")
    assert pixels(page, "seen-map") != saliency
    expect(page.get_by_test_id("nearest").locator("li")).to_have_count(5)
    expect(page.get_by_test_id("runner-up")).to_be_visible()


def test_a_lesson_is_previewed_applied_and_taken_back_bit_for_bit(visit):
    page = visit("/draw")
    draw(page, FOUR)
    read_as(page, "4")
    checksum = page.get_by_test_id("checksum")
    original = checksum.inner_text()
    page.get_by_test_id("teach-9").click()
    words = page.get_by_test_id("lesson-words")
    expect(words).to_contain_text("One step on this drawing alone would take 9")
    before = words.inner_text()
    page.get_by_test_id("rate").fill("90")
    expect(words).not_to_have_text(before)
    assert checksum.inner_text() == original, "a preview changes nothing"
    expect(page.get_by_test_id("reader-copy")).to_have_count(0)
    page.get_by_test_id("rate").fill("40")
    page.get_by_test_id("apply-until").click()
    read_as(page, "9")
    expect(page.get_by_test_id("reader-copy")).to_have_attribute("aria-checked", "true")
    expect(checksum).not_to_have_text(original)
    page.get_by_test_id("take-all-back").click()
    expect(checksum).to_have_text(original)
    read_as(page, "4")


def test_a_copy_that_the_server_lost_is_told_and_the_original_reads(visit, server, watched):
    watched.allow("WebSocket connection|ERR_CONNECTION_REFUSED")
    page = visit("/draw")
    draw(page, FOUR)
    page.get_by_test_id("teach-9").click()
    page.get_by_test_id("apply").click()
    expect(page.get_by_test_id("reader-copy")).to_have_attribute("aria-checked", "true")
    server.kill()
    expect(page.get_by_test_id("notice")).to_contain_text("nothing is lost")
    drawn = ink(page)
    server.start()
    expect(page.get_by_test_id("notice")).to_contain_text("no longer has your copy")
    expect(page.get_by_test_id("reader-conv")).to_have_attribute("aria-checked", "true")
    read_as(page, "4")
    assert ink(page) == drawn


def test_a_copy_is_put_in_the_place_of_the_run_only_after_a_warning(visit):
    page = visit("/draw?network=dense")
    draw(page, FOUR)
    page.get_by_test_id("teach-9").click()
    page.get_by_test_id("apply").click()
    page.get_by_test_id("adopt").click()
    expect(page.get_by_role("alert")).to_contain_text("for everyone who watches it")
    page.get_by_test_id("adopt-now").click()
    page.wait_for_url(re.compile(r"/(#.*)?$"))
    expect(page.get_by_test_id("play")).to_be_visible()
    expect(page.locator("#network-summary")).to_contain_text("Dense 128")


def test_a_reload_and_another_size_keep_the_ink(visit):
    page = visit("/draw")
    draw(page, TWO)
    read_as(page, "2")
    seen = pixels(page)
    page.set_viewport_size({"width": 700, "height": 900})
    page.reload()
    read_as(page, "2")
    assert pixels(page) == seen
    page.get_by_test_id("undo").click()
    expect(page.get_by_test_id("prediction")).to_have_count(0)


def test_a_flood_of_points_fills_the_pad_and_loses_nothing(visit):
    page = visit("/draw")
    draw(page, TWO)
    flood = """(count) => {
        const pad = document.querySelector("[data-testid=sketchpad]");
        const { left, top, width, height } = pad.getBoundingClientRect();
        const send = (type, x, y) => {
            const place = { clientX: left + x * width, clientY: top + y * height };
            pad.dispatchEvent(new PointerEvent(type, { pointerId: 7, button: 0, bubbles: true, ...place }));
        };
        send("pointerdown", 0.1, 0.1);
        for (let i = 0; i < count; i += 1) send("pointermove", 0.1 + 0.8 * (i % 2), 0.1 + (0.8 * i) / count);
        send("pointerup", 0.5, 0.5);
    }"""
    page.evaluate(flood, 30_000)
    expect(page.get_by_test_id("pad-full")).to_contain_text("20,000")
    full = ink(page)
    draw(page, SEVEN)
    assert ink(page) == full
    page.get_by_test_id("undo").click()
    expect(page.get_by_test_id("pad-full")).to_have_count(0)
    read_as(page, "2")


def test_a_pen_wins_over_the_palm(visit):
    page = visit("/draw")
    events = """() => {
        const pad = document.querySelector("[data-testid=sketchpad]");
        const { left, top, width, height } = pad.getBoundingClientRect();
        const send = (type, pointerType, pointerId, x, y) => {
            const place = { clientX: left + x * width, clientY: top + y * height };
            const options = { pointerType, pointerId, button: 0, pressure: 0.5, bubbles: true, ...place };
            pad.dispatchEvent(new PointerEvent(type, options));
        };
        send("pointerdown", "touch", 3, 0.9, 0.9);
        send("pointermove", "touch", 3, 0.9, 0.8);
        send("pointerdown", "pen", 4, 0.5, 0.2);
        send("pointermove", "touch", 3, 0.7, 0.7);
        for (let i = 0; i <= 20; i += 1) send("pointermove", "pen", 4, 0.5, 0.2 + 0.03 * i);
        send("pointerup", "pen", 4, 0.5, 0.8);
        send("pointerdown", "touch", 5, 0.1, 0.9);
    }"""
    page.evaluate(events)
    read_as(page, "1")
    page.get_by_test_id("undo").click()
    until(page, lambda: ink(page) == 0, "the pen's stroke was the only one")


def test_a_finger_draws_and_does_not_scroll(visit):
    page = visit("/draw", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    draw_with_a_finger(page)
    read_as(page, "1")
    assert page.evaluate("scrollY") == 0
    expect(page.get_by_test_id("prediction")).to_be_in_viewport()
    expect(page.get_by_test_id("bar-9")).to_be_in_viewport()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_sticks_out_of_the_window(visit, size):
    width, height = SIZES[size]
    page = visit("/draw", viewport={"width": width, "height": height})
    draw(page, FOUR)
    read_as(page, "4")
    page.get_by_test_id("teach-9").click()
    expect(page.get_by_test_id("lesson-words")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in (
        "sketchpad",
        "clear",
        "undo",
        "eraser",
        "brush",
        "prediction",
        "bar-9",
        "apply",
        "teach-9",
        "reader-run",
    ):
        box = page.get_by_test_id(name).bounding_box()
        assert box, f"{name} is not shown"
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= width, name


def test_the_page_speaks_chinese(visit):
    page = visit("/draw", locale="zh-CN")
    expect(page.get_by_test_id("clear")).to_have_text("清空")
    draw(page, FOUR)
    explained(page)
    expect(page.get_by_test_id("answer-words")).to_contain_text("它读作 4")
