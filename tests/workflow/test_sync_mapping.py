"""What the text of a column becomes in a partner file, and every way in which it can be wrong."""

from typing import Any

import pytest

from reconciler.errors import InputError
from reconciler.model.accounts import Account
from reconciler.model.partner_request import Problem
from reconciler.workflow.sync.mapping import AccountMapper, MappedAccount, domain
from reconciler.workflow.sync.settings import require_usable
from reconciler.workflow.validate import settings
from tests.builders import configuration
from tests.sources.crm_settings import csv_source

OWNERS = ("partnerships", "logistics")


def mapped(fields: dict[str, Any], **cells: str) -> MappedAccount:
    values = {"Id": "1", "Name": "Acme", **cells}
    return AccountMapper(csv_source(fields=fields), OWNERS).mapped(Account("crm.csv:2", values))


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        (None, "2027-12-31", "2027-12-31"),
        ("%d.%m.%Y", "31.12.2027", "2027-12-31"),
        ("%d.%m.%Y", "1.2.2027", "2027-02-01"),
        ("%m/%d/%y", "12/31/27", "2027-12-31"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2027-12-31T00:00:00.000+0000", "2027-12-31"),
        ("%Y-%m-%dT%H:%M:%S%z", "2027-12-31T23:30:00-08:00", "2027-12-31"),
        ("%Y%j", "2027365", "2027-12-31"),
    ],
)
def test_the_end_is_the_day_as_it_is_written(form: str | None, text: str, day: str) -> None:
    until = {"column": "End", **({"date": form} if form else {})}

    assert mapped({"until": until}, End=f" {text} ").values["until"] == day


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://www.acme.example/", "acme.example"),
        ("HTTP://user:pw@Acme.example:8443/path?x=1#y", "acme.example"),
        ("www.acme.example", "acme.example"),
        ("acme.example.", "acme.example"),
        ("acme.example/partners", "acme.example"),
        ("mailto:ana@acme.example", "acme.example"),
        ("https://www.müller.example", "müller.example"),
        ("https://192.0.2.1/", "https://192.0.2.1/"),
        ("a b", "a b"),
        ("", ""),
    ],
)
def test_web_addresses_and_mail_addresses_become_domains(text: str, found: str) -> None:
    assert domain(text) == found


def test_a_table_gives_values_and_an_empty_text_in_it_says_nothing() -> None:
    table = {"Live": "", "Hold": "suspended"}
    fields = {"status": {"column": "State", "values": table}, "type": "Kind"}

    hold = mapped(fields, State="Hold", Kind="external")
    live = mapped(fields, State="Live", Kind="external")

    assert (hold.values, hold.problems) == (
        {"displayName": "Acme", "type": "external", "status": "suspended"},
        (),
    )
    assert (live.values, live.empty, live.problems) == (
        {"displayName": "Acme", "type": "external"},
        (),
        (),
    )


def test_domains_are_split_each_once_and_defaults_are_only_for_new_files() -> None:
    fields = {
        "domains": {"column": "Sites", "split": ";"},
        "agreement": {"column": "No", "default": "none"},
        "until": "End",
    }

    found = mapped(fields, Sites="www.a.example; b.example ;;https://A.example/x", No="")

    assert (found.values, found.empty) == (
        {"displayName": "Acme", "domains": ["a.example", "b.example"]},
        ("until",),
    )
    assert (found.new_value("agreement"), found.new_value("owner"), found.new_value("until")) == (
        "none",
        "partnerships",
        "",
    )


def test_all_values_that_cannot_be_used_are_reported_with_their_columns() -> None:
    fields = {
        "type": {"column": "Kind", "values": {"Reseller": "reseller"}},
        "status": "State",
        "owner": "Owner",
        "domains": {"column": "Sites", "split": ";"},
        "agreement": "No",
        "until": {"column": "End", "date": "%d.%m.%Y"},
    }

    found = mapped(
        fields,
        Name="A\nB",
        Kind="reseler",
        State="ended",
        Owner="logistic",
        Sites="acme.example;not a domain",
        No="x" * 201,
        End="31.02.2027",
    )

    assert found.values == {}
    assert {each.field: (each.message, each.hint) for each in found.problems} == {
        "displayName": (
            'Name: "A\\nB" contains an invisible character (U+000A)',
            "type it again",
        ),
        "type": ('Kind: "reseler" is not in the table of values', 'did you mean "Reseller"?'),
        "status": (
            'State: "ended" is not a status that a CRM decides',
            "use a table of values with active and suspended",
        ),
        "owner": (
            'Owner: "logistic" is not an owner in the configuration',
            'did you mean "logistics"?',
        ),
        "domains": (
            'Sites: "not a domain" is not a valid e-mail domain',
            "use the part after the @: company.example",
        ),
        "agreement": (f'No: "{"x" * 60}…" is too long', "use at most 200 characters"),
        "until": (
            'End: "31.02.2027" is not a date of the form %d.%m.%Y',
            "correct it, or set date to the form of the column",
        ),
    }


def test_a_type_without_a_table_needs_one() -> None:
    assert mapped({"type": "Kind"}, Kind="Reseller").problems == (
        Problem("type", 'Kind: "Reseller" is not a valid type', "use a table of values"),
    )


def test_a_year_that_no_file_can_have_is_an_error() -> None:
    assert mapped({"until": "End"}, End="0027-12-31").problems == (
        Problem(
            "until",
            'End: "0027-12-31" is not a valid date',
            "use YYYY-MM-DD, for example 2027-12-31",
        ),
    )


def test_settings_that_can_never_work_are_reported_at_their_places() -> None:
    fields = {
        "type": {"column": "Kind", "values": {"Partner": "partner"}},
        "owner": {"default": "partnership"},
        "status": {},
        "until": {"column": "End", "date": "%d.%m."},
    }
    new = {"teams": [{"name": "ops", "members": {"from": "crm", "group": "{Name}"}}]}
    source = csv_source(fields=fields, new=new, encoding="rot13")
    raw = {"type": "csv", "id": "Id", "fields": {"displayName": "Name", **fields}, "new": new}
    document = configuration(sources={"crm": {**raw, "encoding": "rot13"}})

    with pytest.raises(InputError) as refused:
        require_usable(document, "crm", source, settings(document).spec)

    assert [line.partition(": ")[2] for line in refused.value.message.splitlines()] == [
        'unknown encoding "rot13"; use utf-8, utf-16 or cp1252',
        '"partner" is not a valid type; use a table of values',
        "status has neither a column nor a default; set one of them",
        '"partnership" is not an owner in the configuration; did you mean "partnerships"?',
        "the form of dates has no day, month or year",
        'source "crm" is not a directory; name one under sources',
    ]
    assert refused.value.message.startswith("reconciler.yaml:")
