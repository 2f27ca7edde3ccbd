"""Who sees access, asks for it, decides about it, and gives it back."""

from typing import Any

import pytest

from tests.portal_server.asking import asked
from tests.portal_server.callers import CALLERS, Callers
from tests.portal_server.driver import Portal
from tests.portal_server.pages.company import ADMIN, MEMBER, Company, found


@pytest.fixture
def portal(sqlite_portal: Portal) -> Portal:
    return sqlite_portal


@pytest.fixture
def company(portal: Portal) -> Company:
    return found(portal)


@pytest.mark.parametrize(
    ("operation", "path", "allowed"),
    [
        ("get-team-access", "integration", "admin read token team_admin team_member suspended"),
        ("get-team-access", "finance", "admin read"),
        ("list-requestable-groups", "integration", "admin read token team_admin suspended"),
        ("list-requestable-groups", "finance", "admin read"),
        ("get-paths", MEMBER, "admin read token team_admin team_member suspended"),
        ("get-paths", ADMIN, "admin read token team_admin suspended"),
        ("get-paths", "other@globex.example", "admin read other_member other_admin"),
        ("get-access", MEMBER, "admin read"),
    ],
)
def test_who_sees_access(portal: Portal, company: Company, operation: str, path: str, allowed: str) -> None:
    callers = Callers(portal, company)
    values = {"email": path} if "@" in path else {"id": getattr(company, path)}

    outcomes = {who: callers.status(who, operation, path=values) for who in CALLERS}
    assert outcomes == {who: None if who in allowed.split() else 403 for who in CALLERS}


@pytest.mark.parametrize(
    ("operation", "body", "allowed"),
    [
        ("create-access-request", {"groupId": None, "reason": "Customs"}, "token team_admin admin"),
        ("withdraw-access-request", None, "token team_admin admin suspended"),
        ("get-access-request", None, "token team_admin admin suspended read"),
        ("grant-access-request", {"until": "2028-12-31"}, "admin"),
        ("decline-access-request", {"answer": "No."}, "admin"),
        ("give-back-grant", None, "token team_admin"),
    ],
)
def test_who_asks_and_who_decides(
    portal: Portal, company: Company, operation: str, body: dict[str, Any] | None, allowed: str
) -> None:
    request = asked(portal, company)["id"]
    callers = Callers(portal, company)
    path = {"id": company.grant if operation == "give-back-grant" else request}
    if operation.startswith("create"):
        body = {**(body or {}), "teamId": company.integration}

    outcomes = {who: callers.status(who, operation, path=path, body=body) for who in CALLERS}
    assert outcomes == {who: None if who in allowed.split() else 403 for who in CALLERS}
