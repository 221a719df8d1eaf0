"""The doors of a workshop: who comes in, who comes back, who is told why not."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.classroom import PHONE, SMALL, begun, joined, live, told

pytestmark = pytest.mark.keeps


def test_a_seat_is_kept_and_coming_back_needs_nothing(visit, context, lesson):
    _, code = lesson
    person = context(**SMALL)
    page = joined(visit(f"/r/{code}", within=person), "Otter")
    page.goto(f"/r/{code}")
    page.wait_for_url("**/studio")
    expect(page.get_by_test_id("own-name")).to_have_text("Otter")
    page.goto("/workshop")
    expect(page.get_by_test_id("seat")).to_contain_text("as Otter")
    page.get_by_test_id("seat").get_by_role("link").click()
    live(page)
    page.get_by_role("link", name="Workshop").click()
    expect(page.get_by_test_id("seat-here")).to_contain_text("Otter")
    page.get_by_test_id("leave-seat").click()
    expect(page.get_by_test_id("name")).to_have_value("Otter")
    joined(page, "Heron")
    expect(page.get_by_test_id("own-name")).to_have_text("Heron")


def test_no_token_is_in_an_address_or_in_what_the_server_prints(visit, watched, server, lesson):
    _, code = lesson
    page = joined(visit(f"/r/{code}", **SMALL), "Otter")
    tokens = page.evaluate(
        "Object.values(localStorage).flatMap((text) => /token/.test(text) ? [JSON.parse(text).token] : [])"
    )
    assert len(tokens) == 1
    assert not [url for url in watched.requests if tokens[0] in url]
    assert tokens[0] not in server.output()


def test_a_closed_door_says_so_and_opens_again(visit, lesson):
    host, code = lesson
    host.get_by_test_id("lock").click()
    expect(host.get_by_test_id("lock")).to_have_attribute("aria-pressed", "true")
    late = visit(f"/r/{code}", **PHONE)
    expect(late.get_by_test_id("closed-door")).to_contain_text("Ms Lin has closed the door")
    host.get_by_test_id("lock").click()
    expect(host.get_by_test_id("lock")).to_have_attribute("aria-pressed", "false")
    late.get_by_test_id("try-door").click()
    joined(late, "Late")


def test_who_is_removed_is_told_and_has_no_seat_any_more(visit, watched, lesson):
    host, code = lesson
    page = joined(visit(f"/r/{code}", **SMALL), "Otter")
    expect(host.get_by_test_id("view-members")).to_contain_text("1 member")
    told(host, "Otter", "remove", sure=True)
    expect(page.get_by_test_id("workshop-end")).to_have_attribute("data-reason", "sent_away_removed")
    expect(host.get_by_test_id("nobody")).to_be_visible()
    page.goto(f"/r/{code}/studio")
    page.wait_for_url(f"**/r/{code}")
    expect(page.get_by_test_id("name")).to_be_visible()


def test_a_seat_that_is_worth_nothing_leads_back_to_the_door(visit, context, lesson):
    _, code = lesson
    person = context(**SMALL)
    joined(visit(f"/r/{code}", within=person), "Otter")
    page = visit("/workshop", within=person)
    page.evaluate(
        "(code) => { const key = `backscope.seat.${code}`; const seat = JSON.parse(localStorage[key]);"
        " localStorage[key] = JSON.stringify({ ...seat, token: 'made up' }); }",
        code,
    )
    page.goto(f"/r/{code}/draw")
    expect(page.get_by_test_id("workshop-end")).to_have_attribute("data-reason", "no_seat")
    page.get_by_test_id("end-action").click()
    expect(page.get_by_test_id("name")).to_be_visible()


@pytest.mark.parametrize("server", [("--profile", "lan", "--host", "127.0.0.1")], indirect=True)
def test_on_a_network_the_host_key_begins_a_workshop_and_leaves_the_address_at_once(visit, watched, server):
    watched.allow("Failed to load resource")  # the browser's own line about the refusal
    printed = re.search(r"Host key +(\S+)", server.output())
    assert printed
    page = visit("/workshop", **PHONE)
    page.get_by_test_id("host-name").fill("Ms Lin")
    page.get_by_test_id("host-key").fill("guessed")
    page.get_by_test_id("begin-workshop").click()
    expect(page.get_by_test_id("begin-refusal")).to_contain_text("not the host key")
    expect(page.get_by_test_id("host-name")).to_have_value("Ms Lin")

    page = visit(f"/workshop#key={printed[1]}", **PHONE)
    expect(page.get_by_test_id("begin-workshop")).to_be_visible()
    assert "#" not in page.url
    expect(page.get_by_test_id("host-key")).to_have_count(0)
    begun(page, "Ms Lin")
    expect(page.get_by_test_id("join-alone")).to_have_count(0)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("ZZZ ZZZ", "There is no workshop with this code"), ("ZZ", "six letters"), ("<b>", "six letters")],
)
def test_a_wrong_code_is_said_and_stays_in_the_field(visit, watched, typed, said):
    watched.allow("Failed to load resource")  # the browser's own line about the 404
    page = visit("/workshop", **PHONE)
    page.get_by_test_id("code").fill(typed)
    page.get_by_test_id("go-to-code").click()
    expect(page.get_by_test_id("code-refusal")).to_contain_text(said)
    expect(page.get_by_test_id("code")).to_have_value(typed)


@pytest.mark.parametrize("path", ["/r/ZZZZZZ", "/r/nonsense", "/r/ZZZZZZ/studio"])
def test_an_address_of_no_workshop_says_so_and_asks_for_the_code(visit, watched, path):
    watched.allow("Failed to load resource")
    page = visit(path, **PHONE)
    expect(page.get_by_test_id("no-workshop")).to_contain_text("no workshop with this code")
    expect(page.get_by_test_id("code")).to_be_visible()


def test_a_name_that_is_none_is_said_in_the_language_of_the_page(visit, watched, lesson):
    _, code = lesson
    watched.allow("Failed to load resource")
    page = visit(f"/r/{code}", locale="zh-CN", **PHONE)
    page.get_by_test_id("name").fill("\u200b\u200b")
    page.get_by_test_id("join-workshop").click()
    expect(page.get_by_test_id("join-refusal")).to_contain_text("请填一个名字")
