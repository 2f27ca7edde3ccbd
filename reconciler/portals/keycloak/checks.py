"""The checks of `reconciler doctor` for a realm of Keycloak."""

import base64
from collections.abc import Sequence
from typing import Final

import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.rate_limit import rate_limit_check
from reconciler.http.request import Request
from reconciler.model.health import Check, CheckResult, failed, ok, warning
from reconciler.portals.keycloak.schemas import COUNT, GROUPS, NUMBER, ROLES, SETTINGS, USERS

RIGHTS: Final = (
    "give the service account the roles view-users and view-realm of the client realm-management to plan,"
    " manage-users and manage-realm to apply"
)
DUPLICATES_HINT: Final = "switch off `Duplicate emails` in the settings of the realm"
_ONE: Final = {"first": "0", "max": "1"}


class _Roles(msgspec.Struct, frozen=True):
    roles: frozenset[str] = frozenset()


class _Claims(msgspec.Struct, frozen=True):
    """The claims of an access token that say who has it, and the roles of each client."""

    azp: str = ""
    preferred_username: str = ""
    resource_access: dict[str, _Roles] = {}


_CLAIMS: Final = msgspec.json.Decoder(_Claims)


class KeycloakChecks:
    """Who the service account is, what it sees, and which roles its token has."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._claims = _Claims()

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        realm = ("account", "right-plan-realm")
        return [
            Check("account", self._account, needs=()),
            Check("right-plan-realm", self._right_plan_realm),
            Check("settings", self._settings, needs=realm),
            Check("right-plan-users", self._right_plan_users),
            Check("right-apply-realm", lambda: self._right_apply("manage-realm")),
            Check("right-apply-users", lambda: self._right_apply("manage-users")),
            rate_limit_check(self._client),
        ]

    async def _account(self) -> CheckResult:
        """Fetch a token and read its claims; it is our own token, so nothing depends on its signature."""
        header = (await self._client.endpoint.auth.headers()).get("Authorization", "")
        self._claims = _claims(header)
        name = self._claims.preferred_username or "the service account"
        client = self._claims.azp or "in the settings"
        return ok(self._client.endpoint.redact(f"{name} of the client {client}"))

    async def _right_plan_realm(self) -> CheckResult:
        """Read the settings, and a role. Without view-realm, Keycloak shows no settings."""
        settings = await self._client.fetch(Request(path=""), SETTINGS)
        if not settings.id:
            return failed("the settings of the realm are not shown: view-realm is missing", RIGHTS)
        await self._client.fetch(Request(path="roles", query=_ONE), ROLES)
        return ok("reads the settings and the roles")

    async def _settings(self) -> CheckResult:
        settings = await self._client.fetch(Request(path=""), SETTINGS)
        if settings.duplicate_emails_allowed:
            return failed("several users may have the same e-mail address", DUPLICATES_HINT)
        return ok(
            self._client.endpoint.redact(f"realm {settings.realm}: no two users share an e-mail address")
        )

    async def _right_plan_users(self) -> CheckResult:
        """Read a user and a group. Without view-users, Keycloak counts them, but shows none."""
        users = await self._client.fetch(Request(path="users", query=_ONE), USERS)
        groups = await self._client.fetch(Request(path="groups", query=_ONE), GROUPS)
        people = await self._client.fetch(Request(path="users/count"), NUMBER)
        top = (await self._client.fetch(Request(path="groups/count", query={"top": "true"}), COUNT)).count
        if bool(people) > bool(users) or bool(top) > bool(groups):
            return failed("users or groups exist, but are not shown: view-users is missing", RIGHTS)
        return ok("reads users and groups")

    async def _right_apply(self, role: str) -> CheckResult:
        # A role of the same name of another client gives no right in the realm.
        if role in self._claims.resource_access.get("realm-management", _Roles()).roles:
            return ok(f"the token has the role {role}")
        return warning(f"the token does not have the role {role}", RIGHTS)


def _claims(header: str) -> _Claims:
    """Return the claims of the access token in a header; none if it is not a JWT."""
    parts: Sequence[str] = header.removeprefix("Bearer ").split(".")
    try:
        payload = base64.urlsafe_b64decode(f"{parts[1]}{'=' * (-len(parts[1]) % 4)}")
        return _CLAIMS.decode(payload)
    except (IndexError, ValueError, msgspec.DecodeError):
        return _Claims()
