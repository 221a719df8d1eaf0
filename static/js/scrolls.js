/**
 * Lets keys move what scrolls sideways and holds nothing one could tab to: exactly while it overflows, it is a stop of the Tab key.
 * Chromium and Firefox do so by themselves, Safari does not.
 */

const STOPS = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), [tabindex='0']";

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) settle(/** @type {HTMLElement | null} */ (target.closest("[data-scrolls]")));
});

/** For Lit's `ref`; or called again, when what it holds may have become a stop or none. @param {Element | null} [element] */
export function scrolls(element) {
  if (!(element instanceof HTMLElement)) return;
  element.dataset.scrolls = "";
  for (const one of [element, ...element.children]) sizes.observe(one);
  settle(element);
}

/** @param {HTMLElement | null} element */
function settle(element) {
  if (!element) return;
  const overflows = element.scrollWidth > element.clientWidth && getComputedStyle(element).overflowX === "auto";
  if (overflows && !element.querySelector(STOPS)) element.tabIndex = 0;
  else element.removeAttribute("tabindex");
}
