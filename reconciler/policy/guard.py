"""The guard: how much one plan may take away before somebody has to say that it is meant."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from reconciler.model.document import Limit
from reconciler.model.kinds import KINDS, parents
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.model.tree import owner
from reconciler.policy.index import Index
from reconciler.policy.world import Violation

_FEW: Final = 3
_NAMED: Final = 10
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
                f" {most:,} may be (the larger of {limit.count:,} and {limit.percent} %): {_names(ids)}"
            )
            yield _refusal(index, message)


def guard_emptied_kind(index: Index) -> Iterator[Violation]:
    """No kind of which there are three or more loses all of them."""
    counted, ours = _counted(index), _ours(index)
    going = Counter(change.kind for change in _deletions(index))
    for kind in KINDS:
        if ours[kind] >= _FEW and going[kind] == ours[kind] and counted.get(kind):
            message = f"all {ours[kind]:,} {_noun(kind, ours[kind])} of ours would be deleted"
            yield _refusal(index, f"{message}: {_names(counted[kind])}")


def guard_people(index: Index) -> Iterator[Violation]:
    """No more people lose access than `guard.peopleLosing` allows, of those who have any."""
    limit, world = index.settings.guard.people_losing, index.world
    people = sorted({person for row in (world.impact.lost if world.impact else ()) for person in row.people})
    most = _allowed(limit, world.reaching)
    if len(people) > most:
        message = (
            f"{len(people):,} of {world.reaching:,} people who have access would lose some, and {most:,} may"
            f" (the larger of {limit.count:,} and {limit.percent} %): {_names(people)}"
        )
        yield _refusal(index, message)


def guard_delegation(index: Index) -> Iterator[Violation]:
    """A team whose members its admins looked after is not listed without the people who are in it."""
    for change in index.world.changes or ():
        was = (change.before or {}).get("delegated"), (change.after or {}).get("delegated")
        if change.kind == "team" and was == (True, False):
            lost = [
                deletion.id.split("/", 3)[3]
                for deletion in _deletions(index)
                if deletion.because is None
                and parents(deletion.id)[:1] == (change.id,)
                and deletion.kind == "membership"
            ]
            if lost:
                team = change.id.removeprefix("team/")
                message = (
                    f'team "{team}" would become listed, and {len(lost):,} of the people in it'
                    f" {'is' if len(lost) == 1 else 'are'} not on the list: {_names(lost)}"
                )
                yield _refusal(index, message, "put them on the list", change.id)


def guard_partner_removed(index: Index) -> Iterator[Violation]:
    """The file of a partner that is still live stays until the partner has ended."""
    for change in _deletions(index):
        if change.kind == "partner" and change.because != "ended":
            name = change.id.removeprefix("partner/")
            message = f'partner "{name}" is live, and no file names it any more'
            yield _refusal(
                index, message, "bring the file back with status: ended, apply it, then delete it", change.id
            )


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
    resources = live.resources
    return Counter(held.kind for each, held in resources.items() if owner(each, resources) == desired.scope)


def _allowed(limit: Limit, number: int) -> int:
    return max(limit.count, number * limit.percent // 100)


def _noun(kind: str, number: int) -> str:
    title = KINDS[kind].title
    return title if number == 1 else f"{title}s"


def _names(names: Sequence[str] | Iterable[str]) -> str:
    known = list(names)
    more = f" and {len(known) - _NAMED:,} more" if len(known) > _NAMED else ""
    return ", ".join(known[:_NAMED]) + more


def _refusal(index: Index, message: str, instead: str = "", about: ResourceId | None = None) -> Violation:
    """Return a refusal with what to do instead, and both ways in which this one plan is let through."""
    digest = index.world.digest
    through = f"let this one plan through with --allow {digest}, or with that digest under guard.allow"
    hint = f"{instead}; or {through}" if instead else through
    return Violation(index.configuration, ("spec", "guard"), message, hint, id=about)
