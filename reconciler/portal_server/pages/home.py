"""The home page: a person's teams, what ends soon, and what waits for them."""

from datetime import date, timedelta
from typing import Final

from reconciler.portal_server.pages import layout
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit

_SOON: Final = timedelta(days=30)


def show(visit: Visit) -> PageResponse:
    """Show the teams of the person. An operator who views the portal as an admin sees that team alone."""
    person = visit.person
    home = None if person.viewing_as else visit.perform("get-home")
    last = (visit.now.date() + _SOON).isoformat()
    ending = [] if home is None else [team for team in person.teams if team.until and team.until <= last]
    return layout.page(
        visit,
        "home.html",
        teams=person.teams,
        home=home,
        ending=ending,
        longer=_longer(visit.now.date()),
    )


def _longer(today: date) -> str:
    """Return the end that a request for longer access proposes: a year from today."""
    return (today + timedelta(days=365)).isoformat()


PAGES: Final = (Page(path="/ui/", audience="signed-in", show=show),)
