"""A fallback that a portal needs is one finding for people, with all objects in formats for programs."""

import json

import pytest

from tests.cli.git.commits import committed
from tests.cli.running import PARTNER, Place
from tests.project.conftest import Shelved

ADMINS = PARTNER.replace("[ana@acme.example]", "[ana@acme.example, bo@acme.example, cy@acme.example]")
WHAT = "the portal does not support team admins, which membership/acme/ops/ana@acme.example"
HINT = "add fallbacks: {admins: as-members} to portal local in reconciler.yaml, or change the definition"
PLACE = "partners/acme.yaml:13:16"


@pytest.fixture
def place(shelved: Shelved) -> Place:
    return shelved("team_admins", partner=ADMINS)


def test_people_see_the_first_place_the_number_and_the_fallback(place: Place) -> None:
    checked = place.run("validate", "--portal", "local")
    planned = place.run("plan")

    line = f"{PLACE}: error: {WHAT} and 2 more require; {HINT} [unsupported]"
    assert (checked.code, checked.out.splitlines()[0]) == (3, line)
    assert checked.out.splitlines()[-1] == "4 documents in 4 files: 1 error."
    assert (planned.code, planned.out.count("[unsupported]"), line in planned.out) == (3, 1, True)
    assert planned.out.splitlines()[-1].endswith(" Denied by 1 error.")


@pytest.mark.parametrize("output_format", ["markdown", "html"])
def test_comments_and_pages_have_one_row(place: Place, output_format: str) -> None:
    for command in (("validate", "--portal", "local"), ("plan",)):
        made = place.run(*command, "--format", output_format).out
        assert (made.count("team admins, which"), made.count("and 2 more require")) == (1, 1)


def test_programs_get_each_object(place: Place) -> None:
    found = json.loads(place.run("validate", "--portal", "local", "--format", "json").out)
    objects = [each for each in found["findings"] if each["rule"] == "unsupported"]
    people = ["ana@acme.example", "bo@acme.example", "cy@acme.example"]

    assert [(each["id"], each["message"], each["hint"]) for each in objects] == [
        (
            f"membership/acme/ops/{person}",
            f"the portal does not support team admins, which membership/acme/ops/{person} requires",
            HINT,
        )
        for person in people
    ]
    annotations = place.run("validate", "--portal", "local", "--format", "github").out
    assert annotations.count("::error ") == 3


def test_ends_of_memberships_and_grants_need_the_same_fallback(shelved: Shelved) -> None:
    ending = PARTNER.replace("[tracking]", "[{group: tracking, until: 2027-01-31}]").replace(
        "[ana@acme.example]", "[{email: ana@acme.example, until: 2027-01-31}]"
    )
    place = shelved("enforces_until", "blocked", more=", fallbacks: {view: omit}", partner=ending)
    errors = [
        line for line in place.run("validate", "--portal", "local").out.splitlines() if " error: " in line
    ]

    assert errors == [
        (
            "partners/acme.yaml:10:37: error: the portal does not end access on its last day, which"
            " grant/tracking/team/acme/ops and 1 more require; add until: daily-run to the fallbacks of"
            " portal local in reconciler.yaml, or change the definition [unsupported]"
        )
    ]


def test_objects_that_a_branch_adds_are_counted_without_those_of_the_base(shelved: Shelved) -> None:
    place = shelved("team_admins")
    base = committed(place.folder, "Begin")
    shelved("team_admins", partner=ADMINS)

    lines = place.run("validate", "--portal", "local", "--base", base).out.splitlines()

    assert [line.partition("membership/acme/ops/")[2].partition(";")[0] for line in lines[:2]] == [
        "ana@acme.example requires (not new: the base has this finding too)",
        "bo@acme.example and 1 more require",
    ]
