"""Who loses access on which day: nothing but the day changes, so only what ends is looked at."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Final, Literal

import msgspec

from reconciler.access.impact import lapse
from reconciler.model.access import AccessChange, AccessFilter
from reconciler.model.finding import Source
from reconciler.model.forecast import Ending, Forecast, ForecastRow, ForecastSummary
from reconciler.model.graph.affected import Touched
from reconciler.model.graph.edges import ends, gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.ids import encoded
from reconciler.model.resource import Resource, ResourceId
from reconciler.model.timestamps import days_after

_EVERYTHING: Final = AccessFilter()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of access: the resources, and what the files say about them.

    `wanted` are the resources that the files ask for, which know their places; `partners` has the last days
    of partners, with their places; `delegated` are the ids of teams whose members the resources do not tell.
    """

    source: Literal["files", "portal"]
    resources: Mapping[ResourceId, Resource]
    wanted: Mapping[ResourceId, Resource]
    partners: Mapping[str, tuple[str, Source]]
    delegated: Collection[ResourceId] = ()


def forecast(known: Known, since: str, until: str, keep: AccessFilter = _EVERYTHING) -> Forecast:
    """Return who loses access after `since`, up to and on `until`: rows by day, API, team and path."""
    resources = known.resources.values()
    reach, ending = Reach(gather(resources), since), _endings(resources, since, until)
    rows = [
        row
        for last in sorted(ending)
        for change in lapse(reach, last, ending[last], known.delegated).lost
        for kept in _kept(change, keep)
        for row in _rows(known, last, kept)
    ]
    teams = {f"team/{row.team}" for row in rows} & {*known.delegated}
    return Forecast(
        source=known.source,
        from_=since,
        until=until,
        summary=ForecastSummary(
            people=len({person for row in rows for person in row.people}),
            apis=len({row.api for row in rows}),
            days=len({row.day for row in rows}),
        ),
        rows=tuple(rows),
        delegated=tuple(sorted(team.partition("/")[2] for team in teams)),
    )


def _endings(resources: Collection[Resource], since: str, until: str) -> dict[str, Touched]:
    """Return the holders whose grants, and the people whose memberships, end on each last day."""
    found: defaultdict[str, list[Resource]] = defaultdict(list)
    for each in resources:
        last = each.fields.get("until")
        if last and since <= last < until:
            found[last].append(each)
    return {
        last: Touched(
            holders=frozenset(ends(each.id)[0] for each in ending if each.kind == "grant"),
            people=frozenset(ends(each.id)[1] for each in ending if each.kind == "membership"),
        )
        for last, ending in found.items()
    }


def _kept(change: AccessChange, keep: AccessFilter) -> Iterator[AccessChange]:
    """Yield what is asked for of a change."""
    fits = (
        keep.api in {None, change.api}
        and keep.team in {None, change.team}
        and keep.partner in {None, (change.team or "").partition("/")[0]}
        and (keep.group is None or f"access-group/{keep.group}" in change.via)
    )
    if fits and keep.person is None:
        yield change
    elif fits and keep.person in change.people:
        yield msgspec.structs.replace(change, people=(keep.person,))


def _rows(known: Known, last: str, change: AccessChange) -> Iterator[ForecastRow]:
    """Yield a change as rows; single people have grants of their own, each with its reason."""
    if change.team is None:
        for person in change.people:
            alone = msgspec.structs.replace(change, people=(person,))
            yield _row(known, last, alone, f"developer/{encoded(person)}")
    else:
        yield _row(known, last, change, f"team/{change.team}")


def _row(known: Known, last: str, change: AccessChange, holder: str) -> ForecastRow:
    partner = change.team.partition("/")[0] if change.team else None
    grant = known.resources[f"grant/{change.via[0].partition('/')[2]}/{holder}"]
    ending, place = _ending(known, last, change, grant)
    return ForecastRow(
        day=days_after(last, 1),
        partner=partner,
        team=change.team,
        people=change.people,
        api=change.api,
        from_=change.from_,
        to=change.to,
        via=change.via,
        until=last,
        ending=ending,
        reason=grant.fields.get("reason") if ending == "grant" else None,
        place=place,
    )


def _ending(known: Known, last: str, change: AccessChange, grant: Resource) -> tuple[Ending, Source | None]:
    """Return what ends, and where in the files it says so."""
    if grant.fields.get("until") != last:
        memberships = [f"membership/{change.team}/{encoded(person)}" for person in change.people]
        return "membership", _place(known, memberships[0]) if len(memberships) == 1 else None
    until, place = known.partners.get((change.team or "").partition("/")[0], ("", None))
    return ("partner", place) if until == last else ("grant", _place(known, grant.id))


def _place(known: Known, resource_id: ResourceId) -> Source | None:
    """Return where the files say that something ends, if they ask for it."""
    wanted = known.wanted.get(resource_id)
    origin = wanted.origin if wanted else None
    return origin.document.where(*origin.path, "until") if origin else None
