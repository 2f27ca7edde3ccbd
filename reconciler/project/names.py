"""Check the external names of objects in one portal."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.finding import Finding, Source
from reconciler.model.ids import last_name
from reconciler.model.kinds import has_owner_label
from reconciler.model.portal_names import PortalNames
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.project.unsupported import place_of_name


def misnamed(desired: Desired, names: Mapping[ResourceId, str], live: Live) -> Iterator[Finding]:
    """Yield an error for each managed object with an external name that the portal calls as the files do.

    Otherwise, it would be deleted with its children, and created again under the other name.
    """
    translation = PortalNames(names)
    for each, name in names.items():
        wanted, held = desired.resources.get(each), live.resources.get(translation.shadow(each))
        if wanted is None or held is None or held.owner_label != desired.scope or each in live.resources:
            continue
        message = f'{each} is still called "{last_name(each)}" in the portal, not "{name}"'
        hint = "rename it in the portal, or correct externalName"
        yield Finding.at(_place(wanted), "unsupported", message, hint, id=each)


def names_that_differ_by_case(
    resources: Iterable[Resource], names: Mapping[ResourceId, str]
) -> Iterator[Finding]:
    """Yield an error for each name that differs only by case from another one of the same kind or partner."""
    first: dict[tuple[str, str], ResourceId] = {}
    for each in resources:
        if not has_owner_label(each.id):
            continue
        above, _, own = each.id.rpartition("/")
        name = names.get(each.id, own)
        other = first.setdefault((above, name.casefold()), each.id)
        if other != each.id:
            message = f'the portal treats "{name}" ({each.id}) and the name of {other} as equal'
            hint = "choose names that differ by more than case"
            yield Finding.at(_place(each), "unsupported", message, hint, id=each.id)


def _place(resource: Resource) -> Source | None:
    return place_of_name(resource.origin) if resource.origin else None
