"""Mails in the database."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from reconciler.portal_server import Site
from reconciler.portal_server.seed import Smtp
from tests.portal_server.driver import Portal

SMTP = Smtp("127.0.0.1", 25, "portal@portal.example", security="none")
Opened = Callable[[Site | None], Portal]


@pytest.fixture
def opened(database: str, request: pytest.FixtureRequest) -> Opened:
    """What opens a portal on the database."""

    def opener(site: Site | None) -> Portal:
        portal = Portal(database, site=site)
        request.addfinalizer(portal.__exit__)
        return portal

    return opener


def rows(portal: Portal) -> list[tuple[object, ...]]:
    with portal.app.state.database.reading() as connection:
        found = connection.execute(text("SELECT due_at, attempts, html IS NULL FROM mails ORDER BY seq"))
        return [(due, attempts, bool(plain)) for due, attempts, plain in found]


def test_an_invitation_without_pages_names_the_requests_and_waits_for_nobody(opened: Opened) -> None:
    portal = opened(None)
    portal.member(portal.team(), "ana@acme.example")
    [mail] = portal.items("/mailbox")
    [code] = portal.codes("ana@acme.example")

    assert mail["text"] == (
        "You are invited to the team n2 of n1.\n\n"
        f"To accept: POST /invitations/{code}/accept\nTo decline: POST /invitations/{code}/decline\n"
    )
    assert rows(portal) == [(None, 0, True)]


def test_an_invitation_of_a_portal_with_pages_has_their_address(opened: Opened) -> None:
    portal = opened(Site(url="https://portal.example", smtp=SMTP))
    portal.member(portal.team(), "ana@acme.example")
    [mail] = portal.items("/mailbox")

    assert "until 2026-03-08 12:00 UTC:\nhttps://portal.example/ui/invitations/inv_" in mail["text"]
    assert mail.keys() == {"id", "to", "subject", "text", "sentAt"}
    assert rows(portal) == [("2026-03-01T12:00:00Z", 0, False)]


@pytest.mark.parametrize(
    ("host", "line"),
    [
        ("localhost:8000", "\nhttp://localhost:8000/ui/invitations/inv_"),
        ("127.0.0.1", "\nhttp://127.0.0.1/ui/invitations/inv_"),
        ("evil.example", "\n/ui/invitations/inv_"),
        ("[::1", "\n/ui/invitations/inv_"),
    ],
)
def test_without_a_public_address_links_lead_to_this_machine_only(
    opened: Opened, host: str, line: str
) -> None:
    portal = opened(Site())
    body = {"teamId": portal.team()["id"], "email": "ana@acme.example", "role": "member"}
    portal.post("/members", body, headers={"Host": host})

    assert line in portal.items("/mailbox")[0]["text"]
