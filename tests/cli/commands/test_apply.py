import json
import socket
from typing import Any

import pytest

from tests.cli.commands.test_plan import NEW
from tests.cli.forging import Job
from tests.cli.running import PARTNER, Place, Ran, on_terminal

GONE = "Error: the portal has changed since the plan was made:\n"
NOBODY = (
    "Error: there is no terminal to ask on; nothing was written\n"
    "Hint: --auto-approve applies without asking, and so does a saved plan\n"
)


def receipts(place: Place) -> list[str]:
    return [path.name for path in sorted((place.folder / ".reconciler" / "receipts").glob("*.json"))]


def test_what_is_approved_beforehand_is_shown_and_applied(place: Place) -> None:
    ran = place.run("apply", "--auto-approve")

    (kept,) = receipts(place)
    assert ran == Ran(0, f"{NEW}Applied 6.\n", f"Receipt: {place.folder}/.reconciler/receipts/{kept}\n")


def test_without_a_terminal_nobody_is_asked_and_nothing_is_written(place: Place) -> None:
    refused = place.run("apply")

    assert (refused, place.run("plan").out) == (
        Ran(
            1,
            NEW,
            NOBODY,
        ),
        NEW,
    )


def test_on_a_terminal_it_asks_and_takes_a_yes(place: Place) -> None:
    ran = on_terminal(place.folder, "apply", "--no-color", typed="y\n")

    assert (ran.code, "Apply 6 changes to local? [y/N]: y\n" in ran.out, "Applied 6.\n" in ran.out) == (
        0,
        True,
        True,
    )


@pytest.mark.parametrize("typed", ["n\n", pytest.param("\n", marks=[pytest.mark.no_cover, pytest.mark.real])])
def test_on_a_terminal_it_takes_a_no(place: Place, typed: str) -> None:
    ran = on_terminal(place.folder, "apply", typed=typed)

    assert (ran.code, ran.out.splitlines()[-1], len(receipts(place))) == (
        1,
        "Error: not approved: nothing was written",
        0,
    )


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("\x03", id="interrupt"),
        pytest.param("\x04", id="end", marks=[pytest.mark.no_cover, pytest.mark.real]),
    ],
)
def test_on_a_terminal_leaving_the_question_writes_nothing(place: Place, key: str) -> None:
    ran = on_terminal(place.folder, "apply", typed=key)

    assert (ran.code, ran.out.splitlines()[-1], len(receipts(place))) == (1, "Interrupted.", 0)


def test_without_changes_there_is_nothing_to_ask(applied: Place) -> None:
    assert (applied.run("apply"), len(receipts(applied))) == (Ran(0, "No changes.\n"), 1)


def test_json_prints_only_the_receipt_that_is_kept(place: Place) -> None:
    ran = place.run("apply", "--auto-approve", "--format", "json")

    (kept,) = receipts(place)
    assert ran.out == (place.folder / ".reconciler" / "receipts" / kept).read_text()


def test_a_receipt_names_who_gained_access_and_who_applied(place: Place, job: Job) -> None:
    by_hand = json.loads(place.run("apply", "--auto-approve", "--format", "json").out)
    place.write(partners__acme=PARTNER.replace("      access: [tracking]\n", ""))
    job.set(GITHUB_SERVER_URL="https://github.example", GITHUB_REPOSITORY="o/r", GITHUB_RUN_ID="7")
    job.set(GITHUB_ACTOR="bo", GITHUB_TRIGGERING_ACTOR="ana\x1b")
    in_a_job = json.loads(place.run("apply", "--auto-approve", "--format", "json").out)

    def people(rows: list[dict[str, Any]]) -> list[list[str]]:
        return [row["people"] for row in rows]

    assert people(by_hand["access"]["gained"]) == people(in_a_job["access"]["lost"]) == [["ana@acme.example"]]
    assert by_hand["appliedBy"].endswith(f"@{socket.gethostname()}")
    assert in_a_job["appliedBy"] == "ana, https://github.example/o/r/actions/runs/7"


def test_who_is_asked_for_json_sees_the_plan_beside_it(place: Place) -> None:
    assert place.run("apply", "--format", "json") == Ran(1, "", NEW + NOBODY)


