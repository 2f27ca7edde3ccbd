"""Forecast who loses access on which day, if nothing changes but the date."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from reconciler.access.impact import lapse
from reconciler.model.access import AccessChange, AccessFilter
from reconciler.model.finding import Source
from reconciler.model.forecast import Ending, Forecast, ForecastRow, ForecastSummary
from reconciler.model.graph.affected import Affected
from reconciler.model.graph.edges import ends, gather, grant_id, grant_on_path, membership_id
from reconciler.model.graph.reachability import Reach
from reconciler.model.ids import name_of, split_team
from reconciler.model.kinds import kind_row
from reconciler.model.resource import GroupPaths, Resource, ResourceId
from reconciler.model.timestamps import days_after

_EVERYTHING: Final = AccessFilter()


class AccessState(msgspec.Struct, frozen=True, kw_only=True):
    """The state of access: the resources, and their definitions in files.

    `wanted` are the resources that files define, with their locations; `partners` has the last days
    of partners with their locations; `delegated` are the ids of teams whose members are not in the resources.
    `paths` are those by groups that grants of APIs replace.
    """

    source: Literal["files", "portal"]
    resources: Mapping[ResourceId, Resource]
    wanted: Mapping[ResourceId, Resource]
    partners: Mapping[str, tuple[str, Source]]
    delegated: Collection[ResourceId] = ()
    paths: GroupPaths = MappingProxyType({})


def forecast(state: AccessState, since: str, until: str, keep: AccessFilter = _EVERYTHING) -> Forecast:
    """Return who loses access after `since` up to and including `until`: rows by day, API, team and path."""
    resources = state.resources.values()
    reach, ending = Reach(gather(resources), since, state.paths), _endings(resources, since, until)
    rows = [
        row
        for last in sorted(ending)
        for change in lapse(reach, last, ending[last], state.delegated).lost
        for selected in _filtered(change, keep)
        for row in _rows(state, last, selected)
    ]
    teams = {f"team/{row.team}" for row in rows} & {*state.delegated}
    return Forecast(
        source=state.source,
        from_=since,
        until=until,
        summary=ForecastSummary(
            people=len({person for row in rows for person in row.people}),
            apis=len({row.api for row in rows}),
            days=len({row.day for row in rows}),
        ),
        rows=tuple(rows),
        delegated=tuple(sorted(name_of(team) for team in teams)),
    )


def _endings(resources: Collection[Resource], since: str, until: str) -> dict[str, Affected]:
    """Return the holders whose grants end, and the people whose memberships end, by last day."""
    found: defaultdict[str, list[Resource]] = defaultdict(list)
    for each in resources:
        last = each.fields.get("until")
        if last and since <= last < until:
            found[last].append(each)
    return {
        last: Affected(
            holders=frozenset(ends(each.id)[0] for each in ending if kind_row(each.kind).is_grant),
            people=frozenset(ends(each.id)[1] for each in ending if each.kind == "membership"),
        )
        for last, ending in found.items()
    }


def _filtered(change: AccessChange, keep: AccessFilter) -> Iterator[AccessChange]:
    """Yield the part of a change that the filter selects."""
    matches = (
        keep.api in {None, change.api}
        and keep.team in {None, change.team}
        and keep.partner in {None, split_team(change.team or "")[0]}
        and (keep.group is None or f"access-group/{keep.group}" in change.via)
    )
    if matches and keep.person is None:
        yield change
    elif matches and keep.person in change.people:
        yield msgspec.structs.replace(change, people=(keep.person,))


def _rows(state: AccessState, last: str, change: AccessChange) -> Iterator[ForecastRow]:
    """Yield the rows of a change; each individual person has a row, because each has a separate grant."""
    if change.team is None:
        for person in change.people:
            row_of_person = msgspec.structs.replace(change, people=(person,))
            yield _row(state, last, row_of_person, f"developer/{person}")
    else:
        yield _row(state, last, change, f"team/{change.team}")


def _row(state: AccessState, last: str, change: AccessChange, holder: str) -> ForecastRow:
    partner = split_team(change.team)[0] if change.team else None
    asked = grant_on_path(change.via[0], holder)
    # A path by groups can be that of a grant of an API, which replaces the grant of the group.
    held = state.resources.get(asked) or state.resources[grant_id(f"api/{change.api}", holder)]
    ending, place = _ending(state, last, change, msgspec.structs.replace(held, id=asked))
    reason = (state.resources.get(asked) or state.wanted.get(asked) or held).fields.get("reason")
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
        reason=reason if ending == "grant" else None,
        place=place,
    )


def _ending(
    state: AccessState, last: str, change: AccessChange, grant: Resource
) -> tuple[Ending, Source | None]:
    """Return what expires, and the location of its last day in the files."""
    if grant.fields.get("until") != last:
        memberships = [membership_id(change.team or "", person) for person in change.people]
        return "membership", _place(state, memberships[0]) if len(memberships) == 1 else None
    until, place = state.partners.get(split_team(change.team or "")[0], ("", None))
    return ("partner", place) if until == last else ("grant", _place(state, grant.id))


def _place(state: AccessState, resource_id: ResourceId) -> Source | None:
    """Return the location of a resource's last day in the files, if it is defined there."""
    wanted = state.wanted.get(resource_id)
    origin = wanted.origin if wanted else None
    return origin.document.where(*origin.path, "until") if origin else None
