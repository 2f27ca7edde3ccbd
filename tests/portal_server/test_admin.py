import pytest

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
