"""What is read of JSON APIs, from a double of common CRMs."""

from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.errors import InputError, PortalError
from reconciler.model.accounts import Accounts, UnreadAccount
from tests.servers.rest_crm import TOKEN, RestDouble
from tests.sources.rest.opening import (
    DYNAMICS,
    FIELDS,
    HUBSPOT,
    LINKED,
    NUMBERED,
    OFFSET,
    WHOLE,
    read,
    values,
)

NAMES = ["Acme", "Bolt", "Corvus", "Delta", "Ember"]
ALL = [HUBSPOT, DYNAMICS, NUMBERED, OFFSET, LINKED, WHOLE]
IDS = ["cursor", "odata", "page", "offset", "link-header", "whole"]
SOURCE = 'source "crm" at https://crm.invalid'


@pytest.fixture
def double() -> RestDouble:
    return RestDouble(*({"id": str(number), "name": name} for number, name in enumerate(NAMES, 1)))


def failure(double: RestDouble, *settings: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(PortalError) as raised:
        read(double, *settings, secret="wrong")
    return raised.value.message, raised.value.hint


@pytest.mark.parametrize("style", ALL, ids=IDS)
def test_all_pages_are_read(double: RestDouble, style: dict[str, Any]) -> None:
    found = read(double, style)

    column = "properties.name" if style is HUBSPOT else "name"
    assert found.unread == ()
    assert [each.values[column] for each in found.accounts] == NAMES
    assert [each.place for each in found.accounts] == [f"account {number}" for number in range(1, 6)]


@pytest.mark.parametrize("style", ALL, ids=IDS)
def test_an_empty_list_is_complete(style: dict[str, Any]) -> None:
    assert read(RestDouble(), style) == Accounts(())


def test_the_query_is_that_of_the_settings_and_the_page(double: RestDouble) -> None:
    read(double, HUBSPOT)
    read(double, NUMBERED)
    read(double, OFFSET)

    properties = "properties=name%2Cdomain%2Ccontract_end"
    assert double.requests == [
        f"/crm/v3/objects/companies?limit=2&{properties}",
        f"/crm/v3/objects/companies?limit=2&{properties}&after=2",
        f"/crm/v3/objects/companies?limit=2&{properties}&after=4",
        *(f"/v1/partners?status=all&page={number}" for number in (1, 2, 3)),
        *(f"/v1/organizations?start={number}" for number in (0, 2, 4, 5)),
    ]


def test_values_become_text() -> None:
    double = RestDouble(
        {
            "id": 17,
            "name": " Acme ",
            "crm.name": "dotted",
            "active": True,
            "rate": 1.5,
            "contact": {"email": "ana@acme.example", "none": None},
            "domains": ["acme.example", "acme.test"],
            "tags": [{"a": 1}],
        },
        {"id": 18, "name": None},
    )
    columns = ["crm.name", "active", "rate", "contact.email", "contact.none", "domains", "tags"]

    found = read(double, WHOLE, {"where": {column: [] for column in columns}})

    assert values(found) == {
        "account 17": {
            "id": "17",
            "name": "Acme",
            "crm.name": "dotted",
            "active": "true",
            "rate": "1.5",
            "contact.email": "ana@acme.example",
            "contact.none": "",
            "domains": "acme.example, acme.test",
            "tags": '{"a": 1}',
        },
        "account 18": {**dict.fromkeys(columns, ""), "id": "18", "name": ""},
    }


def test_what_is_not_an_object_is_reported_and_the_others_are_read() -> None:
    found = read(RestDouble({"id": "1", "name": "Acme"}, "Bolt"), WHOLE)  # type: ignore[arg-type]

    assert [each.place for each in found.accounts] == ["account 1"]
    assert found.unread == (UnreadAccount("item 2", "it is not a JSON object"),)


def test_a_column_that_no_account_has_is_an_error(double: RestDouble) -> None:
    with pytest.raises(InputError) as raised:
        read(double, WHOLE, {"fields": {**FIELDS, "displayName": "nane"}, "mergedInto": "master"})

    assert raised.value.message == f'{SOURCE}: no object has the key "nane"; did you mean "name"?'


@pytest.mark.parametrize(
    ("pagination", "named"),
    [
        (None, "paging.next"),
        ({"type": "cursor", "path": "paging.next.cursor", "parameter": "after"}, "paging.next"),
        ({"type": "link", "path": "next"}, "paging.next"),
    ],
)
def test_a_list_that_goes_on_is_not_taken_for_complete(
    double: RestDouble, pagination: dict[str, Any] | None, named: str
) -> None:
    assert failure(double, HUBSPOT, {"pagination": pagination}) == (
        f"{SOURCE}: the last page has {named}, so there are more",
        "set `pagination` to how this API divides its list into pages",
    )


@pytest.mark.parametrize(
    "end",
    [
        {"paging": {"next": None}},
        {"paging": {"next": {"after": None, "link": ""}}},
        {"has_more": False, "next_cursor": "", "next-page": 0},
        {"@odata.nextLink": None, "total": 5, "nextUpdate": "2027-01-01"},
    ],
)
def test_an_answer_that_says_that_it_is_the_last_is_complete(double: RestDouble, end: dict[str, Any]) -> None:
    double.alter = lambda body, _headers: {"results": body, **end}

    assert len(read(double, WHOLE, {"items": "results"}).accounts) == 5


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"has_more": True}, "has_more"),
        ({"meta": {"cursor": {"nextCursor": "a"}}}, "meta.cursor.nextCursor"),
        ({"@odata.nextLink": "?page=2"}, "@odata.nextLink"),
        ({"page": {"next-page": 2}}, "page.next-page"),
    ],
)
def test_what_says_that_there_are_more_is_named(double: RestDouble, more: dict[str, Any], named: str) -> None:
    double.alter = lambda body, _headers: {"results": body, **more}

    message, _ = failure(double, WHOLE, {"items": "results"})

    assert message == f"{SOURCE}: the last page has {named}, so there are more"


