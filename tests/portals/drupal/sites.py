"""Sites of the double for tests, and the adapter for them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx2

from reconciler.http.credentials import Credential
from reconciler.http.in_process import InProcess
from reconciler.http.retry import RetryPolicy
from reconciler.model.portal import Portal
from reconciler.model.receipt import Traffic
from reconciler.model.remote_portal_settings import DrupalPortal
from reconciler.model.secret import SecretText
from reconciler.model.snapshot import Snapshot
from reconciler.portals.drupal import open_portal
from reconciler.portals.package import Credentials
from reconciler.testing.faults import no_sleep
from reconciler.testing.harness import ALL, quiet
from tests.servers.drupal.schema import GROUP_ROLE, NODE_TYPE, group, group_membership, node
from tests.servers.drupal.server import Drupal
from tests.servers.drupal.site import Site

URL: Final = "https://portal.example"
PASSWORD: Final = "made-for-tests"
# What an account needs to read and write everything that a map has.
PERMISSIONS: Final = frozenset(
    {"access content", "access user profiles", "administer users", "view user email addresses"}
    | {
        f"{action} {bundle} content"
        for action in ("create", "edit any", "delete any")
        for bundle in ("team", "access_group", "partner", "bundle", "team-group_membership")
    }
)
# The profile, and one more field.
WITH_DESCRIPTIONS: Final[Mapping[str, Any]] = {"group": {"fields": {"description": "field_description"}}}
# Entity-reference fields, on a site with all kinds of objects.
WITH_FIELDS: Final[Mapping[str, Any]] = {
    "partner": {"type": "node--partner", "fields": {"displayName": "field_display_name"}},
    "team": {"fields": {"displayName": "field_display_name", "delegated": "field_delegated"}},
    "product": {
        "type": "node--bundle",
        "fields": {"displayName": "field_display_name", "visibility": "field_visibility"},
    },
    "group": {"products": "field_bundles", "fields": {"description": "field_description"}},
}
# Teams are groups of the module Group, and memberships are objects.
WITH_GROUPS: Final[Mapping[str, Any]] = {
    **WITH_DESCRIPTIONS,
    "team": {"type": "group--team"},
    "membership": {"type": "group_relationship--team-group_membership", "adminRole": "team-admin"},
}


def site_with(changes: Mapping[str, Any] | None = None, *, page_size: int = 50) -> Site:
    """Return an empty site that has the types and fields of the profile with these changes."""
    named = {"field_display_name": None, "field_delegated": None}
    groups = "team" in (changes or {}) and (changes or {})["team"].get("type") == "group--team"
    types = [
        NODE_TYPE,
        node("api_product"),
        node("partner", fields=named),
        node("bundle", fields={**named, "field_visibility": None}, field_apis="node--api_product"),
        node(
            "access_group",
            fields={"field_description": None},
            field_api_products="node--api_product",
            field_bundles="node--bundle",
            field_developers="user--user",
            field_teams="group--team" if groups else "node--team",
        ),
    ]
    if groups:
        types += [GROUP_ROLE, group("team"), group_membership("team")]
    else:
        fields = {"field_members": "user--user", "field_admins": "user--user"}
        types.append(node("team", fields=named, **fields, field_partner="node--partner"))
    site = Site(*types, page_size=page_size)
    if groups:
        site.add("group_role--group_role", {"label": "Admin"}, key="team-admin")
    site.add_user("reconciler", "reconciler@portal.example", PASSWORD, PERMISSIONS)
    return site


def settings(changes: Mapping[str, Any] | None = None, **others: Any) -> DrupalPortal:
    """Return settings with these changes of the map."""
    given = {
        "type": "drupal",
        "url": URL,
        "profile": "apiboost",
        "user": "reconciler",
        "password": {"env": "PORTAL_PASSWORD"},
        **({"map": changes} if changes else {}),
        **others,
    }
    return DrupalPortal.model_validate({key: value for key, value in given.items() if value is not None})


@asynccontextmanager
async def opened(
    application: Drupal,
    changes: Mapping[str, Any] | None = None,
    *,
    secret: str = PASSWORD,
    transport: httpx2.AsyncBaseTransport | None = None,
    **others: Any,
) -> AsyncIterator[Portal]:
    """Open a site."""
    credential = Credential("PORTAL_PASSWORD", SecretText(secret))
    secrets = {"password": credential, "client_secret": credential}
    policy = RetryPolicy(sleep=no_sleep, random=lambda: 0.5)
    line = transport or InProcess(application)
    async with open_portal(settings(changes, **others), Credentials("here", secrets), policy, line) as portal:
        yield portal


def read(
    application: Drupal, changes: Mapping[str, Any] | None = None, **others: Any
) -> tuple[Snapshot, Traffic]:
    """Read a site. Raises PortalError."""

    async def act() -> tuple[Snapshot, Traffic]:
        async with opened(application, changes, **others) as portal:
            return await portal.read(ALL, quiet), portal.traffic

    return asyncio.run(act())
