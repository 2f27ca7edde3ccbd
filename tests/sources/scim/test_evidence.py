"""What a person's own entry says about a group, and when it is believed."""

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.servers.scim import BASE, ScimServer, ScimState
from tests.sources.scim.opening import confirm

NAME = "Acme Developers"


class Company:
    """A group with Ana, one with Ben, and a server with both."""

    def __init__(self) -> None:
        self.state = ScimState()
        self.ana = self.state.add_user("ana@acme.example")
        self.ben = self.state.add_user("ben@acme.example")
        self.group = self.state.add_group(NAME, self.ana)
        self.other = self.state.add_group("Others", self.ben)
        self.server = ScimServer(self.state)

    def evidence(self, user: str) -> str:
        return confirm(self.server, NAME, user)[user]


def no_user_at_all(request: Request) -> Response | None:
    return JSONResponse({}, 404) if request.url.path.startswith(f"{BASE}/Users/") else None


def failing_users(request: Request) -> Response | None:
    return Response(status_code=500) if request.url.path.startswith(f"{BASE}/Users/") else None


def test_a_member_is_a_member() -> None:
    company = Company()

    assert company.evidence(company.ana) == "member"


def test_a_person_in_other_groups_left() -> None:
    company = Company()

    assert company.evidence(company.ben) == "left"


def test_a_deleted_user_left() -> None:
    company = Company()
    company.state.remove_user(company.ben)

    assert company.evidence(company.ben) == "left"


def test_a_disabled_account_left() -> None:
    company = Company()
    company.state.disable(company.ana)

    assert company.evidence(company.ana) == "left"


def test_no_such_user_is_not_believed_from_a_server_that_shows_none() -> None:
    company = Company()
    company.server.before = no_user_at_all

    assert company.evidence(company.ben) == "unknown"


def test_a_failure_is_no_evidence() -> None:
    company = Company()
    company.server.before = failing_users

    assert company.evidence(company.ben) == "unknown"


def test_a_member_of_a_group_in_the_group_is_a_member() -> None:
    company = Company()
    company.state.join(company.group, company.other)

    assert company.evidence(company.ben) == "member"


@pytest.mark.parametrize("user_groups", [True, False])
def test_the_last_member_of_a_group_left(*, user_groups: bool) -> None:
    company = Company()
    company.server.user_groups = user_groups
    company.state.leave(company.group, company.ana)

    assert company.evidence(company.ana) == "left"


def test_without_groups_of_users_a_filter_finds_a_member() -> None:
    company = Company()
    company.server.user_groups = False

    assert company.evidence(company.ana) == "member"


def test_without_groups_of_users_and_filters_nothing_is_known() -> None:
    company = Company()
    company.server.user_groups = False
    company.server.filters = False
    company.state.leave(company.group, company.ana)

    assert company.evidence(company.ana) == "unknown"


def test_a_filter_that_finds_no_known_member_is_not_believed() -> None:
    company = Company()
    company.server.user_groups = False
    company.state.leave(company.group, company.ana)
    company.server.change = lambda path, body: (
        {**body, "totalResults": 0, "Resources": []}
        if path == "/Groups" and "members" in company.server.requests[-1].partition("filter=")[2]
        else body
    )

    assert company.evidence(company.ana) == "unknown"


def test_the_only_group_that_is_empty_proves_nothing() -> None:
    company = Company()
    company.state.leave(company.group, company.ana)
    company.state.leave(company.other, company.ben)

    assert company.evidence(company.ana) == "unknown"


def test_who_may_be_in_an_unread_group_in_the_group_has_not_left() -> None:
    company = Company()
    gone = company.state.add_group("Gone")
    company.state.join(company.group, gone)
    del company.state.groups[gone]

    assert company.evidence(company.ben) == "unknown"


def test_a_group_that_does_not_exist_says_nothing() -> None:
    company = Company()

    assert confirm(company.server, "Unknown", company.ana) == {company.ana: "unknown"}
