"""Delete an object of any kind, or explain what still depends on it."""

from typing import Any

import msgspec

from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.operator import edit
from reconciler.portal_server.pages.operator.screens import BASE, Screen
from reconciler.portal_server.pages.visit import PageResponse, Visit


class Remaining(msgspec.Struct, frozen=True):
    """What still depends on an object: how many, their noun, and where they are."""

    count: int
    noun: tuple[str, str]
    href: str


def show(visit: Visit, screen: Screen) -> PageResponse:
    """Show what a deletion does, or what must be deleted before."""
    found = edit.load(visit, screen)
    return layout.page(
        visit,
        "operator/delete.html",
        screen=screen,
        found=found,
        label=screen.label(found),
        remaining=remaining(visit, screen, found),
        file=edit.file_of(visit, found),
        errors=visit.errors(),
    )


def submit(visit: Visit, screen: Screen) -> PageResponse:
    """Delete the object."""
    found = edit.load(visit, screen)
    visit.perform(f"delete-{screen.kind}", path={"id": found.id}, if_match=visit.shown_tag)
    above = f"{BASE}/{screen.above_path}/{getattr(found, screen.above)}" if screen.above else screen.href
    return notices.done(visit, above, f"{screen.label(found)} was deleted.")


def remaining(visit: Visit, screen: Screen, found: Any) -> list[Remaining]:
    """Return what still depends on an object."""
    counts = visit.perform("count-dependents", body={"ids": [found.id]})[found.id]
    page = screen.page_of(found.id)
    left = [Remaining(counts[noun], words, page) for noun, words in screen.remaining.items() if counts[noun]]
    if screen.kind == "team":
        members = visit.perform("list-members", query={"team": found.id, "limit": "1"}).total
        if members:
            left.append(Remaining(members, ("member", "members"), f"/ui/teams/{found.id}/members"))
        if counts["grants"]:
            left.append(Remaining(counts["grants"], ("grant", "grants"), page))
    return left
