"""Every page, in the states that matter, breaks no rule of WCAG 2.2 AA, nor of good practice, that axe-core knows."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.auditing import Audit, with_axe
from tests.browser.classroom import begun, card, joined, live, placed, step_of
from tests.browser.collecting import bring, idx_files, said, some_digits
from tests.browser.drawing import FOUR, SEVEN, TWO, draw, explained, read_as
from tests.browser.reading import learning, opened, paused, until


@pytest.fixture
def enter(context: Callable[..., BrowserContext], visit: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a page with axe-core, in a browser of its own whose colours change at once."""

    def enter(path: str, **options: object) -> Page:
        return visit(path, within=with_axe(context(reduced_motion="reduce", **options)))

    return enter


@pytest.fixture
def audit() -> Iterator[Audit]:
    audit = Audit()
    yield audit
    assert not audit.findings, "\n\n".join(audit.findings)


def test_the_studio_is_accessible(enter, audit):
    page = learning(enter("/"))
    audit.look(page, "a run that learns")
    paused(page)
    page.get_by_test_id("open-sketch").click()
    draw(page, TWO)
    expect(page.get_by_test_id("sketch-prediction")).to_be_visible()
    page.get_by_test_id("network").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("inspector")).to_be_visible()
    audit.look(page, "with a unit and the pad open")
    page.keyboard.press("Escape")
    page.get_by_test_id("open-sketch").click()
    opened(page, "data", "network", "optimizer")
    audit.look(page, "with the set-up open")
    page.get_by_test_id("help").click()
    audit.look(page, "with help")
    page.keyboard.press("Escape")
    page.get_by_test_id("dataset-circles").click()
    page.get_by_test_id("apply").click()
    expect(page.get_by_test_id("open-sketch")).to_be_hidden()
    audit.look(page, "a problem in the plane")


def test_the_opened_step_is_accessible(enter, audit):
    page = learning(enter("/?lang=zh-Hans"))
    paused(page)
    page.get_by_test_id("open-step").click()
    expect(page.locator(".of-weight data")).to_be_visible()
    ideas = page.locator("[data-testid^=idea-]")
    for number in range(ideas.count()):
        ideas.nth(number).click()
        expect(page.locator(".opened .computing")).to_have_count(0)
        audit.look(page, f"idea {number} of the opened step")


def test_the_drawing_page_is_accessible(enter, audit):
    page = enter("/draw?network=dense")
    expect(page.get_by_text("Draw a digit here")).to_be_visible()
    audit.look(page, "an empty pad")
    draw(page, FOUR)
    read_as(page, "4")
    explained(page)
    page.get_by_test_id("teach-6").click()
    page.get_by_test_id("apply").click()
    expect(page.get_by_test_id("reader-copy")).to_be_visible()
    expect(page.locator(".teach-preview.stale")).to_have_count(0)
    audit.look(page, "a drawing that was read and taught")
    images, labels = some_digits(2)
    bring(page, *idx_files(images, labels))
    said(page, "20 drawings were imported.")
    page.get_by_test_id("kept-3").locator(".thumbnail").last.click()
    page.get_by_test_id("practice-steps").select_option("20")
    page.get_by_test_id("practise").click()
    expect(page.get_by_test_id("practice-result")).to_have_attribute("data-in-effect", "true")
    audit.look(page, "a collection that was practised on")
    page.get_by_test_id("take-challenge").click()
    for _ in range(2):
        draw(page, TWO)
        read_as(page, "2")
        page.get_by_test_id("answer").click()
    audit.look(page, "in a challenge")
    page.get_by_test_id("leave").click()
    expect(page.get_by_test_id("keep-misread")).to_be_visible()
    audit.look(page, "after a challenge")


