"""A job that applied what was approved, and runs again."""

import json

from tests.cli.running import PARTNER, Place, Ran

NOTHING = "Nothing is left to do: a plan without changes needs no approval.\n"


def digest(place: Place) -> str:
    found: str = json.loads(place.run("plan", "--format", "json").out)["digest"]
    return found


def test_a_job_that_runs_again_after_it_applied_what_was_approved_has_nothing_to_do(place: Place) -> None:
    approved = digest(place)
    place.run("apply", "--approved", approved)

    assert place.run("apply", "--approved", approved) == Ran(0, "No changes.\n", NOTHING)


def test_what_programs_read_of_a_second_run_is_a_complete_receipt_without_entries(place: Place) -> None:
    approved = digest(place)
    place.run("apply", "--approved", approved)

    ran = place.run("apply", "--approved", approved, "--format", "json")

    receipt = json.loads(ran.out)
    assert (ran.code, receipt["outcome"], receipt["entries"], NOTHING in ran.err) == (0, "complete", [], True)


def test_what_is_left_after_a_part_was_applied_is_not_what_was_approved(place: Place) -> None:
    approved = digest(place)
    place.run("apply", "--approved", approved)
    place.write(partners__acme=PARTNER.replace("MSA-1", "MSA-2"))

    ran = place.run("apply", "--approved", approved)

    assert (ran.code, NOTHING in ran.err) == (4, False)
