"""How tests ask axe-core what is wrong for people who see, hear or move otherwise, in both themes and at two widths."""

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# A page is looked at as a whole in one theme at each width; the other theme changes nothing but colours.
LOOKS: list[tuple[dict[str, int], str, dict[str, Any]]] = [
    (WIDE, "dark", {"type": "tag", "values": STANDARDS}),
    (WIDE, "light", {"type": "rule", "values": ["color-contrast"]}),
    (PHONE, "light", {"type": "tag", "values": STANDARDS}),
    (PHONE, "dark", {"type": "rule", "values": ["color-contrast"]}),
]

RUN = """async ([theme, rules]) => {
    document.documentElement.dataset.theme = theme;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const changes = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.allSettled(changes.map(({ finished }) => finished)); // no colour is halfway
    const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"], preload: false });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, target, any, all, none }) =>
        `${id}: ${target.join(" ")}\\n    ${html.slice(0, 160)}\\n    `
        + [...any, ...all, ...none].map(({ message }) => message).join("; ")));
}"""


def with_axe(context: BrowserContext) -> BrowserContext:
    """Have axe-core on every page of a browser, from before its own scripts; the page's policy for scripts stays."""
    assert AXE.is_file(), "axe-core is missing: scripts/axe brings it"
    context.add_init_script(path=AXE)
    return context


class Audit:
    """What axe-core finds in the states of pages that a test shows it."""

    def __init__(self) -> None:
        self.findings: list[str] = []

    def look(self, page: Page, state: str) -> None:
        """Look at a page in both themes, wide and as on a phone, and leave it as it was."""
        size, theme = page.viewport_size, page.evaluate("document.documentElement.dataset.theme")
        assert size
        for viewport, worn, rules in LOOKS:
            page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
            found = page.evaluate(RUN, [worn, rules])
            self.findings += [f"{state}, {worn}, {viewport['width']} px wide: {finding}" for finding in found]
        page.set_viewport_size(size)
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