def test_a_link_header_that_is_not_followed_is_an_error(double: RestDouble) -> None:
    message, _ = failure(double, LINKED, {"pagination": None})

    assert message == f"{SOURCE}: the last page has the header Link, so there are more"


def test_a_list_that_is_shorter_than_its_total_is_an_error(double: RestDouble) -> None:
    def shorten(body: Any, _headers: dict[str, str]) -> Any:
        return {**body, "data": body["data"][:1]}

    double.alter = shorten

    assert failure(double, NUMBERED)[0] == (
        f"{SOURCE}: v1/partners: the total is 5, but 3 items were received"
    )


def test_a_service_that_ignores_the_page_is_an_error(double: RestDouble) -> None:
    double.alter = lambda body, _headers: {**body, "items": double.accounts[:2]}

    assert failure(double, OFFSET) == (
        f"{SOURCE}: v1/organizations: the pages repeat after 4 items",
        "try again later",
    )


def test_a_list_elsewhere_in_the_answer_is_an_error(double: RestDouble) -> None:
    assert failure(double, NUMBERED, {"items": "results"}) == (
        f'{SOURCE}: there is no list at "results"',
        "set `items` to the keys that lead to the list in the answer",
    )
    assert failure(double, NUMBERED, {"items": None})[0] == f"{SOURCE}: the answer is not a list"
    assert failure(double, NUMBERED, {"total": "meta.count"})[0] == (
        f'{SOURCE} sent an unexpected response: there is no number at "meta.count"'
    )


def test_a_token_that_is_not_accepted_is_named_by_its_variable(double: RestDouble) -> None:
    message, hint = failure(double, WHOLE, {"tokenScheme": "Token"})

    assert message == f"{SOURCE} does not accept the token: the token is not valid"
    assert hint == "check the token from RECONCILER_TOKEN"
    assert TOKEN not in message + hint


def test_a_client_that_is_not_accepted_is_named_by_its_variable(double: RestDouble) -> None:
    message, hint = failure(double, DYNAMICS)

    assert message == (
        'the token endpoint of source "crm" at https://crm.invalid/token does not accept the client secret:'
        " invalid_client"
    )
    assert hint == "check the client secret from RECONCILER_CLIENT_SECRET"


@pytest.mark.parametrize(
    "settings",
    [
        {"token": None},
        {"clientId": "a"},
        {"token": None, "clientId": "a"},
        {"scope": "all"},
        {**DYNAMICS, "tokenHeader": "X-Key"},
        {"tokenHeader": "X Key"},
    ],
)
def test_settings_have_one_complete_way_to_authenticate(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(RestDouble(), WHOLE, settings)
