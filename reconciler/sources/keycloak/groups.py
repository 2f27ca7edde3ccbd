"""Find the group of a name or path."""

from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.request import Request
from reconciler.sources.keycloak.schemas import GROUP, GROUPS, Group

# An HTTP client resolves the last two, so that another address would be asked.
_NO_NAMES: Final = frozenset({"", ".", ".."})
_MAX_FOUND: Final = 100
_MAX_SHOWN: Final = 3
_NO_PATH: Final = "Group path does not exist"


class NamedGroup(msgspec.Struct, frozen=True):
    """The group that a name or path means, or why there is none; `is_absent` if it does not exist."""

    group: Group | None = None
    reason: str = ""
    is_absent: bool = False


async def find_group(client: HttpClient, text: str) -> NamedGroup:
    """Return the group of a path, which begins with a slash, or of a name. Raises PortalError."""
    return await (_at_path(client, text) if text.startswith("/") else _called(client, text))


async def _at_path(client: HttpClient, path: str) -> NamedGroup:
    below = path[1:]
    if not _NO_NAMES.isdisjoint(below.split("/")):
        return NamedGroup(reason="this is not the path of a group; write it as /partners/acme")
    try:
        group = await client.fetch(Request(path=f"group-by-path/{quote(below)}"), GROUP)
    except ApiError as error:
        # A proxy or another server may answer with 404, too.
        if error.status == HTTPStatus.NOT_FOUND and error.detail == _NO_PATH:
            return NamedGroup(reason="there is no group with this path", is_absent=True)
        raise
    if group.path != path:
        return NamedGroup(reason=f"the path of the group is {client.endpoint.redact(group.path)}")
    return NamedGroup(group)


async def _called(client: HttpClient, name: str) -> NamedGroup:
    query = {
        "search": name,
        "exact": "true",
        "populateHierarchy": "false",
        "briefRepresentation": "true",
        "first": "0",
        "max": str(_MAX_FOUND),
    }
    found = await client.fetch(Request(path="groups", query=query), GROUPS)
    groups = [group for group in found if group.name == name]
    if not groups:
        return NamedGroup(reason="there is no group with this name", is_absent=True)
    if len(groups) > 1:
        paths = sorted(client.endpoint.redact(group.path) for group in groups)
        more = ", …" if len(paths) > _MAX_SHOWN else ""
        shown = ", ".join(paths[:_MAX_SHOWN])
        return NamedGroup(reason=f"several groups have this name; write the path of one: {shown}{more}")
    return NamedGroup(groups[0])
