"""Practice on one's own drawings: what a copy gains and what it forgets is measured, and undone bit for bit."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.collecting import bring, idx_files, said, some_digits
from tests.browser.drawing import read_as
from tests.browser.reading import figure


@pytest.fixture
def page(visit) -> Page:
    """With drawings that a network gets all wrong at first: digits under another name."""
    page: Page = visit("/draw?network=dense")
    images, labels = some_digits(4)
    renamed = ((labels + 1) % 10).astype(np.uint8)
    held_out = np.arange(len(labels)) % 4 == 2
    bring(
        page,
        *idx_files(images[~held_out], renamed[~held_out]),
        *idx_files(images[held_out], renamed[held_out], held_out=True),
    )
    said(page, "40 drawings were imported.")
    return page


def practise(page: Page, share: float, *, steps: int = 20, rate: str = "0.2") -> None:
    page.get_by_test_id("mnist-share").fill(str(share))
    page.get_by_test_id("practice-steps").select_option(str(steps))
    page.get_by_test_id("practice-rate").select_option(rate)
    page.get_by_test_id("practise").click()
    expect(page.get_by_test_id("practising")).to_have_count(0)
    expect(page.get_by_test_id("practice-result")).to_have_attribute("data-in-effect", "true")


def shares(page: Page, name: str) -> tuple[float, float]:
    """Return the percentages before and after practice."""
    found = re.findall(r"([\d.]+)\s*%", page.get_by_test_id(f"score-{name}").inner_text())
    before, after = map(float, found)
    return before, after


def test_what_is_gained_and_what_is_forgotten_is_measured_and_undone_bit_for_bit(page):
    page.get_by_test_id("kept-3").locator(".thumbnail").last.click()
    page.get_by_test_id("to-pad").click()
    read_as(page, "2")
    checksum = page.get_by_test_id("checksum")
    original = checksum.inner_text()
    practise(page, 0, steps=100)
    learned, held_out, mnist = (shares(page, name) for name in ("drawings", "held-out", "mnist"))
    assert learned[0] < 10 < 90 < learned[1]
    assert held_out[0] < held_out[1]
    assert mnist[0] > 98 > mnist[1] + 10
    assert abs(figure(page, "forgotten") - (mnist[0] - mnist[1])) < 0.1
    expect(page.get_by_test_id("practice-result")).to_contain_text("It forgot")
    expect(page.get_by_test_id("practice-curve").locator("polyline")).to_have_count(2)
    expect(page.get_by_test_id("reader-copy")).to_have_attribute("aria-checked", "true")
    read_as(page, "3")
    expect(checksum).not_to_have_text(original)
    page.get_by_test_id("undo-practice").click()
    expect(checksum).to_have_text(original)
    read_as(page, "2")
    expect(page.get_by_test_id("practice-result")).to_have_attribute("data-in-effect", "false")
    expect(page.get_by_test_id("undo-practice")).to_be_disabled()


def test_one_sees_the_curves_grow_while_it_practises(page):
    page.evaluate("""() => {
        window.seen = [];
        const look = () => {
            const words = document.querySelector("[data-testid=practising]")?.textContent;
            const line = document.querySelector("[data-testid=practice-way] .curve-mnist")?.getAttribute("points");
            if (!words || window.seen.at(-1)?.words === words) return;
            window.seen.push({ words, points: (line ?? "").split(" ") });
        };
        const changes = { subtree: true, childList: true, characterData: true, attributes: true };
        new MutationObserver(look).observe(document.querySelector("practice-card"), changes);
    }""")
    practise(page, 0.5, steps=20)
    seen = page.evaluate("window.seen")
    assert seen[0]["words"] == "Testing what it can before it practises…"
    told = {int(found[1]): one for one in seen if (found := re.match(r"After step (\d+) of 20", one["words"]))}
    assert list(told) == sorted(told)
    assert len(told) > 2  # of ten points, those that were computed before the next was
    for step, one in list(told.items())[1:]:
        assert len(one["points"]) == step / 2 + 1
        assert float(one["points"][-1].partition(",")[0]) == pytest.approx(300 * step / 20)
    expect(page.get_by_test_id("practice-way")).to_have_count(0)


def test_practices_alone_and_mixed_are_compared(page):
    for share in (0, 0.9):
        page.get_by_test_id("reader-dense").click()
        practise(page, share)
    page.get_by_text("Compare the last 2 practices").click()
    rows = page.get_by_test_id("tries").locator("tbody tr")
    expect(rows).to_have_count(2)
    mixed, alone = (float(re.findall(r"([\d.]+)", row.inner_text())[-1]) for row in rows.all())
    assert mixed > alone + 5, "who sees MNIST as well forgets less of it"


def test_another_network_practises_in_a_copy_of_its_own(page):
    practise(page, 0)
    expect(page.get_by_test_id("reader-copy")).to_contain_text("taught 1 lesson")
    page.get_by_test_id("reader-conv").click()
    practise(page, 0.5, rate="0.005")
    expect(page.get_by_test_id("reader-copy")).to_contain_text("taught 1 lesson")
    assert shares(page, "mnist")[0] > 99.2, "the convolution practised, not the copy of the dense network"


def test_without_drawings_there_is_nothing_to_practise_on(visit):
    page = visit("/draw")
    expect(page.get_by_test_id("practice")).to_contain_text("Keep a few drawings of each digit first.")
    expect(page.get_by_test_id("practise")).to_have_count(0)


def test_drawings_that_come_too_quickly_for_a_workshop_are_given_again(context, visit):
    refused = []

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def from_page(message: str | bytes) -> None:
            command = json.loads(message)
            if command["type"] == "keep_drawings" and len(refused) < 2:
                refused.append(command["id"])
                error = {"type": "error", "code": "too_quick", "message": "Wait.", "where": ""}
                socket.send(json.dumps({**error, "reply_to": command["id"]}))
            else:
                server.send(message)

        socket.on_message(from_page)

    person = context()
    person.route_web_socket(re.compile("/ws"), between)
    page = visit("/draw?network=dense", within=person)
    bring(page, *idx_files(*some_digits(5)))
    said(page, "50 drawings were imported.")
    practise(page, 0.5)
    assert len(refused) == 2
    expect(page.get_by_test_id("notice")).not_to_contain_text("Wait.")


def test_a_lost_connection_ends_practice_in_a_sentence_and_keeps_the_drawings(page, server, watched):
    watched.allow("WebSocket connection|ERR_CONNECTION_REFUSED")
    page.get_by_test_id("practice-steps").select_option("300")
    page.get_by_test_id("practise").click()
    expect(page.get_by_test_id("practising")).to_be_visible()
    server.kill()
    expect(page.get_by_test_id("practice-refused")).to_contain_text("no connection")
    server.start()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-phase", "live")
    expect(page.get_by_test_id("practise")).to_be_enabled()
    practise(page, 0.5)
