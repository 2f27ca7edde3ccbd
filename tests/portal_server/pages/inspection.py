"""What is wrong with a page in a browser: accessibility by axe, sizes of targets, sideways scrolling."""

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

LEAST_TARGET: Final = 24
_TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_OPTIONS: Final = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": _TAGS}}
# Links in text are exempt; what a label or a row surrounds is as large as that.
_SMALL: Final = """(least) => [...document.querySelectorAll(
    "button, .button, summary, select, textarea, input:not([type=hidden]), nav.main a, .tabs a, .menu a")]
  .filter((each) => each.checkVisibility())
  .map((each) => [each, (each.closest("label") ?? each).getBoundingClientRect()])
  .filter(([, box]) => box.width < least || box.height < least)
  .map(([each, box]) => `${box.width} x ${box.height}: ${each.outerHTML}`)"""
SIDEWAYS: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def faults(page: Page, within: str | None = None) -> list[str]:
    """Return what is wrong with the page, or with the part within a selector, one text for each fault."""
    found = [f"scrolls sideways by {width} px"] if (width := page.evaluate(SIDEWAYS)) else []
    found += [f"target of {small}" for small in page.evaluate(_SMALL, LEAST_TARGET)]
    results: dict[str, Any] = Axe().run(page, within, options=_OPTIONS).response
    for violation in results["violations"]:
        found += [
            f"{violation['id']}: {node['failureSummary']} {node['html']}" for node in violation["nodes"]
        ]
    return found
