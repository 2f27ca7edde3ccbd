"""The home page: a person's teams."""

from typing import Final

from reconciler.portal_server.pages import layout
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit


def show(visit: Visit) -> PageResponse:
    """Show the teams of the person."""
    return layout.page(visit, "home.html", teams=visit.person.teams)


PAGES: Final = (Page(path="/ui/", audience="signed-in", show=show),)
