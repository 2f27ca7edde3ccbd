"""What several risks look up: who is outside, which APIs are restricted, who is behind a team."""

from collections.abc import Iterable
from functools import cached_property
from typing import Final

from reconciler.model.access import Impact
from reconciler.model.document import Visibility
from reconciler.model.ids import decoded
from reconciler.model.kinds import parents, person_of, team_of
from reconciler.model.plan import Change
from reconciler.model.resource import OfferedApi, ResourceId
from reconciler.model.risk import quoted
from reconciler.policy.context import RuleContext
from reconciler.policy.index import ApiFacts, Index

_NAMED: Final = 4


class Facts:
    """A plan and the world that it is made for."""

    def __init__(self, world: RuleContext) -> None:
        self.world = world
        self.changes: tuple[Change, ...] = tuple(world.changes or ())
        self.impact = world.impact or Impact()
        self._index = Index(world)
        self._live = world.live.resources if world.live else {}
        self._wanted = world.desired.resources if world.desired else {}

    def field(self, resource_id: ResourceId, name: str) -> str | None:
        """Return a field as it will be: as the files ask for it, else as the portal has it."""
        found = self._wanted.get(resource_id) or self._live.get(resource_id)
        value = found.fields.get(name) if found else None
        return None if value is None else str(value)

    def is_outside(self, team: str | None) -> bool:
        """Whether the people of a team are of another company; single people, who have none, are."""
        partner = f"partner/{team.partition('/')[0]}" if team else ""
        return self.field(partner, "type") != "internal"

    def visibility(self, api: str) -> Visibility:
        """Return who sees an API; of what nobody knows it is restricted."""
        known = self._offered(api)
        return known.visibility if known else "restricted"

    def owner_of_api(self, api: str) -> str | None:
        """Return who owns an API, where that is known."""
        known = self._offered(api)
        return known.owner if known else None

    def apis_of_product(self, name: str) -> list[str]:
        """Return the APIs that a product will hold."""
        return self._products.get(name, [])

    def people_of(self, team: ResourceId) -> tuple[str, ...]:
        """Return who is in a team, in the portal and in the files."""
        return tuple(sorted(self._members.get(team, ())))

    def behind(self, resource_id: ResourceId) -> tuple[str, ...]:
        """Return the people behind a membership or a grant."""
        if resource_id.startswith("grant/"):
            team = team_of(resource_id)
            return self.people_of(team) if team else (person_of(resource_id),)
        return (person_of(resource_id),) if resource_id.startswith("membership/") else ()

    def _offered(self, api: str) -> OfferedApi | ApiFacts | None:
        live, name = self.world.live, decoded(api)
        return (live.apis.get(name) if live else None) or (self._index.apis or {}).get(name)

    @cached_property
    def _products(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for resource_id in self._wanted:
            if resource_id.startswith("product-item/"):
                _, product, api = resource_id.split("/")
                found.setdefault(product, []).append(api)
        return found

    @cached_property
    def _members(self) -> dict[ResourceId, set[str]]:
        found: dict[ResourceId, set[str]] = {}
        for resource_id in (*self._live, *self._wanted):
            if resource_id.startswith("membership/"):
                found.setdefault(parents(resource_id)[0], set()).add(person_of(resource_id))
        return found


def short(resource_id: ResourceId) -> str:
    """Return the name of a resource without its kind, in backticks."""
    return quoted(resource_id.partition("/")[2])


def names(texts: Iterable[str]) -> str:
    """Return names in a row, the first few of them."""
    known = list(texts)
    more = f" and {len(known) - _NAMED:,} more" if len(known) > _NAMED else ""
    return ", ".join(map(quoted, known[:_NAMED])) + more


def people(number: int) -> str:
    """Return so many people in words."""
    return "1 person" if number == 1 else f"{number:,} people"
