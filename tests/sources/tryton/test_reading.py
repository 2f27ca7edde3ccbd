"""What is read of Tryton, from a double in this process."""

import pytest

from reconciler.errors import InputError, PortalError
from reconciler.model.accounts import Accounts
from reconciler.sources.tryton import adapter
from tests.servers.tryton_rpc import PASSWORD, TrytonDouble
from tests.sources.tryton.opening import FIELDS, read, values

PARTY, SUBSCRIPTION = "model.party.party", "model.sale.subscription"
NAMES = {"displayName": "name", "type": FIELDS["type"], "owner": FIELDS["owner"]}
COLUMNS = (
    "id, code, name, active, email, website, vat, language, categories, replaced_by, subscription.number,"
    " subscription.reference, subscription.description, subscription.state, subscription.start,"
    " subscription.end, identifier.TYPE"
)
COMPANY = "the user needs the right to read them, and the company in its companies"


@pytest.fixture
def double() -> TrytonDouble:
    return TrytonDouble()


def failure(double: TrytonDouble, password: str = PASSWORD, **settings: object) -> tuple[str, str]:
    with pytest.raises(PortalError) as raised:
        read(double, password, **settings)
    return raised.value.message, raised.value.hint


def test_a_party_has_the_columns_that_the_mapping_uses(double: TrytonDouble) -> None:
    acme = double.party(
        "Acme",
        code="17",
        email="api@acme.example",
        website="https://acme.example",
        lang={"id": 1, "code": "de"},
        tax_identifier={"id": 1, "code": "DE136695976"},
        categories=[{"id": 2, "name": "Reseller"}, {"id": 1, "name": "API partner"}],
        identifiers=[
            {"id": 1, "type": "eu_vat", "code": "DE136695976"},
            {"id": 2, "type": None, "code": "x"},
        ],
    )
    double.party("Bolt", active=False, replaced_by=acme)
    double.subscription(acme, "running", "2027-12-31", number="S1", reference="FW-1")
    columns = ("code", "email", "website", "language", "vat", "categories", "active", "identifier.eu_vat")
    days = ("subscription.start", "subscription.number", "subscription.description")
    where: dict[str, list[str]] = {column: [] for column in (*columns, *days)}

    found = read(double, mergedInto="replaced_by", where=where)

    assert values(found) == {
        "party 1": {
            "id": "1",
            "name": "Acme",
            "code": "17",
            "email": "api@acme.example",
            "website": "https://acme.example",
            "language": "de",
            "vat": "DE136695976",
            "categories": "API partner, Reseller",
            "active": "true",
            "identifier.eu_vat": "DE136695976",
            "subscription.number": "S1",
            "subscription.reference": "FW-1",
            "subscription.state": "running",
            "subscription.start": "2026-01-01",
            "subscription.end": "2027-12-31",
        },
        "party 2": {"id": "2", "name": "Bolt", "active": "false", "replaced_by": "1"},
    }


@pytest.mark.parametrize(
    ("subscriptions", "counts"),
    [
        ([("running", "2026-06-30"), ("closed", "2030-12-31"), ("draft", None)], "2026-06-30"),
        ([("running", "2026-06-30"), ("running", "2027-06-30")], "2027-06-30"),
        ([("running", None), ("running", "2027-06-30")], ""),
        ([("cancelled", "2027-06-30"), ("closed", "2026-06-30")], "2027-06-30"),
    ],
    ids=["running", "latest", "without-end", "none-running"],
)
def test_the_running_subscription_counts_then_the_one_that_ends_last(
    double: TrytonDouble, subscriptions: list[tuple[str, str | None]], counts: str
) -> None:
    acme = double.party("Acme")
    for state, end in subscriptions:
        double.subscription(acme, state, end)

    [account] = read(double).accounts

    assert account.values["subscription.end"] == counts


def test_pages_continue_after_the_last_id(double: TrytonDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "PAGE", 2)
    names = [f"party-{number}" for number in range(5)]
    for name in names:
        double.party(name)

    found = read(double, fields=NAMES)

    assert [each.values["name"] for each in found.accounts] == names
    assert double.calls.count(f"{PARTY}.search_read") == 3 + 2