def test_a_saved_plan_is_applied_without_asking_and_without_reading_documents(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    place.write(partners__acme=": no document")

    ran = place.run("apply", "plan.json")

    assert (ran.code, ran.out) == (0, "Applied 6.\n")


def test_a_plan_that_was_applied_is_stale_and_every_object_that_moved_is_named(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    place.run("apply", "plan.json")

    assert place.run("apply", "plan.json") == Ran(
        4,
        "",
        f"{GONE}"
        "  partner/acme: now exists\n"
        "  team/acme/ops: now exists\n"
        "  membership/acme/ops/ana@acme.example: now exists\n"
        "  access-group/tracking: now exists\n"
        "  access-item/tracking/api/tracking-v2: now exists\n"
        "  grant/tracking/team/acme/ops: now exists\n"
        "Hint: plan again\n",
    )


def test_a_plan_of_another_portal_is_refused_as_stale(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    place.run("portal", "reset", "--yes")

    ran = place.run("apply", "plan.json")

    assert (ran.code, ran.err.startswith("Error: the plan was made for another portal: ")) == (4, True)


def test_what_a_rule_denies_is_not_applied_planned_or_saved(place: Place) -> None:
    place.write(partners__acme=PARTNER.replace("ana@acme", "ana@other"))
    place.run("plan", "--out", "plan.json")

    refused = [place.run("apply", "--auto-approve"), place.run("apply", "plan.json")]

    denied = "Error: 1 error blocks the plan; nothing was written\nHint: see the findings above\n"
    assert [(ran.code, ran.err) for ran in refused] == [(3, denied), (3, denied)]


def test_only_what_ended_is_taken_away_when_that_is_asked_for(place: Place) -> None:
    ending = "access: [{group: tracking, until: 2026-12-31}]"
    place.write(partners__acme=PARTNER.replace("access: [tracking]", ending))
    place.run("apply", "--auto-approve")
    place.write(partners__acme=PARTNER.replace("access: [tracking]", ending).replace("Acme", "Acme Ltd"))

    ran = place.run("apply", "--only-expired", "--auto-approve", "--format", "json", "--today", "2027-01-01")

    assert [(entry["id"], entry["action"]) for entry in json.loads(ran.out)["entries"]] == [
        ("grant/tracking/team/acme/ops", "delete")
    ]


def test_a_saved_plan_and_only_what_ended_exclude_one_another(place: Place) -> None:
    assert place.run("apply", "plan.json", "--only-expired").err.splitlines()[-1] == (
        "Error: --only-expired makes its own plan: leave out PLAN."
    )


def test_a_receipt_that_cannot_be_kept_is_printed_all_the_same(place: Place) -> None:
    place.run("plan")
    (place.folder / ".reconciler" / "receipts").write_text("in the way")

    ran = place.run("apply", "--auto-approve", "--format", "json")

    assert (ran.code, json.loads(ran.out)["outcome"], ran.err.partition(": /")[0]) == (
        0,
        "complete",
        "Warning: the receipt could not be written",
    )


def digest(place: Place) -> str:
    found: str = json.loads(place.run("plan", "--format", "json").out)["digest"]
    return found


def test_the_approved_plan_is_applied_without_asking(place: Place) -> None:
    ran = place.run("apply", "--approved", digest(place))

    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Applied 6.")


def test_any_other_plan_is_shown_and_refused(place: Place) -> None:
    approved = digest(place)
    place.write(partners__acme=PARTNER.replace("MSA-1", "MSA-2"))

    ran = place.run("apply", "--approved", approved)
    now = digest(place)

    assert (ran.code, ran.out.splitlines()[0].startswith("Plan"), ran.err.splitlines()) == (
        4,
        True,
        [
            f"Error: the plan is not the approved one: its digest is {now}, and {approved} was approved",
            "Hint: the portal or the files have changed since: review the plan above and approve its digest",
        ],
    )


def test_a_plan_that_is_saved_needs_no_approved_digest(place: Place) -> None:
    assert place.run("apply", "plan.json", "--approved", "sha256:" + "0" * 64).err.splitlines()[-1] == (
        "Error: --approved makes its own plan: leave out PLAN."
    )


def test_a_file_that_is_no_plan_is_named(place: Place) -> None:
    assert place.run("apply", "catalog.yaml") == Ran(
        4,
        "",
        "Error: catalog.yaml: this is not a valid plan: JSON is malformed: invalid character (byte 0)\n"
        "Hint: create it again with `reconciler plan --out FILE`\n",
    )
