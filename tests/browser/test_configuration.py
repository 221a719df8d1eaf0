"""The run is configured from the page, and what is refused is explained beside the field."""

import pytest
from playwright.sync_api import expect

from tests.browser.reading import figure, learning, opened, paused, reset, until


def test_the_learning_rate_changes_without_a_reset(visit):
    page = learning(visit())
    step = figure(page, "step")
    rate = page.get_by_test_id("learning-rate")
    rate.fill("0.05")
    rate.press("Enter")
    until(page, lambda: "rate=0.05" in page.url, "the run had the new learning rate")
    assert figure(page, "step") >= step
    slider = page.get_by_test_id("learning-rate-slider")
    slider.focus()
    slider.press("ArrowRight")
    until(page, lambda: "rate=0.05&" not in page.url, "the slider changed it too")


def test_another_network_starts_a_new_run_after_it_was_asked_for(visit):
    page = opened(learning(visit()), "network")
    paused(page)
    page.get_by_test_id("units-1").fill("24")
    page.get_by_test_id("units-1").press("Enter")
    page.get_by_test_id("add-layer").click()
    expect(page.get_by_test_id("activation-3")).to_have_value("elu")  # as the one before it
    page.get_by_test_id("activation-3").select_option("tanh")
    assert figure(page, "step") > 0, "a draft changes nothing yet"
    page.get_by_test_id("apply").click()
    expect(page.get_by_test_id("step")).to_have_text("0")
    expect(page.get_by_test_id("apply")).to_have_count(0)
    until(page, lambda: "layers=24.elu-16.elu-16.tanh" in page.url, "the address held the new network")
    page.get_by_test_id("play").click()
    until(page, lambda: figure(page, "step") > 0, "the new network trained")
    page.get_by_test_id("remove-3").click()
    page.get_by_test_id("undo").click()
    expect(page.get_by_test_id("units-3")).to_have_value("16")


def test_the_page_offers_no_more_than_the_limits(visit):
    page = opened(learning(visit()), "network")
    units = page.get_by_test_id("units-1")
    units.fill("1000000")
    units.press("Tab")
    assert int(units.input_value()) == int(units.get_attribute("max") or 0)


@pytest.mark.parametrize(("locale", "sentence"), [("en-US", "at most 10"), ("zh-CN", "不超过 10")])
def test_a_refusal_says_why_in_the_language_of_the_page(visit, locale, sentence):
    page = learning(visit(locale=locale))
    rate = page.get_by_test_id("learning-rate")
    rate.fill("1000")
    rate.press("Enter")
    expect(page.get_by_test_id("refusal")).to_contain_text(sentence)
    expect(rate).to_have_value("0.1")


def test_a_run_that_diverges_names_the_tensor_and_offers_a_smaller_rate(visit):
    page = opened(learning(visit()), "network", "optimizer")
    paused(page)
    reset(page)
    page.get_by_test_id("activation-1").select_option("relu")
    page.get_by_test_id("activation-2").select_option("relu")
    page.get_by_test_id("optimizer").select_option("momentum")
    page.get_by_test_id("apply").click()
    expect(page.get_by_test_id("learning-rate")).to_have_value("0.02")  # another optimizer begins at its usual rate
    page.get_by_test_id("learning-rate").fill("10")
    page.get_by_test_id("learning-rate").press("Enter")
    page.get_by_test_id("play").click()
    notice = page.get_by_test_id("notice")
    expect(notice).to_contain_text("diverged after step")
    expect(notice).to_contain_text("dense")
    expect(page.get_by_test_id("play")).to_be_disabled()
    page.get_by_test_id("halve-and-reset").click()
    expect(page.get_by_test_id("learning-rate")).to_have_value("5")


def test_a_link_with_another_set_up_only_offers_it(visit):
    first = learning(visit())
    step = figure(first, "step")
    opened(first, "network", "optimizer")
    second = learning(visit("/#layers=20.relu&rate=0.2&seed=7&lens=weights"))
    expect(second.get_by_test_id("notice")).to_contain_text("784-20-10")
    expect(second.get_by_test_id("lens-weights")).to_have_attribute("aria-checked", "true")
    assert figure(first, "step") >= step, "the shared run was left alone"
    second.get_by_test_id("take-offer").click()
    opened(second, "network")
    expect(second.get_by_test_id("units-1")).to_have_value("20")
    expect(first.get_by_test_id("units-1")).to_have_value("20")
    expect(first.get_by_test_id("seed")).to_have_value("7")
