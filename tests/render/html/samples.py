"""Plans to look at as pages, and what a page shows of them."""

from typing import Any

from playwright.sync_api import Page

from reconciler.model.access import AccessChange, Impact
from reconciler.model.finding import Source
from reconciler.model.plan import Change, Plan, Summary
from tests.builders import group, partner, product, team
from tests.render.plans import bare, from_to

_GRID = """() => Object.fromEntries([...document.querySelectorAll("#grid tbody tr")].map((row) => [
  row.cells[0].querySelector("span").textContent,
  Object.fromEntries([...row.cells].slice(1).map((cell, place) => [
    document.querySelector("#grid thead tr").cells[place + 1].textContent, cell.innerText,
  ]).filter(([, text]) => text)),
]))"""


def several() -> Plan:
    """Return a plan in which a team loses an API, another is lowered, and a third comes until a day."""
    suite = product("suite", apis=["rates", "labels"])
    gold, silver = group("gold", products=["suite"]), group("silver", apis=["tracking"])
    before = [
        partner(
            "acme", team("ops", "ana@acme.example", members=["bo@acme.example"], access=["gold", "silver"])
        ),
        partner("bolt", team("web", "cy@bolt.example", access=["gold"])),
    ]
    after = [
        partner("acme", team("ops", "ana@acme.example", members=["bo@acme.example"], access=["gold"])),
        partner("bolt", team("web", "cy@bolt.example", access=[{"group": "gold", "level": "view"}])),
        partner("core", team("app", "di@core.example", access=[{"group": "gold", "until": "2027-12-31"}])),
    ]
    return from_to([*before, suite, gold, silver], [*after, suite, gold, silver])


def mixed() -> Plan:
    """Return a plan with people of one team who gain and who lose an API, and with a person in no team."""
    steps: tuple[Any, ...] = ("access-group/g",), None
    return bare(
        changes=(Change(id="partner/acme", kind="partner", action="create", after={"status": "active"}),),
        access=Impact(
            (
                AccessChange("api", "view", "consume", "acme/ops", ("ana@a.example", "bo@a.example"), *steps),
                AccessChange("api", "none", "view", None, ("zoe@z.example",), *steps),
            ),
            (AccessChange("api", "consume", "none", "acme/ops", ("cy@a.example",), *steps),),
        ),
    )


def big(number: int) -> Plan:
    """Return a plan of many changes, each of which gives or takes two APIs."""
    teams = [f"partner-{each:04}/team" for each in range(number)]
    return bare(
        summary=Summary(create=number),
        changes=tuple(
            Change(
                id=f"membership/{each}/person@{each[:12]}.example",
                kind="membership",
                action="create",
                after={"role": "member"},
                source=Source(f"partners/{each[:12]}.yaml", 7),
            )
            for each in teams
        ),
        access=Impact(
            tuple(row for place, each in enumerate(teams) if place % 2 for row in _two(each, place)),
            tuple(row for place, each in enumerate(teams) if not place % 2 for row in _two(each, place)),
        ),
    )


def _two(team_name: str, place: int) -> tuple[AccessChange, AccessChange]:
    levels: tuple[Any, Any] = ("none", "consume") if place % 2 else ("consume", "none")
    others: tuple[Any, ...] = (team_name, (f"person@{team_name[:12]}.example",), ("access-group/g",), None)
    first, second = f"api-{place % 30:02}", f"api-{(place + 7) % 30:02}"
    return AccessChange(first, *levels, *others), AccessChange(second, *levels, *others)


def matrix(page: Page) -> dict[str, dict[str, str]]:
    """Return what the matrix shows: a text for each row and column that has one."""
    shown: dict[str, dict[str, str]] = page.evaluate(_GRID)
    return shown


def elements(page: Page) -> int:
    """Return how many elements the page holds."""
    number: int = page.evaluate("document.getElementsByTagName('*').length")
    return number
