"""Which plans may be applied."""

import msgspec
import pytest

from reconciler.errors import PlanError
from reconciler.model.plan import ABSENT, Change, Plan, with_digests
from reconciler.workflow.apply import require_approved

EMPTY = with_digests(
    Plan(
        reconciler="0.1.0",
        portal="local",
        portal_id="p",
        scope="our-company",
        created="2026-11-24T04:30:00Z",
        today="2026-11-24",
        changes=(),
    )
)
CHANGES = Change(
    id="partner/acme", kind="partner", action="create", after={"status": "active"}, precondition=ABSENT
)
FULL = with_digests(msgspec.structs.replace(EMPTY, changes=(CHANGES,), digest=""))


def approve(plan: Plan, digest: str) -> str:
    """Return what is said against applying a plan when this digest was approved."""
    try:
        require_approved(plan, (digest,))
    except PlanError as refusal:
        return refusal.message
    return ""


@pytest.mark.parametrize(
    ("plan", "digest"), [(FULL, FULL.digest), (EMPTY, EMPTY.digest), (EMPTY, FULL.digest), (EMPTY, "")]
)
def test_the_approved_plan_and_one_that_changes_nothing_may_be_applied(plan: Plan, digest: str) -> None:
    assert approve(plan, digest) == ""


@pytest.mark.parametrize("digest", [EMPTY.digest, "", FULL.digest[:-1]])
def test_a_plan_that_changes_something_has_to_be_the_approved_one(digest: str) -> None:
    assert approve(FULL, digest) == (
        f"the plan is not the approved one: its digest is {FULL.digest}, and {digest} was approved"
    )
