"""A whole lesson: a host and five members, each in a browser of their own, through a restart to its end."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.classroom import PHONE, SMALL, at_step, card, joined, live, placed, step_of, told
from tests.browser.drawing import SEVEN, draw
from tests.browser.reading import until

pytestmark = pytest.mark.keeps


def test_a_lesson_from_its_first_member_to_its_end(visit, watched, server, lesson):
    host, code = lesson
    expect(host.get_by_test_id("nobody")).to_be_visible()
    expect(host.get_by_test_id("join-letters")).to_have_text(f"{code[:3]}\u2009·\u2009{code[3:]}")
    assert host.locator("join-card img").first.evaluate("image => image.decode().then(() => image.naturalWidth)")

    # They come: by the address that the picture holds, one by the code typed. Names are told apart.
    otter = joined(visit(f"/r/{code}", **SMALL), "Otter")
    second = joined(visit(f"/r/{code.lower()}", **PHONE, locale="zh-CN"), "otter")
    typing = visit("/workshop", **SMALL)
    typing.get_by_test_id("code").press_sequentially(f"{code[:3].lower()} {code[3:].lower()}")
    typing.wait_for_url(f"**/r/{code}")
    finch, heron, lynx = joined(typing, "Finch"), joined(visit(f"/r/{code}", **SMALL), "Heron"), visit(f"/r/{code}")
    joined(lynx, "Lynx")
    members = [otter, second, finch, heron, lynx]
    expect(second.get_by_test_id("own-name")).to_have_text("otter 2")
    expect(host.get_by_test_id("view-members")).to_contain_text("5 members")

    # Everyone follows: the host's page shows what they see, and its pause is everyone's.
    expect(host.get_by_test_id("followed")).to_be_visible()
    host.get_by_test_id("task-field").fill("Reach 90 %")
    host.get_by_test_id("task-field").press("Control+Enter")
    expect(host.get_by_test_id("pause")).to_be_visible()
    host.get_by_test_id("pause").click()
    expect(host.get_by_test_id("play")).to_be_visible()
    host.get_by_test_id("step-once").click()
    until(host, lambda: step_of(host) > 0, "a step was made")
    for page in members:
        placed(page, "host")
        expect(page.get_by_test_id("task")).to_contain_text("Reach 90 %")
        at_step(page, step_of(host))
        expect(page.get_by_test_id("play")).to_be_disabled()
        expect(page.get_by_test_id("steered")).to_contain_text("Ms Lin")
        expect(page.get_by_test_id("fork")).to_have_count(0)
        expect(page.get_by_test_id("open-step")).to_be_disabled()

    # What the host looks at is what they look at, until somebody looks elsewhere, and again when they come back.
    host.get_by_test_id("lens-weights").click()
    for page in members:
        expect(page.get_by_test_id("lens-weights")).to_have_attribute("aria-checked", "true")
    otter.get_by_test_id("lens-updates").click()
    host.get_by_test_id("lens-activations").click()
    expect(finch.get_by_test_id("lens-activations")).to_have_attribute("aria-checked", "true")
    expect(otter.get_by_test_id("lens-updates")).to_have_attribute("aria-checked", "true")
    otter.get_by_test_id("host-view").click()
    expect(otter.get_by_test_id("lens-activations")).to_have_attribute("aria-checked", "true")

    # Two fork the run, exactly as it is, and have their own controls.
    before = step_of(host)
    host.get_by_test_id("mode-explore").click()
    for page in (otter, lynx):
        page.get_by_test_id("fork").click()
        placed(page, "own")
        at_step(page, before)
        page.get_by_test_id("step-once").click()
        at_step(page, before + 1)
    otter.get_by_test_id("step-once").click()
    at_step(otter, before + 2)
    expect(finch.get_by_test_id("step")).to_have_text(f"{before:,}")
    expect(host.get_by_test_id("board")).to_be_visible()
    expect(host.get_by_test_id("exploring")).to_have_text("2 of 5")
    expect(card(host, "Otter")).to_contain_text(f"step {before + 2:,}")
    expect(card(host, "Lynx")).to_contain_text(f"step {before + 1:,}")
    expect(host.locator("section", has=card(host, "Finch")).last).to_contain_text("3 follow you")

    # One draws, with the seat they have.
    finch.get_by_role("link", name="Draw").click()
    finch.wait_for_url(f"**/r/{code}/draw")
    live(finch)
    expect(finch.get_by_test_id("reader-run")).to_have_attribute("aria-checked", "true")
    draw(finch, SEVEN)
    expect(finch.get_by_test_id("prediction")).to_have_text(re.compile(r"\d"))
    finch.get_by_role("link", name="Studio").click()
    placed(live(finch), "host")

    # One member's run is put before everyone; they go on steering it.
    told(host, "Otter", "spotlight")
    for page in (second, finch, heron, lynx):
        placed(page, "spotlight")
        at_step(page, before + 2)
    expect(otter.get_by_test_id("place")).to_contain_text("You are in the spotlight")
    expect(host.get_by_test_id("followed")).to_be_visible()
    otter.get_by_test_id("step-once").click()
    at_step(heron, before + 3)
    told(host, "Otter", "spotlight")
    for page, place in ((second, "host"), (finch, "host"), (heron, "host"), (lynx, "own")):
        placed(page, place)

    # The host's page is loaded again, then the server dies and is started again: all are where they were.
    host.reload()
    live(host)
    expect(host.get_by_test_id("mode-explore")).to_have_attribute("aria-pressed", "true")
    expect(host.get_by_test_id("task-field")).to_have_value("Reach 90 %")
    watched.allow(r"WebSocket connection to .* failed|Failed to load resource")
    server.kill()
    for page in (*members, host):
        expect(page.get_by_test_id("connection")).to_have_attribute("data-phase", "lost")
    server.start()
    for page in (*members, host):
        live(page)
    for page, place, step in ((otter, "own", before + 3), (lynx, "own", before + 1), (finch, "host", before)):
        placed(page, place)
        at_step(page, step)
    expect(second.get_by_test_id("own-name")).to_have_text("otter 2")
    expect(host.get_by_test_id("exploring")).to_have_text("2 of 5")

    # The class is handed over, and closed for all by its new host.
    told(host, "Finch", "hand-over", sure=True)
    expect(host.get_by_test_id("workshop-end")).to_have_attribute("data-reason", "not_host")
    finch.get_by_test_id("to-class").click()
    live(finch)
    expect(card(finch, "Ms Lin")).to_be_visible()
    finch.get_by_test_id("close").click()
    finch.get_by_test_id("close-yes").click()
    for page in members:
        expect(page.get_by_test_id("workshop-end")).to_have_attribute("data-reason", "sent_away_closed")
    otter.get_by_test_id("end-action").click()
    expect(otter.get_by_test_id("network")).to_be_visible()
    assert "/r/" not in otter.url


def test_a_unit_that_the_host_pins_is_open_before_everyone_until_it_is_let_go(visit, lesson):
    host, code = lesson
    member = joined(visit(f"/r/{code}"), "Otter")
    expect(host.get_by_test_id("followed")).to_be_visible()
    host.get_by_test_id("network").focus()
    for _ in range(3):
        host.keyboard.press("ArrowRight")
        expect(host.get_by_test_id("inspector")).to_be_visible()
    host.keyboard.press("Enter")
    title = host.get_by_test_id("inspector").locator("header, h2").first.inner_text()
    expect(member.get_by_test_id("inspector")).to_be_visible()
    expect(member.get_by_test_id("inspector")).to_contain_text(title.splitlines()[0])
    host.keyboard.press("Escape")
    expect(member.get_by_test_id("inspector")).to_have_count(0)

    # Who presents nothing is alone with what they look at.
    host.get_by_test_id("present").click()
    expect(host.get_by_test_id("present")).to_have_attribute("aria-pressed", "false")
    host.get_by_test_id("lens-weights").click()
    host.get_by_test_id("present").click()
    expect(host.get_by_test_id("present")).to_have_attribute("aria-pressed", "true")
    expect(member.get_by_test_id("lens-weights")).to_have_attribute("aria-checked", "true")

    # In a run of one's own one looks at what one likes, and back with the host at what the host does.
    member.get_by_test_id("lens-updates").click()
    expect(member.get_by_test_id("host-view")).to_be_visible()
    host.get_by_test_id("mode-explore").click()
    member.get_by_test_id("fork").click()
    placed(member, "own")
    expect(member.get_by_test_id("lens-updates")).to_have_attribute("aria-checked", "true")
    member.get_by_test_id("follow").click()
    placed(member, "host")
    expect(member.get_by_test_id("lens-weights")).to_have_attribute("aria-checked", "true")
    expect(member.get_by_test_id("host-view")).to_have_count(0)


def test_the_task_that_is_typed_is_not_lost_while_the_class_comes_and_goes(visit, lesson):
    host, code = lesson
    host.get_by_test_id("task-field").fill("Reach 9")
    joined(visit(f"/r/{code}", **SMALL), "Otter")
    expect(host.get_by_test_id("view-members")).to_contain_text("1 member")
    host.get_by_test_id("task-field").press_sequentially("0 %")
    expect(host.get_by_test_id("task-field")).to_have_value("Reach 90 %")
    expect(host.get_by_test_id("task-state")).to_contain_text("Not shown yet")
    host.get_by_test_id("view-members").click()
    expect(host.get_by_test_id("task-state")).to_contain_text("On every screen")


def test_the_class_is_led_by_the_keyboard_alone(visit, lesson):
    host, code = lesson
    joined(visit(f"/r/{code}", **SMALL), "Otter")
    expect(host.get_by_test_id("followed")).to_be_visible()
    host.get_by_test_id("mode-explore").press("Enter")
    expect(card(host, "Otter")).to_be_visible()
    card(host, "Otter").press("Enter")
    expect(host.get_by_test_id("sheet")).to_be_visible()
    host.keyboard.press("Escape")
    expect(host.get_by_test_id("sheet")).to_be_hidden()
    expect(card(host, "Otter")).to_be_focused()
    host.get_by_test_id("close").press("Enter")
    expect(host.get_by_test_id("close-not")).to_be_focused()
    host.keyboard.press("Enter")
    expect(host.get_by_test_id("close-sure")).to_be_hidden()
    host.get_by_test_id("enlarge").press("Enter")
    expect(host.get_by_test_id("join-wall")).to_be_visible()
    host.keyboard.press("Escape")
    expect(host.get_by_test_id("join-wall")).to_be_hidden()


def test_ones_own_run_is_taken_home_and_brought_back_and_the_hosts_is_not(visit, lesson, tmp_path):
    host, code = lesson
    host.get_by_test_id("mode-explore").click()
    page = joined(visit(f"/r/{code}", **SMALL), "Otter")
    expect(page.get_by_test_id("save-run")).to_be_disabled()
    expect(page.get_by_test_id("load-run")).to_be_disabled()
    page.get_by_test_id("fork").click()
    placed(page, "own")
    page.get_by_test_id("pause").click()
    expect(page.get_by_test_id("play")).to_be_visible()
    with page.expect_download() as downloaded:
        page.get_by_test_id("save-run").click()
    assert re.fullmatch(r"backscope-\w{6}-\w{8}-step-\d+\.safetensors", downloaded.value.suggested_filename)
    downloaded.value.save_as(tmp_path / "run.safetensors")
    step = step_of(page)
    page.get_by_test_id("step-once").click()
    at_step(page, step + 1)
    page.get_by_test_id("run-file").set_input_files(tmp_path / "run.safetensors")
    at_step(page, step)


def test_a_taught_copy_takes_the_place_of_ones_own_run_and_not_of_the_hosts(visit, lesson):
    host, code = lesson
    host.get_by_test_id("mode-explore").click()
    page = joined(visit(f"/r/{code}"), "Otter")
    page.goto(f"/r/{code}/draw?network=dense")
    live(page)
    draw(page, SEVEN)
    page.get_by_test_id("teach-1").click()
    page.get_by_test_id("apply").click()
    expect(page.get_by_test_id("adopt")).to_be_disabled()
    page.get_by_test_id("fork").click()
    placed(page, "own")
    expect(page.get_by_test_id("notice")).to_contain_text("Your copy stays beside the run")
    expect(page.get_by_test_id("reader-copy")).to_have_count(0)
    page.get_by_test_id("follow").click()
    placed(page, "host")
    expect(page.get_by_test_id("reader-copy")).to_contain_text("taught 1 lesson")
    page.get_by_test_id("fork").click()
    placed(page, "own")
    expect(page.get_by_test_id("reader-dense")).to_have_attribute("aria-checked", "true")
    page.get_by_test_id("apply").click()
    expect(page.get_by_test_id("adopt")).to_be_enabled()
    page.get_by_test_id("adopt").click()
    page.get_by_test_id("adopt-now").click()
    page.wait_for_url(f"**/r/{code}/studio")
    placed(live(page), "own")
    expect(page.get_by_test_id("open-network")).to_contain_text("128")


def test_only_the_host_sees_the_class(visit, lesson):
    _, code = lesson
    page = joined(visit(f"/r/{code}", **SMALL), "Otter")
    page.goto(f"/r/{code}/host")
    expect(page.get_by_test_id("workshop-end")).to_have_attribute("data-reason", "not_host")
    expect(page.get_by_test_id("close")).to_have_count(0)
    page.get_by_test_id("end-action").click()
    placed(live(page), "host")


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (360, 740)])
def test_nothing_sticks_out_of_a_workshops_pages(visit, context, lesson, size):
    _, code = lesson
    person = context(viewport={"width": size[0], "height": size[1]})
    page = visit(f"/r/{code}", within=person)
    for path in ("/workshop", f"/r/{code}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    joined(page, "Otter of the longest name")
    for path in ("studio", "draw"):
        page.goto(f"/r/{code}/{path}")
        expect(page.get_by_test_id("strip")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
