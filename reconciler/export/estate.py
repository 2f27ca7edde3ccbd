"""The live state by object: teams of partners, people of teams, contents of groups, and grants."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from reconciler.model.kinds import has_owner_label
from reconciler.model.resource import Resource, ResourceId

# The kinds of what a group contains, by the word in the id of its item.
_ITEMS: Final[Mapping[str, str]] = {"api": "api", "product": "api-product"}


class Estate:
    """All resources of a portal, each below the object that it belongs to, in the order of their ids."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.objects: dict[ResourceId, Resource] = {}
        self.partners: set[str] = set()
        self.teams: defaultdict[str, list[ResourceId]] = defaultdict(list)
        self.members: defaultdict[ResourceId, list[Resource]] = defaultdict(list)
        self.items: defaultdict[ResourceId, list[ResourceId]] = defaultdict(list)
        self.grants: defaultdict[ResourceId, list[Resource]] = defaultdict(list)
        # By holder, such as `team/acme/ops`.
        self.held: defaultdict[str, list[Resource]] = defaultdict(list)
        for each in sorted(resources, key=lambda each: each.id):
            self._add(each)

    def of_kind(self, kind: str) -> Iterator[ResourceId]:
        """Yield the ids of the objects of a kind."""
        return (each for each in self.objects if each.startswith(f"{kind}/"))

    def label(self, resource_id: ResourceId) -> str | None:
        """Return the owner label of an object, if it has one."""
        found = self.objects.get(resource_id)
        return found.owner_label if found else None

    def _add(self, each: Resource) -> None:
        kind, *names = each.id.split("/")
        match kind:
            case "membership":
                self.members[f"team/{names[0]}/{names[1]}"].append(each)
            case "access-item":
                self.items[f"access-group/{names[0]}"].append(f"{_ITEMS[names[1]]}/{names[2]}")
            case "product-item":
                self.items[f"api-product/{names[0]}"].append(f"api/{names[1]}")
            case "grant":
                self.grants[f"access-group/{names[0]}"].append(each)
                self.held["/".join(names[1:])].append(each)
            case _ if has_owner_label(each.id):
                self.objects[each.id] = each
        if kind in {"partner", "team"}:
            self.partners.add(names[0])
        if kind == "team":
            self.teams[names[0]].append(each.id)
