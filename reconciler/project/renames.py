"""Renames in a portal: those that it cannot make, and those of partners that are only in names of teams."""

from collections.abc import Iterator, Mapping
from itertools import chain

import msgspec

from reconciler.model.finding import Finding
from reconciler.model.ids import kind_of, last_name, name_of
from reconciler.model.kinds import partner_of
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Live, ResourceId
from reconciler.project.limits import with_article

_Formers = tuple[tuple[ResourceId, ...], ...]


def with_team_renames(desired: Desired, can: Capabilities) -> Desired:
    """Return the desired state with a rename of each team of a renamed partner.

    A portal without partners has their names only in the names of teams, so that each team is renamed.
    """
    formers = {
        name_of(new): [name_of(old) for (old,) in places]
        for new, places in desired.renames.items()
        if kind_of(new) == "partner"
    }
    if "partner" in can.kinds or not formers:
        return desired
    renames: dict[ResourceId, _Formers] = dict(desired.renames)
    for each in desired.resources:
        partner = partner_of(each) if kind_of(each) == "team" else None
        if partner in formers:
            places = tuple((f"team/{former}/{last_name(each)}",) for former in formers[partner])
            renames[each] = (*renames.get(each, ()), *places)
    return msgspec.structs.replace(desired, renames=renames)


def impossible_renames(desired: Desired, live: Live, can: Capabilities) -> Iterator[Finding]:
    """Yield a finding for each pending rename that the portal cannot make."""
    for new, old in _pending(desired.renames, live):
        wanted, what = desired.resources.get(new), _impossible(old, new, desired, can)
        if what and wanted is not None and wanted.origin is not None:
            message = f"the portal cannot {what}, which {new} requires"
            hint = f"remove previously, and end {old} first; its people are invited again"
            yield Finding.at(wanted.origin.source, "unsupported", message, hint, id=new)


def _pending(renames: Mapping[ResourceId, _Formers], live: Live) -> Iterator[tuple[ResourceId, ResourceId]]:
    """Yield the new and the old id of each object that has one of its former names in the portal."""
    for new, formers in renames.items():
        waiting = [old for old in chain.from_iterable(formers) if old in live.resources]
        if waiting and new not in live.resources:
            yield new, waiting[0]


def _impossible(old: ResourceId, new: ResourceId, desired: Desired, can: Capabilities) -> str:
    """Return the operation that a rename needs and the portal does not support, or an empty string."""
    kind = kind_of(new)
    if kind not in can.renames:
        return f"rename {with_article(kind)}"
    return "move a team to another partner" if desired.is_move(new, old) and kind not in can.moves else ""
