"""Access reports: one row per person, API and path."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, Literal, TypeAlias

from reconciler.model.access import AccessFilter, AccessReport, AccessRow
from reconciler.model.document import Level
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach, Via, earlier
from reconciler.model.ids import name_of, split_id
from reconciler.model.resource import OfferedApi, Resource, ResourceId

_EVERYTHING: Final = AccessFilter()
_LEVELS: Final[Mapping[int, Level]] = {1: "view", 2: "consume"}

# A path of a holder: API, team ("" for an individual person), groups and products, level, last day. Tuples
# sort in display order, and differ in the first three items, so that None is never compared.
_Line: TypeAlias = tuple[str, str, Via, Level, str | None]
# The paths of a holder, and the membership in it; None for an individual person.
_Part: TypeAlias = tuple[list[_Line], Resource | None]


def report(
    reach: Reach,
    apis: Mapping[str, OfferedApi],
    *,
    source: Literal["files", "portal"],
    delegated: Collection[ResourceId] = (),
    keep: AccessFilter = _EVERYTHING,
) -> AccessReport:
    """Return who has access to what in a state: rows by person, API, team (individual access first) and path.

    `delegated` are the ids of teams whose members are not in the resources. They can include anyone, so all
    that match the other criteria of `keep` are reported, even if a person is selected.
    """
    selection = _Selection(reach, keep)
    public = (name for name, api in apis.items() if api.visibility == "public")
    return AccessReport(
        source=source,
        rows=tuple(row for row in selection.rows() if keep.ends(row.until)),
        delegated=tuple(sorted(name_of(team) for team in delegated if selection.includes(team))),
        open=tuple(sorted(name for name in public if keep.api in {None, name})),
    )


def people_with_access(resources: Mapping[ResourceId, Resource], today: str) -> frozenset[str]:
    """Return everyone who has any access on `today`."""
    reach = Reach(gather(resources.values()), today)
    selection = _Selection(reach, _EVERYTHING)
    return frozenset(
        person
        for holder in reach.edges.grants.starts()
        if any(reach.contents(group) for group, _, _ in reach.holding(holder))
        for person, _ in selection.people(holder)
    )


class _Selection:
    """The selection of a filter, in one state on one day."""

    def __init__(self, reach: Reach, keep: AccessFilter) -> None:
        self._reach = reach
        self._keep = keep

    def rows(self) -> Iterator[AccessRow]:
        """Yield the rows in order."""
        parts = self._parts()
        for person in sorted(parts):
            # The paths of one holder are sorted, and most people have only one holder.
            if len(parts[person]) == 1:
                [(lines, membership)] = parts[person]
                yield from (_row(person, line, membership) for line in lines)
            else:
                rows = [(line, part[1]) for part in parts[person] for line in part[0]]
                rows.sort(key=_line)
                yield from (_row(person, line, membership) for line, membership in rows)

    def includes(self, team: ResourceId) -> bool:
        """Whether the filter selects a team, ignoring the person."""
        by_path = self._keep.group or self._keep.api or self._keep.ending
        return self._matches(team) and (
            not by_path or any(self._keep.ends(until) for *_, until in self._lines(team))
        )

    def _parts(self) -> dict[str, list[_Part]]:
        """Return the people with selected access, each with the paths and memberships."""
        parts: dict[str, list[_Part]] = {}
        for holder in self._reach.edges.grants.starts():
            lines = self._lines(holder) if self._matches(holder) else []
            if lines:
                for person, membership in self.people(holder):
                    parts.setdefault(person, []).append((lines, membership))
        return parts

    def people(self, holder: str) -> Iterator[tuple[str, Resource | None]]:
        """Yield the selected people who have access through a holder, each with the membership."""
        person = self._keep.person
        sort, name = split_id(holder)
        if sort == "developer":
            if person in {None, name}:
                yield name, None
        elif person:
            if membership := self._reach.membership(holder, person):
                yield person, membership
        else:
            for each, membership in self._reach.edges.members.of(holder).items():
                if self._reach.counts(holder, each, membership):
                    yield each, membership

    def _matches(self, holder: str) -> bool:
        """Whether a holder matches the partner and the team of the filter."""
        partner, team = self._keep.partner, self._keep.team
        return (partner is None or holder.startswith(f"team/{partner}/")) and (
            team is None or holder == f"team/{team}"
        )

    def _lines(self, holder: str) -> list[_Line]:
        """Return the selected paths of a holder, sorted."""
        sort, name = split_id(holder)
        team = name if sort == "team" else ""
        lines: list[_Line] = [
            (api, team, via, _LEVELS[level], end)
            for group, level, until in self._reach.holding(holder)
            for api, paths in self._contents(group)
            for path in paths
            for via, end in self._reach.by_groups(holder, (path, until))
            if self._keep.group is None or via[0] == f"access-group/{self._keep.group}"
        ]
        lines.sort()
        return lines

    def _contents(self, group: str) -> Collection[tuple[str, list[Via]]]:
        contents, api = self._reach.contents(group), self._keep.api
        if api is None:
            return contents.items()
        return [(api, contents[api])] if api in contents else []


def _line(part: tuple[_Line, Resource | None]) -> _Line:
    return part[0]


def _row(person: str, line: _Line, membership: Resource | None) -> AccessRow:
    api, team, via, level, until = line
    if membership is None:
        return AccessRow(person, None, None, None, api, level, via, until)
    fields = membership.fields
    ends = earlier(until, fields.get("until"))
    return AccessRow(person, membership.state, fields.get("role"), team, api, level, via, ends)
