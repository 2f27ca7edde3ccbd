import asyncio
from typing import cast

import pytest

from reconciler.forge import owner_approvals, plan_approval
from reconciler.forge.approvals import Objection
from reconciler.model.approval import GivenApproval, OwnerApproval, Reviews
from reconciler.model.forge import Forge, PullRequest
from reconciler.model.plan import Plan
from tests.forge.reviewed import HEAD, OLDER, asking, by

_TOO_LATE = "revert the merge and propose the change again, or apply it manually"


async def only_head(_plan: Plan, commit: str) -> str:
    """Accept no approval for an older commit."""
    return f"given for {commit[:12]}"


class Reviewed:
    """The reviews of a pull request by eve, and a team."""

    def __init__(self, *approvals: GivenApproval) -> None:
        self.approvals = approvals
        self.asked: list[object] = []

    async def reviews(self, number: int) -> Reviews:
        self.asked.append(number)
        return Reviews("eve", self.approvals)

    async def team_members(self, team: str) -> frozenset[str] | None:
        self.asked.append(team)
        return frozenset({"ana"})


def read(forge: Reviewed, *plans: Plan, objection: Objection = only_head) -> tuple[OwnerApproval, ...]:
    work = owner_approvals(
        cast("Forge", forge), "github", PullRequest(1, HEAD, is_open=True), plans, objection
    )
    return asyncio.run(work)


def test_nothing_is_read_where_no_approval_is_needed() -> None:
    forge = Reviewed()

    assert (read(forge, asking(), asking(mode="off", logistics=("ana",))), forge.asked) == ((), [])


def test_reviews_and_each_team_are_read_once_for_all_plans() -> None:
    forge = Reviewed(by("ana"))
    team = ("@org/team",)
    found = read(forge, asking(logistics=team, payments=team), asking(portal="lab", logistics=team))

    assert ([(each.owner, each.is_missing) for each in found], forge.asked) == (
        [("logistics", False), ("payments", False)],
        [1, "@org/team"],
    )


def test_an_approval_for_a_commit_with_an_objection_does_not_count() -> None:
    (found,) = read(Reviewed(by("ana", OLDER)), asking(logistics=("ana",)))

    assert (found.is_missing, [each.reason for each in found.uncounted]) == (
        True,
        ["given for bbbbbbbbbbbb"],
    )


def test_each_plan_that_needs_the_owner_has_to_accept_an_older_commit() -> None:
    asked = []

    async def objection(plan: Plan, commit: str) -> str:
        asked.append((plan.portal, commit))
        return "other changes" if plan.portal == "lab" else ""

    plans = [
        asking(logistics=("ana",), payments=("ana",)),
        asking(portal="lab", logistics=("ana",)),
    ]
    found = read(Reviewed(by("ana", OLDER), by("bo", "c" * 40), by("ana", None)), *plans, objection=objection)

    assert [(each.owner, each.is_missing) for each in found] == [("logistics", True), ("payments", False)]
    assert asked == [("local", OLDER), ("lab", OLDER)]


@pytest.mark.parametrize(
    ("kind", "plan", "hint"),
    [
        ("github", asking(logistics=("ana",)), "approve the merged pull request, then run this job again"),
        ("gitlab", asking(logistics=("ana",)), _TOO_LATE),
        ("gitea", asking(logistics=("ana",)), _TOO_LATE),
        ("github", asking("logistics", mode="enforce"), _TOO_LATE),
        ("github", asking(mode="enforce", logistics=("eve",)), _TOO_LATE),
    ],
)
def test_a_late_approval_is_only_asked_for_where_it_can_be_given(kind: str, plan: Plan, hint: str) -> None:
    pull = PullRequest(1, HEAD, is_open=False)
    found = asyncio.run(plan_approval(cast("Forge", Reviewed()), kind, pull, plan, only_head))

    assert (found.is_approved, found.hint) == (False, hint)
