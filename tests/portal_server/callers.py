"""Everybody who may perform an operation, for tables of rights."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace

from reconciler.portal_server.identity.teams_of_person import caller_in, viewed_team
from reconciler.portal_server.operations.context import Caller
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.operations.table import operations
from reconciler.portal_server.pages.visit import Portal as Pages
from reconciler.portal_server.pages.visit import Visit
from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, SITE
from tests.portal_server.pages.company import ADMIN, MEMBER, Company

OTHER = "other@globex.example"
CALLERS: Final = (
    "stranger",
    "other_member",
    "other_admin",
    "team_member",
    "team_admin",
    "token",
    "suspended",
    "read",
    "admin",
)


class Callers:
    """What each caller gets from an operation; a failed one leaves no trace."""

    def __init__(self, portal: Portal, company: Company) -> None:
        self._portal = portal
        portal.made("/people", email=OTHER)
        portal.member({"id": company.globex_ops}, OTHER)
        with portal.app.state.database.reading() as connection:
            own = viewed_team(connection, company.integration)
            other = viewed_team(connection, company.globex_ops)
        assert own is not None
        assert other is not None
        token = Caller("tok_1", "ci", "team", own.id, own.delegated, own.partner_id, "active")
        self._callers: dict[str, Caller] = {
            "stranger": caller_in("stranger@example.org", None),
            "other_member": caller_in(OTHER, replace(other, role="member")),
            "other_admin": caller_in("admin@globex.example", other),
            "team_member": caller_in(MEMBER, replace(own, role="member")),
            "team_admin": caller_in(ADMIN, own),
            "token": token,
            "suspended": caller_in(ADMIN, replace(own, partner_status="suspended")),
            "read": Caller("tok_2", "reports", "read"),
            "admin": Caller(None, OPERATOR, "admin", email=OPERATOR),
        }

    def status(self, who: str, operation: str, **request: Any) -> int | None:
        """Return the status of the problem that a caller gets, or None; nothing stays changed."""
        table = {each.name: each for each in operations("Portal")}
        with self._portal.app.state.database.writing() as connection:
            pages = Pages("Portal", SITE, table, "", "")
            empty: Mapping[str, str] = {}
            visit = Visit(pages, connection, self._portal.clock, "POST", "", "", "", empty, empty)
            visit.caller = self._callers[who]
            with connection.begin_nested() as savepoint:
                try:
                    visit.perform(operation, **request)
                except ProblemError as problem:
                    return problem.status
                finally:
                    savepoint.rollback()
        return None
