"""Every kind of network and of data is drawn, and what is held says exact numbers of it."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.protocol import PROTOCOL_VERSION
from engine.spec import (
    AveragePool2DSpec,
    BatchNormSpec,
    Conv2DSpec,
    DatasetSpec,
    DenseSpec,
    DropoutSpec,
    FlattenSpec,
    LayerNormSpec,
    LayerSpec,
    LossSpec,
    MaxPool2DSpec,
    OptimizerSpec,
    ResidualSpec,
    RunSpec,
)
from tests.browser.reading import figure, learning, shows_number, until

CONVOLVING = (Conv2DSpec(4), MaxPool2DSpec(), FlattenSpec(), DenseSpec(8))
OF_ALL_KINDS = (
    Conv2DSpec(4, 3, padding=1),
    BatchNormSpec("relu"),
    Conv2DSpec(4, 3, padding=1),
    ResidualSpec(1, "relu"),
    AveragePool2DSpec(4, 4),
    FlattenSpec(),
    DenseSpec(8),
    DropoutSpec(0.2),
    LayerNormSpec(),
)
CURVED = (DenseSpec(6, "tanh"), DenseSpec(4, "tanh"))
ASK = """([protocol, spec]) => new Promise((resolve, reject) => {
  const socket = new WebSocket(`ws://${location.host}/ws`);
  const say = (message) => socket.send(JSON.stringify(message));
  socket.onclose = ({ code, reason }) => reject(new Error(`closed with ${code} ${reason}`));
  socket.onopen = () => say({ type: "hello", id: 1, protocol });
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") return;
    const event = JSON.parse(data);
    if (event.type === "welcome") say({ type: "configure", id: 2, spec });
    if (event.reply_to !== 2) return;
    socket.onclose = null;
    socket.close();
    if (event.type === "error") reject(new Error(event.message));
    else resolve(null);
  };
})"""


def configured(page: Page, layers: Sequence[LayerSpec], dataset: str = "mnist", features: Sequence[str] = ()) -> Page:
    """Replace the run by one with these layers and this data, and wait until the page shows it learning."""
    regression = dataset in ("sine", "plane", "hills")
    spec = RunSpec(
        dataset=DatasetSpec(dataset, count=200, features=tuple(features) or ("x1", "x2")),
        layers=tuple(layers),
        loss=LossSpec("mean_squared_error" if regression else "mean_softmax_cross_entropy"),
        optimizer=OptimizerSpec("adam", 0.003),
        batch_size=8,
    )
    learning(page)
    page.evaluate(ASK, [PROTOCOL_VERSION, spec.to_dict()])
    heads = page.locator("#network-summary")
    first = {"dense": "Dense", "conv": "Conv"}[layers[0].kind]
    size = getattr(layers[0], "units", getattr(layers[0], "channels", 0))
    expect(heads).to_contain_text(re.compile(rf"the layers {first} {size}\b"))
    until(page, lambda: shows_number(page, "step") and figure(page, "step") > 0, "the new run made a step")
    return page


def legend(page: Page) -> Locator:
    return page.locator(".network-legend")


def values(inspector: Locator) -> dict[str, float]:
    """Read the exact numbers that are shown, by name."""
    found: dict[str, Any] = {}
    for entry in inspector.locator(".inspector-values > div").all():
        title = entry.locator("dd").get_attribute("title") or ""
        if re.fullmatch(r"-?[\d.]+(e-?\d+)?", title):
            found[entry.locator("dt").inner_text()] = float(title)
    return found


def held(page: Page, name: str) -> Locator:
    """Move by keys to a unit of a layer; return the inspector that shows it."""
    page.get_by_test_id("network").focus()
    inspector = page.get_by_test_id("inspector")
    for _ in range(12):
        page.keyboard.press("ArrowRight" if inspector.count() == 0 else "PageDown")
        expect(inspector).to_be_visible()
        if f"{name}." in inspector.inner_text():
            return inspector
    raise AssertionError(f"the keys did not lead to {name}")


def test_a_channel_says_the_range_of_its_map_and_its_kernel(visit):
    page = configured(visit(), CONVOLVING)
    expect(legend(page)).to_contain_text("maps: dL/dz of the shown example")
    page.get_by_test_id("lens-activations").click()
    expect(legend(page)).to_contain_text("maps: a of the shown example")
    inspector = held(page, "conv1")
    until(page, lambda: {"min a", "mean a", "max a"} <= values(inspector).keys(), "the range of the map came")
    numbers = values(inspector)
    assert numbers["min a"] <= numbers["mean a"] <= numbers["max a"]
    expect(inspector.locator(".inspector-kernel td")).to_have_count(25)


def test_a_place_in_a_map_has_numbers_of_its_own(visit):
    page = configured(visit(), CONVOLVING)
    inspector = page.get_by_test_id("inspector")
    # The picture may move under the pointer while sentences above it change: then the place is looked for again.
    until(
        page,
        lambda: points_at_a_place(page) and {"z", "a", "dL/dz"} <= values(inspector).keys(),
        "the numbers of the place came",
    )


def points_at_a_place(page: Page) -> bool:
    """Move over the picture until the inspector speaks of a place in a map, if it does not yet."""
    if "At row" in inspector_says(page):
        return True
    box = page.get_by_test_id("network").bounding_box()
    assert box
    for row in (0.5, 0.44, 0.56, 0.47, 0.53, 0.38, 0.62, 0.32, 0.68):
        for column in range(int(box["width"]) // 8, int(box["width"]) // 2, 16):
            point = box["x"] + column, box["y"] + box["height"] * row
            page.mouse.move(*point)
            if "At row" in inspector_says(page):
                return True
    return False


def inspector_says(page: Page) -> str:
    """Return what it says of where the pointer is now: once that is painted, not what it said a moment ago."""
    return str(
        page.evaluate("""async () => {
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            return document.querySelector('[data-testid=inspector]')?.innerText ?? '';
        }""")
    )


def test_layers_of_all_kinds_stand_in_one_picture(visit):
    page = configured(visit(), OF_ALL_KINDS)
    for name in ("batch_norm1", "conv2", "residual1", "average_pool1", "flatten1", "dropout1", "layer_norm1", "dense2"):
        inspector = held(page, name)
        until(page, lambda inspector=inspector: inspector.locator("dd").count() > 0, f"{name} has numbers")
        page.keyboard.press("Escape")
        expect(inspector).to_have_count(0)
    ladder = page.locator("gradient-ladder")
    expect(ladder).to_contain_text("Average pool")
    expect(ladder).not_to_contain_text("Flatten")


@pytest.mark.parametrize("lens", ["activations", "gradients", "weights", "updates"])
def test_points_of_classes_have_responses_in_every_lens(visit, lens):
    page = configured(visit(), CURVED, "spiral", ("x1", "x2", "x1*x2"))
    page.get_by_test_id(f"lens-{lens}").click()
    expect(legend(page)).to_contain_text("what each unit answers everywhere")
    expect(page.locator("picture-sentence")).to_contain_text("the marked example of class")
    expect(page.get_by_test_id("gallery")).to_have_count(0)
    expect(page.locator("hint-card")).not_to_contain_text("digit")
    inspector = held(page, "dense1")
    until(page, lambda: "z" in values(inspector), "the exact numbers came")
    expect(inspector).to_contain_text("x₁x₂")


def test_a_regression_shows_its_held_out_loss_and_no_accuracy(visit):
    page = configured(visit(), CURVED, "sine", ("x",))
    expect(page.get_by_test_id("no-accuracy")).to_be_visible()
    expect(page.get_by_test_id("accuracy")).to_have_count(0)
    until(page, lambda: shows_number(page, "held-out-loss"), "the network was tested")
    expect(page.locator("picture-sentence")).to_contain_text(re.compile(r"For x = .* the target is"))


def test_digits_come_back_after_points(visit):
    page = configured(visit(), CURVED, "hills")
    expect(page.get_by_test_id("gallery")).to_have_count(0)
    configured_again = RunSpec(layers=(DenseSpec(12), DenseSpec(8))).to_dict()
    page.evaluate(ASK, [PROTOCOL_VERSION, configured_again])
    expect(page.get_by_test_id("gallery").get_by_role("button")).to_have_count(16)
    learning(page)
    expect(page.locator("accuracy-chart .uplot")).to_have_count(1)
