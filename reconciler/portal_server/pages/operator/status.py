"""Suspend a partner and resume its access."""

from typing import Final

from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.operator import edit, screens
from reconciler.portal_server.pages.operator.screens import BASE
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit

_AFTER: Final = {"suspend": "suspended", "resume": "active"}


def show(visit: Visit) -> PageResponse:
    """Show what happens to the people of the partner."""
    after = _after(visit)
    found = edit.load(visit, screens.PARTNER)
    teams = visit.perform("count-dependents", body={"ids": [found.id]})[found.id]["teams"]
    members = visit.perform("count-partner-members", path={"id": found.id})
    return layout.page(
        visit,
        "operator/status.html",
        found=found,
        after=after,
        teams=teams,
        members=members,
        back=screens.PARTNER.page_of(found.id),
        file=edit.file_of(visit, found),
        errors=visit.errors(),
    )


def submit(visit: Visit) -> PageResponse:
    """Save the status."""
    after = _after(visit)
    found = edit.load(visit, screens.PARTNER)
    etag = visit.shown_tag
    visit.perform("change-partner", path={"id": found.id}, body={"status": after}, if_match=etag)
    notice = f"{found.display_name} is {after}."
    return notices.done(visit, screens.PARTNER.page_of(found.id), notice)


def _after(visit: Visit) -> str:
    after = _AFTER.get(visit.path["change"])
    if after is None:
        raise ProblemError(404, "This page does not exist.")
    return after


PAGES: Final = (
    Page(path=f"{BASE}/partners/{{id}}/status/{{change}}", audience="operator", show=show, submit=submit),
)
