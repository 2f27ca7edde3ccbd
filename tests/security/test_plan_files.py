"""Somebody hands over a plan file whose checksum is right, and which no `reconciler plan` made."""

from typing import Any

import pytest

from tests.cli.running import Place
from tests.security.forging import Document, change, forge

ANA = "membership/acme/ops/ana@acme.example"


@pytest.fixture
def planned(place: Place) -> Place:
    """Save the plan that creates everything."""
    place.run("plan", "--out", "plan.json")
    return place


def refused(place: Place) -> tuple[int, int, str]:
    """Return how show and apply end, and what apply says."""
    applied = place.run("apply", "plan.json")
    return place.run("show", "plan.json").code, applied.code, applied.err.splitlines()[0]


def test_a_plan_cannot_do_anything_else_under_its_digest(planned: Place) -> None:
    def edit(document: Document) -> None:
        change(document, ANA)["after"] = {"role": "member"}

    forge(planned, edit, digest=False)

    assert refused(planned) == (
        4,
        4,
        "Error: plan.json: the plan was edited: its changes do not match its digest",
    )


def test_a_plan_cannot_lie_about_the_fields_that_change(planned: Place) -> None:
    shown = planned.run("show", "plan.json", "--format", "html")

    def edit(document: Document) -> None:
        for each in document["changes"]:
            each["fields"] = [{"path": "displayName", "before": {"a": 1}, "after": "harmless"}]

    forge(planned, edit)

    assert planned.run("show", "plan.json", "--format", "html") == shown


def _twice(document: Document) -> None:
    document["changes"].append(change(document, ANA))


def _no_such_field(document: Document) -> None:
    change(document, ANA)["after"]["teamId"] = "team_1"


def _no_such_value(document: Document) -> None:
    change(document, "grant/tracking/team/acme/ops")["after"]["level"] = "everything"


def _no_day(document: Document) -> None:
    change(document, ANA)["after"]["until"] = 20261231


def _unlike_kinds(document: Document) -> None:
    change(document, "team/acme/ops")["renamedFrom"] = "partner/acme"


def _created_again(document: Document) -> None:
    change(document, "partner/acme").update(before={"owner": "o"}, precondition="sha256:00")


def _granted_again(document: Document) -> None:
    grant = change(document, "grant/tracking/team/acme/ops")
    grant.update(before={"level": "view"}, precondition="sha256:00")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (_twice, f"'{ANA}' is changed twice"),
        (_no_such_field, f"'teamId' of '{ANA}' has an invalid value"),
        (_no_such_value, "'level' of 'grant/tracking/team/acme/ops' has an invalid value"),
        (_no_day, f"'until' of '{ANA}' has an invalid value"),
        (_unlike_kinds, "'team/acme/ops' cannot be renamed from 'partner/acme'"),
        (_created_again, "create of 'partner/acme' does not match its values before and after"),
        (
            _granted_again,
            "create of 'grant/tracking/team/acme/ops' does not match its values before and after",
        ),
    ],
)
def test_a_plan_cannot_hold_a_change_that_nobody_plans(planned: Place, edit: Any, said: str) -> None:
    forge(planned, edit)

    assert refused(planned) == (4, 4, f"Error: plan.json: this is not a valid plan: {said}")
