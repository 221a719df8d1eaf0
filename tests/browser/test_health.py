"""What is wrong with a run is told in words, with the numbers it was concluded from."""

from playwright.sync_api import expect

from tests.browser.reading import learning, opened


def test_copies_of_units_are_named_when_all_weights_begin_at_zero(visit):
    page = visit("/#layers=16.tanh&init=zeros&rate=0.1")
    page.get_by_test_id("take-offer").click()
    learning(page)
    hint = page.get_by_test_id("hint")
    expect(hint).to_contain_text("16 units of Dense 16 are copies of each other")
    expect(hint).to_contain_text("the symmetry must be broken")


def test_a_healthy_run_is_not_warned_of(visit):
    page = opened(learning(visit()), "network")
    expect(page.get_by_test_id("hint")).not_to_have_attribute("data-kind", "warning")
