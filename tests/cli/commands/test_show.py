import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.model.plan import checksum
from reconciler.render import FORMATS
from tests.cli.running import Place, Ran
from tests.clocks import stop_at

APPROVALS = """\
Required approvals
  logistics     access-group/tracking
  partnerships  partner/acme

"""


def receipt(place: Place) -> str:
    (kept,) = (place.folder / ".reconciler" / "receipts").iterdir()
    return str(kept)


def test_a_saved_plan_is_shown_as_it_was(place: Place) -> None:
    planned = place.run("plan", "--out", "plan.json")

    assert place.run("show", "plan.json") == planned


def test_a_saved_plan_is_shown_in_json(place: Place) -> None:
    planned = place.run("plan", "--out", "plan.json", "--format", "json")

    assert place.run("show", "plan.json", "--format", "json") == planned


def test_a_receipt_is_shown(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(datetime(2026, 11, 24, 9, 30, tzinfo=UTC), monkeypatch)
    place.run("apply", "--auto-approve")

    head, _, asked, *changes, _, counts = place.run("show", receipt(place)).out.splitlines()

    assert head.startswith("Receipt for local, 2026-11-24T09:30:00Z to 2026-11-24T09:30:00Z, plan sha256:")
    assert counts == "Applied 6."
    assert asked == "partnerships: no approval was recorded"
    assert [each for each in changes if each][:2] == [
        "applied  create  partner/acme",
        "applied  create  team/acme/ops",
    ]


def test_a_plan_that_was_edited_is_refused_as_stale(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    path = place.folder / "plan.json"
    path.write_text(path.read_text().replace("view", "consume").replace("acme", "bolt"))

    assert place.run("show", "plan.json") == Ran(
        4,
        "",
        "Error: plan.json: the plan was edited or is incomplete: it does not match its checksum\n"
        "Hint: create it again with `reconciler plan --out FILE`\n",
    )


def test_a_plan_of_another_major_format_is_refused_as_stale(place: Place) -> None:
    (place.folder / "plan.json").write_text(json.dumps({"format": "reconciler-plan/2.0"}))

    assert place.run("show", "plan.json") == Ran(
        4,
        "",
        "Error: plan.json: this is not a plan of format reconciler-plan/1:"
        " its format is 'reconciler-plan/2.0'\n"
        "Hint: create it again with `reconciler plan --out FILE`\n",
    )


def resealed(place: Place, **changed: object) -> None:
    """Save the plan as another version of the program would: with other keys, None for one that it lacks."""
    path = place.folder / "plan.json"
    document = {**json.loads(path.read_text()), **changed}
    document = {key: value for key, value in document.items() if value is not None}
    path.write_text(json.dumps({**document, "checksum": checksum(document)}))


@pytest.mark.parametrize("name", [each for each in FORMATS if each not in {"csv", "ics", "json"}])
def test_a_plan_of_a_later_minor_format_is_shown_without_what_is_not_known(place: Place, name: str) -> None:
    planned = place.run("plan", "--out", "plan.json", "--format", name)

    resealed(place, format="reconciler-plan/1.99", later={"key": [1]})

    assert place.run("show", "plan.json", "--format", name) == planned


def test_a_plan_of_an_earlier_minor_format_is_shown_without_what_it_lacks(place: Place) -> None:
    planned = place.run("plan", "--out", "plan.json")

    resealed(place, format="reconciler-plan/1.0", drift=None, findings=None, approvals=None)

    assert APPROVALS in planned.out
    assert place.run("show", "plan.json") == Ran(0, planned.out.replace(APPROVALS, ""))


def test_a_plan_that_was_applied_is_still_shown(place: Place) -> None:
    planned = place.run("plan", "--out", "plan.json")
    place.run("apply", "plan.json")

    assert place.run("show", "plan.json") == planned


def test_a_receipt_of_an_earlier_minor_format_is_shown(applied: Place) -> None:
    path = Path(receipt(applied))
    document = json.loads(path.read_text())
    for key in ("problem", "converged", "unsettled", "traffic"):
        del document[key]
    document["entries"] = [{k: v for k, v in each.items() if k != "seconds"} for each in document["entries"]]
    path.write_text(json.dumps({**document, "format": "reconciler-receipt/1.0"}))

    ran = applied.run("show", str(path))

    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Applied 6.")


def test_a_receipt_of_another_major_format_is_refused(applied: Place) -> None:
    path = Path(receipt(applied))
    path.write_text(path.read_text().replace("reconciler-receipt/1.", "reconciler-receipt/2."))

    ran = applied.run("show", str(path))

    assert (ran.code, ran.err.splitlines()[0].startswith(f"Error: {path}: this is not a receipt of")) == (
        1,
        True,
    )


@pytest.mark.parametrize("name", ["html", "github", "gitlab", "sarif"])
def test_formats_that_only_plans_have_are_refused_for_receipts(applied: Place, name: str) -> None:
    ran = applied.run("show", receipt(applied), "--format", name)

    assert (ran.code, ran.err.splitlines()[-1]) == (
        1,
        f"Error: Only plans can be shown as {name}; receipts as text, json, markdown.",
    )


def test_a_receipt_is_shown_for_the_pull_request_that_was_merged(applied: Place) -> None:
    ran = applied.run("show", receipt(applied), "--format", "markdown")

    assert (ran.code, ran.out.splitlines()[0]) == (0, "<!-- reconciler plan local -->")


def test_what_is_neither_plan_nor_receipt_is_refused(place: Place) -> None:
    (place.folder / "list.json").write_text("[]")
    hint = (
        "Hint: `reconciler plan --out FILE` saves a plan; "
        "`reconciler apply` writes receipts to .reconciler/receipts\n"
    )

    assert [place.run("show", name) for name in ("list.json", "catalog.yaml", "partners", "none.json")] == [
        Ran(1, "", f"Error: list.json is neither a plan nor a receipt\n{hint}"),
        Ran(1, "", f"Error: catalog.yaml is neither a plan nor a receipt\n{hint}"),
        Ran(1, "", "Error: partners cannot be read: Is a directory\n"),
        Ran(1, "", "Error: none.json cannot be read: No such file or directory\n"),
    ]


def test_parts_are_markdown_and_no_other_format(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    ran = place.run("show", "plan.json", "--parts", "parts", "--format", "html")

    assert (ran.code, ran.err.splitlines()[-1], (place.folder / "parts").exists()) == (
        1,
        "Error: --parts writes Markdown: leave out --format.",
        False,
    )
    assert place.run("show", "plan.json", "--parts", "parts", "--format", "markdown").code == 0
