"""Somebody writes a key twice in a file of ours: one reader believes the first value, another the last."""

import json
from pathlib import Path

import msgspec
import pytest

from reconciler.model.json_input import ANY_JSON, decode_file
from reconciler.model.receipt import Receipt, ReceiptSummary
from reconciler.render import json_format
from tests.cli.running import Place, Ran
from tests.security.test_records import APPLY, NAME, OPENING, journal, receipts, warnings

RECEIPT = Receipt(
    plan="sha256:00",
    portal="local",
    started="2026-11-24T12:00:00Z",
    finished="2026-11-24T12:00:01Z",
    outcome="complete",
    summary=ReceiptSummary(),
    entries=(),
)


def doubled(path: Path, key: str, value: object) -> None:
    """Put a key with another value before the one that a file has."""
    text = path.read_text().lstrip()
    assert text.startswith("{")
    path.write_text(f"{{{json.dumps(key)}: {json.dumps(value)}, {text[1:]}")


@pytest.mark.parametrize("key", ["changes", "digest", "format"])
@pytest.mark.parametrize(
    "command", [("show", "plan.json"), ("apply", "plan.json", "--auto-approve")], ids=str
)
def test_a_plan_cannot_have_two_values_under_one_key(
    place: Place, command: tuple[str, ...], key: str
) -> None:
    assert place.run("plan", "--out", "plan.json").code == 0
    doubled(place.folder / "plan.json", key, "reconciler-plan/1.0" if key == "format" else [])

    ran = place.run(*command)

    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (
        4,
        "",
        f'Error: plan.json: this is not a valid plan: duplicate key "{key}"',
    )


def test_a_receipt_cannot_have_two_values_under_one_key(place: Place) -> None:
    path = place.folder / "receipt.json"
    path.write_text(json_format.receipt(RECEIPT))
    doubled(path, "outcome", "incomplete")

    assert place.run("show", "receipt.json") == Ran(
        1, "", 'Error: receipt.json: this is not a valid receipt: duplicate key "outcome"\n'
    )


def test_a_journal_cannot_have_two_values_under_one_key(place: Place) -> None:
    path = journal(place, NAME)
    doubled(path, "portal", "elsewhere")

    ran = place.run(*APPLY)

    assert (ran.code, warnings(ran), len(receipts(place))) == (
        0,
        [f'{path} is ignored: this is not a valid journal: duplicate key "portal"'],
        1,
    )


def test_a_line_of_a_journal_with_a_key_twice_ends_what_is_believed(place: Place) -> None:
    path = place.folder / NAME
    entry = {"id": "partner/acme", "action": "create", "outcome": "applied"}
    lying = f'{{"at": "2026-11-24T12:00:01Z", "ended": null, "ended": {json.dumps(entry)}}}'
    path.write_text(f"{json.dumps(OPENING)}\n{lying}\n")

    ran = place.run("show", NAME, "--format", "json")

    assert [each["outcome"] for each in json.loads(ran.out)["entries"]] == ["unknown"]


@pytest.mark.parametrize("portal", ["local\n", "local\n\n", "Local", ""])
def test_a_receipt_cannot_name_a_portal_that_no_configuration_can(place: Place, portal: str) -> None:
    lying = msgspec.structs.replace(RECEIPT, portal=portal)
    (place.folder / "receipt.json").write_text(json_format.receipt(lying))

    ran = place.run("show", "receipt.json")

    assert (ran.code, ran.out, ran.err.startswith("Error: receipt.json: this is not a valid")) == (
        1,
        "",
        True,
    )


@pytest.mark.parametrize("content", [b'{"a": 1, "\\u0061": 2}', b'[{"b": {"a": 1, "c": 2, "a": 1}}]'])
def test_a_key_is_there_twice_however_it_is_spelled(content: bytes) -> None:
    with pytest.raises(msgspec.DecodeError, match='duplicate key "a"'):
        decode_file(content, ANY_JSON)


def test_a_key_may_be_in_several_objects() -> None:
    content = b'{"a": {"a": [{"a": 1e3}, {"a": 12345678901234567890123}]}}'

    assert decode_file(content, ANY_JSON) == {"a": {"a": [{"a": 1000.0}, {"a": 12345678901234567890123}]}}