def test_subscriptions_are_read_only_if_a_column_needs_them(double: TrytonDouble) -> None:
    double.party("Acme")

    read(double, fields=NAMES)

    assert {each.rpartition(".")[0] for each in double.calls} == {PARTY}


def test_only_parties_of_the_categories_are_read(double: TrytonDouble) -> None:
    api = [{"id": 1, "name": "API partner"}]
    acme, bolt = double.party("Acme", categories=api), double.party("Bolt")
    for each in (bolt, acme):
        double.subscription(each, "running", "2027-12-31")

    found = read(double, categories=["API partner"])

    assert [each.values["name"] for each in found.accounts] == ["Acme"]


def test_a_database_that_changes_is_read_again(double: TrytonDouble) -> None:
    acme = double.party("Acme", code="before")
    double.subscription(acme, "running")

    def change(call: int) -> None:
        if call == 6:
            double.change("party.party", acme, code="after")

    double.before = change
    found = read(double, where={"code": []})

    assert found.accounts[0].values["code"] == "after"


def test_a_database_that_never_rests_is_reported(double: TrytonDouble) -> None:
    acme = double.party("Acme")
    double.subscription(acme, "running")
    double.before = lambda call: double.change("party.party", acme, code=str(call))

    assert failure(double) == (
        'source "crm" at http://tryton.invalid/crm: the database changed while it was read',
        "try again later",
    )


def test_hidden_subscriptions_are_reported(double: TrytonDouble) -> None:
    double.party("Acme")

    assert failure(double) == (
        'source "crm" at http://tryton.invalid/crm: the server shows no subscription',
        COMPANY,
    )


def test_an_empty_database_is_complete(double: TrytonDouble) -> None:
    assert read(double) == Accounts(())


def test_a_column_that_no_party_has_is_an_error(double: TrytonDouble) -> None:
    with pytest.raises(InputError) as raised:
        read(double, fields={**FIELDS, "until": "subscription.ende", "domains": "homepage"})

    assert (raised.value.message, raised.value.hint) == (
        'source "crm": parties of Tryton have no column "homepage", "subscription.ende"',
        f"the columns are {COLUMNS}",
    )


def test_a_wrong_password_is_tried_once(double: TrytonDouble) -> None:
    assert failure(double, "wrong") == (
        'source "crm" at http://tryton.invalid/crm does not accept the password of reconciler: Unauthorized',
        "check the password of reconciler from RECONCILER_TRYTON",
    )
    assert double.logins == ["reconciler"]


def test_a_session_that_expired_begins_again_once(double: TrytonDouble) -> None:
    double.party("Acme")

    def expire(call: int) -> None:
        if call == 2:
            double.sessions.clear()

    double.before = expire

    assert [each.values["name"] for each in read(double, fields=NAMES).accounts] == ["Acme"]
    assert double.logins == ["reconciler"] * 2


def test_the_session_ends_with_the_run(double: TrytonDouble) -> None:
    read(double, fields=NAMES)

    assert double.sessions == set()


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (
            ["UserError", ["You are not allowed to read", "Ask an administrator.", None]],
            "rejected model.party.party.search_count: You are not allowed to read Ask an administrator.",
            "check the rights of the user",
        ),
        (
            ["'party.party'", ""],
            ": there is no party.party in the database",
            "activate the module of Tryton that has party.party",
        ),
        (
            ["division by zero", "Traceback"],
            "rejected model.party.party.search_count: division by zero",
            "check the rights of the user",
        ),
        (
            {"no": "list"},
            "rejected model.party.party.search_count: an error without a text",
            "check the rights of the user",
        ),
    ],
)
def test_errors_of_the_server_are_shown(double: TrytonDouble, error: object, message: str, hint: str) -> None:
    double.errors = [error]

    shown = failure(double)

    assert shown == (f'source "crm" at http://tryton.invalid/crm {message}'.replace(" :", ":"), hint)
