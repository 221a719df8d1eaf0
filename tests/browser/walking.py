"""How tests walk a page by the Tab key alone, and see at each stop what somebody without a pointer needs to see."""

from typing import Any

from playwright.sync_api import Page

MOST_STOPS = 250

STOP = """() => {
    const { activeElement: stop } = document;
    if (!stop || stop === document.body) return null;
    const { testid } = stop.dataset;
    const name = testid || stop.id || stop.getAttribute("aria-label") || stop.textContent.trim().slice(0, 30);
    const shown = stop.closest("label") ?? stop; // a field may be drawn by what it stands in
    const ringed = [stop, shown, stop.nextElementSibling].some((one) => {
        const { outlineStyle, outlineWidth } = one ? getComputedStyle(one) : {};
        return outlineStyle && outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
    });
    const box = shown.getBoundingClientRect();
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    const inside = right - left > 1 && bottom - top > 1;
    const open = inside && [0.5, 0.1, 0.9].some((part) => {
        const above = document.elementFromPoint(left + part * (right - left), top + part * (bottom - top));
        return above && (shown.contains(above) || above.contains(shown));
    });
    const faults = [];
    if (!ringed) faults.push("no ring");
    if (!inside) faults.push("out of view");
    else if (!open) faults.push("covered");
    return { name, faults, tag: stop.tagName, at: [Math.round(box.left + scrollX), Math.round(box.top + scrollY)] };
}"""


# The Tab key goes on from where the focus last was, so it is set before all else.
FROM_THE_TOP = """() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    scrollTo(0, 0);
}"""


def walk(page: Page) -> list[dict[str, Any]]:
    """Press Tab from the top of the page until it leaves the page's end; return the stops."""
    page.evaluate(FROM_THE_TOP)
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or (stops and stop["at"] == stops[0]["at"] and stop["name"] == stops[0]["name"]):
            return stops
        stops.append(stop)
    raise AssertionError(f"the Tab key never comes to an end; last at {[stop['name'] for stop in stops[-5:]]}")
