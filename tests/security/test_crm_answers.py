"""A CRM, or another server in its place, wants our secrets, our memory, or a list that is not complete."""

import json
from typing import Any

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response

from reconciler.errors import PortalError
from tests.servers.rest_crm import CLIENT_SECRET, TOKEN, RestDouble
from tests.servers.tryton_rpc import PASSWORD, TrytonDouble
from tests.sources.rest.opening import DYNAMICS, LINKED, WHOLE, read
from tests.sources.tryton import opening as tryton

SOURCE = 'source "crm" at https://crm.invalid'
TRYTON = 'source "crm" at http://tryton.invalid/crm'
ELSEWHERE = [
    "https://evil.example/api/data/v9.2/accounts",
    "//evil.example/api/data/v9.2/accounts",
    "https://crm.invalid@evil.example/",
    "https://crm.invalid:444/",
    "http://crm.invalid/",
    "https://reconciler@crm.invalid/",
    "https://[",
]


def rest_double() -> RestDouble:
    return RestDouble(*({"id": str(number), "name": f"Partner {number}"} for number in range(5)))


def error_of(double: RestDouble, settings: dict[str, Any]) -> str:
    with pytest.raises(PortalError) as raised:
        read(double, settings)
    shown = f"{raised.value.message} {raised.value.hint}"
    assert TOKEN not in shown
    assert CLIENT_SECRET not in shown
    return raised.value.message


def tryton_error(double: TrytonDouble) -> str:
    with pytest.raises(PortalError) as raised:
        tryton.read(double)
    assert PASSWORD not in f"{raised.value.message} {raised.value.hint}"
    return raised.value.message


@pytest.mark.parametrize("link", ELSEWHERE)
def test_a_next_page_on_another_host_is_never_requested(link: str) -> None:
    double = rest_double()
    double.alter = lambda body, _headers: {**body, "@odata.nextLink": link}

    absolute = f"https:{link}" if link.startswith("//") else link
    assert error_of(double, DYNAMICS) == f"{SOURCE} links to its next page on another host: {absolute}"
    assert len(double.requests) == 1


def test_a_next_page_on_another_host_in_a_header_is_never_requested() -> None:
    double = rest_double()

    def linked(body: Any, headers: dict[str, str]) -> Any:
        headers["Link"] = '<https://evil.example/>; rel="next"'
        return body

    double.alter = linked

    assert error_of(double, LINKED) == (
        f"{SOURCE} links to its next page on another host: https://evil.example/"
    )


def test_a_redirect_is_never_followed() -> None:
    double = rest_double()
    double.alter = lambda _body, _headers: RedirectResponse("https://evil.example/v1/whole")

    assert error_of(double, WHOLE) == f"{SOURCE} redirects to https://evil.example/v1/whole"


@pytest.mark.parametrize("style", [LINKED, DYNAMICS], ids=["header", "body"])
def test_pages_that_lead_back_end(style: dict[str, Any]) -> None:
    double = rest_double()
    first = '<?cursor=2>; rel="next"'

    def back(body: Any, headers: dict[str, str]) -> Any:
        if isinstance(body, list):
            headers["Link"] = first
            return body
        return {**body, "@odata.nextLink": "?$skiptoken=2"}

    double.alter = back

    assert "the pages repeat" in error_of(double, style)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'[{"id": "' + b"1" * (33 * 1024**2) + b'"}]', "more than 32 MiB in one response"),
        (b"\xff", "Invalid"),
        (b'{"error": "no list"}', "the answer is not a list"),
    ],
    ids=["deep", "huge", "binary", "other"],
)
def test_an_answer_without_meaning_is_an_error(content: bytes, problem: str) -> None:
    double = rest_double()
    double.alter = lambda _body, _headers: Response(content, media_type="application/json")

    assert problem.lower() in error_of(double, WHOLE).lower()


def test_a_deep_value_is_only_text() -> None:
    deep = b"[" * 600 + b"]" * 600
    double = RestDouble()
    content = b'[{"id": "1", "name": %s}, {"id": "2", "name": {"a": %s}}]' % (deep, deep)
    double.alter = lambda _body, _headers: Response(content, media_type="application/json")

    names = [each.values["name"] for each in read(double, WHOLE).accounts]

    assert [name[:3] for name in names] == ["[[[", '{"a']


@pytest.mark.parametrize(
    "spelled", [TOKEN, f"Bearer {TOKEN}", "".join(f"\\u{ord(each):04x}" for each in TOKEN)]
)
def test_our_token_is_neither_in_an_error_nor_in_an_account(spelled: str) -> None:
    text = spelled if spelled.startswith("\\") else json.dumps(spelled)[1:-1]
    double = rest_double()
    content = f'[{{"id": "1", "name": "{text}"}}]'.encode()
    double.alter = lambda _body, _headers: Response(content, media_type="application/json")
    accounts = read(double, WHOLE).accounts
    rejected = f'{{"message": "no: {text}"}}'.encode()
    double.alter = lambda _body, _headers: Response(rejected, 400, media_type="application/json")

    assert TOKEN not in repr(accounts)
    assert "•••" in error_of(double, WHOLE)


def test_the_secret_of_a_client_is_not_shown_by_the_service_of_its_tokens() -> None:
    double = rest_double()
    double.application.routes.clear()

    assert "token endpoint" in error_of(double, DYNAMICS)


def test_our_password_is_neither_in_an_error_nor_in_an_account_of_tryton() -> None:
    double = TrytonDouble()
    double.party(PASSWORD)
    double.subscription(1, "running", reference=f"contract {PASSWORD}")
    accounts = tryton.read(double).accounts
    double.errors = [["UserError", [f"{PASSWORD} is wrong", PASSWORD, None]]]

    assert PASSWORD not in repr(accounts)
    assert tryton_error(double) == (f"{TRYTON} rejected model.party.party.search_count: ••• is wrong •••")


def test_records_of_tryton_that_repeat_are_never_read_without_end() -> None:
    double = TrytonDouble()
    for number in range(3):
        double.party(f"Partner {number}")
    double.records["party.party"].append(double.records["party.party"][0])

    assert tryton_error(double) == (
        f"{TRYTON} sent an unexpected response: parties that are not sorted by id"
    )


@pytest.mark.parametrize(
    "day",
    [
        {"__class__": "date", "year": 2027, "month": 13, "day": 1},
        {"__class__": "date", "year": 10**30, "month": 1, "day": 1},
        {"__class__": "datetime", "year": 2027, "month": 1, "day": 1},
        "2027-01-01",
        [[]],
    ],
    ids=["month", "year", "class", "text", "list"],
)
def test_a_day_that_is_not_one_is_an_error(day: Any) -> None:
    double = TrytonDouble()
    double.subscription(double.party("Acme"), "running", end_date=day)

    assert tryton_error(double).startswith(f"{TRYTON} sent an unexpected response: subscriptions: ")


@pytest.mark.parametrize("session", [None, [], [7], ["seven", "key"], {"user": 7}, [7, None, None]])
def test_a_session_without_meaning_is_an_error(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    double = TrytonDouble()
    answer = JSONResponse({"id": 0, "result": session})
    monkeypatch.setattr(double, "_login", lambda *_: answer)

    assert tryton_error(double).startswith(f"{TRYTON} sent an unexpected response: the session ")
