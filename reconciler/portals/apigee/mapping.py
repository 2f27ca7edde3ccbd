"""Translate an organization into resources: teams, members, and grants of APIs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.errors import PortalError
from reconciler.model.ids import ResourceId, decoded, encoded
from reconciler.model.kinds import team_of
from reconciler.model.resource import PARTIAL, WAITS_FOR_KEY, Resource
from reconciler.portals.apigee.app_group import AppGroup
from reconciler.portals.apigee.schemas import APPROVED, App, Credential
from reconciler.portals.flat_names import flat_name, split_name
from reconciler.portals.unversioned import Key, Mapped, by_id


def mapped(
    groups: Iterable[AppGroup], apps: Iterable[App]
) -> tuple[dict[ResourceId, Resource], dict[ResourceId, Key]]:
    """Return the resources, and their ids in Apigee, by resource id."""
    keys: dict[str, list[Credential]] = {}
    for app in apps:
        keys.setdefault(app.app_group.rpartition("/")[2], []).extend(app.keys)
    return by_id(each for group in groups for each in _team(group, keys.get(group.name, ())))


def group_name(resource_id: ResourceId) -> str:
    """Return the name of the AppGroup that a resource belongs to. Raises PortalError if there is none."""
    team = team_of(resource_id)
    if team is None:
        raise PortalError(f"{resource_id} does not belong to a team")
    _, partner, name = team.split("/")
    return flat_name(decoded(partner), decoded(name))


def state_of_grant(api: str, group: AppGroup, keys: Sequence[Credential]) -> tuple[bool, str | None]:
    """Return whether a team has an API, and the state of the grant.

    All keys of a team have the API. Without keys, only the attribute of the AppGroup has it.
    """
    granted = [key for key in keys if key.status_of(api) == APPROVED]
    if not keys:
        return api in group.apis, WAITS_FOR_KEY
    state = None if len(granted) == len(keys) else PARTIAL
    return bool(granted) or api in group.apis, state


def _team(group: AppGroup, keys: Sequence[Credential]) -> Iterator[Mapped]:
    partner, own = split_name(group.name)
    name = f"{encoded(partner)}/{encoded(own)}"
    yield Resource(f"team/{name}", group.fields, group.owner), Key(group.name)
    for person, role in _members(group).items():
        fields: dict[str, Any] = {"role": role}
        yield Resource(f"membership/{name}/{person}", fields), Key(f"{group.name}/{person}")
    on_keys = {each.apiproduct for key in keys for each in key.api_products if each.status == APPROVED}
    for api in sorted(group.apis | on_keys):
        _, state = state_of_grant(api, group, keys)
        resource_id = f"api-grant/{encoded(api)}/team/{name}"
        yield Resource(resource_id, {}, None, state), Key(f"{group.name}/{api}")


def _members(group: AppGroup) -> Mapping[str, str]:
    """Return the role of each person. The reader reports what cannot be read."""
    try:
        return group.members
    except ValueError:
        return {}
