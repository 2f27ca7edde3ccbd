"""What the owners have approved in advance: changes that come from people.lock alone (`autoMerge`)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from reconciler.model.approval import JOB_USERS, StandingApproval
from reconciler.model.document import (
    ConfigurationSpec,
    Document,
    FromSource,
    Partner,
    People,
    Repository,
    Team,
)
from reconciler.model.kinds import team_of
from reconciler.model.plan import Approval, Change, FileChange
from reconciler.model.resource import ResourceId

# The path of a change of former addresses, which is about a membership.
ADDRESSES: Final = "formerAddresses"


def with_standing_approvals(
    needed: Iterable[Approval],
    changes: Iterable[Change | FileChange],
    base: Repository,
    head: Repository,
    spec: ConfigurationSpec,
) -> tuple[Approval, ...]:
    """Return approvals with those that were given in advance for all their changes.

    `changes` are all decisions of a branch, `spec` are the settings of its base.
    """
    covered = standing_approvals(changes, base, head, spec)
    return tuple(
        msgspec.structs.replace(
            each, standing_approvals=_of_all([covered.get(change, ()) for change in each.ids])
        )
        for each in needed
    )


def standing_approvals(
    changes: Iterable[Change | FileChange], base: Repository, head: Repository, spec: ConfigurationSpec
) -> Mapping[ResourceId, tuple[StandingApproval, ...]]:
    """Return what is approved in advance by id, each with the approvals of all sources of its team.

    There are none if the branch changes more than people.lock.
    """
    changes = list(changes)
    given = {
        name: made for name, source in spec.sources.items() if (made := _given(name, source)) is not None
    }
    if not given or not _are_of_people_alone(changes) or not _differ_in_people_alone(base, head):
        return {}
    teams = {
        f"{document.name}/{team.name}": _sources(team)
        for document in head.documents
        if isinstance(document.body, Partner)
        for team in document.body.spec.teams
    }
    found: dict[ResourceId, tuple[StandingApproval, ...]] = {}
    beyond: set[ResourceId] = set()
    for change in changes:
        decided = change.about if isinstance(change, FileChange) else change.id
        sources = teams.get((team_of(decided) or "").removeprefix("team/"), ())
        own = [given[each] for each in sources if each in given]
        if own and len(own) == len(sources) and all(_covers(each, change) for each in own):
            found[decided] = tuple(own)
        else:
            beyond.add(decided)
    return {each: own for each, own in found.items() if each not in beyond}


def _given(name: str, source: Any) -> StandingApproval | None:
    from reconciler.model.directory_settings import DirectorySource  # noqa: PLC0415  only with sources

    if not isinstance(source, DirectorySource) or source.auto_merge == "none" or source.bot is None:
        return None
    bots = {forge: login for forge, login in source.bot if login and login.casefold() not in JOB_USERS}
    return StandingApproval(name, source.auto_merge, bots)


def _are_of_people_alone(changes: Iterable[Change | FileChange]) -> bool:
    """Return whether all changes of files alone are former addresses of people."""
    return all(each.path == ADDRESSES for each in changes if isinstance(each, FileChange))


def _differ_in_people_alone(base: Repository, head: Repository) -> bool:
    return _others(base.documents) == _others(head.documents)


def _others(documents: Iterable[Document]) -> dict[tuple[str | None, str | None], Any]:
    return {(each.kind, each.name): each.body for each in documents if not isinstance(each.body, People)}


def _sources(team: Team) -> tuple[str, ...]:
    """Return the sources of a team."""
    given = (team.admins, team.members)
    return tuple(dict.fromkeys(each.source for each in given if isinstance(each, FromSource)))


def _covers(approval: StandingApproval, change: Change | FileChange) -> bool:
    """Return whether an approval covers the change of a membership: those for removals cover no gain."""
    if isinstance(change, FileChange):
        return approval.covers == "all"
    if change.kind != "membership":
        return False
    return approval.covers == "all" or change.action == "delete" or _is_lowered(change)


def _is_lowered(change: Change) -> bool:
    """Return whether an admin becomes a member, and nothing else changes."""
    return [(each.path, each.before, each.after) for each in change.fields] == [("role", "admin", "member")]


def _of_all(approvals: Iterable[tuple[StandingApproval, ...]]) -> tuple[StandingApproval, ...]:
    """Return the approvals of several changes; none if one of them has none."""
    listed = list(approvals)
    if not all(listed):
        return ()
    return tuple({each.source: each for approval in listed for each in approval}.values())
