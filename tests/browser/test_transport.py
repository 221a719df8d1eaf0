"""Training is watched and driven from the page."""

from playwright.sync_api import expect

from tests.browser.reading import figure, learning, opened, paused, reset, step_once, until


def test_the_page_opens_on_a_run_that_learns_without_a_click(visit):
    page = learning(visit())
    step, accuracy = figure(page, "step"), figure(page, "accuracy")
    until(page, lambda: figure(page, "step") > step, "the step rose")
    until(page, lambda: figure(page, "accuracy") > accuracy, "the held-out accuracy rose")
    expect(page.get_by_test_id("connection")).to_contain_text("live")
    expect(page.get_by_test_id("connection")).to_contain_text("frames/s")


def test_pause_stops_the_step_and_play_goes_on(visit):
    page = learning(visit())
    step = paused(page)
    expect(page.get_by_test_id("steps-per-second")).to_have_text("0")
    page.get_by_test_id("theme").click()  # the page still answers, and nothing else moves
    assert figure(page, "step") == step
    page.get_by_test_id("play").click()
    until(page, lambda: figure(page, "step") > step, "the run went on")
    expect(page.get_by_test_id("pause")).to_be_visible()


def test_a_step_is_exactly_one_and_an_epoch_is_all_its_steps(visit):
    page = learning(visit())
    step = paused(page)
    for made in (1, 2, 3):
        page.get_by_test_id("step-once").click()
        expect(page.get_by_test_id("step")).to_have_text(f"{step + made:,}")
    page.get_by_test_id("step-epoch").click()
    expect(page.get_by_test_id("step")).to_have_text(f"{step + 3 + 60_000 // 32:,}", timeout=90_000)
    expect(page.get_by_test_id("play")).to_be_visible()


def test_a_reset_gives_the_same_run_again(visit):
    page = learning(visit())
    paused(page)
    losses = []
    for _ in range(2):
        reset(page)
        for _ in range(3):
            step_once(page)
        until(page, lambda: page.get_by_test_id("loss").inner_text() != "–", "the loss was shown")
        losses.append(page.get_by_test_id("loss").inner_text())
    assert losses[0] == losses[1]


def test_another_seed_is_another_run(visit):
    page = opened(learning(visit()), "optimizer")
    paused(page)
    expect(page.get_by_test_id("seed")).to_have_value("0")
    page.get_by_test_id("new-seed").click()
    expect(page.get_by_test_id("seed")).to_have_value("1")
    expect(page.get_by_test_id("step")).to_have_text("0")


def test_the_slider_sets_the_pace_up_to_full_speed(visit):
    page = learning(visit())
    speed = page.get_by_test_id("speed")
    speed.focus()
    speed.press("Home")
    expect(speed).to_have_attribute("aria-valuetext", "1 steps a second")
    speed.press("End")
    expect(speed).to_have_attribute("aria-valuetext", "full speed")
    until(page, lambda: figure(page, "steps-per-second") > 100, "the run trained faster than at any pace before")


def test_two_pages_see_and_drive_the_same_run(visit):
    first, second = learning(visit()), learning(visit())
    expect(first.get_by_test_id("connection")).to_contain_text("2 viewers")
    step = paused(first)
    expect(second.get_by_test_id("play")).to_be_visible()
    expect(second.get_by_test_id("step")).to_have_text(f"{step:,}")
    step_once(second)
    expect(first.get_by_test_id("step")).to_have_text(f"{step + 1:,}")


def test_a_digit_of_the_gallery_is_pinned_and_let_go(visit):
    page = learning(visit())
    paused(page)
    digits = page.get_by_test_id("gallery").get_by_role("button")
    expect(digits).to_have_count(16)
    # The last frame may come after the pause was said: the sentence and the marks are compared until both are of it.
    right = digits.and_(page.locator("[data-state=right]"))
    until(
        page,
        lambda: page.get_by_test_id("gallery-right").inner_text() == f"{right.count()} of 16 right",
        "the sentence counts the marks",
    )
    digit = page.get_by_test_id("digit-7")
    digit.click()
    expect(digit).to_have_attribute("aria-pressed", "true")
    digit.focus()
    digit.press("Enter")
    expect(digit).to_have_attribute("aria-pressed", "false")


def test_a_page_comes_back_after_the_server_was_killed_and_started_again(visit, server, watched):
    watched.allow("WebSocket connection to .* failed|ERR_CONNECTION_REFUSED")
    page = learning(visit())
    server.kill()
    expect(page.get_by_test_id("notice")).to_contain_text("Connection lost")
    expect(page.get_by_test_id("play").or_(page.get_by_test_id("pause")).first).to_be_attached()
    assert figure(page, "step") > 0, "the page stays readable"
    server.start()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-phase", "live")
    expect(page.get_by_test_id("notice")).not_to_contain_text("Connection lost")
    learning(page)
