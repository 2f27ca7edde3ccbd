"""What an export covers, and why it leaves out the rest.

What cannot be written whole is not written at all: it stays unmanaged, so nothing of it can be removed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches

from reconciler.errors import InputError
from reconciler.export.estate import Estate
from reconciler.export.names import Names
from reconciler.export.terms import Terms
from reconciler.export.texts import is_api, is_email
from reconciler.model.counting import counted
from reconciler.model.ids import decoded
from reconciler.model.kinds import person_of, team_of, title_of
from reconciler.model.resource import DERIVED, ResourceId
from reconciler.model.slugs import is_slug


class Coverage:
    """The objects that are exported (`ids`), and the reasons for others (`left_out`)."""

    def __init__(self, estate: Estate, names: Names, terms: Terms, made: Collection[ResourceId] = ()) -> None:
        self._estate, self._names, self._terms = estate, names, terms
        self.ids: set[ResourceId] = set()
        self.left_out: dict[ResourceId, str] = {}
        partners = self._selected("partner", [f"partner/{each}" for each in sorted(estate.partners)])
        groups = self._selected("access group", [*estate.of_kind("access-group")], made)
        self._cover(partners, self._why_not)
        self._cover((team for each in partners for team in estate.teams[each[8:]]), self._why_not_team)
        self._cover(self._products(groups), self._why_not_product)
        self._cover(groups, self._why_not_group)

    def is_managed(self, team_id: ResourceId) -> bool:
        """Return whether a team is in the files after the export, or of an external partner."""
        return (
            team_id in self.ids
            or team_id in self._terms.defined
            or decoded(team_id.split("/")[1]) in self._terms.external
        )

    def _selected(
        self, noun: str, ids: list[ResourceId], made: Collection[ResourceId] = ()
    ) -> list[ResourceId]:
        """Return the ids with the wanted names, in files or in the portal. Raises InputError."""
        if not self._terms.is_partial:
            return ids
        wanted = self._terms.partners if noun == "partner" else self._terms.groups
        known = {name: each for each in ids for name in (self._names.in_portal(each), self._names.slug(each))}
        for name in sorted(wanted - known.keys()):
            near = get_close_matches(name, known, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"it has {counted(len(ids), noun)}"
            raise InputError(f'the portal has no {noun} "{name}"', hint)
        chosen = {known[name] for name in wanted}
        return [each for each in ids if each in chosen or each in made]

    def _products(self, groups: Iterable[ResourceId]) -> list[ResourceId]:
        if not self._terms.is_partial:
            return [*self._estate.of_kind("api-product")]
        return sorted(
            {
                each
                for group in groups
                for each in self._estate.items[group]
                if each.startswith("api-product/")
            }
        )

    def _cover(self, ids: Iterable[ResourceId], why_not: Callable[[ResourceId], str]) -> None:
        for each in ids:
            if each not in self._terms.defined:
                reason = why_not(each)
                if reason:
                    self.left_out[each] = reason
                else:
                    self.ids.add(each)

    def _why_not(self, each: ResourceId) -> str:
        live = self._estate.objects.get(each)
        if live is not None and live.state == DERIVED:
            return "other objects in the portal give its access"
        label = self._estate.label(each)
        if label not in {None, self._terms.scope}:
            return f"the configuration {label} manages it"
        return "" if self._names.slug(each) else "files cannot hold its name; rename it in the portal"

    def _why_not_team(self, each: ResourceId) -> str:
        partner = f"partner/{each.split('/')[1]}"
        if partner in self._terms.defined:
            return "its partner is defined in a file already; add the team there"
        if partner not in self.ids:
            return "its partner is left out"
        return self._why_not(each) or next(
            self._unfit(person_of(m.id) for m in self._estate.members[each]), ""
        )

    def _why_not_product(self, each: ResourceId) -> str:
        return self._why_not(each) or next(self._unfit_apis(each), "")

    def _why_not_group(self, each: ResourceId) -> str:
        people = (person_of(grant.id) for grant in self._estate.grants[each] if "/developer/" in grant.id)
        return (
            self._why_not(each)
            or next(self._unfit_apis(each), "")
            or next(self._missing_products(each), "")
            or next(self._unfit_teams(each), "")
            or next(self._unfit(people), "")
        )

    def _missing_products(self, group: ResourceId) -> Iterator[str]:
        for each in self._estate.items[group]:
            if each.startswith("api-product/") and each not in self.ids and each not in self._terms.defined:
                yield f"it contains {title_of(each)}, which is left out"

    def _unfit_teams(self, group: ResourceId) -> Iterator[str]:
        """Yield why a grant to a team of an external partner cannot be written."""
        teams = filter(None, (team_of(grant.id) for grant in self._estate.grants[group]))
        for team in teams:
            partner, name = map(decoded, team.split("/")[1:])
            if partner in self._terms.external and not is_slug(name):
                yield f"files cannot hold the name of the external team {partner}/{name}"

    def _unfit_apis(self, holder: ResourceId) -> Iterator[str]:
        for each in self._estate.items[holder]:
            kind, _, name = each.partition("/")
            if kind == "api" and not is_api(name):
                yield f"files cannot hold the name of its API {decoded(name)}"

    def _unfit(self, people: Iterable[str]) -> Iterator[str]:
        yield from (f"files cannot hold the address {person}" for person in people if not is_email(person))
