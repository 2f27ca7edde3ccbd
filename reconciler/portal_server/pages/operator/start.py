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
    count: int
    href: str
    action: str
    list_href: str


_STEPS: Final = (
    ("apis", "APIs", "Every API that partners may use.", "Add an API", "apis/new", "apis"),
    (
        "access-groups",
        "Access groups",
        "The APIs that a team gets at once.",
        "Add a group",
        "access-groups/new",
        "access-groups",
    ),
    (
        "partners",
        "Partners",
        "The companies whose people use them.",
        "Add a partner",
        "partners/new",
        "partners",
    ),
    ("teams", "Teams", "People of a partner with the same access.", "Add a team", "teams/new", "teams"),
    (
        "members",
        "People",
        "The first admin of a team, who then invites the others.",
        "Choose a team",
        "teams",
        "people",
    ),
    ("grants", "Access", "Grant an access group to a team.", "Give access", "grants/new", "access-groups"),
)


def show(visit: Visit) -> PageResponse:
    """Show each step, and which one is next."""
    totals = visit.perform("count-all")
    steps = [
        Step(title, text, totals[key], f"{BASE}/{href}", action, f"{BASE}/{list_href}")
        for key, title, text, action, href, list_href in _STEPS
    ]
    following = next((step for step in steps if step.count == 0), None)
    return layout.page(visit, "operator/start.html", steps=steps, following=following)


PAGES: Final = (Page(path=BASE, audience="operator", show=show),)
