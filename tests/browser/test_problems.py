"""Every data set, layer and loss is reached from the set-up, which says at once what does not fit and loses nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import figure, learning, opened, paused, until


def begun(page: Page) -> None:
    """Start the run that was configured and wait until it learns."""
    page.get_by_test_id("apply").click()
    expect(page.get_by_test_id("apply")).to_have_count(0)
    if page.get_by_test_id("play").is_visible():
        page.get_by_test_id("play").click()
    until(page, lambda: figure(page, "step") > 0, "the new run trained")


def test_a_set_up_is_one_line_a_part_until_it_is_opened(visit):
    page = learning(visit())
    for part, choice in {
        "data": "MNIST",
        "network": "784 → 32 → 16 → 10",
        "loss": "Cross-entropy",
        "optimizer": "SGD",
    }.items():
        expect(page.get_by_test_id(f"open-{part}")).to_contain_text(choice)
    expect(page.get_by_test_id("units-1")).to_have_count(0)
    expect(page.get_by_test_id("learning-rate")).to_be_visible()
    button = page.get_by_test_id("open-network")
    button.focus()
    button.press("Enter")
    expect(page.get_by_test_id("units-1")).to_be_visible()
    button.press("Enter")
    expect(page.get_by_test_id("units-1")).to_have_count(0)


def test_a_conv_network_is_configured_with_its_shapes_and_trains(visit):
    page = opened(learning(visit()), "network")
    paused(page)
    page.get_by_test_id("preset").select_option("lenet")
    shapes = {1: "8×24×24", 2: "8×12×12", 3: "16×8×8", 4: "16×4×4", 5: "256"}
    for layer, shape in shapes.items():
        expect(page.get_by_test_id(f"shape-{layer}")).to_have_text(shape)
    page.get_by_test_id("open-layer-1").click()
    page.get_by_test_id("padding-1").fill("2")
    page.get_by_test_id("padding-1").press("Enter")
    expect(page.get_by_test_id("shape-1")).to_have_text("8×28×28")
    expect(page.get_by_test_id("shape-4")).to_have_text("16×5×5")
    begun(page)
    expect(page.get_by_test_id("network")).to_be_visible()
    until(page, lambda: "conv.8.5.relu.1.2-max.2-conv.16.5.relu-max.2-flat-64.relu" in page.url, "the address held it")
    # 8 kernels of 25 and 16 of 8 × 25, then 400 inputs, 64 units and 10 outputs, each with a bias
    expect(page.get_by_test_id("parameters")).to_contain_text(f"{8 * 26 + 16 * 201 + 64 * 401 + 10 * 65:,}")


def test_a_network_that_does_not_fit_says_so_and_loses_nothing(visit):
    page = opened(learning(visit()), "network")
    page.get_by_test_id("add-kind").select_option("max_pool")
    page.get_by_test_id("add-layer").click()
    expect(page.get_by_test_id("also-changed")).to_contain_text("flatten")
    page.get_by_test_id("remove-2").click()  # the flatten layer
    expect(page.get_by_test_id("misfit")).to_contain_text("1×14×14")
    expect(page.get_by_test_id("layer-2").get_by_test_id("misfit")).to_be_visible()
    expect(page.get_by_test_id("apply")).to_be_disabled()
    expect(page.get_by_test_id("units-2")).to_have_value("32")
    page.get_by_test_id("add-flatten").click()
    expect(page.get_by_test_id("misfit")).to_have_count(0)
    expect(page.get_by_test_id("shape-2")).to_have_text("196")
    expect(page.get_by_test_id("apply")).to_be_enabled()
    page.get_by_test_id("undo").click()
    expect(page.get_by_test_id("units-1")).to_have_value("32")
    expect(page.get_by_test_id("apply")).to_have_count(0)


def test_layers_are_moved(visit):
    page = opened(learning(visit()), "network")
    page.get_by_test_id("open-layer-1").click()
    page.get_by_test_id("down-1").click()
    expect(page.get_by_test_id("units-1")).to_have_value("16")
    expect(page.get_by_test_id("units-2")).to_have_value("32")


def test_a_spiral_is_learned_from_chosen_features(visit):
    page = opened(learning(visit()), "data")
    page.get_by_test_id("dataset-spiral").click()
    page.get_by_test_id("feature-sin(pi*x1)").click()
    page.get_by_test_id("data-count").fill("500")
    page.get_by_test_id("data-count").press("Enter")
    begun(page)
    expect(page.get_by_test_id("open-data")).to_contain_text("Spiral")
    expect(page.get_by_test_id("open-data")).to_contain_text("400 + 100")
    expect(page.get_by_test_id("open-network")).to_contain_text("3 → 32 → 16 → 2")
    until(page, lambda: "data=spiral&points=500&features=x1,x2,sin(pi*x1)&" in page.url, "the address held the data")
    expect(page.get_by_test_id("feature-sin(pi*x1)")).to_have_attribute("aria-pressed", "true")


def test_one_feature_at_least_stays_chosen(visit):
    page = opened(learning(visit()), "data")
    page.get_by_test_id("dataset-xor").click()
    page.get_by_test_id("feature-x1").click()
    expect(page.get_by_test_id("feature-x2")).to_be_disabled()


def test_numbers_are_learned_with_a_loss_for_numbers(visit):
    page = opened(learning(visit()), "data", "loss")
    expect(page.get_by_test_id("loss-name")).to_have_value("mean_softmax_cross_entropy")
    page.get_by_test_id("dataset-sine").click()
    expect(page.get_by_test_id("also-changed")).to_contain_text("loss")
    expect(page.get_by_test_id("loss-name")).to_have_value("mean_squared_error")
    offered = (
        page.get_by_test_id("loss-name").locator("option").evaluate_all("options => options.map((one) => one.value)")
    )
    assert "mean_hinge" not in offered
    assert "mean_softmax_cross_entropy" not in offered
    page.get_by_test_id("loss-name").select_option("mean_huber")
    page.get_by_test_id("huber-delta").fill("0.5")
    page.get_by_test_id("huber-delta").press("Enter")
    begun(page)
    until(page, lambda: "loss=huber&delta=0.5&" in page.url, "the address held the loss")
    expect(page.get_by_test_id("open-network")).to_contain_text("1 → 32 → 16 → 1")


def test_points_after_images_come_with_a_network_that_fits(visit):
    page = opened(learning(visit()), "network", "data")
    page.get_by_test_id("preset").select_option("lenet")
    page.get_by_test_id("dataset-circles").click()
    expect(page.get_by_test_id("also-changed")).to_contain_text("small one")
    expect(page.get_by_test_id("open-network")).to_contain_text("2 → 8 → 8 → 2")
    expect(page.get_by_test_id("apply")).to_be_enabled()


@pytest.mark.parametrize("preset", ["vanishing", "zeros", "too_fast"])
def test_what_is_broken_on_purpose_says_so(visit, preset):
    page = opened(learning(visit()), "network")
    page.get_by_test_id("preset").select_option(preset)
    expect(page.get_by_test_id("also-changed")).to_contain_text("Broken on purpose")
    expect(page.get_by_test_id("apply")).to_be_enabled()


def test_a_schedule_is_changed_without_a_reset_and_its_plan_is_drawn(visit):
    page = opened(learning(visit()), "optimizer")
    step = figure(page, "step")
    before = page.get_by_test_id("plan").locator("polyline").get_attribute("points")
    page.get_by_test_id("schedule").select_option("cosine")
    expect(page.get_by_test_id("schedule-factor")).to_have_value("0.1")
    until(page, lambda: "schedule=cosine" in page.url, "the run had the schedule")
    assert page.get_by_test_id("plan").locator("polyline").get_attribute("points") != before
    page.get_by_test_id("clip-norm").fill("1")
    page.get_by_test_id("clip-norm").press("Enter")
    until(page, lambda: "clip=1&" in page.url, "the run had the clipping")
    assert figure(page, "step") >= step


def test_a_link_holds_all_of_a_set_up(visit):
    layers = "conv.4.3.relu-avg.2-flat-16.tanh-drop.0.25-bn.relu"
    page = learning(visit(f"/#layers={layers}&loss=hinge&schedule=step&steps=200&l1=0.001&rate=0.05"))
    expect(page.get_by_test_id("notice")).to_contain_text("MNIST")
    page.get_by_test_id("take-offer").click()
    until(page, lambda: f"layers={layers}&loss=hinge&" in page.url, "the run was the link's")
    for part in ("l1=0.001", "schedule=step", "steps=200", "rate=0.05"):
        assert part in page.url
    assert "data=" not in page.url, "what is usual is left out"


def test_an_old_link_still_works(visit):
    page = learning(
        visit("/#layers=20.relu-12.tanh&optimizer=momentum&rate=0.02&momentum=0.9&cooling=0&batch=16&init=he&seed=3")
    )
    expect(page.get_by_test_id("notice")).to_contain_text("784-20-12-10")
    page.get_by_test_id("take-offer").click()
    expect(page.get_by_test_id("open-network")).to_contain_text("784 → 20 → 12 → 10")
    expect(page.get_by_test_id("learning-rate")).to_have_value("0.02")


def test_what_cannot_be_read_in_a_link_is_left_out_and_named(visit):
    page = learning(visit("/#layers=32.nonsense&rate=fast&seed=5"))
    notice = page.get_by_test_id("notice")
    expect(notice).to_contain_text("layers, rate")
    expect(notice).to_contain_text("seed 5")
    page.get_by_test_id("take-offer").click()
    until(page, lambda: "layers=32.elu-16.elu&" in page.url and "rate=0.1&" in page.url, "the address was readable")
    assert "seed=5" in page.url


def test_on_a_phone_every_part_opens_and_nothing_sticks_out(visit):
    page = learning(visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True))
    opened(page, "data", "network", "loss", "optimizer")
    page.get_by_test_id("dataset-hills").click()
    page.get_by_test_id("open-layer-1").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for name in ("remove-1", "down-1", "feature-x1", "apply", "undo"):
        box = page.get_by_test_id(name).bounding_box()
        assert box, name
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= 360, name
        assert box["height"] >= 27, name


def test_the_classes_of_the_data_are_counted_beside_their_mean_images(visit):
    page = opened(learning(visit()), "data")
    classes = page.get_by_test_id("data-classes").get_by_role("listitem")
    expect(classes).to_have_count(10)
    expect(classes.nth(1)).to_have_attribute("aria-label", "1: 6,742 to train with, 1,135 held out")
    expect(classes.nth(1).locator("canvas")).to_have_js_property("width", 28)
