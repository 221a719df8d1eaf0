"""Takes the pictures of the documentation: starts a server, lets the run learn for a while, pauses it, looks at it."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

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
    width, height = SIZES[size]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="light" if theme == "light" else "dark",
        locale=LOCALES[language],
        has_touch=size == "phone",
        is_mobile=size == "phone",
        reduced_motion="reduce",
    )
    page.goto(address)
    ready(page)
    page.wait_for_timeout(1500)  # for the colours, which are low-passed, to come to rest
    page.screenshot(path=path)
    page.close()
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


def ready(page: Page) -> None:
    """Wait until everything is drawn."""
    expect(page.get_by_test_id("accuracy")).to_have_text(re.compile(r"\d"), timeout=MILLISECONDS)
    expect(page.get_by_test_id("gallery-right")).to_have_text(re.compile("16"), timeout=MILLISECONDS)


if __name__ == "__main__":
    main()
