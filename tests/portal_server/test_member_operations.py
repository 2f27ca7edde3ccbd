"""Operations of pages on members refuse what no page asks for."""

from typing import Any

import pytest

from reconciler.portal_server.operations.context import Call, Caller
from reconciler.portal_server.operations.member_operations import OPERATIONS
from reconciler.portal_server.operations.problems import ProblemError
from tests.portal_server.driver import Portal

BODIES: dict[str, Any] = {"find-members": {"ids": []}, "preview-members": {"emails": []}}


def refusal(portal: Portal, name: str, caller: Caller, team: str) -> tuple[int, str]:
    operation: Any = next(each for each in OPERATIONS if each.name == name)
    body = operation.body(**BODIES[name]) if operation.body else None
    with portal.app.state.database.reading() as connection:
        call = Call(connection, portal.clock, caller, {"id": team}, operation.query(), body, {})
        with pytest.raises(ProblemError) as refused:
            operation.run(call)
    return refused.value.status, refused.value.detail


def test_the_members_of_other_teams_are_out_of_reach(sqlite_portal: Portal) -> None:
    own, other = sqlite_portal.team(), sqlite_portal.team()
    admin = Caller(None, "ana@acme.example", "team", own["id"], delegated=True, email="ana@acme.example")

    assert {
        name: refusal(sqlite_portal, name, admin, other["id"]) for name in [*BODIES, "browse-members"]
    } == {
        "browse-members": (403, "You can only see the members of your own teams."),
        "find-members": (403, "You can only see the members of your own teams."),
        "preview-members": (403, "You can only invite people to your own team."),
    }
    assert refusal(sqlite_portal, "leave-team", admin, other["id"]) == (
        403,
        "You can only leave a team that you are in.",
    )


def test_a_team_that_does_not_exist_has_no_members(sqlite_portal: Portal) -> None:
    operator = Caller(None, "olga@portal.example", "admin", email="olga@portal.example")

    assert {
        name: refusal(sqlite_portal, name, operator, "team_0")[0] for name in [*BODIES, "browse-members"]
    } == {
        "browse-members": 404,
        "find-members": 404,
        "preview-members": 404,
    }
