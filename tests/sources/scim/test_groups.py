"""Groups by their names, and the people in them."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from reconciler.errors import PortalError
from tests.servers.scim import ScimServer, ScimState
from tests.sources.scim.opening import confirm, emails, read

NAME = "Acme Developers"


def acme(*addresses: str) -> ScimServer:
    state = ScimState()
    state.add_group(NAME, *map(state.add_user, addresses))
    return ScimServer(state)


def with_groups(change: Callable[[dict[str, Any]], None]) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """Return what changes each group in a body."""

    def changed(path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path.startswith("/Groups"):
            for group in body.get("Resources", [body]):
                change(group)
        return body

    return changed


def test_a_group_has_its_people_with_id_and_address() -> None:
    server = acme("ana@acme.example", "ben@acme.example")

    [answer] = read(server, NAME).values()

    assert answer.completeness == "complete"
    assert {(each.id, each.email, each.active) for each in answer.people} == {
        (user, found.user_name, True) for user, found in server.state.users.items()
    }


def test_a_disabled_account_is_shown_as_such() -> None:
    server = acme("ana@acme.example", "ben@acme.example")
    server.state.disable(next(iter(server.state.users)))

    [answer] = read(server, NAME).values()

    assert [(each.email, each.active) for each in answer.people] == [
        ("ana@acme.example", False),
        ("ben@acme.example", True),
    ]


@pytest.mark.parametrize("filters", [True, False])
def test_a_group_that_does_not_exist_is_absent(*, filters: bool) -> None:
    server = acme("ana@acme.example")
    server.filters = filters

    assert read(server, "Others")["Others"].completeness == "absent"


@pytest.mark.parametrize("filters", [True, False])
def test_two_groups_of_one_name_are_not_believed(*, filters: bool) -> None:
    server = acme("ana@acme.example")
    server.filters = filters
    server.state.add_group(NAME)

    [answer] = read(server, NAME).values()

    assert (answer.completeness, answer.reason) == ("partial", "2 groups have this name")


@pytest.mark.parametrize("filters", [True, False])
def test_a_name_that_differs_in_case_is_another_name(*, filters: bool) -> None:
    server = acme("ana@acme.example")
    server.filters = filters

    answer = read(server, "acme developers")["acme developers"]

    assert (answer.completeness, answer.reason) == (
        "absent",
        'the name is spelled "Acme Developers" there',
    )


def test_a_name_with_quotes_is_a_text_in_the_filter() -> None:
    name = 'A" or displayName pr or displayName eq "B\\'
    server = acme("ana@acme.example")
    server.state.add_group(name, server.state.add_user("ben@acme.example"))

    assert emails(read(server, name)[name]) == ["ben@acme.example"]


def test_a_server_without_filters_lists_its_groups_by_pages() -> None:
    server = acme("ana@acme.example")
    server.filters = False
    server.page = 3
    for number in range(10):
        server.state.add_group(f"Group {number}")

    answers = read(server, NAME, "Group 9")

    assert emails(answers[NAME]) == ["ana@acme.example"]
    assert answers["Group 9"].completeness == "empty"
    assert [each for each in server.requests if each.startswith("/Groups?")] == [
        f"/Groups?attributes=displayName&count=3&startIndex={start}" for start in (1, 3, 5, 7, 9)
    ]


def test_a_server_that_ignores_filters_is_read_by_a_listing() -> None:
    server = acme("ana@acme.example")
    server.state.add_group("Another tenant", server.state.add_user("eve@evil.example"))

    def ignoring(request: Request) -> Response | None:
        request.scope["query_string"] = b"&".join(
            each for each in request.scope["query_string"].split(b"&") if not each.startswith(b"filter")
        )
        return None

    server.before = ignoring

    assert emails(read(server, NAME)[NAME]) == ["ana@acme.example"]


def test_members_are_asked_for() -> None:
    server = acme("ana@acme.example")
    server.members = "request"

    assert emails(read(server, NAME)[NAME]) == ["ana@acme.example"]


def test_a_group_without_the_attribute_is_not_empty_where_no_group_has_it() -> None:
    server = acme("ana@acme.example")
    server.members = "never"
    server.filters = False

    [answer] = read(server, NAME).values()

    assert answer.completeness == "partial"
    assert answer.reason.startswith("no members are shown")


def test_an_empty_list_of_members_proves_no_more_than_a_missing_one() -> None:
    server = acme("ana@acme.example")
    server.filters = False
    server.change = with_groups(lambda group: group.update(members=[]))

    assert read(server, NAME)[NAME].completeness == "partial"


def test_a_server_that_never_shows_members_is_asked_for_the_users_in_the_group() -> None:
    server = acme("ana@acme.example", "ben@acme.example")
    server.state.add_group("Others", server.state.add_user("other@acme.example"))
    server.state.add_group("Empty")
    server.members = "never"
    server.user_groups = False
    server.cursors = True

    answers = read(server, NAME, "Empty")

    assert answers[NAME].completeness == "complete"
    assert emails(answers[NAME]) == ["ana@acme.example", "ben@acme.example"]
    assert answers["Empty"].completeness == "empty"
    assert confirm(server, NAME, *server.state.users) == dict(
        zip(server.state.users, ("member", "member", "left"), strict=True)
    )


def test_users_of_a_filter_that_is_ignored_are_not_in_the_group() -> None:
    server = acme("ana@acme.example")
    server.members = "never"
    server.state.add_user("eve@evil.example")

    def ignoring(request: Request) -> None:
        if request.url.path.endswith("/Users"):
            request.scope["query_string"] = b"count=100&startIndex=1"

    server.before = ignoring

    [answer] = read(server, NAME).values()

    assert (answer.completeness, answer.people) == ("partial", ())


def test_a_group_without_the_attribute_is_empty_where_another_group_has_it() -> None:
    server = acme("ana@acme.example")
    server.state.add_group("Empty")

    assert read(server, NAME, "Empty")["Empty"].completeness == "empty"


def test_members_that_only_the_group_itself_shows_are_read_there() -> None:
    server = acme("ana@acme.example")
    server.change = lambda path, body: (
        with_groups(lambda group: group.pop("members", None))(path, body) if path == "/Groups" else body
    )

    assert emails(read(server, NAME)[NAME]) == ["ana@acme.example"]


def test_groups_in_a_group_are_expanded_and_cycles_are_harmless() -> None:
    server = acme("ana@acme.example")
    state = server.state
    [top] = state.groups
    below = state.add_group("Below", state.add_user("ben@acme.example"), top)
    state.join(top, below)

    assert emails(read(server, NAME)[NAME]) == ["ana@acme.example", "ben@acme.example"]


def test_members_without_a_type_are_users_or_groups() -> None:
    server = acme("ana@acme.example")
    state = server.state
    state.join(next(iter(state.groups)), state.add_group("Below", state.add_user("ben@acme.example")))

    def without_types(group: dict[str, Any]) -> None:
        group["members"] = [{"value": each["value"]} for each in group.get("members", ())]

    server.change = with_groups(without_types)

    assert emails(read(server, NAME)[NAME]) == ["ana@acme.example", "ben@acme.example"]


def test_groups_on_too_many_levels_are_partial() -> None:
    server = acme("ana@acme.example")
    state = server.state
    last = next(iter(state.groups))
    for number in range(25):
        last, above = state.add_group(f"Level {number}", state.add_user(f"p{number}@acme.example")), last
        state.join(above, last)

    [answer] = read(server, NAME).values()

    assert (answer.completeness, answer.reason) == (
        "partial",
        "groups are in one another on more than 20 levels",
    )


def test_a_group_in_it_that_does_not_exist_makes_it_partial() -> None:
    server = acme("ana@acme.example")
    state = server.state
    [top] = state.groups
    gone = state.add_group("Gone")
    state.join(top, gone)
    del state.groups[gone]

    [answer] = read(server, NAME).values()

    assert (answer.completeness, answer.reason) == ("partial", f"the group {gone} in it does not exist")


def test_one_group_that_fails_leaves_the_others() -> None:
    server = acme("ana@acme.example")
    server.state.add_group("Broken", server.state.add_user("ben@acme.example"))
    server.before = lambda request: Response(status_code=500) if "Broken" in str(request.url) else None

    answers = read(server, NAME, "Broken")

    assert answers[NAME].completeness == "complete"
    assert answers["Broken"].completeness == "partial"
    assert "server error (500" in answers["Broken"].reason


def test_members_that_are_neither_users_nor_groups_are_named() -> None:
    server = acme("ana@acme.example")
    server.change = with_groups(
        lambda group: (
            group["members"].append({"value": "d", "type": "Device"}) if "members" in group else None
        )
    )

    [answer] = read(server, NAME).values()

    assert (answer.completeness, answer.notes) == (
        "complete",
        ("1 member is neither a user nor a group",),
    )


def test_a_member_without_an_id_makes_the_group_partial() -> None:
    server = acme("ana@acme.example")
    server.change = with_groups(
        lambda group: group["members"].append({"display": "x"}) if "members" in group else None
    )

    [answer] = read(server, NAME).values()

    assert (answer.completeness, answer.reason) == ("partial", "a member has no id")


def test_a_refused_token_is_an_error() -> None:
    server = acme("ana@acme.example")
    server.before = lambda _: Response(status_code=401)

    with pytest.raises(PortalError, match="does not accept the token"):
        read(server, NAME)


def test_a_refused_token_is_an_error_where_everybody_can_read_the_settings() -> None:
    server = acme("ana@acme.example")
    server.before = lambda request: (
        None if request.url.path.endswith("/ServiceProviderConfig") else Response(status_code=401)
    )

    with pytest.raises(PortalError, match="does not accept the token"):
        read(server, NAME, "Others")
