"""When a standing approval counts: who opened the pull request, who merged it, and what it changes."""

import asyncio
from typing import cast

import msgspec
import pytest

from reconciler.forge import approvals_verdict, owner_approvals
from reconciler.model.approval import OwnerApproval, Reviews, StandingApproval, UncountedApproval
from reconciler.model.forge import Forge, PullRequest
from reconciler.model.plan import Approval, Plan
from reconciler.render import markdown
from tests.forge.reviewed import HEAD, asking
from tests.forge.test_approvals import only_head

BOT = "people-bot[bot]"
GIVEN = (StandingApproval("directory", "removals", {"github": BOT, "gitlab": "people"}),)
TEXT = "directory: standing approval, autoMerge: removals"


def standing(plan: Plan, given: tuple[StandingApproval, ...] = GIVEN) -> Plan:
    approvals = tuple(msgspec.structs.replace(each, standing_approvals=given) for each in plan.approvals)
    return msgspec.structs.replace(plan, approvals=approvals)


class Opened:
    """A pull request, by its author and by who merged it."""

    def __init__(self, author: str = BOT, merged_by: str = "") -> None:
        self._reviews = Reviews(author, (), merged_by)

    async def reviews(self, _number: int) -> Reviews:
        return self._reviews

    async def team_members(self, _team: str) -> frozenset[str] | None:
        return None


def read(forge: Opened, *plans: Plan, excess: str = "", is_open: bool = True) -> OwnerApproval:
    pull = PullRequest(1, HEAD, is_open=is_open)
    work = owner_approvals(cast("Forge", forge), "github", pull, plans, only_head, lambda _: excess)
    (found,) = asyncio.run(work)
    return found


ENFORCED = standing(asking(mode="enforce", partnerships=("cy",)))


@pytest.mark.parametrize(
    ("forge", "is_open"), [(Opened(), True), (Opened(BOT.upper()), True), (Opened(BOT, BOT), False)]
)
def test_it_counts_for_the_pull_request_of_the_bot(forge: Opened, *, is_open: bool) -> None:
    found = read(forge, ENFORCED, is_open=is_open)

    assert (found.is_missing, found.standing_approval, found.uncounted) == (False, TEXT, ())
    verdict = approvals_verdict([found], markdown.approvals_summary([found]))
    assert (verdict.conclusion, verdict.title) == ("success", f"Approved: partnerships ({TEXT})")
    assert "standing approval" in verdict.summary


@pytest.mark.parametrize(
    ("forge", "is_open", "excess", "reason"),
    [
        (Opened("mallory"), True, "", "mallory opened the pull request"),
        (Opened("people-bot"), True, "", "people-bot opened the pull request"),
        (Opened(""), True, "", "an unknown user opened the pull request"),
        (Opened(BOT, "mallory"), False, "", "mallory merged the pull request"),
        (Opened(BOT), False, "", "an unknown user merged the pull request"),
        (Opened(), True, "the branch also changes README.md", "the branch also changes README.md"),
    ],
)
def test_it_counts_for_no_other(forge: Opened, excess: str, reason: str, *, is_open: bool) -> None:
    found = read(forge, ENFORCED, excess=excess, is_open=is_open)

    assert (found.is_missing, found.standing_approval) == (True, "")
    assert found.uncounted == (UncountedApproval(BOT, f"a standing approval, but {reason}", ""),)
    assert approvals_verdict([found], "").conclusion == "pending"


def test_it_does_not_count_on_a_forge_without_a_bot() -> None:
    elsewhere = standing(ENFORCED, (StandingApproval("directory", "all", {"gitea": "people"}),))
    found = read(Opened(), elsewhere)

    assert found.uncounted == (
        UncountedApproval(
            "directory", "a standing approval, but sources.directory.bot.github is not set", ""
        ),
    )


def test_it_must_be_for_everything_that_an_owner_decides_in_all_plans() -> None:
    more = msgspec.structs.replace(
        ENFORCED, approvals=(*ENFORCED.approvals, Approval("partnerships", "changes partner/x", ()))
    )
    other = asking(portal="lab", mode="enforce", partnerships=("cy",))

    assert read(Opened(), more).is_missing
    assert read(Opened(), ENFORCED, other).is_missing


def test_without_known_files_it_does_not_count() -> None:
    work = owner_approvals(
        cast("Forge", Opened()), "github", PullRequest(1, HEAD, is_open=True), [ENFORCED], only_head
    )
    (found,) = asyncio.run(work)

    assert found.uncounted[0].reason == "a standing approval, but the changed files are not known"
