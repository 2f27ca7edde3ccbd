"""The names of APIs: the slugs of Konnect. Roles refer to APIs by id."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from reconciler.model.ids import encoded
from reconciler.model.resource import OfferedApi
from reconciler.portals.konnect.schemas import Api, Publication, Role

ALL_APIS: Final = "*"
_ALL_REGIONS: Final = "*"


class ApiNames:
    """The encoded names of APIs in one region, and their ids.

    APIs with the same name get their ids as names, so that a name never means the wrong one.
    """

    def __init__(self, apis: Iterable[Api], publications: Iterable[Publication], region: str) -> None:
        known = {api.id: api for api in apis}
        count = Counter(map(_name, known.values()))
        self._names = {key: _name(api) if count[_name(api)] == 1 else key for key, api in known.items()}
        self._ids = {name: key for key, name in self._names.items()}
        self._region = region
        self._display = {key: _display_name(api) for key, api in known.items()}
        self._visibility = {
            each.api_id: each.visibility for each in publications if each.entity_type == "api"
        }

    @property
    def hidden(self) -> int:
        """The number of APIs that are published but not shown to these credentials."""
        return len(self._visibility.keys() - self._names.keys())

    @property
    def public(self) -> list[str]:
        """The names of the APIs that everybody can see."""
        return sorted(name for name, offered in self.offered().items() if offered.visibility == "public")

    def offered(self) -> Mapping[str, OfferedApi]:
        """Return the APIs that are published in the portal."""
        return {
            name: OfferedApi(
                name,
                "public" if visibility == "public" else "restricted",
                display_name=self._display.get(key),
            )
            for key, visibility in self._visibility.items()
            for name in (self._names.get(key, key),)
        }

    def id_of(self, name: str) -> str | None:
        """Return the id of a published API, or None."""
        key = self._ids.get(name)
        return key if key in self._visibility else None

    def of(self, role: Role) -> Sequence[str]:
        """Return the APIs that a role is for. An unknown one has its id as name."""
        if role.entity_region not in {self._region, _ALL_REGIONS}:
            return [encoded(f"{role.entity_id} ({role.entity_region})")]
        if role.entity_id == ALL_APIS:
            return [self._names.get(key, key) for key in self._visibility]
        return [self._names.get(role.entity_id, encoded(role.entity_id))]


def _name(api: Api) -> str:
    return encoded(api.slug or _display_name(api))


def _display_name(api: Api) -> str:
    return f"{api.name} {api.version}" if api.version else api.name
