"""Show what a change does to an object that git manages, before it is saved."""

from typing import Final

import msgspec

from reconciler.portal_server.pages import layout
from reconciler.portal_server.pages.operator.files import GitFile
from reconciler.portal_server.pages.visit import PageResponse, Visit

CONFIRMED: Final = "confirmed"


class Change(msgspec.Struct, frozen=True):
    """A value before and after a change, as people read it."""

    label: str
    before: str
    after: str


def is_confirmed(visit: Visit) -> bool:
    """Whether the person has seen what the change does."""
    return visit.form.text(CONFIRMED) == "yes"


def page(visit: Visit, title: str, file: GitFile, changes: list[Change], back: str) -> PageResponse:
    """Return the page that asks for the confirmation; it posts the same form again."""
    fields = [(key, value) for key, value in visit.form.pairs if key not in {"csrf", CONFIRMED}]
    return layout.page(
        visit, "operator/review.html", heading=title, file=file, changes=changes, fields=fields, back=back
    )
