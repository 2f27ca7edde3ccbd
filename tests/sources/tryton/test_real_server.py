"""A real Tryton server, whose parties and subscriptions are made through its own API."""

import asyncio
from datetime import date
from typing import Any

import pytest

from reconciler.errors import PortalError
from reconciler.model.accounts import Accounts
from tests.servers.tryton import PASSWORD, TrytonServer
from tests.servers.tryton_rpc import TrytonDouble
from tests.sources.tryton.opening import FIELDS, opened, read, values

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("tryton")]
NAMES = {"displayName": "name", "type": FIELDS["type"], "owner": FIELDS["owner"]}
BEGIN, END = date(2026, 1, 1), date(2027, 12, 31)


def found(server: TrytonServer, password: str = PASSWORD, **settings: Any) -> Accounts:
    return read(None, password, **{"url": server.url, **settings})


def failure(server: TrytonServer, password: str = PASSWORD, **settings: Any) -> tuple[str, str]:
    with pytest.raises(PortalError) as raised:
        found(server, password, **settings)
    return raised.value.message.replace(server.url, "URL"), raised.value.hint.replace(server.url, "URL")


def test_parties_have_the_columns_of_the_subscription_that_counts(tryton: TrytonServer) -> None:
    acme = tryton.party("Acme Logistik", "DE136695976", email="api@acme.example", website="acme.example")
    bolt = tryton.party("Bolt")
    tryton.subscribe(acme, "FW-1", BEGIN, date(2026, 6, 30))
    tryton.subscribe(acme, "FW-2", date(2026, 7, 1), END)
    cancelled = tryton.subscribe(bolt, "FW-3", BEGIN, None, ["quote"])
    tryton.step(cancelled, "cancel")
    where: dict[str, list[str]] = {each: [] for each in ("email", "website", "vat", "code", "active")}

    accounts = found(tryton, where=where)

    assert values(accounts) == {
        "party 1": {"id": "1", "name": "Halden Freight", "code": "1", "active": "true"},
        "party 2": {
            "id": "2",
            "name": "Acme Logistik",
            "code": "2",
            "active": "true",
            "email": "api@acme.example",
            "website": "acme.example",
            "vat": "DE136695976",
            "subscription.reference": "FW-2",
            "subscription.state": "running",
            "subscription.end": "2027-12-31",
        },
        "party 3": {
            "id": "3",
            "name": "Bolt",
            "code": "3",
            "active": "true",
            "subscription.reference": "FW-3",
            "subscription.state": "cancelled",
        },
    }


def test_a_merged_party_names_the_one_that_has_its_subscription_now(tryton: TrytonServer) -> None:
    old, new = tryton.party("Acme"), tryton.party("Acme")
    tryton.subscribe(old, "FW-1", BEGIN, END)
    tryton.merge(old, into=new)

    accounts = values(found(tryton, mergedInto="replaced_by", where={"active": []}))

    assert accounts["party 2"] == {"id": "2", "name": "Acme", "active": "false", "replaced_by": "3"}
    assert accounts["party 3"]["subscription.reference"] == "FW-1"


def test_only_parties_and_subscriptions_of_a_category_are_read(tryton: TrytonServer) -> None:
    category = tryton.create("party.category", name="API partner")
    acme, bolt = tryton.party("Acme"), tryton.party("Bolt")
    tryton.write("party.party", acme, categories=[["add", [category]]])
    for each in (acme, bolt):
        tryton.subscribe(each, f"FW-{each}", BEGIN, END)

    accounts = found(tryton, categories=["API partner"], where={"categories": []})

    assert [each.values["name"] for each in accounts.accounts] == ["Acme"]
    assert accounts.accounts[0].values["categories"] == "API partner"


def test_the_double_of_other_tests_answers_as_the_server(tryton: TrytonServer) -> None:
    double = TrytonDouble()
    double.party("Halden Freight", code="1")
    category = tryton.create("party.category", name="API partner")
    for number, name in enumerate(("Acme", "Acme", "Bolt"), 2):
        tryton.party(name, email=f"api@{name.lower()}.example")
        double.party(name, code=str(number), email=f"api@{name.lower()}.example")
    for party, end, steps in ((2, END, ["quote", "run"]), (4, None, ["cancel"])):
        tryton.subscribe(party, f"FW-{party}", BEGIN, end, steps)
        state = "running" if "run" in steps else "cancelled"
        double.subscription(party, state, end.isoformat() if end else None, reference=f"FW-{party}")
    tryton.write("party.party", 4, categories=[["add", [category]]])
    double.change("party.party", 4, categories=[{"id": category, "name": "API partner"}])
    tryton.merge(3, into=2)
    double.change("party.party", 3, active=False, replaced_by=2, email=None)
    columns: dict[str, list[str]] = {each: [] for each in ("code", "email", "active", "categories")}

    for categories in ([], ["API partner"]):
        settings: dict[str, Any] = {"where": columns, "mergedInto": "replaced_by", "categories": categories}
        assert found(tryton, **settings) == read(double, **settings)


def test_a_large_database_is_read_page_by_page(tryton: TrytonServer) -> None:
    names = [f"party-{number:04}" for number in range(1500)]
    tryton.ask("model.party.party.create", [{"name": name} for name in names], {})

    accounts = found(tryton, fields=NAMES)

    assert [each.values["name"] for each in accounts.accounts] == ["Halden Freight", *names]


def test_a_session_that_ended_begins_again(tryton: TrytonServer) -> None:
    async def reading() -> tuple[Accounts, Accounts]:
        async with opened(None, PASSWORD, url=tryton.url, fields=NAMES) as crm:
            before = await crm.read(lambda *_: None)
            tryton.end_sessions()
            return before, await crm.read(lambda *_: None)

    before, after = asyncio.run(reading())

    assert after == before


def test_a_user_without_the_company_or_the_right_is_reported(tryton: TrytonServer) -> None:
    tryton.subscribe(tryton.party("Acme"), "FW-1", BEGIN, END)
    tryton.write("res.user", tryton.user, company=None, companies=[["remove", [tryton.company]]])
    hidden = failure(tryton)
    [group] = tryton.ask("model.res.group.search", [["name", "=", "Reconciler"]], 0, 1, None, {})
    tryton.write("res.user", tryton.user, groups=[["remove", [group]]])

    assert hidden == (
        'source "crm" at URL/crm: the server shows no subscription',
        "the user needs the right to read them, and the company in its companies",
    )
    message, hint = failure(tryton)
    assert message.startswith(
        'source "crm" at URL/crm rejected model.sale.subscription.search_count: You are not allowed'
    )
    assert hint == "check the rights of the user"


def test_what_cannot_be_read_at_all_says_why(tryton: TrytonServer) -> None:
    secret = "not-the-password"

    assert failure(tryton, secret) == (
        'source "crm" at URL/crm does not accept the password of reconciler: Unauthorized',
        "check the password of reconciler from RECONCILER_TRYTON",
    )
    assert failure(tryton, database="other") == (
        'source "crm" at URL/other rejected the request (404): Not Found',
        "check url and database",
    )
    assert failure(tryton, url="http://127.0.0.1:1") == (
        'source "crm" at http://127.0.0.1:1/crm cannot be reached: connection refused',
        "check the url in the configuration, and whether http://127.0.0.1:1 can be reached from here",
    )
