"""What commands print as JSON fits the schemas that are published."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.cli.running import GROUP, PARTNER, TODAY, Place

SCHEMAS = Path(__file__).parents[2] / "schemas"
OUTSIDE = PARTNER.replace("ana@acme", "ana@other")
BROKEN = PARTNER.replace("displayName", "displayname")
GIVEN = GROUP.replace("offers:", "grants: [{developer: sam@indie.example, until: 2027-03-31}]\n      offers:")


def problems(name: str, written: str) -> list[str]:
    """What a published schema finds wrong, and keys that it does not name."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    document = json.loads(written)
    errors = [error.message for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(document)]
    return [*errors, *unnamed(document, schema, schema["$defs"])]


def unnamed(value: Any, schema: Any, parts: Any) -> list[str]:
    """The keys of objects that the schema names others of, but not these."""
    if "$ref" in schema:
        schema = parts[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list) and "items" in schema:
        return [key for item in value for key in unnamed(item, schema["items"], parts)]
    if not isinstance(value, dict) or "properties" not in schema:
        return [
            key
            for each in schema.get("anyOf", ())
            if each.get("type") != "null"
            for key in unnamed(value, each, parts)
        ]
    known = schema["properties"]
    below = [key for name in value if name in known for key in unnamed(value[name], known[name], parts)]
    return [*(name for name in value if name not in known), *below]


def receipt(place: Place) -> str:
    (kept,) = (place.folder / ".reconciler" / "receipts").iterdir()
    return kept.read_text()


def test_forecasts_fit(place: Place) -> None:
    access = "[{group: tracking, until: 2027-01-31, reason: pilot}]"
    place.write(partners__acme=PARTNER.replace("[tracking]", access), **{"access-groups__tracking": GIVEN})
    ran = place.run("forecast", "--until", "2027-12-31", "--today", TODAY, "--format", "json")

    assert (len(json.loads(ran.out)["rows"]), problems("forecast", ran.out)) == (2, [])


@pytest.mark.parametrize("sort", ["partners", "teams", "people", "groups", "apis"])
def test_lists_fit(place: Place, sort: str) -> None:
    place.write(**{"access-groups__tracking": GIVEN})
    place.run("apply", "--auto-approve")
    listed = [
        place.run("list", sort, "--today", TODAY, "--format", "json", *live).out for live in ((), ("--live",))
    ]

    assert [problems("list", each) for each in listed] == [[], []]
    assert all(json.loads(each)["rows"] for each in listed)


def test_reports_of_doctor_fit(place: Place) -> None:
    ran = place.run("doctor", "--portal", "all", "--format", "json")

    statuses = {check["status"] for each in json.loads(ran.out)["targets"] for check in each["checks"]}
    assert (statuses, problems("doctor", ran.out)) == ({"ok", "failed", "skipped"}, [])


@pytest.mark.parametrize("partner", [PARTNER, OUTSIDE, BROKEN])
def test_findings_fit(place: Place, partner: str) -> None:
    place.write(partners__acme=partner, **{"access-groups__tracking": GIVEN})

    assert problems("findings", place.run("validate", "--format", "json").out) == []


def test_plans_fit_that_create_change_and_delete(place: Place) -> None:
    created = place.run("plan", "--format", "json").out
    place.run("apply", "--auto-approve")
    ended = OUTSIDE.replace("Acme", "Acme Ltd").replace("      access: [tracking]\n", "")
    place.write(partners__acme=ended, **{"access-groups__tracking": GIVEN})
    changed = place.run("plan", "--format", "json", "--out", "plan.json").out
    shown = place.run("show", "plan.json", "--format", "json").out

    actions = {change["action"] for each in (created, changed) for change in json.loads(each)["changes"]}
    assert (actions, [problems("plan", each) for each in (created, changed, shown)]) == (
        {"create", "update", "delete"},
        [[], [], []],
    )


def test_where_files_have_errors_a_plan_prints_findings_that_fit(place: Place) -> None:
    place.write(partners__acme=BROKEN)

    assert problems("findings", place.run("plan", "--format", "json").out) == []


def test_a_receipt_fits_as_it_is_printed_kept_and_shown(place: Place) -> None:
    printed = place.run("apply", "--auto-approve", "--format", "json").out
    kept = receipt(place)
    (place.folder / "receipt.json").write_text(kept)
    shown = place.run("show", "receipt.json", "--format", "json").out

    assert (json.loads(printed)["format"], printed, shown) == ("reconciler-receipt/1.6", kept, kept)
    assert problems("receipt", printed) == []


def test_a_receipt_of_a_run_that_was_killed_fits(place: Place) -> None:
    opening = {
        "format": "reconciler-journal/1.0",
        "plan": "sha256:00",
        "portal": "local",
        "started": "2026-11-24T12:00:00Z",
        "changes": [{"id": "partner/acme", "action": "create"}, {"id": "team/acme/ops", "action": "create"}],
    }
    begun = {"at": "2026-11-24T12:00:01Z", "begun": "partner/acme"}
    (place.folder / "journal").write_text(f"{json.dumps(opening)}\n{json.dumps(begun)}\n")

    shown = place.run("show", "journal", "--format", "json").out

    assert ([entry["outcome"] for entry in json.loads(shown)["entries"]], problems("receipt", shown)) == (
        ["unknown", "skipped"],
        [],
    )


@pytest.mark.parametrize("live", [[], ["--live"]])
def test_who_reaches_what_fits(place: Place, live: list[str]) -> None:
    place.write(**{"access-groups__tracking": GIVEN})
    place.run("apply", "--auto-approve")

    written = place.run("access", "--format", "json", *live).out

    assert (len(json.loads(written)["rows"]), problems("access", written)) == (2, [])


def test_plans_and_receipts_of_several_portals_fit(place: Place) -> None:
    plans = place.run("plan", "--portal", "all", "--format", "json").out
    receipts = place.run("apply", "--portal", "all", "--auto-approve", "--format", "json").out

    assert (
        len(json.loads(plans)["plans"]),
        len(json.loads(receipts)["receipts"]),
        len(json.loads(receipts)["failures"]),
        problems("plans", plans),
        problems("receipts", receipts),
    ) == (1, 1, 1, [], [])
