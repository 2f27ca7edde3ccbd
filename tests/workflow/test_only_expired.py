"""`--only-expired` selects what has ended by its date, and nothing else."""

from datetime import datetime
from typing import Any

import pytest

from reconciler.model.plan import Change
from reconciler.workflow.plan_options import PlanOptions, select_changes
from tests.states import TODAY

OPTIONS = PlanOptions(portal="local", now=datetime.fromisoformat(f"{TODAY}T12:00:00Z"), only_expired=True)
YESTERDAY, LATER = "2026-11-23", "2027-12-31"


def level(kind: str, before: dict[str, Any], after: dict[str, Any]) -> Change:
    return Change(id=f"{kind}/rates/team/acme/ops", kind=kind, action="update", before=before, after=after)


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        ({"level": "consume", "until": YESTERDAY}, {"level": "view"}, 1),
        ({"level": "consume", "until": YESTERDAY}, {"level": "view", "until": LATER}, 1),
        ({"level": "consume", "until": TODAY}, {"level": "view"}, 0),
        ({"level": "consume"}, {"level": "view"}, 0),
        ({"level": "consume", "until": YESTERDAY}, {"level": "consume", "until": LATER}, 0),
        ({"level": "view", "until": YESTERDAY}, {"level": "consume"}, 0),
    ],
)
def test_a_level_that_has_expired_is_lowered_to_the_level_that_remains(
    before: dict[str, Any], after: dict[str, Any], number: int
) -> None:
    change = level("api-grant", before, after)

    assert select_changes((change,), OPTIONS, TODAY) == (change,) * number


def test_only_deletions_because_of_an_expired_end_are_selected() -> None:
    expired = Change(id="grant/rates/team/acme/ops", kind="grant", action="delete", because="expired")
    other = Change(id="grant/tracking/team/acme/ops", kind="grant", action="delete", because="suspended")

    assert select_changes((expired, other), OPTIONS, TODAY) == (expired,)
