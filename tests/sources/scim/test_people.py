"""People by their ids, in few requests."""

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.http.scripted import Naps
from tests.servers.scim import ScimServer, ScimState
from tests.sources.scim.opening import ask, emails, read

NAME = "Acme Developers"


def company(size: int, others: int = 0) -> ScimServer:
    state = ScimState()
    for number in range(others):
        state.add_user(f"o{number:03}@other.example")
    people = [state.add_user(f"p{number:03}@acme.example") for number in range(size)]
    state.add_group(NAME, *people)
    return ScimServer(state)


def users_requests(server: ScimServer) -> list[str]:
    return [each for each in server.requests if each.startswith("/Users")]


def test_90_people_are_read_by_three_filters() -> None:
    server = company(90, others=10)

    answer = read(server, NAME)[NAME]

    assert (answer.completeness, len(answer.people)) == ("complete", 90)
    assert len(users_requests(server)) == 3
    assert len(server.requests) == 5


def test_without_filters_all_users_are_listed_where_that_is_less() -> None:
    server = company(30, others=5)
    server.filters = False
    server.page = 15

    assert len(read(server, NAME)[NAME].people) == 30
    assert [each.rpartition("=")[2] for each in users_requests(server)] == ["1", "1", "15", "29"]


def test_few_people_of_many_are_read_one_by_one() -> None:
    server = company(5, others=60)
    server.filters = False
    server.page = 10

    assert len(read(server, NAME)[NAME].people) == 5
    assert len(users_requests(server)) == 6
    assert sum(each.startswith("/Users/") for each in server.requests) == 5


def test_a_server_that_finds_nobody_by_id_is_not_believed() -> None:
    server = company(20)

    def empty(path: str, body: dict[str, Any]) -> dict[str, Any]:
        filtered = "filter=id" in server.requests[-1]
        return {**body, "Resources": [], "totalResults": 0} if path == "/Users" and filtered else body

    server.change = empty

    answer = read(server, NAME)[NAME]

    assert (answer.completeness, len(answer.people)) == ("complete", 20)
    assert len(users_requests(server)) == 3


def test_a_person_who_cannot_be_read_makes_the_group_partial() -> None:
    server = company(20)
    [first, *_] = server.state.users

    def broken(_path: str, body: dict[str, Any]) -> dict[str, Any]:
        for user in body.get("Resources", [body]):
            if user.get("id") == first:
                user["emails"] = "none"
        return body

    server.change = broken

    answer = read(server, NAME)[NAME]

    assert (answer.completeness, len(answer.people)) == ("partial", 19)
    assert answer.reason.startswith("1 person cannot be read: ")
    assert "emails" in answer.reason


def test_a_deleted_user_is_not_in_the_group() -> None:
    server = company(3)
    [first, *_] = list(server.state.users)
    del server.state.users[first]

    answer = read(server, NAME)[NAME]

    assert (answer.completeness, emails(answer), answer.notes) == (
        "complete",
        ["p001@acme.example", "p002@acme.example"],
        ("1 member is a user that no longer exists",),
    )


def test_members_of_whom_nobody_exists_are_not_an_empty_group() -> None:
    server = company(3)
    server.before = lambda request: (
        JSONResponse({}, 404) if request.url.path.startswith("/scim/v2/Users") else None
    )

    answer = read(server, NAME)[NAME]

    assert (answer.completeness, answer.reason) == (
        "partial",
        "none of 3 people can be read: no such user",
    )


def test_a_server_that_ends_is_not_asked_for_everybody() -> None:
    server = company(200)

    def ending(request: Request) -> Response | None:
        return Response(status_code=503) if request.url.path.startswith("/scim/v2/Users") else None

    server.before = ending

    answer = read(server, NAME)[NAME]

    assert answer.completeness == "partial"
    assert answer.reason.startswith("200 people cannot be read: ")
    assert len(server.requests) < 100


def test_a_limit_of_requests_is_waited_for() -> None:
    server = company(3)
    answers = [Response(status_code=429, headers={"Retry-After": "7"})]
    server.before = lambda _: answers.pop() if answers else None
    naps = Naps()

    [answer] = ask(server, lambda directory: directory.read([NAME], lambda *_: None), naps).values()

    assert answer.completeness == "complete"
    assert 7 in naps.seconds


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"emails": [{"value": "a@x.example"}, {"value": "b@x.example", "primary": True}]}, "b@x.example"),
        ({"emails": [{"value": "a@x.example"}, {"value": "b@x.example", "type": "work"}]}, "b@x.example"),
        ({"emails": [{"value": " "}, {"value": "a@x.example", "type": "home"}]}, "a@x.example"),
        ({"emails": [], "userName": "ana@x.example"}, "ana@x.example"),
        ({"emails": None, "userName": "ana"}, ""),
    ],
)
def test_the_address_is_the_primary_one_or_that_of_work(user: dict[str, Any], expected: str) -> None:
    server = company(1)
    server.change = lambda path, body: {**body, **user} if path.startswith("/Users/") else body

    [person] = read(server, NAME)[NAME].people

    assert person.email == expected


def test_people_without_an_address_are_named() -> None:
    server = company(1)
    state = server.state
    for name in ("ana", "ben", "cid", "dee"):
        state.join(next(iter(state.groups)), state.add_user("", name))

    answer = read(server, NAME)[NAME]

    assert answer.completeness == "complete"
    assert answer.notes == ("4 people without an e-mail address: ana, ben, cid and 1 more",)
