"""Groups for grants of APIs: files grant groups, so each API that is granted itself gets a group."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from reconciler.export.terms import Terms
from reconciler.model.ids import decoded
from reconciler.model.kinds import name_in
from reconciler.model.resource import Resource, ResourceId
from reconciler.model.slugs import slugs

_API_GRANT: Final = "api-grant"


def with_groups_of_apis(resources: Mapping[ResourceId, Resource], terms: Terms) -> list[Resource]:
    """Return live resources with grants of groups in place of grants of APIs.

    A group contains one API and has its name, with an ending in a portal that has groups as well. What the
    files define already is left out, as are grants to other partners than those that are exported.
    """
    granted = [
        each for each in resources.values() if each.kind == _API_GRANT and _is_exported(each.id, terms)
    ]
    others = [each for each in resources.values() if each.kind != _API_GRANT]
    apis = {str(name_in(each.id, "api")) for each in granted}
    ending = " access" if any(each.kind == "access-group" for each in others) else ""
    taken = {
        each.rpartition("/")[2] for each in (*terms.defined, *resources) if each.startswith("access-group/")
    }
    named = {api: f"{decoded(api)}{ending}" for api in apis}
    groups = slugs(named.values(), "api", taken)
    names = {api: groups[name] for api, name in named.items()}
    return [*others, *_groups(names), *(_of_group(each, names) for each in granted)]


def made_groups(resources: Iterable[Resource], live: Mapping[ResourceId, Resource]) -> set[ResourceId]:
    """Return the groups that a portal does not have itself."""
    return {each.id for each in resources if each.kind == "access-group" and each.id not in live}


def _is_exported(resource_id: ResourceId, terms: Terms) -> bool:
    if resource_id in terms.granted:
        return False
    partner, api = name_in(resource_id, "partner"), name_in(resource_id, "api")
    return (
        not terms.is_partial
        or {*map(decoded, filter(None, (partner,)))} <= terms.partners
        or api in terms.groups
    )


def _groups(names: Mapping[str, str]) -> Iterator[Resource]:
    for api, group in sorted(names.items()):
        yield Resource(f"access-group/{group}", {"displayName": decoded(api)})
        yield Resource(f"access-item/{group}/api/{api}", {})


def _of_group(grant: Resource, names: Mapping[str, str]) -> Resource:
    _, api, holder = grant.id.split("/", 2)
    return Resource(f"grant/{names[api]}/{holder}", grant.fields, grant.owner_label, grant.state)
