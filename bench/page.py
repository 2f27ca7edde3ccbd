"""Measure the HTML page of a large plan in Chromium: size, time to interactive, and speed of filters."""

import argparse
import gzip
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from reconciler.model.access import AccessChange, Impact
from reconciler.model.finding import Source
from reconciler.model.plan import Change, Plan, Summary, with_digests
from reconciler.model.resource import Because
from reconciler.render import html

CHANGES: Final = 5_000
APIS: Final = 60
CHROMIUM: Final = "/usr/bin/chromium"
# Types one letter and returns the milliseconds until the new layout is done.
_TYPE: Final = """(text) => {
  const field = document.querySelector("[name=person]");
  field.value = text;
  const started = performance.now();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.offsetHeight;
  return performance.now() - started;
}"""


def big(changes: int) -> Plan:
    """Return a plan with this number of changes, one for each team, which gains and loses three APIs."""
    numbers = range(changes)
    return with_digests(
        Plan(
            reconciler="bench",
            portal="local",
            portal_id="portal-1",
            scope="our-company",
            created="2026-11-24T12:00:00Z",
            today="2026-11-24",
            summary=Summary(create=changes // 2, delete=changes - changes // 2),
            changes=tuple(map(_change, numbers)),
            access=Impact(
                tuple(_access(each, api) for each in numbers if not each % 2 for api in range(3)),
                tuple(_access(each, api) for each in numbers if each % 2 for api in range(3)),
            ),
        )
    )


def _team(number: int) -> str:
    return f"partner-{number // 3:04}/team-{number % 3}"


def _change(number: int) -> Change:
    kind: Any = "delete" if number % 2 else "create"
    because: Because | None = "expired" if number % 2 else None
    name = f"membership/{_team(number)}/person.number.{number:05}@partner-{number // 3:04}.example"
    source = None if number % 2 else Source(f"partners/partner-{number // 3:04}.yaml", 12 + number % 3, 9)
    return Change(
        id=name, kind="membership", action=kind, because=because, after={"role": "member"}, source=source
    )


def _access(number: int, api: int) -> AccessChange:
    people = tuple(
        f"person.number.{number + each:05}@partner-{number // 3:04}.example" for each in range(1 + number % 4)
    )
    group, product = f"access-group/group-{number % 40}", f"api-product/suite-{number % 20}"
    ends = ("2027-12-31", None, "2028-06-30")
    name = f"service-{(number * 7 + api * 11) % APIS:02}-v{1 + api}"
    levels: tuple[Any, Any] = ("consume", "none") if number % 2 else ("none", "consume")
    return AccessChange(name, *levels, _team(number), people, (group, product), ends[number % 3])


def measure(page: Page, file: Path) -> dict[str, float]:
    """Open the page and return measurements in milliseconds and numbers of nodes."""
    page.goto(file.as_uri())
    ready = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    typed = [page.evaluate(_TYPE, f"number.0{'123456789'[:length]}"[: 8 + length]) for length in range(8)]
    page.evaluate(_TYPE, "")
    nodes = page.evaluate("document.getElementsByTagName('*').length")
    return {"ready": ready, "typed": statistics.median(typed), "slowest": max(typed), "nodes": nodes}


def main() -> None:
    """Print the measurements of a page with many changes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=CHANGES)
    parser.add_argument("--keep", type=Path, help="write the page to this file too")
    given = parser.parse_args()
    made = big(given.changes)
    started = time.perf_counter()
    written = html.plan(made, link="https://git.example/o/r/blob/9f3").encode()
    spent = time.perf_counter() - started
    if given.keep:
        given.keep.write_bytes(written)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "plan.html"
        file.write_bytes(written)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        found = [measure(browser.new_page(), file) for _ in range(5)]
        browser.close()
    best = {name: statistics.median(each[name] for each in found) for name in found[0]}
    print(f"{given.changes:,} changes, {len(made.access.gained) + len(made.access.lost):,} rows of access")
    size, packed = len(written) / 1e6, len(gzip.compress(written)) / 1e6
    print(f"written in {spent * 1000:,.0f} ms: {size:.2f} MB, {packed:.2f} MB packed")
    print(f"ready after {best['ready']:,.0f} ms, with {best['nodes']:,.0f} elements in the page")
    print(f"a keystroke in the filter takes {best['typed']:,.0f} ms, the slowest {best['slowest']:,.0f} ms")


if __name__ == "__main__":
    main()
