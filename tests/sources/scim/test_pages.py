"""Lists by pages: each page must fit to the one before, and the total must be reached."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request

from reconciler.model.directory import GroupAnswer
from tests.servers.scim import ScimServer, ScimState
from tests.sources.scim.opening import read

Body = dict[str, Any]


def ten_groups() -> ScimServer:
    state = ScimState()
    ana = state.add_user("ana@acme.example")
    for number in range(10):
        state.add_group(f"Group {number}", ana)
    server = ScimServer(state, page=4)
    server.filters = False
    return server


def answer_with(change: Callable[[Body, int], Body]) -> GroupAnswer:
    """Return the answer about the last group if pages of groups are changed; each has a number from 0."""
    server = ten_groups()
    seen = iter(range(1000))
    server.change = lambda path, body: change(body, next(seen)) if path == "/Groups" else body
    return read(server, "Group 9")["Group 9"]


def short(body: Body, _page: int) -> Body:
    return {**body, "Resources": body["Resources"][:3], "itemsPerPage": 3}


def lying_size(body: Body, _page: int) -> Body:
    return {**body, "itemsPerPage": 4711}


def growing_total(body: Body, page: int) -> Body:
    return {**body, "totalResults": 10 + page}


def too_many(body: Body, _page: int) -> Body:
    return {**body, "totalResults": 3}


def missing_one(body: Body, page: int) -> Body:
    return {**body, "Resources": body["Resources"][:1] + body["Resources"][2:]} if page % 3 == 0 else body


def always_the_first(body: Body, _page: int) -> Body:
    first = [{"id": f"g{number}", "displayName": "x"} for number in range(4)]
    return {**body, "startIndex": 1, "Resources": first}


def twice_in_a_page(body: Body, _page: int) -> Body:
    return {**body, "Resources": [*body["Resources"], body["Resources"][-1]]}


def no_total(body: Body, _page: int) -> Body:
    return {key: value for key, value in body.items() if key != "totalResults"}


def no_entries(body: Body, _page: int) -> Body:
    return {**body, "Resources": []}


def without_id(body: Body, _page: int) -> Body:
    return {**body, "Resources": [{"displayName": "Group 9"}]}


def another_schema(body: Body, _page: int) -> Body:
    return {**body, "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"]}


def a_list(body: Body, _page: int) -> Any:
    return [body]


@pytest.mark.parametrize("change", [short, lying_size])
def test_a_complete_list_is_complete_whatever_the_server_calls_a_page(
    change: Callable[[Body, int], Body],
) -> None:
    assert answer_with(change).completeness == "complete"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (growing_total, "the total changed from"),
        (too_many, "the total is 3, but 4 items were received"),
        (missing_one, "the list changed while it was read"),
        (always_the_first, "the list changed while it was read"),
        (twice_in_a_page, "the pages repeat"),
        (no_total, "totalResults"),
        (no_entries, "the pages repeat after 0 of 10 items"),
        (without_id, "Field 'id'"),
        (another_schema, "unexpected response"),
        (a_list, "unexpected response"),
    ],
)
def test_pages_that_do_not_fit_make_the_answer_partial(
    change: Callable[[Body, int], Body], reason: str
) -> None:
    answer = answer_with(change)

    assert answer.completeness == "partial"
    assert reason in answer.reason


def test_a_group_that_is_created_while_another_is_deleted_hides_no_third_one() -> None:
    server = ten_groups()
    state = server.state

    def meanwhile(path: str, body: Body) -> Body:
        if path == "/Groups" and "Group 0" in {each.display_name for each in state.groups.values()}:
            del state.groups[next(iter(state.groups))]
            state.add_group("New")
        return body

    server.change = meanwhile

    answers = read(server, *(f"Group {number}" for number in range(1, 10)))

    assert {each.completeness for each in answers.values()} == {"complete"}


def test_a_server_with_cursors_only_is_read_by_cursor() -> None:
    server = ten_groups()
    server.cursors = True

    assert read(server, "Group 9")["Group 9"].completeness == "complete"
    assert [each for each in server.requests if each.startswith("/Groups?")] == [
        f"/Groups?attributes=displayName&count=4{cursor}" for cursor in ("", "&cursor=4", "&cursor=8")
    ]


def test_keys_in_lower_case_relative_locations_and_no_totals_are_read() -> None:
    server = ten_groups()
    server.cursors = True

    def changed(path: str, body: Body) -> Body:
        if "Resources" not in body:
            return body
        kind = path.removeprefix("/").removesuffix("s").lower()
        entries = [
            {**each, "meta": {"location": f"{path.lower()}/{each['id']}", "resourceType": kind}}
            for each in body["Resources"]
        ]
        kept: Body = {key: body[key] for key in ("schemas", "itemsPerPage") if key in body}
        if "nextCursor" in body:
            kept["nextCursor"] = f"+/={body['nextCursor']}"
        return {**kept, "resources": entries}

    def with_own_cursor(request: Request) -> None:
        query = request.scope["query_string"]
        request.scope["query_string"] = query.replace(b"cursor=%2B%2F%3D", b"cursor=")

    server.before = with_own_cursor

    server.change = changed

    answer = read(server, "Group 9")["Group 9"]

    assert (answer.reason, [each.email for each in answer.people]) == ("", ["ana@acme.example"])


def test_pages_by_index_need_a_total_even_where_cursors_are_supported() -> None:
    server = ten_groups()
    pagination = {"cursor": True, "index": True}

    def changed(path: str, body: Body) -> Body:
        if path == "/ServiceProviderConfig":
            return {**body, "pagination": pagination}
        return {key: body[key] for key in body if key != "totalResults"}

    server.change = changed

    answer = read(server, "Group 9")["Group 9"]

    assert answer.completeness == "partial"
    assert "a page of Groups without totalResults" in answer.reason


def test_settings_that_the_server_does_not_show_are_the_usual_ones() -> None:
    server = ten_groups()
    server.filters = True
    server.change = lambda path, body: {"nothing": 1} if path == "/ServiceProviderConfig" else body

    assert read(server, "Group 9")["Group 9"].completeness == "complete"
