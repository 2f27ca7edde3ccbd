"""Lookups that several risks share: external people, visibility of APIs, people in teams."""

from collections.abc import Iterable
from functools import cached_property
from typing import Final

from reconciler.model.access import Impact
from reconciler.model.document import Visibility
from reconciler.model.graph.edges import ends
from reconciler.model.ids import decoded, kind_of, name_of, split_team
from reconciler.model.kinds import kind_row, parents, person_of, team_of
from reconciler.model.plan import Change
from reconciler.model.resource import OfferedApi, ResourceId
from reconciler.model.risk import quoted
from reconciler.policy.context import RuleContext
from reconciler.policy.index import ApiFacts, Index

_MAX_NAMES: Final = 4


class Facts:
    """A plan with lookups in its context."""

    def __init__(self, context: RuleContext) -> None:
        self.context = context
        self.changes: tuple[Change, ...] = tuple(context.changes or ())
        self.impact = context.impact or Impact()
        self._index = Index(context)
        self._live = context.live.resources if context.live else {}
        self._wanted = context.desired.resources if context.desired else {}

    def field(self, resource_id: ResourceId, name: str) -> str | None:
        """Return a field from the desired state, or from the live state if it is not there."""
        found = self._wanted.get(resource_id) or self._live.get(resource_id)
        value = found.fields.get(name) if found else None
        return None if value is None else str(value)

    def is_outside(self, team: str | None) -> bool:
        """Return whether a team belongs to another company; people without a team count as outside."""
        partner = f"partner/{split_team(team)[0]}" if team else ""
        return self.field(partner, "type") != "internal"

    def visibility(self, api: str) -> Visibility:
        """Return the visibility of an API; an unknown one counts as restricted."""
        known = self._offered(api)
        return known.visibility if known else "restricted"

    def owner_of_api(self, api: str) -> str | None:
        """Return the owner of an API, if known."""
        known = self._offered(api)
        return known.owner if known else None

    def apis_of_product(self, name: str) -> list[str]:
        """Return the desired APIs of a product."""
        return self._products.get(name, [])

    def people_of(self, team: ResourceId) -> tuple[str, ...]:
        """Return the people in a team, in the portal and in the files."""
        return tuple(sorted(self._members.get(team, ())))

    def behind(self, resource_id: ResourceId) -> tuple[str, ...]:
        """Return the people that a membership or a grant concerns."""
        person, team = person_of(resource_id), team_of(resource_id)
        if person or team is None or not kind_row(kind_of(resource_id)).edge:
            return (person,) if person else ()
        return self.people_of(team)

    def _offered(self, api: str) -> OfferedApi | ApiFacts | None:
        live, name = self.context.live, decoded(api)
        return (live.apis.get(name) if live else None) or (self._index.apis or {}).get(name)

    @cached_property
    def _products(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for resource_id in self._wanted:
            if kind_of(resource_id) == "product-item":
                product, api = ends(resource_id)
                found.setdefault(product, []).append(api)
        return found

    @cached_property
    def _members(self) -> dict[ResourceId, set[str]]:
        found: dict[ResourceId, set[str]] = {}
        for resource_id in (*self._live, *self._wanted):
            if kind_of(resource_id) == "membership":
                found.setdefault(parents(resource_id)[0], set()).add(person_of(resource_id))
        return found


def short(resource_id: ResourceId) -> str:
    """Return the name of a resource without its kind, in backticks."""
    return quoted(name_of(resource_id))


def names(texts: Iterable[str]) -> str:
    """Return the first few names, and the number of further ones."""
    known = list(texts)
    more = f" and {len(known) - _MAX_NAMES:,} more" if len(known) > _MAX_NAMES else ""
    return ", ".join(map(quoted, known[:_MAX_NAMES])) + more
