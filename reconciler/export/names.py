"""The names of objects in files: slugs, with the names in the portal where these differ."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from reconciler.export.estate import Estate
from reconciler.export.terms import Terms
from reconciler.export.texts import is_text
from reconciler.model.ids import decoded, last_name
from reconciler.model.portal_names import ExternalName
from reconciler.model.resource import ResourceId
from reconciler.model.slugs import slugs

_FALLBACKS: Final = {"partner": "partner", "access-group": "group", "api-product": "product"}


class Names:
    """The slugs of all objects of a portal, by their ids there; objects in the files keep their names."""

    def __init__(self, estate: Estate, terms: Terms) -> None:
        self._terms = terms
        self._defined: defaultdict[str, set[str]] = defaultdict(set)
        for each in (*terms.defined, *terms.names):
            above, _, name = each.rpartition("/")
            self._defined[above].add(name)
        self._slugs: dict[ResourceId, str] = {}
        for kind, fallback in _FALLBACKS.items():
            found = estate.of_kind(kind)
            self._add(
                {f"partner/{each}" for each in estate.partners} if kind == "partner" else found, fallback
            )
        for teams in estate.teams.values():
            self._add(teams, "team")

    def slug(self, resource_id: ResourceId) -> str:
        """Return the name of an object in files, empty if files cannot hold its name in the portal."""
        return self._slugs.get(resource_id, "")

    def in_portal(self, resource_id: ResourceId) -> str:
        """Return what the portal calls an object."""
        known = self._terms.names.get(resource_id)
        if known is not None:
            return known
        name = last_name(resource_id)
        # Such a mark distinguishes it from an object in the files that has another name in the portal.
        return decoded(name.removeprefix("=") if self._terms.names else name)

    def external(self, resource_id: ResourceId) -> ExternalName | None:
        """Return the external name of an object, or None if the portal calls it as the files do."""
        name = self.in_portal(resource_id)
        if name == self.slug(resource_id):
            return None
        return {self._terms.portal: name} if self._terms.portal else name

    def team(self, team_id: ResourceId) -> str:
        """Return PARTNER/TEAM, as files have it."""
        partner = self.slug(f"partner/{team_id.split('/')[1]}")
        return f"{partner}/{self.slug(team_id)}"

    def _add(self, ids: Iterable[ResourceId], fallback: str) -> None:
        """Add the objects of one kind, or the teams of one partner."""
        ids = list(ids)
        above = ids[0].rpartition("/")[0] if ids else ""
        new = {each: self.in_portal(each) for each in ids if not self._is_known(each)}
        self._slugs |= {each: last_name(each) for each in ids if each not in new}
        taken = {*self._defined.get(above, ()), *(last_name(each) for each in ids if each not in new)}
        found = slugs((name for name in new.values() if is_text(name)), fallback, taken)
        self._slugs |= {each: found[name] for each, name in new.items() if name in found}

    def _is_known(self, each: ResourceId) -> bool:
        return each in self._terms.defined or each in self._terms.names
