import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reconciler import portal_server
from reconciler.portal_server import PortalServerError, UnknownTeamError, issue_token
from tests.portal_server.driver import Portal


def test_the_operator_issues_tokens_of_every_scope(portal: Portal) -> None:
    team = portal.team(portal.partner(name="acme"), name="integration")

    for scope, of in (("admin", None), ("read", None), ("team", ("acme", "integration"))):
        token = issue_token(portal.database, name="mine", scope=scope, team=of)
        expected = {"name": "mine", "scope": scope, "teamId": team["id"] if of else None}
        me = portal.get("/me", token=token).json()
        assert me == {**expected, "id": me["id"]}
    assert portal.items("/audit", params={"limit": 1000})[-1]["token"] is None


def test_a_token_for_an_unknown_team_is_refused(portal: Portal) -> None:
    with pytest.raises(UnknownTeamError, match="partner acme has no team integration") as refusal:
        issue_token(portal.database, name="t", scope="team", team=("acme", "integration"))
    assert isinstance(refusal.value, LookupError)


@pytest.mark.parametrize(("name", "scope"), [("t", "team"), ("t", "root"), ("", "read"), ("a\0b", "admin")])
def test_a_token_that_makes_no_sense_is_refused(portal: Portal, name: str, scope: str) -> None:
    with pytest.raises(PortalServerError, match="cannot be issued"):
        issue_token(portal.database, name=name, scope=scope)


def test_the_audit_log_calls_the_first_apis_and_tokens_of_the_command_line_those_of_the_operator(
    tmp_path: Path,
) -> None:
    database = tmp_path / "portal.db"
    api = portal_server.ApiEntry(name="rates", display_name="Rates", owner="logistics", visibility="public")
    portal_server.create_app(str(database), apis=[api]).state.database.close()
    portal_server.issue_token(str(database), name="ci", scope="admin")

    with closing(sqlite3.connect(database)) as connection:
        written = connection.execute("SELECT kind, action, through FROM audit ORDER BY kind").fetchall()
    assert written == [("api", "create", "operator"), ("token", "create", "operator")]
