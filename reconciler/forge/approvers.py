"""Whose approvals plans need, and which approvals count: decided from data alone."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final, TypeAlias

import msgspec

from reconciler.model.approval import ApprovalMode, GivenApproval, OwnerApproval, UncountedApproval
from reconciler.model.plan import Plan

# The members of teams such as "@org/team"; None for a team that the token may not read.
Teams: TypeAlias = Mapping[str, frozenset[str] | None]
_UNKNOWN_COMMIT: Final = (
    "given for a commit that the forge does not name, or before the base was changed; approve again"
)
# Asking more people at once would be spam; GitHub refuses more than fifteen.
_ASKED_BY_OWNER: Final = 5
_ASKED: Final = 15
# If plans differ, the strictest mode applies.
_STRICTEST: Final[tuple[ApprovalMode | None, ...]] = ("enforce", None, "report")


def plans_by_owner(plans: Iterable[Plan]) -> dict[str, list[Plan]]:
    """Return the plans that need the approval of each owner, sorted by owner."""
    asking: dict[str, list[Plan]] = {}
    for plan in plans:
        if plan.approval_mode != "off":
            for owner in {each.owner for each in plan.approvals}:
                asking.setdefault(owner, []).append(plan)
    return dict(sorted(asking.items()))


def teams_in(plans: Iterable[Plan], kind: str) -> list[str]:
    """Return the teams among the approvers on this kind of forge."""
    listed = [
        _listed(plan, owner, kind) for owner, asking in plans_by_owner(plans).items() for plan in asking
    ]
    return sorted({each for each in chain(*listed) if _is_team(each)})


def asked(plans: Iterable[Plan], kind: str, author: str, teams: Teams) -> tuple[OwnerApproval, ...]:
    """Return the owners whose approval the plans need, as if nobody had approved yet."""
    return tuple(
        _asked(owner, asking, kind, author, teams) for owner, asking in plans_by_owner(plans).items()
    )


def decided(
    owner: OwnerApproval, given: Iterable[GivenApproval], objections: Mapping[str, str]
) -> OwnerApproval:
    """Return the owner with the approvals that count.

    `objections` are the reasons why an approval for a commit does not count, by commit; empty if it does.
    """
    approved_by, uncounted = [], []
    for each in given:
        if is_approver(each.login, owner):
            reason = _UNKNOWN_COMMIT if each.commit is None else objections[each.commit]
            if reason:
                uncounted.append(UncountedApproval(each.login, reason, each.link))
            else:
                approved_by.append(each)
    return msgspec.structs.replace(owner, approved_by=tuple(approved_by), uncounted=tuple(uncounted))


def of_plan(approvals: Iterable[OwnerApproval], plan: Plan) -> tuple[OwnerApproval, ...]:
    """Return the owners that one of the plans needs, with its reasons."""
    reasons = {each.owner: _reasons(each.owner, [plan]) for each in plan.approvals}
    return tuple(
        msgspec.structs.replace(each, reasons=reasons[each.owner])
        for each in approvals
        if each.owner in reasons
    )


def people_to_ask(approvals: Iterable[OwnerApproval]) -> tuple[str, ...]:
    """Return the people who can give the approvals that are missing, at most a few for each owner."""
    missing = [each.approvers[:_ASKED_BY_OWNER] for each in approvals if each.is_missing]
    people: dict[str, str] = {}
    for each in chain(*missing):
        people.setdefault(folded(each), each)
    return tuple(people.values())[:_ASKED]


def is_approver(login: str, owner: OwnerApproval) -> bool:
    """Return whether a person can approve for this owner; forges ignore the case of user names."""
    return folded(login) in map(folded, owner.approvers)


def _asked(owner: str, asking: Sequence[Plan], kind: str, author: str, teams: Teams) -> OwnerApproval:
    listed = [_listed(plan, owner, kind) for plan in asking]
    entries = _in_all(listed)
    people = _people(entries, teams)
    approvers = tuple(name for key, name in people.items() if key != folded(author))
    mode = min((plan.approval_mode for plan in asking), key=_STRICTEST.index)
    is_checkable = any(not _is_unreadable(each, teams) for each in chain(*listed))
    unreadable = [each for each in entries if _is_unreadable(each, teams)]
    return OwnerApproval(
        owner=owner,
        reasons=_reasons(owner, asking),
        approvers=approvers,
        enforced=mode == "enforce" or (mode is None and is_checkable),
        problem=_problem(f"owners.{owner}.approvers.{kind}", unreadable, people, approvers),
    )


def _problem(key: str, unreadable: Sequence[str], people: Mapping[str, str], approvers: Sequence[str]) -> str:
    """Return why nobody can approve, or why the members of a team cannot; empty if all can."""
    if unreadable:
        teams = ", ".join(f"`{each}`" for each in unreadable)
        return f"the token cannot read the members of {teams}; list people in `{key}`"
    if approvers:
        return ""
    if people:
        return f"only the author could approve; add another person to `{key}`"
    return f"there are no approvers; add people to `{key}`"


def _reasons(owner: str, asking: Iterable[Plan]) -> tuple[str, ...]:
    reasons = [each.reason for plan in asking for each in plan.approvals if each.owner == owner]
    return tuple(dict.fromkeys(reasons))


def _people(entries: Iterable[str], teams: Teams) -> dict[str, str]:
    """Return the user names among these entries and in their teams, by how they compare."""
    people: dict[str, str] = {}
    for entry in entries:
        for name in sorted(teams[entry] or ()) if _is_team(entry) else [entry]:
            people.setdefault(folded(name), name.removeprefix("@"))
    return people


def _listed(plan: Plan, owner: str, kind: str) -> tuple[str, ...]:
    return plan.approvers.get(owner, {}).get(kind, ())


def _in_all(listed: Sequence[Sequence[str]]) -> list[str]:
    """Return the users and teams that all of several plans accept as approvers, in their order."""
    first, *others = listed
    accepted = [set(map(folded, other)) for other in others]
    return [each for each in first if all(folded(each) in other for other in accepted)]


def _is_team(entry: str) -> bool:
    return "/" in entry


def _is_unreadable(entry: str, teams: Teams) -> bool:
    return _is_team(entry) and teams[entry] is None


def folded(name: str) -> str:
    """Return a user name as forges compare it."""
    return name.removeprefix("@").casefold()
