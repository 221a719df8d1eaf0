"""The run's next step is opened, and the numbers of the walk through it agree with each other."""

import math
import re

from playwright.sync_api import Page, expect

from tests.browser.reading import learning, paused, until


def opened(page: Page) -> Page:
    """Open the step and wait for its first idea and its weight."""
    page.get_by_test_id("open-step").click()
    expect(page.get_by_test_id("opened-title")).to_be_visible()
    expect(page.locator(".of-weight data")).to_be_visible()
    return page


def go_to(page: Page, idea: str) -> None:
    page.get_by_test_id(f"idea-{idea}").click()
    expect(page.get_by_test_id("idea")).to_have_attribute("data-idea", idea)


def numbers(page: Page, name: str) -> list[float]:
    """Return the exact values of all numbers of this name."""
    return page.get_by_test_id(name).evaluate_all("all => all.map(one => Number(one.value))")


def number(page: Page, name: str) -> float:
    expect(page.get_by_test_id(name)).to_have_count(1)
    return numbers(page, name)[0]


def near(one: float, other: float, of: float | None = None) -> bool:
    """Whether two numbers are the same but for the rounding of the run's precision."""
    return math.isclose(one, other, rel_tol=2e-4, abs_tol=1e-5 * abs(other if of is None else of) + 1e-12)


def test_the_step_that_is_opened_is_the_next_one_and_the_run_stays_where_it_is(visit):
    page = learning(visit())
    step = paused(page)
    opened(page)
    expect(page.get_by_test_id("opened-title")).to_have_text(f"Step {step + 1:,}, opened")
    expect(page.get_by_test_id("idea")).to_have_attribute("data-idea", "minibatch")
    expect(page.locator("[data-testid^=example-]")).to_have_count(32)
    losses = page.locator(".own-loss data").evaluate_all("all => all.map(one => Number(one.value))")
    assert near(sum(losses) / len(losses), number(page, "opened-loss"))
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("opened")).not_to_be_visible()
    expect(page.get_by_test_id("step")).to_have_text(f"{step:,}")


def test_one_walks_through_all_ideas_at_one_s_own_pace_by_buttons_and_keys(visit):
    page = learning(visit())
    paused(page)
    opened(page)
    ideas = []
    while True:
        ideas.append(page.get_by_test_id("idea").get_attribute("data-idea"))
        expect(page.locator(".opened .computing")).to_have_count(0)
        expect(page.get_by_test_id("refused")).to_have_count(0)
        if page.get_by_test_id("next-idea").is_disabled():
            break
        page.get_by_test_id("next-idea").click()
    assert len(set(ideas)) == 12
    assert (ideas[0], ideas[-1]) == ("minibatch", "cost")
    page.locator(".opened .content").press("ArrowLeft")
    expect(page.get_by_test_id("idea")).to_have_attribute("data-idea", ideas[-2])


def test_the_factors_multiply_to_what_the_example_adds_and_the_votes_add_up_to_the_gradient(visit):
    page = learning(visit())
    paused(page)
    opened(page)
    go_to(page, "chain")
    expect(page.get_by_test_id("factor")).to_have_count(3)
    product = number(page, "product")
    assert near(math.prod(numbers(page, "factor")), product)
    gradient = number(page, "gradient")
    assert gradient != 0
    assert near(product, number(page, "own-share"), gradient)
    assert near(product + number(page, "others-share"), gradient)
    go_to(page, "votes")
    expect(page.get_by_test_id("vote")).to_have_count(32)
    assert near(sum(numbers(page, "vote")), gradient)
    assert near(number(page, "votes-sum"), gradient)
    go_to(page, "anatomy")
    assert near(number(page, "anatomy-gradient"), gradient)
    assert near(number(page, "before") + number(page, "update"), number(page, "after"))
    assert near(sum(numbers(page, "share")), number(page, "update"))


def test_another_weight_and_another_example_run_through_the_walk(visit):
    page = learning(visit())
    paused(page)
    opened(page)
    page.get_by_test_id("example-3").click()
    expect(page.get_by_test_id("example-3")).to_have_attribute("aria-pressed", "true")
    page.get_by_test_id("weight-tensor").select_option("dense3.W")
    page.get_by_test_id("weight-index-0").fill("4")
    page.get_by_test_id("weight-index-0").press("Enter")
    go_to(page, "chain")
    expect(page.get_by_text("of example #3")).to_be_visible()
    expect(page.get_by_text(re.compile(r"dense3\.dL_dW\[4, \d+\]"))).to_be_visible()
    expect(page.get_by_test_id("factor")).to_have_count(3)
    assert near(math.prod(numbers(page, "factor")), number(page, "product"), number(page, "gradient"))


def test_the_ropes_balance_the_paths_add_up_and_the_promise_is_the_sum_of_its_layers(visit):
    page = learning(visit())
    paused(page)
    opened(page)
    page.get_by_test_id("phase-loss").click()
    expect(page.get_by_test_id("force")).to_have_count(10)
    assert abs(sum(numbers(page, "force"))) < 1e-9
    go_to(page, "blame")
    expect(page.get_by_test_id("blame-total")).to_have_count(1)
    total = number(page, "blame-total")
    assert near(sum(numbers(page, "path")) + number(page, "blame-remainder"), total)
    go_to(page, "promise")
    expect(page.get_by_test_id("layer-promised")).to_have_count(3)
    assert near(sum(numbers(page, "layer-promised")), number(page, "promised"))
    delivered = number(page, "delivered")
    assert near(number(page, "loss-after") - number(page, "loss-before"), delivered)
    assert near(sum(numbers(page, "layer-delivered")) + number(page, "interaction"), delivered)
    go_to(page, "slice")
    expect(page.get_by_test_id("slice-of")).to_have_text("A slice: 1 of 25,818 directions.")


def test_the_gradient_is_checked_for_one_weight_and_for_twenty(visit):
    page = learning(visit())
    paused(page)
    opened(page)
    go_to(page, "check")
    expect(page.get_by_test_id("verdict")).to_be_visible()
    assert number(page, "relative-error") < 1e-4
    assert near(number(page, "numeric"), number(page, "analytic"))
    page.get_by_test_id("check-many").click()
    expect(page.get_by_test_id("relative-error")).to_have_count(20)
    expect(page.get_by_test_id("verdict")).to_contain_text("agree")


def test_a_step_may_be_opened_while_the_run_goes_on(visit):
    page = learning(visit())
    opened(page)
    go_to(page, "chain")
    expect(page.get_by_test_id("factor")).to_have_count(3)
    page.keyboard.press("Escape")
    before = page.get_by_test_id("step").inner_text()
    until(page, lambda: page.get_by_test_id("step").inner_text() != before, "the run went on")
