"""Read from a forge who has approved plans, by owner."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeAlias

from reconciler.forge.approvers import asked, decided, is_approver, plans_by_owner, teams_in
from reconciler.forge.standing_approvals import Excess, unknown_files, with_standing_approvals
from reconciler.model.approval import GivenApproval, OwnerApproval, Reviews
from reconciler.model.forge import Forge, PullRequest
from reconciler.model.plan import Plan

# Why an approval for an older commit does not cover a plan; empty if it does.
Objection: TypeAlias = Callable[[Plan, str], Awaitable[str]]


async def owner_approvals(
    forge: Forge,
    kind: str,
    pull: PullRequest | None,
    plans: Sequence[Plan],
    objection: Objection,
    excess: Excess = unknown_files,
) -> tuple[OwnerApproval, ...]:
    """Return whose approval the plans of a pull request need, and who has approved. Raises PortalError.

    An approval for the head counts, and so does one for an older commit to which no plan that needs it has
    an objection. A standing approval counts unless a plan's files are in `excess` of what it is for. `kind`
    is the forge in `approvers`. Nothing is read where no plan needs an approval. Without a pull request,
    nobody has approved.
    """
    asking = plans_by_owner(plans)
    if not asking:
        return ()
    reviews = await forge.reviews(pull.number) if pull else Reviews("")
    teams = {team: await forge.team_members(team) for team in teams_in(plans, kind)}
    objections = _Objections(pull.head if pull else "", objection)
    found = []
    for owner in asked(plans, kind, reviews.author, teams):
        own = asking[owner.owner]
        given = [each for each in reviews.approvals if is_approver(each.login, owner)]
        with_given = decided(owner, reviews.approvals, await objections.to(given, own))
        if pull is not None:
            merged = not pull.is_open
            with_given = with_standing_approvals(with_given, own, kind, reviews, merged=merged, excess=excess)
        found.append(with_given)
    return tuple(found)


class _Objections:
    """The objections of plans to commits, each of which is asked for once."""

    def __init__(self, head: str, objection: Objection) -> None:
        self._head = head
        self._objection = objection
        self._known: dict[tuple[str, str], str] = {}

    async def to(self, given: Iterable[GivenApproval], plans: Iterable[Plan]) -> dict[str, str]:
        """Return the first objection of a plan to the commit of each approval."""
        return {
            each.commit: await self._first(plans, each.commit) for each in given if each.commit is not None
        }

    async def _first(self, plans: Iterable[Plan], commit: str) -> str:
        if commit == self._head:
            return ""
        for plan in plans:
            key = plan.checksum, commit
            if key not in self._known:
                self._known[key] = await self._objection(plan, commit)
            if self._known[key]:
                return self._known[key]
        return ""
