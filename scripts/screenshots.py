"""Takes the pictures of the documentation: starts a server, lets the run learn for a while, pauses it, looks at it."""

import json
import os
import re
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from scripts import classroom
from scripts.drawn_pictures import take_drawn

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
STEPS = 1284
SIZES = {"wide": (1440, 900), "tablet": (1024, 768), "phone": (360, 740)}
PICTURES = [
    ("wide", "dark", "en", "gradients"),
    ("wide", "light", "en", "activations"),
    ("wide", "dark", "zh", "weights"),
    ("tablet", "light", "en", "gradients"),
    ("phone", "dark", "en", "gradients"),
    ("phone", "light", "zh", "weights"),
]
PICTURES_OF_A_CLASS = [("wide", "dark", "en"), ("wide", "light", "zh"), ("phone", "dark", "en")]
TASKS = {
    "en": "Reach 90 % with as few weights as you can. What happens to the loss when the learning rate is 3?",
    "zh": "用尽可能少的权重达到 90 %。学习率为 3 时，损失会怎样？",
}
LOCALES = {"en": "en-US", "zh": "zh-CN"}
MILLISECONDS = 60_000


def main() -> None:
    """Take all pictures, or those whose names are given."""
    wanted = sys.argv[1:]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", "app", "serve", "--no-open", "--port", "0"]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert server.stdout
            found = next(filter(None, (re.search(r"http://\S+", line) for line in server.stdout)), None)
            assert found, "the server did not start"
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=os.environ["BACKSCOPE_CHROMIUM"], args=["--no-sandbox"]
                )
                learn(browser, found[0])
                for size, theme, language, lens in PICTURES:
                    name = f"studio-{size}-{theme}-{language}-{lens}.png"
                    if not wanted or name in wanted:
                        take(browser, f"{found[0]}#lens={lens}", FOLDER / name, size, theme, language)
                take_drawn(found[0], wanted, FOLDER, partial(opened, browser))
                browser.close()
        finally:
            server.terminate()
            server.wait()
    if not wanted or any(name.startswith("class-") for name in wanted):
        picture_a_class(wanted)


def picture_a_class(wanted: list[str]) -> None:
    """Take the pictures of a host's page with a class of 24, each with another set-up."""
    # Listens here alone, but says the name that a class would type.
    arguments = ["--profile", "lan", "--host", "127.0.0.1", "--host-names", "class.local", "--port", "0", "--no-open"]
    command = [sys.executable, "-m", "app", "serve", *arguments]
    environment = {**os.environ, "BACKSCOPE_HOST_KEY": "a picture"}
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert server.stdout
            found = next(filter(None, (re.search(r":(\d+)/", line) for line in server.stdout)), None)
            assert found, "the server did not start"
            address = f"http://localhost:{found[1]}"
            seat = classroom.post(f"{address}/api/workshops", {"name": "Ms Lin", "key": "a picture"})
            with classroom.full_class(address, seat["token"], 24), sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=os.environ["BACKSCOPE_CHROMIUM"], args=["--no-sandbox"]
                )
                for size, theme, language in PICTURES_OF_A_CLASS:
                    name = f"class-{size}-{theme}-{language}.png"
                    if not wanted or name in wanted:
                        page = opened(browser, size, theme, language)
                        page.add_init_script(f"localStorage['backscope.seat.{seat['code']}'] = `{json.dumps(seat)}`")
                        page.goto(f"{address}/r/{seat['code']}/host")
                        page.get_by_test_id("task-field").fill(TASKS[language])
                        page.get_by_test_id("task-field").press("Control+Enter")
                        page.get_by_test_id("task-field").blur()
                        expect(page.get_by_test_id("card-accuracy")).to_have_text([re.compile(r"\d")] * 24)
                        page.wait_for_timeout(6000)  # for the steps a second, which are counted over five
                        shoot(page, FOLDER / name)
                browser.close()
        finally:
            server.terminate()
            server.wait()


def learn(browser: Browser, address: str) -> None:
    """Let the run make its steps, then show a held-out digit that makes a good picture."""
    page = browser.new_page(locale="en-US")
    page.goto(address)
    ready(page)
    page.get_by_test_id("pause").click()
    expect(page.get_by_test_id("play")).to_be_visible()
    page.get_by_test_id("reset").click()
    expect(page.get_by_test_id("step")).to_have_text("0")
    page.get_by_test_id("play").click()
    step = page.get_by_test_id("step")
    while int(step.inner_text().replace(",", "")) < STEPS - 60:
        page.wait_for_timeout(20)
    page.get_by_test_id("pause").click()
    expect(page.get_by_test_id("play")).to_be_visible()
    while (made := int(step.inner_text().replace(",", ""))) < STEPS:
        page.get_by_test_id("step-once").click()
        expect(step).to_have_text(f"{made + 1:,}")
    page.close()


def take(browser: Browser, address: str, path: Path, size: str, theme: str, language: str) -> None:
    """Take one picture."""
    page = opened(browser, size, theme, language)
    page.goto(address)
    ready(page)
    page.wait_for_timeout(1500)  # for the colours, which are low-passed, to come to rest
    shoot(page, path)


def opened(browser: Browser, size: str, theme: str, language: str) -> Page:
    """Return a new page of a size, a theme and a language."""
    width, height = SIZES[size]
    return browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="light" if theme == "light" else "dark",
        locale=LOCALES[language],
        has_touch=size == "phone",
        is_mobile=size == "phone",
        reduced_motion="reduce",
    )


def shoot(page: Page, path: Path) -> None:
    """Keep what a page shows, and close it."""
    page.screenshot(path=path)
    page.close()
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


def ready(page: Page) -> None:
    """Wait until everything is drawn."""
    expect(page.get_by_test_id("accuracy")).to_have_text(re.compile(r"\d"), timeout=MILLISECONDS)
    expect(page.get_by_test_id("gallery-right")).to_have_text(re.compile("16"), timeout=MILLISECONDS)


if __name__ == "__main__":
    main()
