"""Access groups with their contents and grants, and API products."""

from collections.abc import Iterator
from typing import Any

from reconciler.export.coverage import Coverage
from reconciler.export.draft import Draft
from reconciler.export.estate import Estate
from reconciler.export.fields import add_description, add_owner, display_name, grant_entry, has_ended
from reconciler.export.names import Names
from reconciler.export.terms import Terms
from reconciler.model.kinds import person_of, team_of
from reconciler.model.new_document import NewDocument
from reconciler.model.resource import Resource, ResourceId


class GroupWriter:
    """Writes the documents of access groups and API products."""

    def __init__(self, estate: Estate, names: Names, coverage: Coverage, terms: Terms) -> None:
        self._estate, self._names, self._coverage, self._terms = estate, names, coverage, terms

    def group(self, group_id: ResourceId) -> NewDocument:
        """Return the document of an access group."""
        draft = self._described("AccessGroup", group_id)
        products = (each for each in self._estate.items[group_id] if each.startswith("api-product/"))
        draft.spec["products"] = sorted(map(self._names.slug, products))
        grants = sorted(
            (each for each in self._estate.grants[group_id] if each.id not in self._terms.granted),
            key=self._holder,
        )
        current = [each for each in grants if not has_ended(each, self._terms.today)]
        draft.spec["grants"] = [*self._entries(current)]
        place = ("spec", "grants") if draft.spec["grants"] else ("spec", "displayName")
        draft.list_left_out(
            place,
            "Not written, because it has ended",
            (f"{self._holder(each)} ({each.fields['until']})" for each in grants if each not in current),
        )
        draft.list_left_out(
            place,
            "Not written, and left alone: grants to teams that are not managed here",
            (
                f"{self._holder(each)} ({each.fields.get('level', 'consume')})"
                for each in self._unmanaged(current)
            ),
        )
        return draft.finished()

    def product(self, product_id: ResourceId) -> NewDocument:
        """Return the document of an API product."""
        draft = self._described("ApiProduct", product_id)
        live = self._estate.objects[product_id]
        draft.spec["visibility"] = live.fields.get("visibility")
        return draft.finished()

    def _described(self, kind: Any, object_id: ResourceId) -> Draft:
        names, live = self._names, self._estate.objects[object_id]
        draft = Draft(kind, names.slug(object_id), names.external(object_id), self._terms.portal)
        stored = f"{live.kind}.displayName" in self._terms.stored
        draft.spec["displayName"] = display_name(
            live, stored, names.in_portal(object_id), names.slug(object_id)
        )
        add_description(draft, live)
        add_owner(draft, live, self._terms)
        draft.spec["apis"] = [each[4:] for each in self._estate.items[object_id] if each.startswith("api/")]
        return draft

    def _entries(self, grants: list[Resource]) -> Iterator[dict[str, Any]]:
        for each in grants:
            team = team_of(each.id)
            if team is None:
                yield grant_entry("developer", person_of(each.id), each)
            elif self._coverage.is_managed(team):
                yield grant_entry("team", self._names.team(team), each)

    def _unmanaged(self, grants: list[Resource]) -> Iterator[Resource]:
        for each in grants:
            team = team_of(each.id)
            if team is not None and not self._coverage.is_managed(team):
                yield each

    def _holder(self, grant: Resource) -> str:
        """Return the holder of a grant by its name in the portal."""
        team = team_of(grant.id)
        if team is None:
            return person_of(grant.id)
        partner = team.rpartition("/")[0].replace("team/", "partner/", 1)
        return f"{self._names.in_portal(partner)}/{self._names.in_portal(team)}"
