"""The guard: how much one plan may take away before somebody has to say that it is meant."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from reconciler.model.document import Limit
from reconciler.model.hierarchy import Resources, is_unmanaged_grant, owner
from reconciler.model.kinds import KINDS, parents, person_of, team_of
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.policy.context import Violation
from reconciler.policy.enumeration import counted, named
from reconciler.policy.index import Index
from reconciler.policy.similarity import rename_hint

_FEW: Final = 3
# What goes for these reasons was decided in a partner's file, or by its date.
_DECIDED: Final = frozenset({"expired", "ended", "suspended"})


def guard_deletions(index: Index) -> Iterator[Violation]:
    """No kind loses more than `guard.deletions` allows: the larger of a count and a share of what is ours.

    What goes with its parent, belongs to a suspended or ended partner, or ended by its date does not count.
    """
    limit = index.settings.guard.deletions
    counted, ours = _counted(index), _ours(index)
    for kind in KINDS:
        ids = counted.get(kind, [])
        most = _allowed(limit, ours[kind])
        if len(ids) > most:
            message = (
                f"{len(ids):,} of {ours[kind]:,} {_noun(kind, ours[kind])} of ours would be deleted, and"
                f" {most:,} may be (the larger of {limit.count:,} and {limit.percent} %): {named(ids)}"
            )
            yield _refusal(index, message)


def guard_emptied_kind(index: Index) -> Iterator[Violation]:
    """No kind of which there are three or more loses all of them."""
    counted, ours = _counted(index), _ours(index)
    going = Counter(change.kind for change in _deletions(index))
    for kind in KINDS:
        if ours[kind] >= _FEW and going[kind] == ours[kind] and counted.get(kind):
            message = f"all {ours[kind]:,} {_noun(kind, ours[kind])} of ours would be deleted"
            yield _refusal(index, f"{message}: {named(counted[kind])}")


def guard_people(index: Index) -> Iterator[Violation]:
    """No more people lose access than `guard.peopleLosing` allows, of those who have any.

    Who would lose it on a day within `guard.endWithinDays` counts as well, where the plan brings that day
    forward: the daily removal of what has ended is denied by nobody. An end that is moved out, and new access
    that ends soon, count as no loss.
    """
    limit, world = index.settings.guard.people_losing, index.world
    today = {person for row in (world.impact.lost if world.impact else ()) for person in row.people}
    people = sorted(today.union(world.losing))
    most = _allowed(limit, world.reaching)
    if len(people) > most:
        message = (
            f"{len(people):,} of {world.reaching:,} people who have access would lose some"
            f"{_later(len(people) - len(today), index)}, and {most:,} may"
            f" (the larger of {limit.count:,} and {limit.percent} %): {named(people)}"
        )
        yield _refusal(index, message)


def _later(number: int, index: Index) -> str:
    """Return how many lose access by an end that is brought forward."""
    days = index.settings.guard.end_within_days
    return f", {number:,} of them because an end moves forward to within {days:,} days" if number else ""


def guard_delegation(index: Index) -> Iterator[Violation]:
    """People whom a team's admins added do not lose their team by an edit that does not mention them.

    So a delegated team becomes listed only with everybody in it on the list, and a team that has such people
    is deleted only when it, or its partner, is suspended or ended.
    """
    yield from _listed_without(index)
    yield from _deleted_with_people(index)


def _deleted_with_people(index: Index) -> Iterator[Violation]:
    """Yield a refusal for each team that would be deleted with people whom its admins added."""
    deletions = {change.id: change for change in _deletions(index)}
    decided = _Decided(index, deletions)
    going = {
        each
        for each, change in deletions.items()
        if change.kind == "team"
        and change.because is None
        and (change.before or {}).get("delegated") is not False
        and not decided.holds(parents(each)[0])
    }
    people: dict[ResourceId, list[str]] = {}
    for change in deletions.values() if going else ():
        team = team_of(change.id)
        is_member = change.kind == "membership" and (change.before or {}).get("role") != "admin"
        if team in going and is_member and change.because is None:
            people.setdefault(team, []).append(person_of(change.id))
    for team, lost in sorted(people.items()):
        name = team.removeprefix("team/")
        message = (
            f'team "{name}" would be deleted with {counted(lost, "person", "people")} whom its admins added:'
            f" {named(lost)}"
        )
        instead = "give the team status: ended, apply that, then remove it from the file"
        instead = _unless_renamed(index, team, instead)
        yield _refusal(index, message, instead, team)


class _Decided:
    """Partners that are suspended or ended, or are deleted themselves, which is refused by another rule."""

    def __init__(self, index: Index, deletions: Mapping[ResourceId, Change]) -> None:
        self._live = index.world.live.resources if index.world.live else {}
        self._changes = {each.id: each for each in index.world.changes or () if each.kind == "partner"}
        self._deletions = deletions

    def holds(self, partner: ResourceId) -> bool:
        """Whether a partner is one of them."""
        held = self._live.get(partner)
        after = self._changes[partner].after if partner in self._changes else None
        status = (after or (held.fields if held else {})).get("status")
        return partner in self._deletions or status in {"suspended", "ended"}


def _listed_without(index: Index) -> Iterator[Violation]:
    """Yield a refusal for each delegated team that becomes listed without somebody who is in it."""
    people: dict[ResourceId | None, list[str]] = {}
    for deletion in _deletions(index):
        if deletion.kind == "membership" and deletion.because is None:
            people.setdefault(team_of(deletion.id), []).append(person_of(deletion.id))
    for change in index.world.changes or () if people else ():
        was = (change.before or {}).get("delegated"), (change.after or {}).get("delegated")
        if change.kind == "team" and was == (True, False):
            lost = people.get(change.id)
            if lost:
                team = change.id.removeprefix("team/")
                message = (
                    f'team "{team}" would become listed, and {len(lost):,} of the people in it'
                    f" {'is' if len(lost) == 1 else 'are'} not on the list: {named(lost)}"
                )
                yield _refusal(index, message, "put them on the list", change.id)


def guard_partner_removed(index: Index) -> Iterator[Violation]:
    """The file of a partner that is still live stays until the partner has ended."""
    for change in _deletions(index):
        if change.kind == "partner" and change.because != "ended":
            name = change.id.removeprefix("partner/")
            message = f'partner "{name}" is live, and no file defines it any more'
            instead = "restore the file with status: ended, apply it, then delete it"
            yield _refusal(index, message, _unless_renamed(index, change.id, instead), change.id)


def _deletions(index: Index) -> list[Change]:
    return [change for change in index.world.changes or () if change.action == "delete"]


def _counted(index: Index) -> dict[str, list[ResourceId]]:
    """Return the deletions that somebody has to mean, by kind."""
    deletions = _deletions(index)
    going = {change.id for change in deletions}
    counted: dict[str, list[ResourceId]] = {}
    for change in deletions:
        if change.because not in _DECIDED and going.isdisjoint(parents(change.id)):
            counted.setdefault(change.kind, []).append(change.id)
    return counted


def _ours(index: Index) -> Counter[str]:
    """Count the live resources of ours by kind."""
    live, desired = index.world.live, index.world.desired
    if live is None or desired is None or not _deletions(index):
        return Counter()
    external = frozenset(index.settings.external.partners)
    return Counter(
        held.kind
        for each, held in live.resources.items()
        if _is_ours(each, live.resources, desired.scope, external)
    )


def _is_ours(resource_id: ResourceId, live: Resources, scope: str, external: Collection[str]) -> bool:
    """Whether a live resource counts as ours; grants to unmanaged teams never do, also where they may go."""
    return owner(resource_id, live) == scope and not is_unmanaged_grant(resource_id, live, scope, external)


def _allowed(limit: Limit, number: int) -> int:
    return max(limit.count, number * limit.percent // 100)


def _noun(kind: str, number: int) -> str:
    return KINDS[kind].noun if number == 1 else KINDS[kind].plural


def _unless_renamed(index: Index, deleted: ResourceId, instead: str) -> str:
    """Return what to do; first of all `previously`, where something is much like a deleted object."""
    new = index.renames.get(deleted)
    return f"{rename_hint(deleted, new)}; else {instead}" if new else instead


def _refusal(index: Index, message: str, instead: str = "", about: ResourceId | None = None) -> Violation:
    """Return a refusal with what to do instead, and both ways in which this one plan is let through."""
    digest = index.world.digest
    through = f"let this one plan through with --allow {digest}, or with that digest under guard.allow"
    hint = f"{instead}; or {through}" if instead else through
    return Violation(index.configuration, ("spec", "guard"), message, hint, id=about)
