"""Whether standing approvals count: who opened and merged the pull request, and what it changes."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import msgspec

from reconciler.forge.approvers import folded
from reconciler.model.approval import OwnerApproval, Reviews, StandingApproval, UncountedApproval
from reconciler.model.plan import Plan

# Why the files of a plan are not only those that a standing approval is for; empty if they are.
Excess: TypeAlias = Callable[[Plan], str]


def unknown_files(_plan: Plan) -> str:
    """Return that nobody compared the files of a plan, so that no standing approval counts."""
    return "the changed files are not known"


def standing_approvals(owner: str, plans: Iterable[Plan]) -> tuple[StandingApproval, ...]:
    """Return the standing approvals of an owner, if they are for everything that plans need it for."""
    needed = [each for plan in plans for each in plan.approvals if each.owner == owner]
    if not all(each.standing_approvals for each in needed):
        return ()
    return tuple({str(each): each for approval in needed for each in approval.standing_approvals}.values())


def with_standing_approvals(
    owner: OwnerApproval, plans: Sequence[Plan], kind: str, reviews: Reviews, *, merged: bool, excess: Excess
) -> OwnerApproval:
    """Return an owner with the standing approval that counts for all of these plans, or why none counts.

    `merged` is whether the pull request was merged.
    """
    given = standing_approvals(owner.owner, plans)
    if not given:
        return owner
    login, reason = _objection(given, kind, reviews, merged=merged)
    reason = reason or next(filter(None, map(excess, plans)), "")
    if not reason:
        return msgspec.structs.replace(owner, standing_approval=", ".join(map(str, given)), problem="")
    uncounted = UncountedApproval(login, f"a standing approval, but {reason}", "")
    return msgspec.structs.replace(owner, uncounted=(*owner.uncounted, uncounted))


def _objection(
    given: Sequence[StandingApproval], kind: str, reviews: Reviews, *, merged: bool
) -> tuple[str, str]:
    """Return whose standing approval it is on a forge of this kind, and why it does not count."""
    bots = [each.bots.get(kind, "") for each in given]
    for each, bot in zip(given, bots, strict=True):
        if not bot:
            return each.source, f"sources.{each.source}.bot.{kind} is not set"
        if folded(reviews.author) != folded(bot):
            return bot, f"{_named(reviews.author)} opened the pull request"
        if merged and folded(reviews.merged_by) != folded(bot):
            return bot, f"{_named(reviews.merged_by)} merged the pull request"
    return bots[0], ""


def _named(login: str) -> str:
    return login or "an unknown user"