def test_a_workshop_is_accessible_to_its_host_and_to_its_members(enter, audit):
    door = enter("/workshop")
    expect(door.get_by_test_id("begin-workshop")).to_be_visible()
    audit.look(door, "the door of workshops")
    host = door
    code = begun(host, "Ms Lin")
    audit.look(host, "a class where nobody is yet")
    host.get_by_test_id("enlarge").click()
    audit.look(host, "the code on the wall")
    host.keyboard.press("Escape")
    member = enter(f"/r/{code}", locale="zh-CN")
    expect(member.get_by_test_id("join-workshop")).to_be_visible()
    audit.look(member, "the door of a workshop")
    joined(member, "Otter")
    joined(enter(f"/r/{code}"), "Finch")
    until(host, lambda: step_of(host) > 20, "it has learned something")
    host.get_by_test_id("pause").click()
    host.get_by_test_id("task-field").fill("Reach 90 %")
    host.get_by_test_id("task-field").press("Control+Enter")
    expect(member.get_by_test_id("task")).to_contain_text("Reach 90 %")
    audit.look(host, "everyone follows")
    audit.look(member, "following")

    host.get_by_test_id("mode-explore").click()
    member.get_by_test_id("fork").click()
    placed(member, "own")
    expect(card(host, "Otter")).to_be_visible()
    audit.look(host, "the class")
    audit.look(member, "in a fork")
    card(host, "Otter").click()
    expect(host.get_by_test_id("sheet")).to_be_visible()
    audit.look(host, "a member's sheet")
    host.keyboard.press("Escape")

    host.get_by_test_id("view-question").click()
    audit.look(host, "a question is put")
    host.get_by_test_id("ask-class").click()
    member.get_by_test_id("vote-1").click()
    audit.look(host, "a vote")
    audit.look(member, "a vote")
    host.get_by_test_id("close-answers").click()
    expect(member.get_by_test_id("votes-0")).to_be_visible()
    audit.look(host, "a vote that is closed")
    audit.look(member, "a vote that is closed")
    host.get_by_test_id("drop-question").click()

    host.get_by_test_id("view-wall").click()
    host.get_by_test_id("open-wall").click()
    page = enter(f"/r/{code}")
    joined(page, "Heron")
    page.goto(f"/r/{code}/draw")
    live(page)
    for strokes, label in ((SEVEN, 7), (FOUR, 4)):
        draw(page, strokes)
        expect(page.get_by_test_id("prediction")).to_have_text(re.compile(r"\d"))
        page.get_by_test_id(f"hang-{label}").click()
        expect(page.get_by_test_id(f"hang-{label}")).to_be_disabled()
        page.get_by_test_id("clear").click()
    audit.look(page, "a drawing to hang")
    expect(host.get_by_test_id("hung")).to_have_count(2)
    host.get_by_test_id("admit-all").click()
    host.get_by_test_id("wall-steps").fill("60")
    host.get_by_test_id("train-on-wall").click()
    expect(host.get_by_test_id("wall-result")).to_contain_text("before and after 60 steps")
    audit.look(host, "the wall")
    page.goto(f"/r/{code}/wall")
    live(page)
    expect(page.get_by_test_id("hung")).to_have_count(2)
    audit.look(page, "the wall")

    host.get_by_test_id("view-contest").click()
    audit.look(host, "a contest is put")
    host.get_by_test_id("contest-steps").fill("120")
    host.get_by_test_id("begin-challenge").click()
    member.get_by_test_id("attempt").click()
    expect(host.get_by_test_id("entry")).to_have_count(1)
    audit.look(host, "a contest")
    audit.look(member, "a contest")

    host.get_by_test_id("close").click()
    audit.look(host, "to be closed")
    host.get_by_test_id("close-yes").click()
    expect(member.get_by_test_id("workshop-end")).to_have_attribute("data-reason", "sent_away_closed")
    audit.look(member, "a closed workshop")


def test_a_step_that_a_class_is_led_through_and_asked_about_is_accessible(enter, audit):
    host = enter("/workshop")
    code = begun(host, "Ms Lin")
    member = joined(enter(f"/r/{code}", locale="zh-CN"), "Otter")
    host.get_by_test_id("view-run").click()
    until(host, lambda: step_of(host) > 20, "it has learned something")
    host.get_by_test_id("pause").click()
    host.get_by_test_id("open-step").click()
    host.get_by_test_id("idea-chain").click()
    for page in (host, member):
        expect(page.get_by_test_id("factor")).to_have_count(3)
    audit.look(host, "a step for all")
    audit.look(member, "led through a step")
    host.get_by_test_id("ask-weight").click()
    member.get_by_test_id("opened").get_by_test_id("vote-0").click()
    audit.look(host, "the class is asked about a step")
    audit.look(member, "asked about a step")
    host.get_by_test_id("step-close").click()
    host.get_by_test_id("step-reveal").click()
    expect(host.get_by_test_id("step-revealed")).to_be_visible()
    expect(member.get_by_test_id("anatomy-gradient")).to_be_visible()
    audit.look(host, "a step is revealed")
    member.get_by_test_id("next-idea").click()
    expect(member.get_by_test_id("step-with-host")).to_be_visible()
    audit.look(member, "a view of one's own of a step")

    host.get_by_test_id("step-drop").click()
    host.keyboard.press("Escape")
    host.get_by_test_id("view-question").click()
    host.get_by_test_id("earlier-question").locator("summary").click()
    expect(host.get_by_test_id("earlier-question").get_by_test_id("votes-0")).to_be_visible()
    audit.look(host, "what was asked before")


def test_what_leads_nowhere_is_accessible(enter, audit, watched):
    watched.allow("Failed to load resource")
    page = enter("/r/ZZZZZZ")
    expect(page.get_by_test_id("no-workshop")).to_be_visible()
    audit.look(page, "a code of no workshop")
    page.goto("/workshop")
    page.get_by_test_id("code").fill("ZZ")
    page.get_by_test_id("go-to-code").click()
    expect(page.get_by_test_id("code-refusal")).to_be_visible()
    audit.look(page, "a code that is none")
    page.goto("/no-such-page")
    expect(page.get_by_test_id("to-network")).to_be_visible()
    audit.look(page, "a page that is not there")
