"""Inventories: objects with the number of people, teams and APIs that use or belong to them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Final

import msgspec

from reconciler.model.access import AccessFilter
from reconciler.model.graph.reachability import Holding, Reach
from reconciler.model.ids import kind_of, name_of, split_id, split_team
from reconciler.model.inventory import Listed, Sort, Status
from reconciler.model.kinds import partner_of

# The status of a person with several memberships is the first of these that occurs.
_STATUSES: Final[tuple[Status, ...]] = ("active", "invited", "blocked", "expired", "declined", "ended")
_STATUS_OF: Final[Mapping[str, Status]] = {each: each for each in _STATUSES}
_COUNTED: Final = {"active", "invited"}
# Sorts after every other day.
_NEVER: Final = "9999-12-31"
# Filters on other objects: a row is listed only if the filter selects a user of it.
_USERS: Final[Mapping[Sort, tuple[str, ...]]] = {
    "partners": ("team", "group", "api", "person"),
    "teams": ("group", "api", "person"),
    "groups": ("partner", "team", "person"),
    "apis": ("partner", "team", "person"),
}


class InventoryQuery(msgspec.Struct, frozen=True):
    """The state on a day, its teams, and the filter of an inventory."""

    reach: Reach
    teams: Collection[str]
    keep: AccessFilter


def inventory_rows(query: InventoryQuery, sort: Sort, described: Iterable[Listed]) -> list[Listed]:
    """Return the selected objects with counts; people need no description."""
    counting = _Counting(query)
    rows = counting.people() if sort == "people" else counting.objects(sort, described)
    return sorted(rows, key=lambda row: row.name)


class _Counting:
    """The holders that the filter selects, and their people."""

    def __init__(self, query: InventoryQuery) -> None:
        self._reach, self._keep = query.reach, query.keep
        edges = query.reach.edges
        self._statuses = cache(self._members)
        everyone = {*query.teams, *edges.grants.starts(), *edges.members.starts()}
        self._holders = [each for each in sorted(everyone) if self._matches(each)]

    def objects(self, sort: Sort, described: Iterable[Listed]) -> Iterator[Listed]:
        """Yield the described objects that the filter selects."""
        using = self._users(sort)
        filters = msgspec.structs.asdict(self._keep)
        is_used = any(filters[name] for name in _USERS[sort])
        for each in described:
            holders = using.get(each.name, [])
            if self._is_selected(sort, each.name) and (holders or not is_used):
                yield self._counted(sort, each, holders)

    def people(self) -> Iterator[Listed]:
        """Yield everyone in the selected holders, with any status of membership."""
        statuses_by_person: defaultdict[str, dict[str, Status]] = defaultdict(dict)
        for holder in self._holders:
            for person, status in self._statuses(holder).items():
                if self._keep.person in {None, person}:
                    statuses_by_person[person][holder] = status
        for person, statuses in statuses_by_person.items():
            counted = [holder for holder, status in statuses.items() if status in _COUNTED]
            status = min(statuses.values(), key=_STATUSES.index)
            yield Listed(
                name=person,
                status=status,
                until=self._last_day(person, counted or statuses),
                partners=_partners(statuses),
                teams=_teams(statuses),
                people=1,
                active=int(status == "active"),
                apis=len(self._apis(counted)),
            )

    def _counted(self, sort: Sort, each: Listed, holders: Collection[str]) -> Listed:
        people: dict[str, bool] = {}
        for holder in holders:
            for person, status in self._statuses(holder).items():
                if status in _COUNTED:
                    people[person] = people.get(person, False) or status == "active"
        apis = self._reach.contents(each.name) if sort == "groups" else self._apis(holders)
        return msgspec.structs.replace(
            each,
            partners=_partners(holders) if sort in {"groups", "apis"} else each.partners,
            teams=_teams(holders),
            people=len(people),
            active=sum(people.values()),
            apis=1 if sort == "apis" else len(apis),
        )

    def _users(self, sort: Sort) -> Mapping[str, list[str]]:
        """Return the holders that belong to, or have access to, each object of a type."""
        using: defaultdict[str, list[str]] = defaultdict(list)
        for holder in self._holders:
            for name in self._used(sort, holder):
                using[name].append(holder)
        return using

    def _used(self, sort: Sort, holder: str) -> Iterable[str]:
        team = name_of(holder) if kind_of(holder) == "team" else ""
        if sort == "partners":
            return [split_team(team)[0]] if team else []
        if sort == "teams":
            return [team] if team else []
        holding = self._holding(holder)
        if sort == "apis":
            return self._reach.levels(holding)
        return {each for group, _, _ in holding for each in self._reach.groups(holder, group)}

    def _is_selected(self, sort: Sort, name: str) -> bool:
        """Whether the filter selects an object itself, regardless of its users."""
        keep = self._keep
        if sort == "partners":
            return keep.partner in {None, name}
        if sort == "teams":
            return keep.team in {None, name} and keep.partner in {None, split_team(name)[0]}
        if sort == "groups":
            return keep.group in {None, name} and (keep.api is None or keep.api in self._reach.contents(name))
        return keep.api in {None, name} and (keep.group is None or name in self._of_group(keep.group))

    def _matches(self, holder: str) -> bool:
        """Whether a holder has the partner, team, person, group and API of the filter."""
        keep = self._keep
        return (
            (keep.partner is None or holder.startswith(f"team/{keep.partner}/"))
            and keep.team in {None, name_of(holder)}
            and (keep.group is None or bool(self._holding(holder)))
            and (keep.api is None or keep.api in self._apis([holder]))
            and (keep.person is None or keep.person in self._statuses(holder))
        )

    def _members(self, holder: str) -> dict[str, Status]:
        """Return the people of a holder with their status."""
        sort, name = split_id(holder)
        if sort == "developer":
            return {name: "active" if self._reach.holding(holder) else "ended"}
        return {
            person: _STATUS_OF.get(self._reach.status(holder, person, membership), "active")
            for person, membership in self._reach.edges.members.of(holder).items()
        }

    def _holding(self, holder: str) -> Holding:
        held, group = self._reach.holding(holder), self._keep.group
        if group is None:
            return held
        return tuple(each for each in held if group in self._reach.groups(holder, each[0]))

    def _of_group(self, group: str) -> Collection[str]:
        """Return the APIs of a group: its contents, or what its holders have where APIs are granted."""
        return self._reach.contents(group) or self._apis(self._holders)

    def _apis(self, holders: Iterable[str]) -> set[str]:
        return {api for holder in holders for api in self._reach.levels(self._holding(holder))}

    def _last_day(self, person: str, holders: Iterable[str]) -> str | None:
        """Return the last day of a person's memberships and grants, or None if one of them never expires."""
        last = max(end for holder in holders for end in self._ends(person, holder))
        return None if last == _NEVER else last

    def _ends(self, person: str, holder: str) -> Iterator[str]:
        edges = self._reach.edges
        single = kind_of(holder) == "developer"
        held = edges.grants.of(holder).values() if single else [edges.members.of(holder)[person]]
        yield from (each.fields.get("until") or _NEVER for each in held)


def _partners(holders: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({partner for each in holders if (partner := partner_of(each))}))


def _teams(holders: Iterable[str]) -> int:
    return sum(kind_of(each) == "team" for each in holders)
