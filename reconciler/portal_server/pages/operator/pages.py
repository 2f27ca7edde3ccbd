"""All pages of operators, as a table."""

from collections.abc import Callable
from typing import Final

from reconciler.portal_server.pages.operator import (
    deletion,
    details,
    edit,
    grants,
    items,
    lists,
    people,
    requests,
    start,
    status,
    tokens,
    view_as,
)
from reconciler.portal_server.pages.operator.screens import SCREENS, Screen
from reconciler.portal_server.pages.visit import Handler, Page, PageResponse, Visit

_DETAILS: Final[dict[str, Handler]] = {
    "partner": details.partner,
    "team": details.team,
    "access-group": details.access_group,
    "product": details.product,
    "api": details.api,
    "person": details.person,
}


def _of(screen: Screen) -> list[Page]:
    def bound(handler: Callable[[Visit, Screen], PageResponse]) -> Handler:
        return lambda visit: handler(visit, screen)

    def page(path: str, show: Handler, submit: Handler | None = None) -> Page:
        return Page(path=f"{screen.href}{path}", audience="operator", show=show, submit=submit)

    create = tokens.create if screen.kind == "token" else bound(edit.create)
    found = [
        page("", bound(lists.show)),
        page("/new", bound(edit.show_new), create),
        page("/{id}/delete", bound(deletion.show), bound(deletion.submit)),
    ]
    if screen.can_change:
        found.append(page("/{id}/change", bound(edit.show_change), bound(edit.change)))
    if screen.has_page:
        found.append(page("/{id}", _DETAILS[screen.kind]))
    return found


PAGES: Final = (
    *start.PAGES,
    *grants.PAGES,
    *items.PAGES,
    *people.PAGES,
    *requests.PAGES,
    *status.PAGES,
    *view_as.PAGES,
    *(page for screen in SCREENS for page in _of(screen)),
)
