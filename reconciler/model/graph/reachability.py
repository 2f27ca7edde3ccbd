"""Compute what holders reach on one day: levels, and the paths that give them."""

from types import MappingProxyType
from typing import Final, TypeAlias

from reconciler.model.access import LEVELS
from reconciler.model.graph.edges import PARTNERS, Edges, first_on_path, grant_id, granted_api
from reconciler.model.ids import kind_of, name_of, split_id, split_team
from reconciler.model.resource import GroupPaths, Resource

Via: TypeAlias = tuple[str, ...]
# The groups (or `api/NAME`) of a holder, each with level and end. Equal holdings share computed results.
Holding: TypeAlias = tuple[tuple[str, int, str | None], ...]
# Paths to an API, each with its end.
Paths: TypeAlias = list[tuple[Via, str | None]]

_NO_PATHS: Final[GroupPaths] = MappingProxyType({})


def earlier(one: str | None, other: str | None) -> str | None:
    """Return the earlier of two ends; None means no end."""
    return min(one, other) if one and other else one or other


def level_of(grant: Resource) -> str:
    """Return the level of a grant; a portal without levels lets everybody call the API."""
    return str(grant.fields.get("level", "consume"))


class _Timeless:
    """Computed results of a state that do not depend on the day."""

    def __init__(self) -> None:
        self.contents: dict[str, dict[str, list[Via]]] = {}
        self.levels: dict[Holding, dict[str, int]] = {}
        self.best: dict[Holding, dict[str, Paths]] = {}
        self.blocked: dict[str, frozenset[str]] = {}


class Reach:
    """Reachability in one state on one day; everything is computed on demand.

    `paths` are those by groups that the grants of APIs replace, where they are known.
    """

    def __init__(
        self,
        edges: Edges,
        today: str,
        paths: GroupPaths = _NO_PATHS,
        timeless: _Timeless | None = None,
    ) -> None:
        self.edges = edges
        self._paths = paths
        self._today = today
        self._holdings: dict[str, Holding] = {}
        self._timeless = timeless or _Timeless()
        self._contents, self._levels = self._timeless.contents, self._timeless.levels
        self._best, self._blocked = self._timeless.best, self._timeless.blocked

    def on(self, day: str) -> "Reach":
        """Return the same state on another day."""
        return Reach(self.edges, day, self._paths, self._timeless)

    def holding(self, holder: str) -> Holding:
        """Return the groups of a holder, sorted; a team of a suspended partner has none."""
        found = self._holdings.get(holder)
        if found is None:
            found = self._holdings[holder] = self._holding(holder)
        return found

    def levels(self, holding: Holding) -> dict[str, int]:
        """Return the highest level that these groups give for each API."""
        found = self._levels.get(holding)
        if found is None:
            found = self._levels[holding] = {}
            for group, level, _ in holding:
                for api in self.contents(group):
                    if level > found.get(api, 0):
                        found[api] = level
        return found

    def best(self, holding: Holding) -> dict[str, Paths]:
        """Return, for each API, the paths by which these groups give the highest level."""
        found = self._best.get(holding)
        if found is None:
            found = self._best[holding] = {}
            levels = self.levels(holding)
            for group, level, until in holding:
                for api, paths in self.contents(group).items():
                    if level == levels[api]:
                        found.setdefault(api, []).extend([(via, until) for via in paths])
        return found

    def by_groups(self, holder: str, path: tuple[Via, str | None]) -> Paths:
        """Return the paths by groups that a grant of an API replaces; for any other path, the path."""
        (first, *_), until = path
        if not granted_api(first):
            return [path]
        level = level_of(self.edges.grants.of(holder)[first])
        replaced = self._paths.get((grant_id(first, holder), level), ())
        lasting = [(via, earlier(end, until)) for via, end in replaced if end is None or end >= self._today]
        # A portal that stores no last days still has grants whose paths have ended by the files.
        return lasting or [(via, until) for via, _ in replaced] or [path]

    def groups(self, holder: str, group: str) -> set[str]:
        """Return the groups on the paths of a holder's grant of a group, or of `api/NAME`."""
        paths = self.by_groups(holder, ((first_on_path(group),), None))
        return {name_of(via[0]) for via, _ in paths if kind_of(via[0]) == "access-group"}

    def contents(self, group: str) -> dict[str, list[Via]]:
        """Return the APIs of a group, each with its paths in the group."""
        found = self._contents.get(group)
        if found is None:
            found = self._contents[group] = self._listed(group)
        return found

    def membership(self, team: str, person: str) -> Resource | None:
        """Return the membership of a person in a team, if it gives access today."""
        found = self.edges.members.of(team).get(person)
        return found if found and self.counts(team, person, found) else None

    def counts(self, team: str, person: str, membership: Resource) -> bool:
        """Return whether a membership gives access: not expired, declined, ended or blocked."""
        return (
            membership.state not in {"expired", "declined"}
            and self._lasts(membership)
            and person not in self._blocked_in(team)
        )

    def status(self, team: str, person: str, membership: Resource) -> str:
        """Return the status of a membership today: ended, blocked, or its state."""
        if not self._lasts(membership):
            return "ended"
        return "blocked" if person in self._blocked_in(team) else membership.state or "active"

    def _holding(self, holder: str) -> Holding:
        grants = self.edges.grants.of(holder)
        partner = self._partner(holder) if grants else None
        if not grants or (partner and partner.fields.get("status") == "suspended"):
            return ()
        return tuple(
            (group, LEVELS[level_of(grants[group])], grants[group].fields.get("until"))
            for group in sorted(grants)
            if self._lasts(grants[group])
        )

    def _listed(self, group: str) -> dict[str, list[Via]]:
        if api := granted_api(group):
            return {api: [(first_on_path(group),)]}
        listed: dict[str, list[Via]] = {}
        for item in self.edges.items.of(group):
            sort, name = split_id(item)
            if sort == "api":
                listed.setdefault(name, []).append((first_on_path(group),))
            else:
                via = (first_on_path(group), f"api-product/{name}")
                for api in self.edges.contents.of(name):
                    listed.setdefault(api, []).append(via)
        return listed

    def _lasts(self, edge: Resource) -> bool:
        until = edge.fields.get("until")
        return until is None or until >= self._today

    def _blocked_in(self, team: str) -> frozenset[str]:
        found = self._blocked.get(team)
        if found is None:
            partner = self._partner(team)
            found = self._blocked[team] = frozenset(partner.fields.get("blocked", ()) if partner else ())
        return found

    def _partner(self, holder: str) -> Resource | None:
        """Return the partner of a team, or None for a person."""
        sort, rest = split_id(holder)
        return self.edges.partners.of(PARTNERS).get(split_team(rest)[0]) if sort == "team" else None
