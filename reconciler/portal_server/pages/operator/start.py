"""The steps from an empty portal to the first person with access."""

from typing import Final

import msgspec

from reconciler.portal_server.pages import layout
from reconciler.portal_server.pages.operator.screens import BASE
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit


class Step(msgspec.Struct, frozen=True):
    """A step: what to do and why, how many there are, and where to do it."""

    title: str
    text: str
    count: int | None
    href: str
    action: str
    list_href: str


def show(visit: Visit) -> PageResponse:
    """Show each step, and which one is next."""
    steps = [
        _step(visit, "APIs", "Every API that partners may use.", "apis", "Add an API"),
        _step(visit, "Access groups", "The APIs that a team gets at once.", "access-groups", "Add a group"),
        _step(visit, "Partners", "The companies whose people use them.", "partners", "Add a partner"),
        _step(visit, "Teams", "People of a partner with the same access.", "teams", "Add a team"),
    ]
    members = visit.perform("list-members", query={"limit": "1"}).total
    grants = visit.perform("list-grants", query={"limit": "1"}).total
    steps += [
        Step(
            "People",
            "The first admin of a team, who then invites the others.",
            members,
            f"{BASE}/teams",
            "Choose a team",
            f"{BASE}/people",
        ),
        Step(
            "Access",
            "Grant an access group to a team.",
            grants,
            f"{BASE}/grants/new",
            "Give access",
            f"{BASE}/access-groups",
        ),
    ]
    following = next((step for step in steps if step.count == 0), None)
    return layout.page(visit, "operator/start.html", steps=steps, following=following)


def _step(visit: Visit, title: str, text: str, path: str, action: str) -> Step:
    total = visit.perform(f"browse-{path}").total
    return Step(title, text, total, f"{BASE}/{path}/new", action, f"{BASE}/{path}")


PAGES: Final = (Page(path=BASE, audience="operator", show=show),)
