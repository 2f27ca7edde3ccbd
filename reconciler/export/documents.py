"""Documents of a live state: partners, access groups and API products."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec

from reconciler.export.coverage import Coverage
from reconciler.export.estate import Estate
from reconciler.export.groups import GroupWriter
from reconciler.export.groups_of_apis import made_groups, with_groups_of_apis
from reconciler.export.names import Names
from reconciler.export.partners import PartnerWriter
from reconciler.export.terms import Terms
from reconciler.model.field_types import KindName
from reconciler.model.ids import encoded, kind_of
from reconciler.model.kinds import kind_row
from reconciler.model.new_document import NewDocument
from reconciler.model.resource import Live, ResourceId

# The partner of teams whose names have no partner, in portals without partners.
_NAMELESS: Final = f"partner/{encoded('')}"


class ExportedDocument(msgspec.Struct, frozen=True):
    """A document of a live object; `beside` is the only group that contains a product, if there is one."""

    kind: KindName
    name: str
    document: NewDocument
    beside: str = ""


class Exported(msgspec.Struct, frozen=True):
    """The documents by kind and name, and notes about objects that have none."""

    documents: tuple[ExportedDocument, ...]
    notes: tuple[str, ...]


def export(live: Live, terms: Terms) -> Exported:
    """Return documents of the live state that the files do not have yet.

    After they are adopted, a plan removes nothing but what has ended. Raises InputError for a name that the
    portal does not have.
    """
    resources = with_groups_of_apis(live.resources, terms)
    estate = Estate(resources)
    names = Names(estate, terms)
    coverage = Coverage(estate, names, terms, made_groups(resources, live.resources))
    documents = [*_partners(estate, names, coverage, terms), *_groups(estate, names, coverage, terms)]
    return Exported(tuple(documents), tuple(_notes(names, coverage)))


def _partners(estate: Estate, names: Names, coverage: Coverage, terms: Terms) -> Iterator[ExportedDocument]:
    writer = PartnerWriter(estate, names, coverage, terms)
    for each in sorted(coverage.ids):
        if kind_of(each) == "partner":
            yield ExportedDocument("Partner", names.slug(each), writer.document(each))


def _groups(estate: Estate, names: Names, coverage: Coverage, terms: Terms) -> Iterator[ExportedDocument]:
    writer = GroupWriter(estate, names, coverage, terms)
    groups = sorted(each for each in coverage.ids if kind_of(each) == "access-group")
    for each in groups:
        yield ExportedDocument("AccessGroup", names.slug(each), writer.group(each))
    uses = Counter(item for group in estate.of_kind("access-group") for item in estate.items[group])
    users = {item: group for group in groups for item in estate.items[group]}
    for each in sorted(coverage.ids):
        if kind_of(each) == "api-product":
            beside = names.slug(users[each]) if uses[each] == 1 and each in users else ""
            yield ExportedDocument("ApiProduct", names.slug(each), writer.product(each), beside)


def _notes(names: Names, coverage: Coverage) -> Iterator[str]:
    """Yield a note about each object that is left out, but for teams of a partner that is left out too."""
    for each, reason in sorted(coverage.left_out.items()):
        if each == _NAMELESS:
            teams = sorted(names.in_portal(team) for team in coverage.left_out if team.startswith("team/%/"))
            yield f"teams without a partner are not exported: {', '.join(teams)}; rename them to PARTNER.TEAM"
        elif kind_of(each) != "team" or f"partner/{each.split('/')[1]}" not in coverage.left_out:
            yield f"{kind_row(kind_of(each)).noun} {_name(names, each)} is not exported: {reason}"


def _name(names: Names, each: ResourceId) -> str:
    """Return the name of an object in the portal; that of a team with its partner."""
    if kind_of(each) != "team":
        return names.in_portal(each)
    partner = f"partner/{each.split('/')[1]}"
    return f"{names.in_portal(partner)}/{names.in_portal(each)}"
