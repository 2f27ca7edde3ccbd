"""The guard: limits on what one plan may remove without being allowed explicitly."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from reconciler.model.counting import counted, people
from reconciler.model.document import Document, Limit
from reconciler.model.hierarchy import after_renames
from reconciler.model.ids import name_of
from reconciler.model.kinds import KINDS, parents, person_of, team_of
from reconciler.model.plan import Change
from reconciler.model.portal_names import shadowed
from reconciler.model.resource import ResourceId
from reconciler.policy.context import Violation
from reconciler.policy.enumeration import named
from reconciler.policy.index import Index
from reconciler.policy.similarity import rename_hint
from reconciler.policy.tolerant import place

_FEW: Final = 3
# Deletions for these reasons were decided in a partner's file, or by their date.
_DECIDED: Final = frozenset({"expired", "ended", "suspended"})


def guard_deletions(index: Index) -> Iterator[Violation]:
    """Deny a plan that deletes more objects of one kind than `guard.deletions` allows.

    The limit is the larger of a count and a percentage of the managed objects of that kind. Not counted are
    objects that are deleted with their parent, that belong to a suspended or ended partner, or that ended by
    their date.
    """
    limit = index.settings.guard.deletions
    counted, managed = _counted(index), Counter(index.context.totals.managed)
    for kind in KINDS:
        ids = counted.get(kind, [])
        most = _allowed(limit, managed[kind])
        if len(ids) > most:
            message = (
                f"{len(ids):,} of {_managed_objects(kind, managed[kind])} would be deleted,"
                f" but at most {most:,} may be (the larger of {limit.count:,} and {limit.percent} %): "
                f"{named(ids)}"
            )
            yield _denial(index, message)


def guard_emptied_kind(index: Index) -> Iterator[Violation]:
    """Deny a plan that deletes all objects of a kind, if there are three or more."""
    counted, managed = _counted(index), Counter(index.context.totals.managed)
    going = Counter(change.kind for change in _deletions(index))
    for kind in KINDS:
        if managed[kind] >= _FEW and going[kind] == managed[kind] and counted.get(kind):
            message = f"all {_managed_objects(kind, managed[kind])} would be deleted"
            yield _denial(index, f"{message}: {named(counted[kind])}")


def guard_people(index: Index) -> Iterator[Violation]:
    """Deny a plan by which more people lose access than `guard.peopleLosing` allows.

    The limit is the larger of a count and a percentage of the people with access. People whose end the plan
    brings forward to within `guard.endWithinDays` count as well, because the guard does not check the daily
    removal of expired access. Extended ends, and new access that ends soon, do not count as a loss.
    """
    limit, context = index.settings.guard.people_losing, index.context
    today = {person for row in (context.impact.lost if context.impact else ()) for person in row.people}
    losing = sorted(today.union(context.losing))
    reaching = context.totals.people or 0
    most = _allowed(limit, reaching)
    if len(losing) > most:
        message = (
            f"{len(losing):,} of {people(reaching)} with access would lose some of it"
            f"{_later(len(losing) - len(today), index)}, but at most {most:,} may"
            f" (the larger of {limit.count:,} and {limit.percent} %): {named(losing)}"
        )
        yield _denial(index, message)


def _later(number: int, index: Index) -> str:
    """Return the part of the message about people who lose access because an end is brought forward."""
    days = index.settings.guard.end_within_days
    return (
        f" ({number:,} of them because their end is brought forward to within {counted(days, 'day')})"
        if number
        else ""
    )


def guard_delegation(index: Index) -> Iterator[Violation]:
    """Deny a plan that removes members of a delegated team, unless the files say so explicitly.

    The files do not list these members. Usually, the admins of the team added them. A delegated team can
    become listed only if the list has everybody in it; a list of a source that was never read has nobody in
    it. A delegated team with members can be deleted only if
    the team has ended, or its partner is suspended or ended.
    """
    yield from _listed_without(index)
    yield from _deleted_with_people(index)


def _deleted_with_people(index: Index) -> Iterator[Violation]:
    """Yield a violation for each team that would be deleted with members who are not in the files."""
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
    members: dict[ResourceId, list[str]] = {}
    for change in deletions.values() if going else ():
        team = team_of(change.id)
        is_member = change.kind == "membership" and (change.before or {}).get("role") != "admin"
        if team in going and is_member and change.because is None:
            members.setdefault(team, []).append(person_of(change.id))
    for team, lost in sorted(members.items()):
        name = name_of(team)
        message = (
            f'team "{name}" would be deleted with {counted(len(lost), "member")} who'
            f" {'is' if len(lost) == 1 else 'are'} not listed in the files: {named(lost)}"
        )
        instead = "set status: ended for the team, apply that, then remove the team from the file"
        instead = _unless_renamed(index, team, instead)
        yield _denial(index, message, instead, team)


class _Decided:
    """The partners that are suspended, ended or deleted; another rule checks the deletion of partners."""

    def __init__(self, index: Index, deletions: Mapping[ResourceId, Change]) -> None:
        self._live = index.context.live.resources if index.context.live else {}
        self._changes = {each.id: each for each in index.context.changes or () if each.kind == "partner"}
        self._deletions = deletions

    def holds(self, partner: ResourceId) -> bool:
        """Return whether a partner is one of them."""
        held = self._live.get(partner)
        after = self._changes[partner].after if partner in self._changes else None
        status = (after or (held.fields if held else {})).get("status")
        return partner in self._deletions or status in {"suspended", "ended"}


def _listed_without(index: Index) -> Iterator[Violation]:
    """Yield a violation for each delegated team that becomes listed without all people in it."""
    members: dict[ResourceId | None, list[str]] = {}
    for deletion in _deletions(index):
        if deletion.kind == "membership" and deletion.because is None:
            members.setdefault(team_of(deletion.id), []).append(person_of(deletion.id))
    unknown = _never_read(index)
    for change in index.context.changes or () if members or unknown else ():
        was = (change.before or {}).get("delegated"), (change.after or {}).get("delegated")
        if change.kind == "team" and was == (True, False):
            not_read = unknown.get(change.id, [])
            lost = sorted({*members.get(change.id, ()), *not_read})
            if lost:
                team = name_of(change.id)
                message = (
                    f'team "{team}" would become listed, but {len(lost):,} of the people in it'
                    f" {'is' if len(lost) == 1 else 'are'} not on the list: {named(lost)}"
                )
                instead = "run `reconciler people pull` first" if not_read else "add them to the list"
                yield _denial(index, message, instead, change.id)


def _never_read(index: Index) -> dict[ResourceId, list[str]]:
    """Return the live members, by team, where the list of members was never read from its source."""
    desired, live = index.context.desired, index.context.live
    if desired is None or live is None or not desired.not_pulled:
        return {}
    names = {each.renamed_from: each.id for each in index.context.changes or () if each.renamed_from}
    found: dict[ResourceId, list[str]] = {}
    for each, held in after_renames(live.resources, names).items():
        team = team_of(each) if held.kind == "membership" and held.fields.get("role") != "admin" else None
        if team and "member" in desired.not_pulled.get(team, ()) and each not in desired.resources:
            found.setdefault(team, []).append(person_of(each))
    return found


def guard_partner_removed(index: Index) -> Iterator[Violation]:
    """Deny a plan that deletes a partner whose file was removed before the partner had ended.

    In a portal without partners, that is a plan that deletes all teams of the partner.
    """
    elsewhere = {f"partner/{each.name}": each for each in _partners_elsewhere(index)}
    for partner in _removed_partners(index):
        if _is_misnamed(index, partner):
            continue
        name = name_of(partner)
        document = elsewhere.get(partner)
        if document is None:
            message = f'partner "{name}" still exists in the portal, but is not defined in any file'
            instead = "restore the file with status: ended, apply it, then delete it"
        else:
            there = place(document, ("metadata", "portals"))
            message = f'partner "{name}" still exists in the portal, but metadata.portals does not list it'
            message = f"{message} ({there})"
            instead = "add the portal to metadata.portals"
        yield _denial(index, message, _unless_renamed(index, partner, instead), partner)


def _is_misnamed(index: Index, partner: ResourceId) -> bool:
    """Return whether a partner is in the files, but the portal does not call it by its external name.

    That is an error of its own. If the portal also has the partner of that name, this is another one.
    """
    live, desired, ours = index.context.live, index.context.desired, shadowed(partner)
    if live is None or desired is None or ours == partner or partner not in live.resources:
        return False
    return ours in desired.resources and ours not in live.resources


def _partners_elsewhere(index: Index) -> Iterator[Document]:
    """Yield the documents of partners that are for other portals only."""
    return (each for each in index.context.repository.elsewhere if each.kind == "Partner")


def _removed_partners(index: Index) -> Iterator[ResourceId]:
    """Yield the partners that would be deleted and have not ended."""
    going = {change.id: change for change in _deletions(index) if change.because != "ended"}
    yield from (each for each, change in going.items() if change.kind == "partner")
    live, desired, can = index.context.live, index.context.desired, index.context.capabilities
    if live is None or desired is None or can is None or "partner" in can.kinds:
        return
    moved = {change.renamed_from for change in index.context.changes or () if change.renamed_from}
    teams: dict[ResourceId, list[ResourceId]] = {}
    for each, held in live.resources.items():
        if held.kind == "team" and held.owner_label == desired.scope:
            teams.setdefault(parents(each)[0], []).append(each)
    for partner, its_teams in teams.items():
        if partner not in desired.resources and moved.isdisjoint(its_teams) and going.keys() >= {*its_teams}:
            yield partner


def _deletions(index: Index) -> list[Change]:
    return [change for change in index.context.changes or () if change.action == "delete"]


def _counted(index: Index) -> dict[str, list[ResourceId]]:
    """Return the deletions that count against the limit, by kind."""
    deletions = _deletions(index)
    going = {change.id for change in deletions}
    counted: dict[str, list[ResourceId]] = {}
    for change in deletions:
        if change.because not in _DECIDED and going.isdisjoint(parents(change.id)):
            counted.setdefault(change.kind, []).append(change.id)
    return counted


def _allowed(limit: Limit, number: int) -> int:
    return max(limit.count, number * limit.percent // 100)


def _managed_objects(kind: str, number: int) -> str:
    return counted(number, f"managed {KINDS[kind].noun}", f"managed {KINDS[kind].plural}")


def _unless_renamed(index: Index, deleted: ResourceId, instead: str) -> str:
    """Return the hint, with `previously` first if a new object is similar to the deleted one."""
    new = index.renames.get(deleted)
    return f"{rename_hint(deleted, new)}; otherwise {instead}" if new else instead


def _denial(index: Index, message: str, instead: str = "", about: ResourceId | None = None) -> Violation:
    """Return a violation with a hint, and with both ways to allow this plan."""
    digest = index.context.digest
    allow = f"allow this plan with --allow {digest}, or add that digest to guard.allow"
    hint = f"{instead}; or {allow}" if instead else allow
    return Violation(index.configuration, ("spec", "guard"), message, hint, id=about)
