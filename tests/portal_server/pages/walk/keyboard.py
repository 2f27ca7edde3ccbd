"""Use a page by the keyboard alone."""

from typing import Final

from playwright.sync_api import Page

_MOST: Final = 250
# What the keyboard must reach: of radio buttons with one name, one.
_CONTROLS: Final = """() => {
  const seen = new Set();
  return [...document.querySelectorAll(
      "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0)
    .filter((each) => each.type !== "radio" || (!seen.has(each.name) && seen.add(each.name)))
    .length;
}"""
# Whether the element with the focus is a new one, a part of the last one, or was reached before.
_STEP: Final = """() => {
  const found = document.activeElement, last = window.lastStop;
  window.lastStop = found;
  if (found === last) return "same";
  window.allStops ??= new Set();
  if (found === document.body || window.allStops.has(found)) return "over";
  window.allStops.add(found);
  return "new";
}"""
# Whether the element with the focus has an outline, and is in view.
_SEEN: Final = """() => {
  const found = document.activeElement;
  const style = getComputedStyle(found), box = found.getBoundingClientRect();
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return outlined && box.bottom > 0 && box.top < innerHeight;
}"""


def count_controls(page: Page) -> int:
    """Return how many stops the keyboard must have on a page."""
    return int(page.evaluate(_CONTROLS))


def stops(page: Page) -> tuple[int, list[str]]:
    """Press Tab through the page; return the number of controls, and those that nobody could see.

    The parts of a field for a day are stops of one control. After the last control the first one follows.
    """
    number, unseen = 0, list[str]()
    for _ in range(_MOST):
        page.keyboard.press("Tab")
        step = page.evaluate(_STEP)
        if step == "over":
            break
        if step == "new":
            number += 1
            if not page.evaluate(_SEEN):
                unseen.append(str(page.evaluate("document.activeElement.outerHTML")))
    return number, unseen
