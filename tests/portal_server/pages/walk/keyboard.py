"""Use a page by the keyboard alone."""

from typing import Final

from playwright.sync_api import Page

_MOST: Final = 250
# The name of the element with the focus, as assistive technology reads it.
_FOCUSED: Final = """() => {
  const found = document.activeElement;
  if (!found || found === document.body) return null;
  const label = found.labels?.[0] ?? found;
  return label.textContent.replace(/\\s+/g, " ").trim();
}"""
# What the keyboard must reach: of radio buttons with one name, one.
_CONTROLS: Final = """() => {
  const seen = new Set();
  return [...document.querySelectorAll(
      "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0)
    .filter((each) => each.type !== "radio" || (!seen.has(each.name) && seen.add(each.name)))
    .length;
}"""
# Whether the element with the focus has an outline, or scrolls into view at all.
_SEEN: Final = """() => {
  const found = document.activeElement;
  const style = getComputedStyle(found), box = found.getBoundingClientRect();
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return outlined && box.bottom > 0 && box.top < innerHeight;
}"""


def reach(page: Page, name: str) -> None:
    """Press Tab until the element with this name, or one that begins with it, has the focus."""
    passed: list[str | None] = []
    for _ in range(_MOST):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is not None and focused.startswith(name):
            return
        passed.append(focused)
    raise AssertionError(f"Tab does not reach {name!r}, only {list(dict.fromkeys(passed))}")


def press(page: Page, name: str) -> None:
    """Follow a link or press a button, and wait for the next page."""
    reach(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill(page: Page, name: str, text: str) -> None:
    """Type into a field instead of what is in it."""
    reach(page, name)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def count_controls(page: Page) -> int:
    """Return how many stops the keyboard must have on a page."""
    return int(page.evaluate(_CONTROLS))


def stops(page: Page) -> tuple[int, list[str]]:
    """Press Tab through the page; return the number of stops, and those that nobody could see."""
    number, unseen = 0, list[str]()
    page.keyboard.press("Tab")
    while page.evaluate(_FOCUSED) is not None and number < _MOST:
        number += 1
        if not page.evaluate(_SEEN):
            unseen.append(str(page.evaluate("document.activeElement.outerHTML")))
        page.keyboard.press("Tab")
    return number, unseen
